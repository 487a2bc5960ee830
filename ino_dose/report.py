"""A plan, a regimen, a BSA → JSON and CSV: quantities become exact plain numbers, once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING, Any

from . import __version__, left, pharmacy, remarks, units
from .body import FORMULAS
from .ceiling import Standing
from .course import NEVER
from .dosing import Dose
from .regimen import Choice

if TYPE_CHECKING:
    from . import comparing
    from .errors import Fault
    from .plan import Plan
    from .regimen import Block, Citation, Product, Regimen, Result, Source
    from .units import Quantity

Row = dict[str, Any]


def to_json(value: Any, indent: str = "") -> str:
    """JSON with exact numbers and ASCII only. The standard encoder knows no decimal but as a float or a text."""
    deeper = indent + "  "
    if isinstance(value, Decimal | Fraction):
        return units.digits(value)
    if isinstance(value, Mapping) and value:
        inside = (f"{deeper}{json.dumps(key)}: {to_json(each, deeper)}" for key, each in value.items())
        return "{\n" + ",\n".join(inside) + f"\n{indent}}}"
    if isinstance(value, list | tuple) and value:
        return "[\n" + ",\n".join(deeper + to_json(each, deeper) for each in value) + f"\n{indent}]"
    return json.dumps(value)


def to_csv(rows: Iterable[Row]) -> str:
    """A header and a row each, numbers as exact plain text; an unknown value is an empty cell."""
    import csv
    import io

    out = io.StringIO()
    table = list(rows)
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table[0])
    writer.writerows([cell(value) for value in row.values()] for row in table)
    return out.getvalue()


def cell(value: Any) -> str:
    """A value as it stands in CSV."""
    if isinstance(value, Decimal | Fraction):
        return units.digits(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def plan(found: Plan) -> Row:
    """The object that `plan -f json` prints."""
    return {
        "format": "ino-dose plan 1",
        "version": __version__,
        "regimen": schedule(found),
        "patient": patient(found),
        "course": {
            "cycles": found.last_cycle,
            "remission_after": "never" if found.course.remission == NEVER else found.course.remission,
            "prior_mg_per_m2": _number(found.course.prior),
            "prior_stated": found.course.prior_stated,
            "hsct": found.course.hsct,
            "start": _day(found.course.start),
            "transplant": _day(found.course.transplant),
            "days_to_transplant": found.days_to_transplant,
            "given_mg_per_m2": _number(_counted(dose for dose in found.doses if dose.state == "given")),
            "planned_mg_per_m2": _number(_counted(dose for dose in found.doses if dose.state == "planned")),
        },
        "doses": doses(found),
        "cycles": cycles(found),
        "total": {
            "level_mg_per_m2": _number(_counted(found.doses)),
            "cumulative_mg_per_m2": _number(found.standing.total),
            "dose_mg": _number(units.total((dose.dose for dose in found.doses), units.DOSE)),
            "delivered_mg_per_m2": _quotient(units.total((dose.delivered for dose in found.doses), units.LEVEL)),
        },
        "product": found.product and _product(found, found.product),
        "ceiling": {
            "title": found.ceiling.title,
            "lower_mg_per_m2": _number(found.ceiling.lower),
            "upper_mg_per_m2": _number(found.ceiling.upper),
            "status": found.status,
            "source": _spot(found.ceiling.citations[0]),
            **_sides(found.standing),
            "given": {
                "cumulative_mg_per_m2": _number(found.given.total),
                "status": found.given.status,
                **_sides(found.given),
            },
        },
        "left": {
            "lower": _left(left.under(found, found.given.lower, found.standing.lower)),
            "upper": _left(left.under(found, found.given.upper, found.standing.upper)),
        },
        "doses_after_transplant": [_dose(found, dose) for dose in found.apart],
        "undecided": [
            {
                "when": branch.when,
                "cycles": branch.cycles,
                "level_mg_per_m2": _number(branch.level),
                "cumulative_mg_per_m2": _number(branch.standing.total),
                "ceiling_status": branch.standing.status,
                "first_over": _first_over(branch.standing),
            }
            for branch in found.undecided
        ],
        "assumptions": remarks.assumptions(found),
        "warnings": remarks.warnings(found),
        "sources": sources(found),
    }


def schedule(found: Plan) -> Row:
    """Which schedule a plan is made from."""
    return {
        "id": found.regimen.id,
        "title": found.regimen.title,
        "after_transplant": found.regimen.after_transplant,
        "sha256": found.regimen.sha256,
    }


def patient(found: Plan) -> Row:
    """Whose plan it is: the sizes, and the BSA with what it is from."""
    return {
        "id": found.patient,
        "height_cm": _number(found.body.height),
        "weight_kg": _number(found.body.weight),
        "bsa_m2": _number(found.body.bsa),
        "bsa_formula": found.body.formula.id if found.body.formula else None,
    }


def sources(found: Plan) -> list[Row]:
    """The sources of a plan's schedule, and of its ceiling."""
    return [_source(source) for source in (*found.regimen.sources, *_others(found))]


