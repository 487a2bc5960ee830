"""Quantities, citations, a standing → exact plain values, once; rows of them → JSON and CSV."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from .. import units
from ..engine.course import NEVER

if TYPE_CHECKING:
    from ..engine.exposure import Standing
    from ..engine.regimen import Citation, Source
    from ..units import Quantity

Row = dict[str, Any]


def to_json(value: Any, indent: str = "") -> str:
    """JSON with exact numbers and ASCII only. The standard encoder knows no decimal but as a float or a text."""
    deeper = indent + "  "
    if isinstance(value, Decimal | Fraction):
        return units.digits(value)
    if isinstance(value, Mapping) and value:
        inside = (f"{deeper}{json.dumps(key)}: {to_json(each, deeper)}" for key, each in value.items())
        return "{\n" + ",\n".join(inside) + f"\n{indent}}}"
    if isinstance(value, list | tuple) and value:
        return "[\n" + ",\n".join(deeper + to_json(each, deeper) for each in value) + f"\n{indent}]"
    return json.dumps(value)


def to_csv(rows: Iterable[Row], columns: Sequence[str] = ()) -> str:
    """A header and a row each, numbers as exact plain text; an unknown value is an empty cell.

    `columns` is the header, by default what the first row has.
    """
    import csv
    import io

    out = io.StringIO()
    table = list(rows)
    writer = csv.writer(out, lineterminator="\n")
    header = columns or list(table[0])
    writer.writerow(header)
    writer.writerows([cell(row[name]) for name in header] for row in table)
    return out.getvalue()


def cell(value: Any) -> str:
    """A value as it stands in CSV."""
    if isinstance(value, Decimal | Fraction):
        return units.digits(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


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


def sides(standing: Standing) -> Row:
    """Room, first crossing and last whole cycle, by limit."""
    return {
        "remaining_mg_per_m2": {
            "lower": number(standing.lower.remaining),
            "upper": number(standing.upper.remaining),
        },
        "first_over": first_over(standing),
        "last_cycle_within": {
            "lower": standing.lower.last_cycle_within,
            "upper": standing.upper.last_cycle_within,
        },
    }


def first_over(standing: Standing) -> Row:
    """The first dose past each limit."""
    sides = {"lower": standing.lower.first_over, "upper": standing.upper.first_over}
    return {
        side: {"cycle": over[0], "day": over[1]} if isinstance(over, tuple) else over for side, over in sides.items()
    }
