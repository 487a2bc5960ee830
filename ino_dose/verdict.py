"""A checked order → the sentences that say how it stands, its JSON object and its CSV row."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from . import __version__, remarks, report, units, verify
from . import body as bodies
from .course import NEVER

if TYPE_CHECKING:
    from .dosing import Dose
    from .regimen import Citation
    from .slips import Cause
    from .units import Quantity
    from .verify import Check, Due

Row = dict[str, Any]
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
    amount = abs(verify.deviation(found.order, due.dose, due.plan.body.bsa).dose.magnitude)
    how = f"{units.digits(amount)} mg ({_percent(found, due.dose)}) {_way(found, due.dose)}"
    return f"{how} the {_due(due.dose, 'due')} {_when(due)}".rstrip()


def _due(dose: Dose, verb: str) -> str:
    rounded = f" ({units.show(dose.due, units.DOSE)} rounded)" if dose.due != dose.calculated else ""
    return f"{units.show(dose.calculated, units.DOSE)}{rounded} {verb}"


def _percent(found: Check, dose: Dose) -> str:
    percent = verify.deviation(found.order, dose, found.due[0].plan.body.bsa).percent
    return f"{units.digits(units.thousandths(abs(percent)))} %"


def apart(found: Check, due: Due) -> str:
    """How far the order is from what is due, in per cent and in mg/m²."""
    assert due.dose
    off = verify.deviation(found.order, due.dose, due.plan.body.bsa)
    if not off.dose.magnitude:
        return "exactly that"
    level = units.digits(units.thousandths(abs(off.level.magnitude)))
    return f"{_percent(found, due.dose)} or {level} mg/m² {_way(found, due.dose)} the calculated dose"


def _way(found: Check, dose: Dose) -> str:
    return "above" if found.order.dose > dose.calculated else "below"


def _nothing(found: Check, due: Due) -> str:
    order, regimen = found.order, due.plan.regimen
    unit, numbers = verify.scheduled(due, order)
    near = " and ".join(map(str, verify.nearest(order.day if unit == "day" else order.cycle, numbers)))
    listed = ", ".join(map(str, numbers))
    if unit == "day":
        return (
            f"{regimen.id} has no dose on day {order.day} of cycle {order.cycle}; its days are {listed}, nearest {near}"
        )
    remission = due.plan.course.remission
    whom = "" if remission is None else f" {'with' if remission < order.cycle else 'without'} remission"
    return f"{regimen.id}{whom} has no cycle {order.cycle}; its cycles are {listed}, nearest {near}"


def because(found: Check) -> list[str]:
    """The slips that would explain the order, a sentence each, or one that says that none does."""
    if not found.causes and found.verdict in ("differs", "not_scheduled"):
        return ["No slip that is known here reproduces this order."]
    return [_fits(cause) for cause in found.causes]


def _fits(cause: Cause) -> str:
    *others, last = cause.words
    words = f"{', '.join(others)} or {last}" if others else last
    rounded = "" if cause.step is None else f", rounded to {units.digits(cause.step)} mg"
    return f"It fits {words}{cause.working and ': '}{cause.working}{rounded}."


def cumulative(due: Due) -> str:
    """Where this dose leaves the course."""
    counted = f"this dose counted as {'prescribed' if due.agrees else 'ordered'}, {_level(due.counted)}"
    if due.standing.total is None:
        return f"unknown, since prior exposure is; {counted}"
    return f"{_level(due.standing.total)} with {counted}: {_status(due)}"


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
    if order.stated_bsa is not None and verify.off(order.stated_bsa, plan.body.bsa) > found.tolerance.share.magnitude:
        percent = units.digits(units.thousandths(verify.off(order.stated_bsa, plan.body.bsa)))
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
    rounding = ", or where it is that dose rounded to 0.01, 0.05 or 0.1 mg and so moved by 10 % at most"
    return [*sentences, f"{within}{rounding if found.tolerance.rounding else ''}."]


def to_row(found: Check) -> Row:
    """The object that `verify -f json` prints."""
    due = found.due[0]
    plan, one = due.plan, found.expected is not None
    return {
        "format": FORMAT,
        "version": __version__,
        "regimen": report.schedule(plan),
        "patient": report.patient(plan),
        "course": _course(found),
        "order": {
            "cycle": found.order.cycle,
            "day": found.order.day,
            "dose_mg": _number(found.order.dose),
            "stated_bsa_m2": _number(found.order.stated_bsa),
        },
        "tolerance": {"percent": _number(found.tolerance.share), "ordinary_rounding": found.tolerance.rounding},
        "verdict": found.verdict,
        "agrees": {"agrees": True, "undecided": None}.get(found.verdict, False),
        "sentence": sentence(found),
        "expected": _expected(due) if one else None,
        "deviation": _deviation(found, due) if one else None,
        "rounded_to_mg": _number(due.rounded_to) if one else None,
        "nearest": _nearest(found, due) if found.verdict == "not_scheduled" else None,
        "causes": [
            {
                "kind": cause.kinds[0],
                "alike": cause.kinds[1:],
                "sentence": _fits(cause),
                "dose_mg": _number(cause.amount),
                "rounded_to_mg": cause.step,
            }
            for cause in found.causes
        ],
        "cumulative": _cumulative(due) if len(found.due) == 1 else None,
        "branches": [_branches(found, each) for each in found.due] if len(found.due) > 1 else [],
        "ceiling": {
            "lower_mg_per_m2": _number(plan.ceiling.lower),
            "upper_mg_per_m2": _number(plan.ceiling.upper),
            "source": _spot(plan.ceiling.citations[0]),
        },
        "assumptions": assumptions(found),
        "warnings": warnings(found),
        "sources": report.sources(plan),
    }


def _course(found: Check) -> Row:
    course = found.due[0].plan.course
    remission = None if len(found.due) > 1 else course.remission
    return {
        "remission_after": "never" if remission == NEVER else remission,
        "prior_mg_per_m2": _number(course.prior),
        "prior_stated": course.prior_stated,
        "level_mg_per_m2": _number(course.level),
    }


def _expected(due: Due) -> Row | None:
    if not due.dose:
        return None
    prescribed = due.dose.prescribed
    return {
        "level_mg_per_m2": _number(prescribed.level),
        "calculated_mg": _number(due.dose.calculated),
        "dose_mg": _number(due.dose.due),
        "source": _spot(prescribed.citations[0]),
    }


def _deviation(found: Check, due: Due) -> Row | None:
    if not due.dose:
        return None
    off = verify.deviation(found.order, due.dose, due.plan.body.bsa)
    return {
        "percent": units.thousandths(off.percent),
        "mg": _number(off.dose),
        "mg_per_m2": units.thousandths(off.level.magnitude),
    }


def _nearest(found: Check, due: Due) -> Row:
    unit, numbers = verify.scheduled(due, found.order)
    number = found.order.day if unit == "day" else found.order.cycle
    return {"of": f"{unit}s", "scheduled": numbers, "nearest": verify.nearest(number, numbers)}


def _cumulative(due: Due) -> Row:
    return {
        "counted_as": "prescribed" if due.agrees else "ordered",
        "counted_mg_per_m2": _number(due.counted),
        "cumulative_mg_per_m2": _number(due.standing.total),
        "ceiling_status": due.standing.status,
    }


def _branches(found: Check, due: Due) -> Row:
    return {
        "when": due.when,
        "agrees": due.agrees,
        "expected": _expected(due),
        "deviation": _deviation(found, due),
        "rounded_to_mg": _number(due.rounded_to),
        "cumulative": _cumulative(due),
    }


def to_cells(found: Check) -> Row:
    """What one order of a file gains: the columns of RESULTS."""
    due, causes, whole = found.due[0], because(found), len(found.due) == 1
    expected, off = (_expected(due), _deviation(found, due)) if found.expected else (None, None)
    expected, off, sums = expected or {}, off or {}, _cumulative(due) if whole else {}
    values = (
        _number(due.plan.body.bsa),
        expected.get("level_mg_per_m2"),
        expected.get("calculated_mg"),
        expected.get("dose_mg"),
        off.get("percent"),
        off.get("mg_per_m2"),
        found.verdict,
        found.causes[0].kinds[0] if found.causes else None,
        sentence(found),
        causes[0] if causes else None,
        sums.get("cumulative_mg_per_m2"),
        sums.get("ceiling_status"),
        " ".join(warnings(found)) or None,
        None,
    )
    return dict(zip(RESULTS, values, strict=True))


def _spot(citation: Citation) -> Row:
    return {"id": citation.source, "spot": citation.spot}


def _number(amount: Quantity | None) -> Decimal | None:
    return None if amount is None else units.decimal(amount.magnitude)
