"""A plan → what still fits under each limit: mg/m², mg at the patient's BSA now, whole cycles, the dose that passes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from . import units
from .ceiling import Against
from .plan import Plan

if TYPE_CHECKING:
    from .units import Quantity


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


def under(plan: Plan, given: Against, whole: Against) -> Left:
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
