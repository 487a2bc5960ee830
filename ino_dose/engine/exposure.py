"""Sums of mg/m² × two limits → status, room left, first crossing: the one comparison.

Only prior exposure and prescribed levels enter: where a course stands does not depend on the body.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Literal, NamedTuple

from .. import units
from .prescription import Prescribed
from .regimen import Citation, Source

if TYPE_CHECKING:
    from ..units import Quantity


class Ceiling(NamedTuple):
    """The two limits on cumulative mg/m² before transplant, both inclusive, and who advises them."""

    id: str
    place: str
    title: str
    lower: Quantity
    upper: Quantity
    basis: str
    citations: tuple[Citation, ...]
    sources: tuple[Source, ...]


Status = Literal["below", "between", "above", "unknown", "undecided", "not_applicable"]
Crossing = tuple[int, int] | Literal["prior"] | None


class Against(NamedTuple):
    """A course against one limit.

    `remaining`: limit − cumulative in mg/m², signed, None where prior exposure is unknown.
    `first_over`: (cycle, day) of the first dose past the limit, "prior", or None.
    `last_cycle_within`: the last whole cycle that stays within it, or None.
    """

    limit: Quantity
    remaining: Quantity | None
    first_over: Crossing
    last_cycle_within: int | None


class Standing(NamedTuple):
    """Where a course stands: after each dose, at its end, and against each limit.

    `cumulative` holds mg/m² after each dose, prior exposure included; None where that is unknown.
    """

    cumulative: tuple[Quantity | None, ...]
    statuses: tuple[Status, ...]
    total: Quantity | None
    status: Status
    lower: Against
    upper: Against


def check(prior: Quantity | None, doses: Sequence[Prescribed], ceiling: Ceiling, applies: bool = True) -> Standing:
    """Compare prior exposure plus prescribed levels with both limits, which are inclusive.

    `prior` is None where it is unknown: the course then counts by itself, and the only verdict it
    can bring is "above". `applies` is false for what is given after transplant.
    """
    start = units.total([] if prior is None else [prior], units.LEVEL)
    sums = list(accumulate((units.fraction(dose.level) for dose in doses), initial=start))

    def judged(total: Quantity) -> Status:
        return status(total, ceiling, prior is not None, applies)

    return Standing(
        tuple(None if prior is None else total for total in sums[1:]),
        tuple(judged(total) for total in sums[1:]),
        None if prior is None else sums[-1],
        judged(sums[-1]),
        *(_against(limit, sums, doses, prior is not None, applies) for limit in (ceiling.lower, ceiling.upper)),
    )


def status(total: Quantity, ceiling: Ceiling, known: bool = True, applies: bool = True) -> Status:
    """Where a sum of mg/m² stands, both limits inclusive. What is not `known` whole can only be above."""
    if not applies:
        return "not_applicable"
    if total > units.fraction(ceiling.upper):
        return "above"
    if not known:
        return "unknown"
    return "below" if total <= units.fraction(ceiling.lower) else "between"


def _against(
    limit: Quantity, sums: Sequence[Quantity], doses: Sequence[Prescribed], prior_known: bool, applies: bool
) -> Against:
    most = units.fraction(limit)
    if not applies:
        return Against(limit, None, None, None)
    over = next(((dose.cycle, dose.day) for dose, total in zip(doses, sums[1:], strict=True) if total > most), None)
    first_over: Crossing = "prior" if sums[0] > most else over
    if not prior_known:
        return Against(limit, None, first_over, None)
    ends = {dose.cycle: total for dose, total in zip(doses, sums[1:], strict=True)}
    within = max((cycle for cycle, total in ends.items() if total <= most), default=None)
    return Against(limit, most - sums[-1], first_over, within)


def fails(status: Status, at: Literal["between", "above"]) -> bool:
    """Whether a final status is at or past a limit, or cannot be known not to be."""
    return status in ("above", "unknown", "undecided", at)


def words(status: Status, ceiling: Ceiling, at_length: bool = False) -> str:
    """A status as words: for a column (`within 2.7`, `between`), or `at_length` as a sentence says it."""
    limits = (ceiling.lower, ceiling.upper)
    lower, upper = (units.show(each, units.LEVEL) if at_length else units.digits(each.magnitude) for each in limits)
    said = {
        "below": f"within {lower}",
        "between": f"above {lower}, within {upper}" if at_length else "between",
        "above": f"above {upper}",
        "not_applicable": "the ceiling before transplant does not apply" if at_length else "does not apply",
    }
    return said.get(status, status)


def crossing(over: Crossing) -> str:
    """The dose that first passes a limit: `C3D1`, `prior` where what came before had, empty where none does."""
    return f"C{over[0]}D{over[1]}" if isinstance(over, tuple) else over or ""