def doses(found: Plan) -> list[Row]:
    """A row a dose, in order."""
    judged = zip(found.doses, found.standing.cumulative, found.standing.statuses, strict=True)
    return [_dose(found, dose, cumulative, status) for dose, cumulative, status in judged]


def _dose(found: Plan, dose: Dose, cumulative: Quantity | None = None, status: str | None = None) -> Row:
    made = pharmacy.prepare(dose.dose, found.product) if found.product else None
    return {
        "cycle": dose.prescribed.cycle,
        "day": dose.prescribed.day,
        "level_mg_per_m2": _number(dose.prescribed.level),
        "calculated_mg": _number(dose.calculated),
        "dose_mg": _number(dose.dose),
        "delivered_mg_per_m2": _quotient(dose.delivered),
        "cumulative_mg_per_m2": _number(cumulative),
        "ceiling_status": status,
        "source": _spot(dose.prescribed.citations[0]),
        "further_sources": _spots(dose.prescribed.citations[1:]),
        "state": dose.state,
        "date": _day(dose.date),
        "counted_mg_per_m2": _number(dose.counted),
        "bsa_m2": _number(dose.bsa),
        "deviation_percent": units.thousandths(units.deviation(dose.dose, dose.calculated)),
        "vials": made and made.vials,
        "withdraw_ml": made and _number(made.withdraw),
        "bag_mg_per_ml": made and _number(made.concentration),
    }


def _product(found: Plan, product: Product) -> Row:
    """What the planned doses take of the product, and where its facts are from; each spot is in its file."""
    planned = [dose for dose in found.doses if dose.state == "planned"]
    return {
        "title": product.title,
        "vials": sum(pharmacy.vials(dose.dose, product) for dose in planned),
        "vials_saved": sum(pharmacy.saved(dose, found.rounding, product) for dose in planned),
        "sources": [_source(source) for source in product.sources],
    }


def _counted(doses: Iterable[Dose]) -> Quantity:
    return units.total((dose.counted for dose in doses), units.LEVEL)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _sides(standing: Standing) -> Row:
    return {
        "remaining_mg_per_m2": {
            "lower": _number(standing.lower.remaining),
            "upper": _number(standing.upper.remaining),
        },
        "first_over": _first_over(standing),
        "last_cycle_within": {
            "lower": standing.lower.last_cycle_within,
            "upper": standing.upper.last_cycle_within,
        },
    }


def _left(found: left.Left) -> Row:
    return {
        "level_mg_per_m2": _number(found.level),
        "dose_mg": _number(found.dose),
        "doses": found.doses,
        "cycles": found.cycles,
    }


def cycles(found: Plan) -> list[Row]:
    """A row a cycle: its levels and doses summed, and where the course stands at its end."""
    rows = []
    judged = zip(found.doses, found.standing.cumulative, found.standing.statuses, strict=True)
    for number, group in groupby(judged, key=lambda each: each[0].prescribed.cycle):
        doses, cumulative, statuses = zip(*group, strict=True)
        rows.append(
            {
                "cycle": number,
                "level_mg_per_m2": _number(_counted(doses)),
                "dose_mg": _number(units.total((dose.dose for dose in doses), units.DOSE)),
                "cumulative_mg_per_m2": _number(cumulative[-1]),
                "ceiling_status": statuses[-1],
            }
        )
    return rows


