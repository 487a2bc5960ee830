"""A plan → the rows that JSON and CSV are printed from."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from . import __version__, left, pharmacy, plain, remarks, units
from . import plan as plans
from .plain import Row

if TYPE_CHECKING:
    from .dosing import Dose
    from .plan import Plan
    from .regimen import Product, Source
    from .units import Quantity


def plan(found: Plan) -> Row:
    """The object that `plan -f json` prints."""
    return {
        "format": "ino-dose plan 1",
        "version": __version__,
        "regimen": schedule(found),
        "patient": patient(found),
        "course": {
            "cycles": found.last_cycle,
            "remission_after": plain.remission(found.course.remission),
            "prior_mg_per_m2": plain.number(found.course.prior),
            "prior_stated": found.course.prior_stated,
            "hsct": found.course.hsct,
            "start": _day(found.course.start),
            "transplant": _day(found.course.transplant),
            "days_to_transplant": found.days_to_transplant,
            "given_mg_per_m2": plain.number(plans.total(dose for dose in found.doses if dose.state == "given")),
            "planned_mg_per_m2": plain.number(plans.total(dose for dose in found.doses if dose.state == "planned")),
        },
        "doses": doses(found),
        "cycles": cycles(found),
        "total": {
            "level_mg_per_m2": plain.number(plans.total(found.doses)),
            "cumulative_mg_per_m2": plain.number(found.standing.total),
            "dose_mg": plain.number(units.total((dose.dose for dose in found.doses), units.DOSE)),
            "delivered_mg_per_m2": plain.quotient(units.total((dose.delivered for dose in found.doses), units.LEVEL)),
        },
        "product": found.product and _product(found, found.product),
        "ceiling": {
            "title": found.ceiling.title,
            "lower_mg_per_m2": plain.number(found.ceiling.lower),
            "upper_mg_per_m2": plain.number(found.ceiling.upper),
            "status": found.status,
            "source": plain.spot(found.ceiling.citations[0]),
            **plain.sides(found.standing),
            "given": {
                "cumulative_mg_per_m2": plain.number(found.given.total),
                "status": found.given.status,
                **plain.sides(found.given),
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
                "level_mg_per_m2": plain.number(branch.level),
                "cumulative_mg_per_m2": plain.number(branch.standing.total),
                "ceiling_status": branch.standing.status,
                "first_over": plain.first_over(branch.standing),
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
        "height_cm": plain.number(found.body.height),
        "weight_kg": plain.number(found.body.weight),
        "bsa_m2": plain.number(found.body.bsa),
        "bsa_formula": found.body.formula.id if found.body.formula else None,
    }


def sources(found: Plan) -> list[Row]:
    """The sources of a plan's schedule, and of its ceiling."""
    return [plain.source(source) for source in (*found.regimen.sources, *_others(found))]


def doses(found: Plan) -> list[Row]:
    """A row a dose, in order."""
    return [_dose(found, *judged) for judged in found.judged]


def _dose(found: Plan, dose: Dose, cumulative: Quantity | None = None, status: str | None = None) -> Row:
    made = pharmacy.prepare(dose.dose, found.product) if found.product else None
    return {
        "cycle": dose.prescribed.cycle,
        "day": dose.prescribed.day,
        "level_mg_per_m2": plain.number(dose.prescribed.level),
        "calculated_mg": plain.number(dose.calculated),
        "dose_mg": plain.number(dose.dose),
        "delivered_mg_per_m2": plain.quotient(dose.delivered),
        "cumulative_mg_per_m2": plain.number(cumulative),
        "ceiling_status": status,
        "source": plain.spot(dose.prescribed.citations[0]),
        "further_sources": plain.spots(dose.prescribed.citations[1:]),
        "state": dose.state,
        "date": _day(dose.date),
        "counted_mg_per_m2": plain.number(dose.counted),
        "bsa_m2": plain.number(dose.bsa),
        "deviation_percent": units.thousandths(units.deviation(dose.dose, dose.calculated)),
        "vials": made and made.vials,
        "withdraw_ml": made and plain.number(made.withdraw),
        "bag_mg_per_ml": made and plain.number(made.concentration),
    }


def _product(found: Plan, product: Product) -> Row:
    """What the planned doses take of the product, and where its facts are from; each spot is in its file."""
    planned = [dose for dose in found.doses if dose.state == "planned"]
    return {
        "title": product.title,
        "vials": sum(pharmacy.vials(dose.dose, product) for dose in planned),
        "vials_saved": sum(pharmacy.saved(dose, found.rounding, product) for dose in planned),
        "sources": [plain.source(source) for source in product.sources],
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _left(found: left.Left) -> Row:
    return {
        "level_mg_per_m2": plain.number(found.level),
        "dose_mg": plain.number(found.dose),
        "doses": found.doses,
        "cycles": found.cycles,
    }


def cycles(found: Plan) -> list[Row]:
    """A row a cycle: its levels and doses summed, and where the course stands at its end."""
    rows = []
    for number, judged in found.by_cycle:
        doses = [each.dose for each in judged]
        rows.append(
            {
                "cycle": number,
                "level_mg_per_m2": plain.number(plans.total(doses)),
                "dose_mg": plain.number(units.total((dose.dose for dose in doses), units.DOSE)),
                "cumulative_mg_per_m2": plain.number(judged[-1].cumulative),
                "ceiling_status": judged[-1].status,
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


def _others(found: Plan) -> list[Source]:
    known = {source._replace(place="") for source in found.regimen.sources}
    return [source for source in found.ceiling.sources if source._replace(place="") not in known]
