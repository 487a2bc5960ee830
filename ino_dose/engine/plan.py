"""Regimen, body, course and ceiling → one plan: every dose in mg and where the course stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from .. import units
from ..errors import InputError
from . import administration, exposure, prescription, timetable
from . import course as courses
from .body import Body
from .course import Course
from .dosing import Dose, Rounding
from .exposure import Against, Ceiling, Standing
from .preparation import Product
from .prescription import Branch, Prescribed
from .regimen import Regimen
from .timetable import Breach, Parted

if TYPE_CHECKING:
    from ..units import Quantity


class Undecided(NamedTuple):
    """Where the course would go on one side of a decision that was not stated."""

    when: str
    cycles: int
    level: Quantity
    standing: Standing


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
    rounding: Rounding
    patient: str | None
    doses: tuple[Dose, ...]
    standing: Standing
    given: Standing
    undecided: tuple[Undecided, ...]
    apart: tuple[Dose, ...] = ()
    left_out: tuple[Dose, ...] = ()
    breaches: tuple[Breach, ...] = ()

    @property
    def status(self) -> exposure.Status:
        """The final status: what is planned, unless the course is not decided to its end."""
        if self.undecided and self.standing.status in ("below", "between"):
            return "undecided"
        return self.standing.status

    @property
    def days_to_transplant(self) -> int | None:
        """Days from the last dose to the transplant; None also while it is not decided which dose is the last."""
        return None if self.undecided else timetable.days_to_transplant(self.doses, self.course)

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
) -> Plan:
    """Plan a course. `patient` is only echoed; `product` is needed for dates and for the pharmacy's side."""
    line = prescription.line(regimen, course)
    administration.check(line, course)

    def live(doses: Sequence[Prescribed], course: Course, product: Product | None) -> tuple[Parted, tuple[Breach, ...]]:
        found, breaches = administration.doses(doses, body, course.events, rounding), tuple[Breach, ...]()
        if product:
            found, breaches = timetable.dated(found, regimen, course, product)
        parted = timetable.around_transplant(found, regimen, course)
        left_out = {(dose.prescribed.cycle, dose.prescribed.day) for dose in parted.left_out}
        return parted, tuple(each for each in breaches if (each.cycle, each.day) not in left_out)

    parted, breaches = live(line.doses, course, product)
    before = parted.before
    if not before:
        raise _nothing(course, parted)

    def follow(branch: Branch) -> Parted:
        after = prescription.first_cycle(regimen) if branch.when == "remission" else courses.NEVER
        return live(branch.doses, course._replace(remission=after), product if course.transplant else None)[0]

    branches = [(branch.when, follow(branch)) for branch in line.undecided]
    if branches and all(len(each.before) == len(before) for _, each in branches):
        parted = max((each for _, each in branches), key=lambda each: len(each.left_out))
        branches = []  # a stop or the transplant ends the course before anything depends on remission

    def stands(some: Iterable[Dose]) -> Standing:
        counted = [dose.prescribed._replace(level=dose.counted) for dose in some]
        return exposure.check(course.prior, counted, ceiling, not regimen.after_transplant)

    return Plan(
        regimen,
        body,
        course,
        ceiling,
        product,
        rounding,
        patient,
        before,
        stands(before),
        stands(dose for dose in before if dose.state == "given"),
        tuple(
            Undecided(when, each.before[-1].prescribed.cycle, total(each.before), stands(each.before))
            for when, each in branches
        ),
        parted.apart,
        parted.left_out,
        breaches,
    )


def _nothing(course: Course, parted: Parted) -> InputError:
    """The refusal of a course of which no dose is left before transplant."""
    if parted.apart or parted.left_out:
        hint = "correct the date; a course after an earlier transplant has prior transplant: yes instead of transplant:"
        return InputError("--transplant", f"no dose falls before the transplant on {course.transplant}", hint)
    stop = next(event for event in course.events if event.what == "stop")
    return InputError(stop.place, "no dose was given before this stop", "record what was given, or take the stop out")


def total(doses: Iterable[Dose]) -> Quantity:
    """The mg/m² that doses count, without what came before."""
    return units.total((dose.counted for dose in doses), units.LEVEL)


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
    planned = [dose for dose in plan.doses if dose.state == "planned"]
    bsa = (planned or plan.doses[-1:])[0].bsa
    begun = {dose.prescribed.cycle for dose in plan.doses if dose.state != "planned"}
    cycles = {dose.prescribed.cycle for dose in planned} - begun
    fitting = [cycle for cycle in cycles if whole.last_cycle_within is not None and cycle <= whole.last_cycle_within]
    most = units.fraction(whole.limit)
    doses = [dose for dose, total, _ in plan.judged if dose.state == "planned" and total is not None and total <= most]
    return Left(given.remaining, given.remaining * units.fraction(bsa), bsa, len(doses), len(fitting))
