"""A plan → the object that `plan -f json` prints."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from .. import __version__, units
from ..engine import plan as plans
from ..engine import preparation, remarks
from . import plain_values
from .plain_values import Row

if TYPE_CHECKING:
    from ..engine.dosing import Dose
    from ..engine.plan import Plan
    from ..engine.preparation import Product
    from ..engine.regimen import Source
    from ..units import Quantity


def value(found: Plan) -> Row:
    """The object that `plan -f json` prints."""
    return {
        "format": "ino-dose plan 1",
        "version": __version__,
        "regimen": regimen(found),
        "patient": patient(found),
        "course": {
            "first_cycle": found.doses[0].prescribed.cycle,
            "cycles": found.last_cycle,
            "remission_after": plain_values.remission(found.course.remission),
            "prior_mg_per_m2": plain_values.number(found.course.prior),
            "prior_stated": found.course.prior_stated,
            "hsct": found.course.hsct,
            "start": _day(found.course.start),
            "transplant": _day(found.course.transplant),
            "days_to_transplant": found.days_to_transplant,
            "given_mg_per_m2": _counted(found, "given"),
            "planned_mg_per_m2": _counted(found, "planned"),
        },
        "doses": doses(found),
        "cycles": list(_cycles(found)),
        "total": {
            "level_mg_per_m2": plain_values.number(plans.total(found.doses)),
            "cumulative_mg_per_m2": plain_values.number(found.standing.total),
            "dose_mg": plain_values.number(units.total((dose.dose for dose in found.doses), units.DOSE)),
            "delivered_mg_per_m2": plain_values.quotient(
                units.total((dose.delivered for dose in found.doses), units.LEVEL)
            ),
        },
        "product": found.product and _product(found, found.product),
        "ceiling": {
            "title": found.ceiling.title,
            "lower_mg_per_m2": plain_values.number(found.ceiling.lower),
            "upper_mg_per_m2": plain_values.number(found.ceiling.upper),
            "status": found.status,
            "source": plain_values.spot(found.ceiling.citations[0]),
            **plain_values.sides(found.standing),
            "given": {
                "cumulative_mg_per_m2": plain_values.number(found.given.total),
                "status": found.given.status,
                **plain_values.sides(found.given),
            },
        },
        "left": {
            "lower": _left(plans.left_under(found, found.given.lower, found.standing.lower)),
            "upper": _left(plans.left_under(found, found.given.upper, found.standing.upper)),
        },
        "doses_after_transplant": [_dose(found, dose) for dose in found.apart],
        "undecided": [
            {
                "when": branch.when,
                "cycles": branch.cycles,
                "level_mg_per_m2": plain_values.number(branch.level),
                "cumulative_mg_per_m2": plain_values.number(branch.standing.total),
                "ceiling_status": branch.standing.status,
                "first_over": plain_values.first_over(branch.standing),
            }
            for branch in found.undecided
        ],
        "assumptions": remarks.assumptions(found),
        "warnings": remarks.warnings(found),
        "sources": sources(found),
    }


def regimen(found: Plan) -> Row:
    """Which regimen a plan is made from."""
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
        "height_cm": plain_values.number(found.body.height),
        "weight_kg": plain_values.number(found.body.weight),
        "bsa_m2": plain_values.number(found.body.bsa),
        "bsa_formula": found.body.formula.id if found.body.formula else None,
    }


def sources(found: Plan) -> list[Row]:
    """The sources of a plan's regimen, and of its ceiling."""
    return [plain_values.source(source) for source in (*found.regimen.sources, *_others(found))]


def doses(found: Plan) -> list[Row]:
    """A row a dose, in order."""
    return [_dose(found, *judged) for judged in found.judged]


def _dose(found: Plan, dose: Dose, cumulative: Quantity | None = None, status: str | None = None) -> Row:
    made = preparation.prepare(dose.dose, found.product) if found.product else None
    return {
        "cycle": dose.prescribed.cycle,
        "day": dose.prescribed.day,
        "level_mg_per_m2": plain_values.number(dose.prescribed.level),
        "calculated_mg": plain_values.number(dose.calculated),
        "dose_mg": plain_values.number(dose.dose),
        "delivered_mg_per_m2": plain_values.quotient(dose.delivered),
        "cumulative_mg_per_m2": plain_values.number(cumulative),
        "ceiling_status": status,
        "source": plain_values.spot(dose.prescribed.citations[0]),
        "further_sources": plain_values.spots(dose.prescribed.citations[1:]),
        "state": dose.state,
        "date": _day(dose.date),
        "moved_days": dose.moved,
        "because": (dose.event.why or None) if dose.event else None,
        "counted_mg_per_m2": plain_values.number(dose.counted),
        "bsa_m2": plain_values.number(dose.bsa),
        "deviation_percent": units.thousandths(units.deviation(dose.dose, dose.calculated)),
        "vials": made and made.vials,
        "withdraw_ml": made and plain_values.number(made.withdraw),
        "bag_mg_per_ml": made and plain_values.number(made.concentration),
    }


def _product(found: Plan, product: Product) -> Row:
    """What the planned doses take of the product, and where its facts are from; each spot is in its file."""
    return {
        "title": product.title,
        "vial_mg": plain_values.number(product.vial),
        "vials": sum(preparation.vials(dose.dose, product) for dose in found.planned),
        "unused_mg": units.decimal(
            sum((preparation.unused(dose.dose, product) for dose in found.planned), Fraction(0))
        ),
        "vials_saved": sum(preparation.saved(dose, found.rounding, product) for dose in found.planned),
        "sources": [plain_values.source(source) for source in product.sources],
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _counted(found: Plan, state: str) -> Decimal | None:
    return plain_values.number(plans.total(dose for dose in found.doses if dose.state == state))


def _left(found: plans.Left) -> Row:
    return {
        "level_mg_per_m2": plain_values.number(found.level),
        "dose_mg": plain_values.number(found.dose),
        "doses": found.doses,
        "cycles": found.cycles,
    }


def _cycles(found: Plan) -> Iterator[Row]:
    """A row a cycle: its levels and doses summed, and where the course stands at its end."""
    for number, judged in found.by_cycle:
        doses, (_, cumulative, status) = [each.dose for each in judged], judged[-1]
        amount = units.total((dose.dose for dose in doses), units.DOSE)
        yield plain_values.cycle(number, plans.total(doses), amount, cumulative, status)


def _others(found: Plan) -> list[Source]:
    known = {source._replace(place="") for source in found.regimen.sources}
    return [source for source in found.ceiling.sources if source._replace(place="") not in known]