PLANNED = (
    "cycle",
    "day",
    "level_mg_per_m2",
    "calculated_mg",
    "dose_mg",
    "delivered_mg_per_m2",
    "cumulative_mg_per_m2",
    "ceiling_status",
    "source",
    "source_spot",
)
LIVED = (*PLANNED, "state", "date", "counted_mg_per_m2", "bsa_m2")


def dose_rows(found: Plan) -> list[Row]:
    """The rows of `plan -f csv`: the doses, with whose they are, and the source in two cells.

    A course with events or dates has the columns `LIVED`, any other those of `PLANNED`.
    """
    whose = {"id": found.patient, "regimen": found.regimen.id}
    columns = LIVED if found.course.events or found.course.start else PLANNED
    rows = [dose | {"source": dose["source"]["id"], "source_spot": dose["source"]["spot"]} for dose in doses(found)]
    return [whose | {name: row[name] for name in columns} for row in rows]


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
        "stop": found.stop and {"after_cycle": found.stop.after_cycle, "sources": _spots(found.stop.citations)},
        "transplant": found.transplant
        and {
            "cycles": found.transplant.cycles,
            "at_most": found.transplant.at_most,
            "note": found.transplant.note or None,
            "sources": _spots(found.transplant.citations),
        },
        "totals": [
            {
                "through_cycle": total.through_cycle,
                "remission_after": "never" if total.remission_after == NEVER else total.remission_after,
                "level_mg_per_m2": _number(total.chosen),
                "total_mg_per_m2": _number(total.level),
                "worked": total.worked or None,
                "sources": _spots(total.citations),
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
        "sources": [_source(source) for source in found.sources],
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
        "level_mg_per_m2": _number(row.level),
        "open_ended": row.open_ended,
        "cycles": [
            {
                "cycle": cycle.number,
                "level_mg_per_m2": _number(cycle.level),
                "dose_mg": _number(cycle.dose),
                "cumulative_mg_per_m2": _number(cycle.cumulative),
                "ceiling_status": cycle.status,
            }
            for cycle in row.cycles
        ],
        "total_mg_per_m2": _number(units.total((cycle.level for cycle in row.cycles), units.LEVEL)),
        "cumulative_mg_per_m2": _number(row.standing.total),
        "status": row.standing.status,
        **_sides(row.standing),
    }


def compare_rows(rows: Iterable[comparing.Row]) -> list[Row]:
    """The rows of `compare -f csv`: a row a cycle of a branch."""
    return [
        {"id": row.regimen.id, "when": row.when, "chosen_level_mg_per_m2": _number(row.level)} | cycle
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
            {"day": dose.day, "level_mg_per_m2": _level(dose.level), "sources": _spots(dose.citations)}
            for dose in block.doses
        ],
        "note": block.note or None,
        "sources": _spots(block.citations),
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
        "sources": _spots(result.citations),
    }


def _level(level: Quantity | Choice) -> Any:
    if isinstance(level, Choice):
        return {"any_of" if level.listed else "range": [_number(each) for each in level.levels]}
    return _number(level)


def _spots(citations: Iterable[Citation]) -> list[Row]:
    return [_spot(citation) for citation in citations]


def areas(found: Mapping[str, Quantity | None]) -> list[Row]:
    """The list that `bsa -f json` prints, by formula; None where a formula needs the sex."""
    return [
        {
            "formula": id,
            "bsa_m2": _number(area),
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


def _number(amount: Quantity | None) -> Decimal | None:
    return None if amount is None else units.decimal(amount.magnitude)


def _quotient(amount: Quantity) -> Decimal:
    return units.thousandths(amount.magnitude)


def _spot(citation: Citation) -> Row:
    return {"id": citation.source, "spot": citation.spot}


def _source(source: Source) -> Row:
    return {"id": source.id, "cite": source.cite, "doi": source.doi, "trial": source.trial, "read": source.read}


def _others(found: Plan) -> list[Source]:
    known = {source._replace(place="") for source in found.regimen.sources}
    return [source for source in found.ceiling.sources if source._replace(place="") not in known]


def _first_over(standing: Standing) -> Row:
    sides = {"lower": standing.lower.first_over, "upper": standing.upper.first_over}
    return {
        side: {"cycle": over[0], "day": over[1]} if isinstance(over, tuple) else over for side, over in sides.items()
    }
