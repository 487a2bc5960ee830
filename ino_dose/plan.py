"""Regimen, body, course and ceiling → one plan: every dose in mg and where the course stands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from . import ceiling as ceilings
from . import course as courses
from . import dates, lived, units
from .body import Body
from .ceiling import Standing
from .course import Course
from .dates import Breach
from .dosing import Dose, Rounding
from .errors import InputError
from .regimen import Ceiling, Product, Regimen

if TYPE_CHECKING:
    from .units import Quantity


class Undecided(NamedTuple):
    """Where the course would go on one side of a decision that was not stated."""

    when: str
    cycles: int
    level: Quantity
    standing: Standing


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
    def status(self) -> ceilings.Status:
        """The final status: what is planned, unless the course is not decided to its end."""
        if self.undecided and self.standing.status in ("below", "between"):
            return "undecided"
        return self.standing.status

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
    line = courses.line(regimen, course)
    doses = lived.doses(line.doses, body, course.events, rounding)
    breaches: tuple[Breach, ...] = ()
    if product:
        doses, breaches = dates.dated(doses, regimen, course, product)
    before, apart, left_out = dates.around_transplant(doses, regimen, course)
    if not before:
        raise InputError("REGIMEN", "no dose is left to plan", "check the stop, the dates and the transplant")

    def stands(some: Iterable[Dose]) -> Standing:
        counted = [dose.prescribed._replace(level=dose.counted) for dose in some]
        return ceilings.check(course.prior, counted, ceiling, not regimen.after_transplant)

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
            Undecided(branch.when, branch.doses[-1].cycle, total(whole), stands(whole))
            for branch in line.undecided
            if (whole := lived.doses(branch.doses, body, course.events, rounding))
        ),
        apart,
        left_out,
        breaches,
    )


def total(doses: Iterable[Dose]) -> Quantity:
    """The mg/m² that doses count, without what came before."""
    return units.total((dose.counted for dose in doses), units.LEVEL)
