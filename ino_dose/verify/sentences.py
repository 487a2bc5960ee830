"""A checked order → the sentences that say how it stands, why it may be off, and what to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import units
from ..engine import body as bodies
from ..engine import dosing, exposure, remarks
from . import check

if TYPE_CHECKING:
    from ..engine.dosing import Dose
    from .order import Cause, Check, Deviation, Due

WHEN = {"": "", "remission": "with remission", "no remission": "without remission"}


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
    off = [_off(due, due.dose, due.off) for due in found.due if due.dose and due.off]
    differs = [f"The order differs: {ordered} is {', and '.join(off)}."] if off else []
    return " ".join(dict.fromkeys(differs + [f"{_nothing(found, due)}." for due in found.due if not due.dose]))


def _agreeing(ordered: str, found: Check, due: Due) -> str:
    assert due.dose and due.off
    if due.rounded_to is not None:
        calculated, step = (units.show(each, units.DOSE) for each in (due.dose.calculated, due.rounded_to))
        how = "rounded to" if due.why and due.why.step else "rounded down to whole vials of"
        return f"{ordered} is the {calculated} due {how} {step}, {_percent(due.off)} {due.off.way} it"
    if found.order.dose in (due.dose.due, due.dose.calculated):
        return f"{_rounded(due.dose)} is due"
    return f"{ordered} is {_off(due, due.dose, due.off)}"


def _branch(found: Check, due: Due) -> str:
    if not due.dose:
        return f"{WHEN[due.when]} ({_nothing(found, due)})"
    level = units.show(due.dose.prescribed.level, units.LEVEL)
    return f"{WHEN[due.when]} ({level}, {units.show(due.dose.due, units.DOSE)})"


def _off(due: Due, dose: Dose, off: Deviation) -> str:
    how = f"{units.digits(abs(off.dose.magnitude))} mg ({_percent(off)}) {off.way}"
    return f"{how} the {_rounded(dose)} due {WHEN[due.when]}".rstrip()


def _rounded(dose: Dose) -> str:
    rounded = f" ({units.show(dose.due, units.DOSE)} rounded)" if dose.due != dose.calculated else ""
    return f"{units.show(dose.calculated, units.DOSE)}{rounded}"


def _percent(off: Deviation) -> str:
    return f"{units.digits(units.thousandths(abs(off.percent)))} %"


def apart(off: Deviation) -> str:
    """How far the order is from what is due, in per cent and in mg/m²."""
    if not off.dose.magnitude:
        return "exactly that"
    level = units.digits(units.thousandths(abs(off.level.magnitude)))
    return f"{_percent(off)} or {level} mg/m² {off.way} the calculated dose"


def _nothing(found: Check, due: Due) -> str:
    order, regimen = found.order, due.plan.regimen
    unit, numbers, near = check.scheduled(due, order)
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
    counted = (
        f"this dose (counted as {'prescribed' if due.agrees else 'ordered'}, {units.show(due.counted, units.LEVEL)})"
    )
    if due.standing.total is None:
        return f"unknown after {counted}, since prior exposure is"
    words = exposure.words(due.standing.status, due.plan.ceiling, at_length=True)
    return f"{units.show(due.standing.total, units.LEVEL)} after {counted}: {words}"


def warnings(found: Check) -> list[str]:
    """What a person should look at, whatever the verdict."""
    plan, order = found.due[0].plan, found.order
    sentences = bodies.cautions(plan.body, plan.growth)
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
        sentences.append(f"{remarks.NO_PRIOR}.")
    if any(due.before for due in found.due):
        sentences.append("The doses before this one count as prescribed.")
    if found.due[-1].when:
        sentences.append("With remission: at the first chance, the end of the first cycle.")
    within = f"An order agrees within {units.show(found.tolerance.share, units.SHARE)} of the calculated dose"
    *finer, coarsest = (units.digits(step.magnitude) for step in dosing.ORDINARY)
    most = f"and so moved by {units.show(dosing.MOST, units.SHARE)} at most"
    rounding = f", or where it is that dose rounded to {', '.join(finer)} or {coarsest} mg {most}"
    return [*sentences, f"{within}{rounding if found.tolerance.rounding else ''}."]
