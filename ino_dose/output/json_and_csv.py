"""Plain values → JSON and CSV as text, every number exact."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from io import StringIO
from typing import TYPE_CHECKING, Any

from .. import units
from ..errors import printable

if TYPE_CHECKING:
    from .plain_values import Row


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


def to_json_line(value: Any) -> str:
    """The same in one line, as NDJSON has it."""
    return " ".join(part.strip() for part in to_json(value).split("\n")) + "\n"


def to_csv(rows: Sequence[Row], columns: Sequence[str] = ()) -> str:
    """A header and a row each, a person's text without control characters but line breaks.

    `columns` is the header, by default what the first row has.
    """
    header = columns or list(rows[0])
    cells = [header, *([row[name] for name in header] for row in rows)]
    return "".join(line(printable(cell(each), keep="\n") for each in row) for row in cells)


def line(cells: Iterable[Any]) -> str:
    """A line of CSV, in which a carriage return is quoted too."""
    out = StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(map(cell, cells))
    return out.getvalue().removesuffix("\r\n") + "\n"


def cell(value: Any) -> str:
    """A value as it stands in CSV: numbers as exact plain text, nothing where it is not known."""
    if isinstance(value, Decimal | Fraction):
        return units.digits(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
