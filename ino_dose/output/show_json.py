"""A regimen → the object that `show -f json` prints: the whole schedule, with every source and spot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..engine.regimen import Choice
from . import plain_values, regimens_json
from .plain_values import Row

if TYPE_CHECKING:
    from ..engine.preparation import Product
    from ..engine.regimen import Block, Regimen, Result
    from ..units import Quantity


def value(found: Regimen, label: Product | None = None) -> Row:
    """The object that `show -f json` prints: the whole schedule, with every source and spot.

    `label` is the product whose label this regimen is.
    """
    return {
        "format": "ino-dose regimen 1",
        **regimens_json.entry(found),
        "setting_sources": plain_values.spots(found.setting.citations) if found.setting else [],
        "sha256": found.sha256,
        "blocks": [_block(block) for block in found.blocks],
        "stop": found.stop
        and {"after_cycle": found.stop.after_cycle, "sources": plain_values.spots(found.stop.citations)},
        "transplant": found.transplant
        and {
            "cycles": found.transplant.cycles,
            "at_most": found.transplant.at_most,
            "note": found.transplant.note or None,
            "sources": plain_values.spots(found.transplant.citations),
        },
        "window": found.window
        and {
            "days": found.window.days,
            "within_d": found.window.within,
            "sources": plain_values.spots(found.window.citations),
        },
        "label": label
        and {
            "codes": [code._asdict() for code in label.codes],
            "rules": [
                {"says": rule.says, "only": rule.only or None, "sources": plain_values.spots(rule.citations)}
                for rule in label.rules
            ],
            "not_found": label.not_found,
            "sources": [plain_values.source(source) for source in label.sources],
        },
        "evidence": {
            "read": found.read,
            "on_one_source": [
                {"cycles": block.cycles, "onward": block.onward, "if": block.condition, "source": source}
                for block, source in found.on_one_source
            ],
        },
        "totals": [
            {
                "through_cycle": total.through_cycle,
                "remission_after": plain_values.remission(total.remission_after),
                "level_mg_per_m2": plain_values.number(total.chosen),
                "total_mg_per_m2": plain_values.number(total.level),
                "worked": total.worked or None,
                "sources": plain_values.spots(total.citations),
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
        "sources": [plain_values.source(source) for source in found.sources],
    }


def _block(block: Block) -> Row:
    return {
        "cycles": block.cycles,
        "onward": block.onward,
        "if": block.condition,
        "length_d": block.length,
        "doses": block.doses
        and [
            {"day": dose.day, "level_mg_per_m2": _level(dose.level), "sources": plain_values.spots(dose.citations)}
            for dose in block.doses
        ],
        "note": block.note or None,
        "sources": plain_values.spots(block.citations),
    }


def published(result: Result) -> Row:
    """A result as its paper has it."""
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
        "sources": plain_values.spots(result.citations),
    }


def _level(level: Quantity | Choice) -> Any:
    if isinstance(level, Choice):
        return {"any_of" if level.listed else "range": [plain_values.number(each) for each in level.levels]}
    return plain_values.number(level)
