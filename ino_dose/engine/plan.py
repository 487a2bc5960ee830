"""Regimen, body, course and ceiling → one plan: every dose in mg and where the course stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from .. import units
from ..errors import Collected, Field, InputError
from . import administration, exposure, prescription, timetable, transplant
from .body import Body, Growth
from .course import Course
from .dosing import Dose, Rounding
from .exposure import Against, Ceiling, Standing
from .preparation import Product
from .prescription import Answer, Prescribed
from .regimen import Regimen
from .timetable import Cycles, Interval, Move, Timetable
from .transplant import Parted

if TYPE_CHECKING:
    from ..units import Quantity


class Undecided(NamedTuple):
    """Where the course would go on one side of a decision that was not stated."""

    when: Answer
    cycles: int
    level: Quantity
    standing: Standing
    doses: tuple[Dose, ...]


class Judged(NamedTuple):
    """A dose, the mg/m² after it (None where prior exposure is unknown), and where that stands."""

    dose: Dose
    cumulative: Quantity | None
    status: exposure.Status


class Plan(NamedTuple):
    """A course planned for one patient, with everything needed to follow it by hand.

    `given` is where the doses already given stand by themselves. `apart` holds doses recorded after
    transplant, which no sum contains; `left_out` those that would have fallen after it.
    """

    regimen: Regimen
    body: Body
    course: Course
    ceiling: Ceiling
    product: Product | None
    growth: Growth | None
    rounding: Rounding
    patient: str | None
    doses: tuple[Dose, ...]
    standing: Standing
    given: Standing
    undecided: tuple[Undecided, ...]
    apart: tuple[Dose, ...] = ()
    left_out: tuple[Dose, ...] = ()
    moves: tuple[Move, ...] = ()
    intervals: tuple[Interval, ...] = ()
    short_cycles: tuple[Cycles, ...] = ()

    @property
    def status(self) -> exposure.Status:
        """The final status: what is planned, unless the course is not decided to its end."""
        if self.undecided and self.standing.status in ("below", "between"):
            return "undecided"
        return self.standing.status

    @property
    def days_to_transplant(self) -> int | None:
        """Days from the last dose to the transplant; None also while it is not decided which dose is the last."""
        return None if self.undecided else transplant.days_to(self.doses, self.course)

    @property
    def judged(self) -> list[Judged]:
        """Every dose with what it sums to."""
        sums = zip(self.doses, self.standing.cumulative, self.standing.statuses, strict=True)
        return [Judged(*each) for each in sums]

    @property
    def by_cycle(self) -> list[tuple[int, list[Judged]]]:
        """The same, cycle by cycle."""
        groups = groupby(self.judged, key=lambda each: each.dose.prescribed.cycle)
        return [(cycle, list(group)) for cycle, group in groups]

    @property
    def planned(self) -> list[Dose]:
        """The doses that are still to be given."""
        return [dose for dose in self.doses if dose.state == "planned"]

    @property
    def cycles_ahead(self) -> set[int]:
        """The planned cycles of which nothing was given or omitted yet."""
        begun = {dose.prescribed.cycle for dose in self.doses if dose.state != "planned"}
        return {dose.prescribed.cycle for dose in self.planned} - begun

    @property
    def last_cycle(self) -> int:
        """The last cycle planned."""
        return self.doses[-1].prescribed.cycle


@units.exact
def make(
    regimen: Regimen,
    body: Body,
    course: Course,
    ceiling: Ceiling,
    rounding: Rounding,
    patient: str | None = None,
    product: Product | None = None,
    growth: Growth | None = None,
) -> Plan:
    """Plan a course.

    `patient` is only echoed; `product` is needed for dates and for the pharmacy's side, `growth` for the
    question whether pounds were typed as kilograms.
    """
    line = prescription.line(regimen, course)
    administration.check(line, course)

    def live(doses: Sequence[Prescribed], remission: int | None, product: Product | None) -> _Lived:
        return _lived(regimen, body, course._replace(remission=remission), rounding, doses, product)

    def stands(doses: Iterable[Dose]) -> Standing:
        counted = [dose.prescribed._replace(level=dose.counted) for dose in doses]
        return exposure.check(course.prior, counted, ceiling, not regimen.after_transplant)

    (before, apart, left_out), dates = live(line.doses, course.remission, product)
    if not before:
        raise _nothing(course, bool(apart or left_out))
    facts = product if course.transplant else None
    branches = [(branch.when, live(branch.doses, branch.remission, facts).parted) for branch in line.undecided]
    if branches and all(len(each.before) == len(before) for _, each in branches):
        left_out = max((each.left_out for _, each in branches), key=len)
        branches = []  # a stop or the transplant ends the course before anything depends on remission
    undecided = (
        Undecided(when, each.before[-1].prescribed.cycle, total(each.before), stands(each.before), each.before)
        for when, each in branches
    )
    given = stands(dose for dose in before if dose.state == "given")
    return Plan(
        regimen,
        body,
        course,
        ceiling,
        product,
        growth,
        rounding,
        patient,
        before,
        stands(before),
        given,
        tuple(undecided),
        apart,
        left_out,
        dates.moves,
        dates.intervals,
        dates.cycles,
    )


class _Lived(NamedTuple):
    """Doses around the transplant, and their timetable without those that are left out for it."""

    parted: Parted
    dates: Timetable


def _lived(
    regimen: Regimen,
    body: Body,
    course: Course,
    rounding: Rounding,
    prescribed: Sequence[Prescribed],
    product: Product | None,
) -> _Lived:
    """Prescribed doses with what happened to them, dated where the product's windows are known."""
    vial = product.vial if product else None
    dates = Timetable(administration.doses(prescribed, body, course.events, rounding, vial))
    if product:
        dates = timetable.dated(dates.doses, regimen, course, product)
    parted = transplant.around(dates.doses, regimen, course)
    return _Lived(parted, timetable.without(dates, parted.left_out))


