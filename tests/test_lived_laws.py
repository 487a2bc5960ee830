"""Laws of a lived course, whatever happened in it."""

import json
from datetime import date, timedelta
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


# dates

DATED = {
    "besponsa-label": (1, 8, 15),
    "ino-vate": (1, 8, 15),
    "deangelo-2017": (1, 8, 15),
    "mini-hyper-cvd-ino-v3": (2, 8),
}
WINDOW = 2


def dates_of(regimen: str, moves: dict[tuple[int, int], date], verb: str = "") -> dict[tuple[int, int], date]:
    """The date of each dose of three cycles, where some are pinned or, with a verb, recorded on other dates."""
    events = [{"cycle": cycle, "length": "28 d"} for cycle in (1, 2) if regimen.startswith("mini")]
    events += [
        {"cycle": cycle, "day": day, "on": str(on)} | ({verb: "as planned"} if verb else {})
        for (cycle, day), on in moves.items()
    ]
    events.sort(key=lambda event: (event["cycle"], event.get("day", 99)))
    course = {"regimen": regimen, "patient": {"bsa": "1.8 m2"}, "prior": "none", "cycles": 3, "start": str(START)}
    if regimen != "mini-hyper-cvd-ino-v3":
        course["remission after"] = 1
    found = made(json.dumps(course | ({"events": events} if events else {})).encode())
    return {(dose.prescribed.cycle, dose.prescribed.day): dose.date for dose in found.doses if dose.date}


START = date(2026, 12, 1)
PLACES = st.sampled_from(sorted(DATED)).flatmap(
    lambda regimen: st.tuples(
        st.just(regimen),
        st.lists(
            st.tuples(st.integers(1, 3), st.sampled_from(DATED[regimen])), unique=True, min_size=1, max_size=4
        ).map(sorted),
    )
)


@settings(max_examples=60, deadline=None)
@given(PLACES, st.data(), st.sampled_from(["", "given"]))
def test_a_delay_past_its_window_makes_no_interval_shorter(
    where: tuple[str, list[tuple[int, int]]], data: st.DataObject, verb: str
) -> None:
    """Each delay is put on top of those before it: where no dose has a date of its own, no interval becomes shorter."""
    regimen, places = where
    moves: dict[tuple[int, int], date] = {}
    for place in places:
        before = dates_of(regimen, moves, verb)
        least = 1 if place[1] == 1 else WINDOW + 1
        moves[place] = before[place] + timedelta(data.draw(st.integers(least, 60)))
        after = dates_of(regimen, moves, verb)
        for one, other in pairwise(before):
            if moves.keys().isdisjoint({one, other}):
                assert after[other] - after[one] >= before[other] - before[one], (one, other)
            assert after[other] - after[one] >= min(before[other] - before[one], timedelta(6)), (one, other)
            if one in moves and other not in moves:
                assert after[other] - after[one] >= before[other] - before[one], "what follows is as much later"


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_within_the_window_only_the_spacing_moves_the_next(data: st.DataObject) -> None:
    regimen = data.draw(st.sampled_from(sorted(DATED)))
    plain = dates_of(regimen, {})
    place = data.draw(st.sampled_from([place for place in plain if place[1] != 1]))
    moves = {place: plain[place] + timedelta(data.draw(st.integers(1, WINDOW)))}
    found = dates_of(regimen, moves, data.draw(st.sampled_from(["", "given"])))
    following = [other for other in plain if other > place]
    for other in plain:
        if other in following[:1]:
            assert found[other] == max(plain[other], moves[place] + timedelta(6))
        elif other != place:
            assert found[other] == plain[other]
    assert all(after - before >= timedelta(6) for before, after in pairwise(found.values()))
