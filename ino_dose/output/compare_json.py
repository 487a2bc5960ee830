"""Branches side by side → what `compare -f json` and `-f csv` print."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from .. import units
from . import json_and_csv, regimens_json, show_json
from .json_and_csv import Row

if TYPE_CHECKING:
    from ..engine import comparison
    from ..engine.regimen import Regimen


def compare(regimens: Iterable[Regimen], rows: Iterable[comparison.Row]) -> list[Row]:
    """The list that `compare -f json` prints: an object a regimen, in the order of its first row."""
    by_id: dict[str, list[comparison.Row]] = {}
    for row in rows:
        by_id.setdefault(row.regimen.id, []).append(row)
    found = {regimen.id: regimen for regimen in regimens}
    order = [*by_id, *(id for id in found if id not in by_id)]
    return [_compared(found[id], by_id.get(id, [])) for id in order]


def _compared(regimen: Regimen, rows: list[comparison.Row]) -> Row:
    return {
        **regimens_json.regimens([regimen])[0],
        "missing": regimen.missing,
        "branches": [_branch(row) for row in rows],
        "results": [show_json.published(each) for each in regimen.results],
    }


def _branch(row: comparison.Row) -> Row:
    return {
        "when": row.when,
        "level_mg_per_m2": json_and_csv.number(row.level),
        "open_ended": row.open_ended,
        "cycles": [
            {
                "cycle": cycle.number,
                "level_mg_per_m2": json_and_csv.number(cycle.level),
                "dose_mg": json_and_csv.number(cycle.dose),
                "cumulative_mg_per_m2": json_and_csv.number(cycle.cumulative),
                "ceiling_status": cycle.status,
            }
            for cycle in row.cycles
        ],
        "total_mg_per_m2": json_and_csv.number(units.total((cycle.level for cycle in row.cycles), units.LEVEL)),
        "cumulative_mg_per_m2": json_and_csv.number(row.standing.total),
        "status": row.standing.status,
        **json_and_csv.sides(row.standing),
    }


BY_CYCLE = (
    "id",
    "when",
    "chosen_level_mg_per_m2",
    "cycle",
    "level_mg_per_m2",
    "dose_mg",
    "cumulative_mg_per_m2",
    "ceiling_status",
)
"""The columns of `compare -f csv`."""


def compare_rows(rows: Iterable[comparison.Row]) -> list[Row]:
    """The rows of `compare -f csv`: a row a cycle of a branch."""
    return [
        {"id": row.regimen.id, "when": row.when, "chosen_level_mg_per_m2": json_and_csv.number(row.level)} | cycle
        for row in rows
        for cycle in _branch(row)["cycles"]
    ]