def _nothing(course: Course, around_transplant: bool) -> InputError:
    """The refusal of a course of which no dose is left before transplant, or before it was stopped."""
    if course.stop is None or around_transplant:
        hint = "correct the date; a course after an earlier transplant has prior transplant: yes instead of transplant:"
        return InputError(Field("transplant"), f"no dose falls before the transplant on {course.transplant}", hint)
    hint = "record what was given, or take the stop out"
    return InputError(course.stop.place, "no dose was given before this stop", hint)


def total(doses: Iterable[Dose]) -> Quantity:
    """The mg/m² that doses count, without what came before."""
    return units.total((dose.counted for dose in doses), units.LEVEL)


class NotTaken(NamedTuple):
    """A dose of the regimen that this plan does not have, and the date on which it would have been."""

    cycle: int
    day: int
    date: date
    omitted: bool


def not_taken(plan: Plan, decided: bool = False) -> list[NotTaken]:
    """What a dated plan leaves of its regimen, in order: doses omitted, left out, or past its end, on any branch.

    While remission is not stated both branches are open, and what is past the plan is not decided against, unless it
    is said to be `decided` that this plan is all there is for now.
    """
    omitted = [dose for dose in plan.doses if dose.state == "omitted"]
    found = [_not_taken(dose, True) for dose in omitted] + [_not_taken(dose, False) for dose in plan.left_out]
    if plan.undecided and not decided:
        return found
    there = {dose.at for dose in (*plan.doses, *plan.apart, *plan.left_out)}
    last = plan.regimen.last_cycle or max(plan.course.cycles or 0, plan.last_cycle)
    first_days = timetable.first_days(plan.regimen, plan.course, last, Collected())
    late = timedelta(plan.doses[-1].moved or 0)
    for cycle, day in prescription.places(plan.regimen, last):
        if cycle in first_days and (cycle, day) not in there:
            found.append(NotTaken(cycle, day, first_days[cycle] + timedelta(day - 1) + late, False))
    return sorted(found)


def _not_taken(dose: Dose, omitted: bool) -> NotTaken:
    assert dose.date is not None
    return NotTaken(*dose.at, dose.date, omitted)


class Left(NamedTuple):
    """Room under a limit after what was received before and what was given in this course.

    `level` (mg/m²) and `dose` (mg at `bsa`, that of the next dose) are signed, None where prior exposure
    is unknown; `doses` counts the planned doses that stay within the limit, `cycles` the cycles of which
    nothing was given yet and that end within it.
    """

    level: Quantity | None
    dose: Quantity | None
    bsa: Quantity | None
    doses: int | None
    cycles: int | None


def left_under(plan: Plan, given: Against, whole: Against) -> Left:
    """What is left under one limit: `given` and `whole` are the course against it so far and to its end."""
    if given.remaining is None:
        return Left(None, None, None, None, None)
    bsa = (plan.planned or plan.doses[-1:])[0].bsa
    fitting = [
        cycle for cycle in plan.cycles_ahead if whole.last_cycle_within is not None and cycle <= whole.last_cycle_within
    ]
    most = units.fraction(whole.limit)
    doses = [dose for dose, total, _ in plan.judged if dose.state == "planned" and total is not None and total <= most]
    return Left(given.remaining, given.remaining * units.fraction(bsa), bsa, len(doses), len(fitting))
