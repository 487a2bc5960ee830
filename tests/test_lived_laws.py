"""Laws of a lived course, whatever happened in it."""

from decimal import Decimal
from itertools import pairwise
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from test_lived import made
from test_second_programming import SCHEDULES, courses, prescribed, written

from ino_dose import units
from ino_dose.engine import plan as plans
from ino_dose.engine.plan import Plan
from ino_dose.errors import InputError


def lived(course: dict[str, Any]) -> Plan:
    try:
        return made(written(course).encode())
    except InputError:
        assume(False)
        raise


@settings(max_examples=60, deadline=None)
@given(courses())
def test_given_and_planned_are_the_course_without_what_came_before(course: dict[str, Any]) -> None:
    plan = lived(course)
    parts = [
        plans.total(dose for dose in plan.doses if dose.state == state) for state in ("given", "planned", "omitted")
    ]
    assert parts[0] + parts[1] == plans.total(plan.doses)
    assert parts[2].magnitude == 0
    if plan.standing.total is not None:
        assert plan.standing.total == units.fraction(plan.course.prior) + plans.total(plan.doses)


@settings(max_examples=60, deadline=None)
@given(courses())
def test_the_cumulative_sum_never_falls(course: dict[str, Any]) -> None:
    sums = [total for total in lived(course).standing.cumulative if total is not None]
    assert all(one <= other for one, other in pairwise(sums))


@settings(max_examples=60, deadline=None)
@given(courses(), st.data())
def test_omitting_a_dose_never_raises_the_sum(course: dict[str, Any], data: st.DataObject) -> None:
    """Without dates: an omitted dose pushes nothing, so one that the transplant would leave out can come before it."""
    course |= {"start": None, "transplant": None}
    course["events"] = [
        {key: value for key, value in event.items() if key not in ("on", "after transplant")}
        for event in course["events"]
        if "day" not in event or len(event) > 2 + ("on" in event)
    ]
    given = [event for event in course["events"] if "given" in event]
    assume(given)
    plan = lived(course)
    one = data.draw(st.sampled_from(given))
    said = {"cycle": one["cycle"], "day": one["day"], "omitted": "fever"}
    course["events"] = [said if event is one else event for event in course["events"]]
    assert plans.total(lived(course).doses) < plans.total(plan.doses)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(SCHEDULES)), st.integers(30, 400), st.integers(1, 3))
def test_given_as_planned_is_the_plan(regimen: str, hundredths: int, cycles: int) -> None:
    course: dict[str, Any] = {"regimen": regimen, "cycles": max(cycles, 2), "remission": 1, "prior": None, "events": []}
    course |= {"patient": {"bsa": Decimal(hundredths) / 100}, "start": None, "transplant": None}
    plan = lived(course)
    course["events"] = [{"cycle": dose[0], "day": dose[1], "given": "as planned"} for dose in prescribed(course)]
    again = lived(course)
    assert [dose._replace(event=None) for dose in again.doses] == list(plan.doses)
    assert again.standing == plan.standing == again.given
