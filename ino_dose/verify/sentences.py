"""A checked order → the sentences that say how it stands, why it may be off, and what to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import units
from ..engine import body as bodies
from ..engine import remarks
from . import check
from .order import STEPS

if TYPE_CHECKING:
    from ..engine.dosing import Dose
    from ..units import Quantity
    from .order import Cause, Check, Due


def sentence(found: Check) -> str:
    """The verdict as it would be read out."""
    ordered = units.show(found.order.dose, units.DOSE)
    if found.verdict == "agrees":
        return f"The order agrees: {_agreeing(ordered, found, found.due[0])}."
    if found.verdict == "undecided":
        right, wrong = (
            " and ".join(_branch(found, due) for due in found.due if due.agrees == yes) for yes in (True, False)
        )
        which = f"the order is right {right}, not {wrong}"
        return f"Undecided: {which}. Remission was not stated: add --remission-after N or never."
    off = [_off(found, due) for due in found.due if due.dose]
    differs = [f"The order differs: {ordered} is {', and '.join(off)}."] if off else []
    return " ".join(dict.fromkeys(differs + [f"{_nothing(found, due)}." for due in found.due if not due.dose]))


def _agreeing(ordered: str, found: Check, due: Due) -> str:
    assert due.dose
    if due.rounded_to is not None:
        step, percent = units.show(due.rounded_to, units.DOSE), _percent(found, due.dose)
        calculated = units.show(due.dose.calculated, units.DOSE)
        return f"{ordered} is the {calculated} due rounded to {step}, {percent} {_way(found, due.dose)} it"
    if found.order.dose in (due.dose.due, due.dose.calculated):
        return f"{_due(due.dose, 'is due')}"
    return f"{ordered} is {_off(found, due)}"


def _branch(found: Check, due: Due) -> str:
    if not due.dose:
        return f"{_when(due)} ({_nothing(found, due)})"
    level = units.show(due.dose.prescribed.level, units.LEVEL)
    return f"{_when(due)} ({level}, {units.show(due.dose.due, units.DOSE)})"


def _when(due: Due) -> str:
    return {"remission": "with remission", "no remission": "without remission"}.get(due.when, "")


def _off(found: Check, due: Due) -> str:
    assert due.dose
    amount = abs(check.deviation(found.order, due.dose, due.plan.body.bsa).dose.magnitude)
    how = f"{units.digits(amount)} mg ({_percent(found, due.dose)}) {_way(found, due.dose)}"
    return f"{how} the {_due(due.dose, 'due')} {_when(due)}".rstrip()


def _due(dose: Dose, verb: str) -> str:
    rounded = f" ({units.show(dose.due, units.DOSE)} rounded)" if dose.due != dose.calculated else ""
    return f"{units.show(dose.calculated, units.DOSE)}{rounded} {verb}"


def _percent(found: Check, dose: Dose) -> str:
    percent = check.deviation(found.order, dose, found.due[0].plan.body.bsa).percent
    return f"{units.digits(units.thousandths(abs(percent)))} %"


def apart(found: Check, due: Due) -> str:
    """How far the order is from what is due, in per cent and in mg/m²."""
    assert due.dose
    off = check.deviation(found.order, due.dose, due.plan.body.bsa)
    if not off.dose.magnitude:
        return "exactly that"
    level = units.digits(units.thousandths(abs(off.level.magnitude)))
    return f"{_percent(found, due.dose)} or {level} mg/m² {_way(found, due.dose)} the calculated dose"


def _way(found: Check, dose: Dose) -> str:
    return "above" if found.order.dose > dose.calculated else "below"


def _nothing(found: Check, due: Due) -> str:
    order, regimen = found.order, due.plan.regimen
    unit, numbers = check.scheduled(due, order)
    near = check.nearest(order.day if unit == "day" else order.cycle, numbers)
    nearest = (
        f"the nearest is {unit} {near[0]}" if len(near) == 1 else f"the nearest are {unit}s {near[0]} and {near[1]}"
    )
    listed = f"{unit}{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))}"
    if unit == "day":
        return f"{regimen.id} has no dose on day {order.day} of cycle {order.cycle}, only on {listed}; {nearest}"
    remission = due.plan.course.remission
    whom = "" if remission is None else f" {'with' if remission < order.cycle else 'without'} remission"
    return f"{regimen.id}{whom} has no cycle {order.cycle}, only {listed}; {nearest}"


def because(found: Check) -> list[str]:
    """The slips that would explain the order, a sentence each, or one that says that none does."""
    if not found.causes and found.verdict in ("differs", "not_scheduled"):
        return ["No slip that is known here reproduces this order."]
    return [fits(cause) for cause in found.causes]


def fits(cause: Cause) -> str:
    """What would explain the order, with the working."""
    workings = dict.fromkeys(reading.working for reading in cause.readings)
    parts = [_listed(cause, working) + (working and f": {working}") for working in workings]
    rounded = "" if cause.step is None else f", rounded to {units.digits(cause.step)} mg"
    return f"It fits {'; or '.join(parts)}{rounded}."


def _listed(cause: Cause, working: str) -> str:
    *others, last = (reading.words for reading in cause.readings if reading.working == working)
    return f"{', '.join(others)} or {last}" if others else last


def cumulative(due: Due) -> str:
    """Where this dose leaves the course."""
    counted = f"this dose (counted as {'prescribed' if due.agrees else 'ordered'}, {_level(due.counted)})"
    if due.standing.total is None:
        return f"unknown after {counted}, since prior exposure is"
    return f"{_level(due.standing.total)} after {counted}: {_status(due)}"


def _level(level: Quantity) -> str:
    return f"{units.digits(units.decimal(level.magnitude))} mg/m²"


def _status(due: Due) -> str:
    lower, upper = (units.show(limit, units.LEVEL) for limit in (due.plan.ceiling.lower, due.plan.ceiling.upper))
    words = {
        "below": f"within {lower}",
        "between": f"above {lower}, within {upper}",
        "above": f"above {upper}",
        "not_applicable": "the ceiling before transplant does not apply",
    }
    return words.get(due.standing.status, due.standing.status)


def warnings(found: Check) -> list[str]:
    """What a person should look at, whatever the verdict."""
    plan, order = found.due[0].plan, found.order
    sentences = bodies.cautions(plan.body)
    if order.stated_bsa is not None and not units.within(order.stated_bsa, plan.body.bsa, found.tolerance.share):
        percent = units.digits(units.thousandths(abs(units.deviation(order.stated_bsa, plan.body.bsa))))
        stated, used = (units.show(area, units.AREA) for area in (order.stated_bsa, plan.body.bsa))
        sentences.append(f"The order states BSA {stated}, which is {percent} % off the {used} used here.")
    if len(found.due) > 1 and found.verdict == "agrees":
        sentences.append("Remission was not stated; what is due on this day does not depend on it, the sum does.")
    notes = [block.note for block in plan.regimen.blocks if block.note and block.doses and block.covers(order.cycle)]
    return sentences + notes


def assumptions(found: Check) -> list[str]:
    """What the check took for granted."""
    plan = found.due[0].plan
    sentences = [remarks.bsa(plan.body)]
    if not plan.course.prior_stated:
        sentences.append("Prior inotuzumab ozogamicin was not stated and counts as none.")
    if any(due.before for due in found.due):
        sentences.append("The doses before this one count as prescribed.")
    if found.due[-1].when:
        sentences.append("With remission: at the first chance, the end of the first cycle.")
    within = f"An order agrees within {units.show(found.tolerance.share, units.SHARE)} of the calculated dose"
    steps = f"{', '.join(STEPS[:-1])} or {STEPS[-1]} mg"
    rounding = f", or where it is that dose rounded to {steps} and so moved by 10 % at most"
    return [*sentences, f"{within}{rounding if found.tolerance.rounding else ''}."]
