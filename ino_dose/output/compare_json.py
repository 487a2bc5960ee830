"""Branches side by side → the list that `compare -f json` prints."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from .. import units
from . import plain_values, regimens_json, show_json
from .plain_values import Row

if TYPE_CHECKING:
    from ..engine import comparison
    from ..engine.regimen import Regimen


def value(regimens: Iterable[Regimen], rows: Iterable[comparison.Row]) -> list[Row]:
    """The list that `compare -f json` prints: an object a regimen, in the order of its first row."""
    by_id: dict[str, list[comparison.Row]] = {}
    for row in rows:
        by_id.setdefault(row.regimen.id, []).append(row)
    found = {regimen.id: regimen for regimen in regimens}
    order = [*by_id, *(id for id in found if id not in by_id)]
    return [_compared(found[id], by_id.get(id, [])) for id in order]


def _compared(regimen: Regimen, rows: list[comparison.Row]) -> Row:
    return {
        **regimens_json.entry(regimen),
        "missing": regimen.missing,
        "branches": [_branch(row) for row in rows],
        "results": [show_json.published(each) for each in regimen.results],
    }


def _branch(row: comparison.Row) -> Row:
    return {
        "when": row.when,
        "level_mg_per_m2": plain_values.number(row.level),
        "open_ended": row.open_ended,
        "cycles": [plain_values.cycle(*cycle) for cycle in row.cycles],
        "total_mg_per_m2": plain_values.number(units.total((cycle.level for cycle in row.cycles), units.LEVEL)),
        "cumulative_mg_per_m2": plain_values.number(row.standing.total),
        "status": row.standing.status,
        **plain_values.sides(row.standing),
    }
