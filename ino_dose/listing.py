"""Regimens, branches side by side, formulas, faults → the rows that their lists are printed from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from . import plain, units
from .body import FORMULAS
from .plain import Row
from .regimen import Choice

if TYPE_CHECKING:
    from . import comparing
    from .errors import Fault
    from .regimen import Block, Regimen, Result
    from .units import Quantity


def regimens(found: Iterable[Regimen]) -> list[Row]:
    """The list that `regimens -f json` prints."""
    return [
        {
            "id": regimen.id,
            "title": regimen.title,
            "status": "incomplete" if regimen.incomplete else "complete",
            "after_transplant": regimen.after_transplant,
            "last_cycle": regimen.last_cycle,
            "remission_adapted": regimen.remission_adapted,
        }
        for regimen in found
    ]


def regimen(found: Regimen) -> Row:
    """The object that `show -f json` prints: the whole schedule, with every source and spot."""
    return {
        "format": "ino-dose regimen 1",
        "id": found.id,
        "title": found.title,
        "status": "incomplete" if found.incomplete else "complete",
        "after_transplant": found.after_transplant,
        "last_cycle": found.last_cycle,
        "remission_adapted": found.remission_adapted,
        "sha256": found.sha256,
        "blocks": [_block(block) for block in found.blocks],
        "stop": found.stop and {"after_cycle": found.stop.after_cycle, "sources": plain.spots(found.stop.citations)},
        "transplant": found.transplant
        and {
            "cycles": found.transplant.cycles,
            "at_most": found.transplant.at_most,
            "note": found.transplant.note or None,
            "sources": plain.spots(found.transplant.citations),
        },
        "totals": [
            {
                "through_cycle": total.through_cycle,
                "remission_after": plain.remission(total.remission_after),
                "level_mg_per_m2": plain.number(total.chosen),
                "total_mg_per_m2": plain.number(total.level),
                "worked": total.worked or None,
                "sources": plain.spots(total.citations),
            }
            for total in found.totals
        ],
        "disagreements": [
            {
                "about": each.about,
                "says": [{"id": said.source, "says": said.spot} for said in each.says],
                "matters": each.matters or None,
            }
            for each in found.disagreements
        ],
        "results": [_result(result) for result in found.results],
        "missing": found.missing,
        "not_stated": found.not_stated,
        "sources": [plain.source(source) for source in found.sources],
    }


def compare(regimens: Iterable[Regimen], rows: Iterable[comparing.Row]) -> list[Row]:
    """The list that `compare -f json` prints: an object a regimen, in the order of its first row."""
    by_id: dict[str, list[comparing.Row]] = {}
    for row in rows:
        by_id.setdefault(row.regimen.id, []).append(row)
    found = {regimen.id: regimen for regimen in regimens}
    order = [*by_id, *(id for id in found if id not in by_id)]
    return [_compared(found[id], by_id.get(id, [])) for id in order]


def _compared(regimen: Regimen, rows: list[comparing.Row]) -> Row:
    return {
        **regimens([regimen])[0],
        "missing": regimen.missing,
        "branches": [_branch(row) for row in rows],
        "results": [_result(result) for result in regimen.results],
    }


def _branch(row: comparing.Row) -> Row:
    return {
        "when": row.when,
        "level_mg_per_m2": plain.number(row.level),
        "open_ended": row.open_ended,
        "cycles": [
            {
                "cycle": cycle.number,
                "level_mg_per_m2": plain.number(cycle.level),
                "dose_mg": plain.number(cycle.dose),
                "cumulative_mg_per_m2": plain.number(cycle.cumulative),
                "ceiling_status": cycle.status,
            }
            for cycle in row.cycles
        ],
        "total_mg_per_m2": plain.number(units.total((cycle.level for cycle in row.cycles), units.LEVEL)),
        "cumulative_mg_per_m2": plain.number(row.standing.total),
        "status": row.standing.status,
        **plain.sides(row.standing),
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


def compare_rows(rows: Iterable[comparing.Row]) -> list[Row]:
    """The rows of `compare -f csv`: a row a cycle of a branch."""
    return [
        {"id": row.regimen.id, "when": row.when, "chosen_level_mg_per_m2": plain.number(row.level)} | cycle
        for row in rows
        for cycle in _branch(row)["cycles"]
    ]


def _block(block: Block) -> Row:
    return {
        "cycles": block.cycles,
        "onward": block.onward,
        "if": block.condition,
        "length_d": block.length,
        "doses": block.doses
        and [
            {"day": dose.day, "level_mg_per_m2": _level(dose.level), "sources": plain.spots(dose.citations)}
            for dose in block.doses
        ],
        "note": block.note or None,
        "sources": plain.spots(block.citations),
    }


def _result(result: Result) -> Row:
    return {
        "of": result.of,
        "patients": result.patients,
        "age_median": result.age and result.age.median,
        "age_range": result.age and result.age.range,
        "cr_cri_percent": result.remission,
        "response": result.response or None,
        "transplant_percent": result.transplant,
        "survival": result.survival or None,
        "sos_vod": result.sos and {"percent": result.sos.percent, "among": result.sos.among},
        "sources": plain.spots(result.citations),
    }


def _level(level: Quantity | Choice) -> Any:
    if isinstance(level, Choice):
        return {"any_of" if level.listed else "range": [plain.number(each) for each in level.levels]}
    return plain.number(level)


def areas(found: Mapping[str, Quantity | None]) -> list[Row]:
    """The list that `bsa -f json` prints, by formula; None where a formula needs the sex."""
    return [
        {
            "formula": id,
            "bsa_m2": plain.number(area),
            "source": FORMULAS[id].paper,
            "note": FORMULAS[id].caution or None if area is not None else "needs --sex f or --sex m",
        }
        for id, area in found.items()
    ]


def faults(found: Iterable[Fault]) -> list[Row]:
    """The list that `lint -f json` prints; a fault of the whole file has no line."""
    rows = []
    for fault in found:
        file, line = fault.where
        rows.append({"file": file, "line": line, "problem": fault.problem, "hint": fault.hint or None})
    return rows
