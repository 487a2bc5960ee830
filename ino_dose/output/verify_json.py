"""A checked order → its JSON object, and what its row in CSV gains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import __version__, units
from ..verify import check, sentences
from . import plain, plan_json
from .plain import Row

if TYPE_CHECKING:
    from ..verify.order import Check, Due

FORMAT = "ino-dose verify 1"
RESULTS = (
    "used_bsa_m2",
    "expected_level_mg_per_m2",
    "calculated_mg",
    "expected_dose_mg",
    "deviation_percent",
    "deviation_mg_per_m2",
    "verdict",
    "cause",
    "sentence",
    "cause_sentence",
    "cumulative_mg_per_m2",
    "ceiling_status",
    "warnings",
    "error",
)
"""The columns that a file of orders gains."""


def whole(found: Check) -> Row:
    """The object that `verify -f json` prints."""
    due = found.due[0]
    plan, one = due.plan, found.expected is not None
    return {
        "format": FORMAT,
        "version": __version__,
        "regimen": plan_json.regimen(plan),
        "patient": plan_json.patient(plan),
        "course": _course(found),
        "order": {
            "cycle": found.order.cycle,
            "day": found.order.day,
            "dose_mg": plain.number(found.order.dose),
            "stated_bsa_m2": plain.number(found.order.stated_bsa),
        },
        "tolerance": {
            "percent": plain.number(found.tolerance.share),
            "ordinary_rounding": found.tolerance.rounding,
        },
        "verdict": found.verdict,
        "agrees": {"agrees": True, "undecided": None}.get(found.verdict, False),
        "sentence": sentences.sentence(found),
        "expected": _expected(due) if one else None,
        "deviation": _deviation(found, due) if one else None,
        "rounded_to_mg": plain.number(due.rounded_to) if one else None,
        "nearest": _nearest(found, due) if found.verdict == "not_scheduled" else None,
        "causes": [
            {
                "kind": cause.kinds[0],
                "alike": cause.kinds[1:],
                "sentence": sentences.fits(cause),
                "dose_mg": plain.number(cause.amount),
                "rounded_to_mg": cause.step,
            }
            for cause in found.causes
        ],
        "cumulative": _cumulative(due) if len(found.due) == 1 else None,
        "branches": [_branches(found, each) for each in found.due] if len(found.due) > 1 else [],
        "ceiling": {
            "lower_mg_per_m2": plain.number(plan.ceiling.lower),
            "upper_mg_per_m2": plain.number(plan.ceiling.upper),
            "source": plain.spot(plan.ceiling.citations[0]),
        },
        "assumptions": sentences.assumptions(found),
        "warnings": sentences.warnings(found),
        "sources": plan_json.sources(plan),
    }


def _course(found: Check) -> Row:
    course = found.due[0].plan.course
    remission = None if len(found.due) > 1 else course.remission
    return {
        "remission_after": plain.remission(remission),
        "prior_mg_per_m2": plain.number(course.prior),
        "prior_stated": course.prior_stated,
        "level_mg_per_m2": plain.number(course.level),
    }


def _expected(due: Due) -> Row | None:
    if not due.dose:
        return None
    prescribed = due.dose.prescribed
    return {
        "level_mg_per_m2": plain.number(prescribed.level),
        "calculated_mg": plain.number(due.dose.calculated),
        "dose_mg": plain.number(due.dose.due),
        "source": plain.spot(prescribed.citations[0]),
    }


def _deviation(found: Check, due: Due) -> Row | None:
    if not due.dose:
        return None
    off = check.deviation(found.order, due.dose, due.plan.body.bsa)
    return {
        "percent": units.thousandths(off.percent),
        "mg": plain.number(off.dose),
        "mg_per_m2": units.thousandths(off.level.magnitude),
    }


def _nearest(found: Check, due: Due) -> Row:
    unit, numbers = check.scheduled(due, found.order)
    number = found.order.day if unit == "day" else found.order.cycle
    return {"of": f"{unit}s", "scheduled": numbers, "nearest": check.nearest(number, numbers)}


def _cumulative(due: Due) -> Row:
    return {
        "counted_as": "prescribed" if due.agrees else "ordered",
        "counted_mg_per_m2": plain.number(due.counted),
        "cumulative_mg_per_m2": plain.number(due.standing.total),
        "ceiling_status": due.standing.status,
    }


def _branches(found: Check, due: Due) -> Row:
    return {
        "when": due.when,
        "agrees": due.agrees,
        "expected": _expected(due),
        "deviation": _deviation(found, due),
        "rounded_to_mg": plain.number(due.rounded_to),
        "cumulative": _cumulative(due),
    }


def cells(found: Check) -> Row:
    """What one order of a file gains: the columns of RESULTS."""
    due, causes = found.due[0], sentences.because(found)
    expected = (_expected(due) if found.expected else None) or {}
    off = (_deviation(found, due) if found.expected else None) or {}
    sums = _cumulative(due) if len(found.due) == 1 else {}
    values = (
        plain.number(due.plan.body.bsa),
        expected.get("level_mg_per_m2"),
        expected.get("calculated_mg"),
        expected.get("dose_mg"),
        off.get("percent"),
        off.get("mg_per_m2"),
        found.verdict,
        found.causes[0].kinds[0] if found.causes else None,
        sentences.sentence(found),
        causes[0] if causes else None,
        sums.get("cumulative_mg_per_m2"),
        sums.get("ceiling_status"),
        " ".join(sentences.warnings(found)) or None,
        None,
    )
    return dict(zip(RESULTS, values, strict=True))
