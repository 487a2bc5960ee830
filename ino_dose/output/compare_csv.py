"""Branches side by side → a row a cycle of each, as `compare -f csv` prints them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from . import plain_values
from .plain_values import Row

if TYPE_CHECKING:
    from ..engine import comparison

COLUMNS = ("id", "when", "chosen_level_mg_per_m2", *plain_values.CYCLE)


def rows(found: Iterable[comparison.Row]) -> list[Row]:
    """The rows of `compare -f csv`."""
    return [
        dict(
            zip(
                COLUMNS,
                (row.regimen.id, row.when, plain_values.number(row.level), *plain_values.cycle(*cycle).values()),
                strict=True,
            )
        )
        for row in found
        for cycle in row.cycles
    ]
