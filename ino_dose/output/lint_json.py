"""Faults → the list that `lint -f json` prints."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from .plain_values import Row

if TYPE_CHECKING:
    from ..errors import Fault


def value(found: Iterable[Fault]) -> list[Row]:
    """The list that `lint -f json` prints; a fault of the whole file has no line."""
    rows = []
    for fault in found:
        file, line = fault.where
        rows.append({"file": file, "line": line, "problem": fault.problem, "hint": fault.hint or None})
    return rows
