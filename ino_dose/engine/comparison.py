"""Regimens → a row a branch: mg/m² by cycle, where each limit is passed, what room is left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from .. import units
from . import dosing, exposure, prescription
from .course import Course
from .dosing import Dose, Rounding
from .exposure import Ceiling, Standing
from .prescription import Prescribed
from .regimen import Regimen

if TYPE_CHECKING:
    from ..units import Quantity

MOST_CYCLES_SHOWN = 24
"""Cycles after which an open-ended row ends although the upper limit was not passed, as where prior exposure passed it."""


class Cycle(NamedTuple):
    """What a cycle adds (mg/m²), its dose (mg, where there is a BSA), and the sum after it."""

    number: int
    level: Quantity
    dose: Quantity | None
    cumulative: Quantity | None
    status: exposure.Status


class Difference(NamedTuple):
    """A day on which two regimens prescribe different levels; None where one has no dose that day."""

    cycle: int
    day: int
    one: Quantity | None
    other: Quantity | None


class Row(NamedTuple):
    """One branch of a regimen: with remission after its first cycle or without, at one level.

    `open_ended`: no source states a last cycle, so the row ends where the upper limit is passed.
    """

    regimen: Regimen
    when: str | None
    level: Quantity | None
    open_ended: bool
    doses: tuple[Prescribed, ...]
    cycles: tuple[Cycle, ...]
    standing: Standing

    def differences(self, other: Row) -> list[Difference]:
        """What differs between two branches, day by day."""
        ours, theirs = ({(dose.cycle, dose.day): dose.level for dose in row.doses} for row in (self, other))
        days = sorted({*ours, *theirs})
        return [Difference(*day, ours.get(day), theirs.get(day)) for day in days if ours.get(day) != theirs.get(day)]


@units.exact
def rows(
    regimens: Iterable[Regimen],
    ceiling: Ceiling,
    prior: Quantity | None,
    hsct: bool = False,
    bsa: Quantity | None = None,
    rounding: Rounding | None = None,
) -> list[Row]:
    """The branches of regimens, in their order; for those who proceed to transplant by the room left."""
    found = [
        _row(regimen, when, level, ceiling, Course(prior, remission=after, hsct=hsct, level=level), bsa, rounding)
        for regimen in regimens
        if not regimen.incomplete
        for level in _levels(regimen)
        for when, after in _branches(regimen)
    ]
    return sorted(found, key=_room) if hsct else found


def _levels(regimen: Regimen) -> Sequence[Quantity | None]:
    return regimen.choice.levels if regimen.choice else [None]


def _branches(regimen: Regimen) -> list[tuple[str | None, int | None]]:
    if not regimen.remission_adapted:
        return [(None, None)]
    return list(prescription.answers(regimen))


def _room(row: Row) -> tuple[int, object]:
    """Most room under the upper limit first; last what has none to compare."""
    remaining = row.standing.upper.remaining
    return (1, row.regimen.id) if remaining is None else (0, -remaining.magnitude)


def _row(
    regimen: Regimen,
    when: str | None,
    level: Quantity | None,
    ceiling: Ceiling,
    course: Course,
    bsa: Quantity | None,
    rounding: Rounding | None,
) -> Row:
    doses, standing = next(_tried(regimen, ceiling, course))
    mixed = [dosing.dose(each, bsa, rounding) for each in doses] if bsa is not None and rounding else []
    cycles = tuple(_cycles(doses, mixed, standing))
    return Row(regimen, when, level, regimen.last_cycle is None, doses, cycles, standing)


def _tried(regimen: Regimen, ceiling: Ceiling, course: Course) -> Iterator[tuple[tuple[Prescribed, ...], Standing]]:
    """The course; where no source states a last cycle, the shortest that passes the upper limit."""
    applies = not regimen.after_transplant
    for cycles in range(1, MOST_CYCLES_SHOWN + 1):
        asked = course._replace(cycles=cycles) if regimen.last_cycle is None else course
        doses = prescription.line(regimen, asked).doses
        standing = exposure.check(course.prior, doses, ceiling, applies)
        if regimen.last_cycle is not None or standing.upper.first_over or cycles == MOST_CYCLES_SHOWN:
            yield doses, standing


def _cycles(doses: Sequence[Prescribed], mixed: Sequence[Dose], standing: Standing) -> Iterator[Cycle]:
    judged = list(zip(doses, standing.cumulative, standing.statuses, strict=True))
    for number, group in groupby(judged, key=lambda each: each[0].cycle):
        prescribed, cumulative, statuses = zip(*group, strict=True)
        amounts = [dose.dose for dose in mixed if dose.prescribed.cycle == number]
        yield Cycle(
            number,
            units.total((each.level for each in prescribed), units.LEVEL),
            units.total(amounts, units.DOSE) if amounts else None,
            cumulative[-1],
            statuses[-1],
        )
