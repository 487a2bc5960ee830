"""Quantities, citations, a standing → the exact plain values that JSON and CSV are made of."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .. import units
from ..engine.course import NEVER

if TYPE_CHECKING:
    from ..engine.exposure import Standing, Status
    from ..engine.regimen import Citation, Source
    from ..units import Quantity

Row = dict[str, Any]


def number(amount: Quantity | None) -> Decimal | None:
    """The number as it is printed, None where it is not known."""
    return None if amount is None else units.decimal(amount.magnitude)


def quotient(amount: Quantity) -> Decimal:
    """A quotient to 0.001."""
    return units.thousandths(amount.magnitude)


def remission(after: int | None) -> int | str | None:
    """The cycle at whose end remission was documented, or never."""
    return "never" if after == NEVER else after


def spot(citation: Citation) -> Row:
    """One citation."""
    return {"id": citation.source, "spot": citation.spot}


def spots(citations: Iterable[Citation]) -> list[Row]:
    """All citations of something."""
    return [spot(citation) for citation in citations]


def source(found: Source) -> Row:
    """A source in full."""
    return {"id": found.id, "cite": found.cite, "doi": found.doi, "trial": found.trial, "read": found.read}


CYCLE = ("cycle", "level_mg_per_m2", "dose_mg", "cumulative_mg_per_m2", "ceiling_status")


def cycle(index: int, level: Quantity, dose: Quantity | None, cumulative: Quantity | None, status: Status) -> Row:
    """What a cycle adds, and where the course stands at its end: the values of CYCLE."""
    return dict(zip(CYCLE, (index, number(level), number(dose), number(cumulative), status), strict=True))


def sides(standing: Standing) -> Row:
    """Room, first crossing and last whole cycle, by limit."""
    both = {"lower": standing.lower, "upper": standing.upper}
    return {
        "remaining_mg_per_m2": {side: number(against.remaining) for side, against in both.items()},
        "first_over": first_over(standing),
        "last_cycle_within": {side: against.last_cycle_within for side, against in both.items()},
    }


def first_over(standing: Standing) -> Row:
    """The first dose past each limit."""
    both = {"lower": standing.lower.first_over, "upper": standing.upper.first_over}
    return {
        side: {"cycle": over[0], "day": over[1]} if isinstance(over, tuple) else over for side, over in both.items()
    }
