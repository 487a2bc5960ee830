"""A regimen → the object that `show -f json` prints: the whole schedule, with every source and spot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..engine.regimen import Choice
from . import json_and_csv
from .json_and_csv import Row

if TYPE_CHECKING:
    from ..engine.regimen import Block, Regimen, Result
    from ..units import Quantity


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
        "stop": found.stop
        and {"after_cycle": found.stop.after_cycle, "sources": json_and_csv.spots(found.stop.citations)},
        "transplant": found.transplant
        and {
            "cycles": found.transplant.cycles,
            "at_most": found.transplant.at_most,
            "note": found.transplant.note or None,
            "sources": json_and_csv.spots(found.transplant.citations),
        },
        "totals": [
            {
                "through_cycle": total.through_cycle,
                "remission_after": json_and_csv.remission(total.remission_after),
                "level_mg_per_m2": json_and_csv.number(total.chosen),
                "total_mg_per_m2": json_and_csv.number(total.level),
                "worked": total.worked or None,
                "sources": json_and_csv.spots(total.citations),
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
        "results": [published(each) for each in found.results],
        "missing": found.missing,
        "not_stated": found.not_stated,
        "sources": [json_and_csv.source(source) for source in found.sources],
    }


def _block(block: Block) -> Row:
    return {
        "cycles": block.cycles,
        "onward": block.onward,
        "if": block.condition,
        "length_d": block.length,
        "doses": block.doses
        and [
            {"day": dose.day, "level_mg_per_m2": _level(dose.level), "sources": json_and_csv.spots(dose.citations)}
            for dose in block.doses
        ],
        "note": block.note or None,
        "sources": json_and_csv.spots(block.citations),
    }


def published(result: Result) -> Row:
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
        "sources": json_and_csv.spots(result.citations),
    }


def _level(level: Quantity | Choice) -> Any:
    if isinstance(level, Choice):
        return {"any_of" if level.listed else "range": [json_and_csv.number(each) for each in level.levels]}
    return json_and_csv.number(level)
