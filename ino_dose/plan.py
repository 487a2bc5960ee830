"""Regimen, body, course and ceiling → one plan: every dose in mg and where the course stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from . import ceiling as ceilings
from . import course as courses
from . import dosing, units
from .body import Body
from .ceiling import Standing
from .course import Course
from .dosing import Dose
from .regimen import Ceiling, Regimen

if TYPE_CHECKING:
    from .units import Quantity


class Undecided(NamedTuple):
    """Where the course would go on one side of a decision that was not stated."""

    when: str
    cycles: int
    level: Quantity
    standing: Standing


class Plan(NamedTuple):
    """A course planned for one patient, with everything needed to follow it by hand."""

    regimen: Regimen
    body: Body
    course: Course
    ceiling: Ceiling
    step: Quantity
    patient: str | None
    doses: tuple[Dose, ...]
    standing: Standing
    undecided: tuple[Undecided, ...]

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
    regimen: Regimen, body: Body, course: Course, ceiling: Ceiling, step: Quantity, patient: str | None = None
) -> Plan:
    """Plan a course. `step` is the rounding step of a dose in mg; `patient` is only echoed."""
    line = courses.line(regimen, course)
    applies = not regimen.after_transplant
    return Plan(
        regimen,
        body,
        course,
        ceiling,
        step,
        patient,
        tuple(dosing.dose(prescribed, body.bsa, step) for prescribed in line.doses),
        ceilings.check(course.prior, line.doses, ceiling, applies),
        tuple(
            Undecided(
                branch.when,
                branch.doses[-1].cycle,
                units.total((dose.level for dose in branch.doses), units.LEVEL),
                ceilings.check(course.prior, branch.doses, ceiling, applies),
            )
            for branch in line.undecided
        ),
    )
