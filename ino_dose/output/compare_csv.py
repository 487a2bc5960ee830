"""Branches side by side → a row a cycle of each, as `compare -f csv` prints them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from . import plain
from .plain import Row

if TYPE_CHECKING:
    from ..engine import comparison

COLUMNS = (
    "id",
    "when",
    "chosen_level_mg_per_m2",
    "cycle",
    "level_mg_per_m2",
    "dose_mg",
    "cumulative_mg_per_m2",
    "ceiling_status",
)


def rows(found: Iterable[comparison.Row]) -> list[Row]:
    """The rows of `compare -f csv`."""
    return [
        {"id": row.regimen.id, "when": row.when, "chosen_level_mg_per_m2": plain.number(row.level)}
        | plain.cycle(*cycle)
        for row in found
        for cycle in row.cycles
    ]
