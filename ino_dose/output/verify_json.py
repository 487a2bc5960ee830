"""Checked orders → the object of one that `verify -f json` prints, and the lines of many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from .. import __version__, units
from ..verify import check, sentences
from . import json_and_csv, plain_values, plan_json
from .plain_values import Row

if TYPE_CHECKING:
    from ..verify.order import Cause, Check, Due
    from ..verify.order_file import Checked

FORMAT = "ino-dose verify 1"


def value(found: Check) -> Row:
    """The object that `verify -f json` prints."""
    due, one = found.due[0], found.settled
    plan = due.plan
    return {
        "format": FORMAT,
        "version": __version__,
        "regimen": plan_json.regimen(plan),
        "patient": plan_json.patient(plan),
        "course": _course(found),
        "order": {
            "cycle": found.order.cycle,
            "day": found.order.day,
            "dose_mg": plain_values.number(found.order.dose),
            "stated_bsa_m2": plain_values.number(found.order.stated_bsa),
        },
        "tolerance": {
            "percent": plain_values.number(found.tolerance.share),
            "ordinary_rounding": found.tolerance.rounding,
        },
        "verdict": found.verdict,
        "agrees": {"agrees": True, "undecided": None}.get(found.verdict, False),
        "sentence": sentences.sentence(found),
        "expected": one and _expected(one),
        "deviation": one and _deviation(one),
        "rounded_to_mg": one and plain_values.number(one.rounded_to),
        "nearest": _nearest(found, due) if found.verdict == "not_scheduled" else None,
        "causes": [_cause(cause) for cause in found.causes],
        "cumulative": _cumulative(due) if len(found.due) == 1 else None,
        "branches": [_branch(each) for each in found.due] if len(found.due) > 1 else [],
        "ceiling": {
            "lower_mg_per_m2": plain_values.number(plan.ceiling.lower),
            "upper_mg_per_m2": plain_values.number(plan.ceiling.upper),
            "source": plain_values.spot(plan.ceiling.citations[0]),
        },
        "assumptions": sentences.assumptions(found),
        "warnings": sentences.warnings(found),
        "sources": plan_json.sources(plan),
    }


def _course(found: Check) -> Row:
    course = found.due[0].plan.course
    remission = None if len(found.due) > 1 else course.remission
    return {
        "remission_after": plain_values.remission(remission),
        "prior_mg_per_m2": plain_values.number(course.prior),
        "prior_stated": course.prior_stated,
        "level_mg_per_m2": plain_values.number(course.level),
    }


def _expected(due: Due) -> Row | None:
    return due.dose and {
        "level_mg_per_m2": plain_values.number(due.dose.prescribed.level),
        "calculated_mg": plain_values.number(due.dose.calculated),
        "dose_mg": plain_values.number(due.dose.due),
        "source": plain_values.spot(due.dose.prescribed.citations[0]),
    }


def _deviation(due: Due) -> Row | None:
    return due.off and {
        "percent": units.thousandths(due.off.percent),
        "mg": plain_values.number(due.off.dose),
        "mg_per_m2": plain_values.quotient(due.off.level),
    }


def _nearest(found: Check, due: Due) -> Row:
    unit, numbers, nearest = check.scheduled(due, found.order)
    return {"of": f"{unit}s", "scheduled": numbers, "nearest": nearest}


def _cause(cause: Cause) -> Row:
    return {
        "kind": cause.kinds[0],
        "alike": cause.kinds[1:],
        "sentence": sentences.fits(cause),
        "dose_mg": plain_values.number(cause.amount),
        "rounded_to_mg": cause.step,
    }


def _cumulative(due: Due) -> Row:
    return {
        "counted_as": "prescribed" if due.agrees else "ordered",
        "counted_mg_per_m2": plain_values.number(due.counted),
        "cumulative_mg_per_m2": plain_values.number(due.standing.total),
        "ceiling_status": due.standing.status,
    }


def _branch(due: Due) -> Row:
    return {
        "when": due.when,
        "agrees": due.agrees,
        "expected": _expected(due),
        "deviation": _deviation(due),
        "rounded_to_mg": plain_values.number(due.rounded_to),
        "cumulative": _cumulative(due),
    }


def lines(checked: Iterable[Checked]) -> Iterator[str]:
    """The lines of NDJSON that `verify --orders` prints, one an order."""
    for each in checked:
        refused = {"format": FORMAT, "id": each.id, "error": each.error}
        yield json_and_csv.to_json_line({"line": each.number} | (value(each.check) if each.check else refused))
