"""Cells that a spreadsheet would run as a formula."""

from __future__ import annotations

import re
from collections.abc import Iterable

_EXPONENT = "[eE](?:$|[^0-9+-]|[+-](?:$|[^0-9]|[0-9]+[^0-9])|[0-9]+[^0-9])"
_POINT = rf"\.(?:$|[^0-9]|[0-9]+(?:[^0-9eE]|{_EXPONENT}))"
FORMULA = rf"^(?:[=@]|[+-](?:$|[^0-9.]|{_POINT}|[0-9]+(?:[^0-9.eE]|{_POINT}|{_EXPONENT})))"
"""What begins with =, +, - or @ and is no number, without looking ahead: Polars reads the same pattern."""
_found = re.compile(FORMULA).match


def count(cells: Iterable[str | None]) -> int:
    """How many of these cells begin like a formula."""
    return sum(1 for cell in cells if cell and cell[0] in "=+-@" and _found(cell))
