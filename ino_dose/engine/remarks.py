"""A plan → the sentences a person must read with it: what it takes for granted, what to look at."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from .. import units
from . import administration, course_remarks, preparation, prescription
from . import body as bodies
from .course import NEVER, Given, Lasted, Measured, Omitted
from .preparation import Product
from .regimen import Block, Disagreement

if TYPE_CHECKING:
    from ..units import Quantity
    from .body import Body
    from .dosing import Agreement, Dose
    from .plan import Plan


NO_PRIOR = "Prior inotuzumab ozogamicin was not stated and counts as none"


def assumptions(plan: Plan) -> list[str]:
    """What the plan took for granted."""
    course, regimen = plan.course, plan.regimen
    found = [bsa(plan.body)]
    if not course.prior_stated:
        found.append(f"{NO_PRIOR}.")
    if course.first is not None and course.first > prescription.first_cycle(regimen):
        found.append(
            f"The plan begins with cycle {course.first}; what was given before it is taken to be in prior exposure."
        )
    if regimen.remission_adapted and course.remission is None and not plan.undecided:
        found.append("Remission was not stated; the cycles planned do not depend on it.")
    found.append(_rounding(plan))
    found.append("Cumulative mg/m² sums prescribed levels; rounding mg and delivered mg/m² do not change it.")
    found += [sentence for dose in plan.doses if (sentence := _counted(plan, dose))]
    found += course_remarks.assumptions(plan)
    found += _measured(plan)
    found += _lengths(plan)
    if course.hsct and regimen.transplant and course.cycles is None:
        found.append(f"Patients proceeding to transplant stop after cycle {regimen.transplant.cycles}.")
    if not course.hsct and not regimen.after_transplant:
        found.append("No transplant was stated; the comparison with the ceiling matters if one follows.")
    return found


def warnings(plan: Plan) -> list[str]:
    """What a person should look at."""
    each = [plan.body, *(body for _, body in _bodies(plan))]
    found = list(dict.fromkeys(caution for body in each for caution in bodies.cautions(body, plan.growth)))
    found += _on_top(plan)
    found += _sizes(plan)
    found += _transplant(plan)
    found += _ending(plan)
    found += course_remarks.warnings(plan)
    found += _unstated(plan)
    found += _disagreements(plan)
    found += [block.note for block in plan.regimen.blocks if block.note and _used(plan, block)]
    if plan.product and plan.product.vial_note:
        found.append(plan.product.vial_note)
    if plan.product:
        found += bags((dose.dose for dose in plan.planned), plan.product)
    found += plan.course.risks
    return found


def bsa(body: Body) -> str:
    """Where the BSA is from."""
    shown = units.show(body.bsa, units.AREA)
    if body.formula is None:
        return f"BSA {shown} is used as stated."
    return f"BSA {shown} is by the {body.formula.name} formula, rounded once to 0.01 m², without a cap."


def _rounding(plan: Plan) -> str:
    step = f"Doses are rounded half up in steps of {units.show(plan.rounding.step, units.DOSE)}"
    if plan.rounding.vial is None or plan.rounding.within is None:
        return f"{step}."
    vial, within = units.show(plan.rounding.vial, units.DOSE), units.show(plan.rounding.within, units.SHARE)
    return f"Doses are rounded down to whole vials of {vial} where that is within {within}; other d{step[1:]}."


def _counted(plan: Plan, dose: Dose) -> str:
    """How a dose counts that was omitted, or given otherwise than as planned."""
    if isinstance(dose.event, Omitted):
        return f"The dose {course_remarks.where(dose)} was omitted and counts nothing: {dose.event.why}."
    if not isinstance(dose.event, Given) or dose.event.amount is None:
        return ""
    what = f"{units.show(dose.dose, units.DOSE)} given {course_remarks.where(dose)}"
    calculated, counted = units.show(dose.calculated, units.DOSE), units.show(dose.counted, units.LEVEL)
    share = units.show(administration.TOLERANCE, units.SHARE)
    if dose.agrees is None:
        return f"{what} is more than {share} from the {calculated} calculated and counts as given, {counted}."
    return f"{what} is {agreeing(dose.agrees, calculated, share)} and counts as prescribed, {counted}."


def agreeing(why: Agreement, calculated: str, share: str) -> str:
    """In what a dose agrees with the calculated one."""
    if why.step is not None:
        return f"the {calculated} calculated rounded to {units.show(why.step, units.DOSE)}"
    if why.vial is not None:
        return f"the {calculated} calculated rounded down to whole vials of {units.show(why.vial, units.DOSE)}"
    return f"within {share} of the {calculated} calculated"


def _bodies(plan: Plan) -> list[tuple[int, Body]]:
    """The body after each change of size, with the cycle from which it counts."""
    cycles = sorted({event.cycle for event in plan.course.events if isinstance(event, Measured)})
    return [(cycle, administration.at(plan.body, plan.course.events, cycle)) for cycle in cycles]


def _measured(plan: Plan) -> list[str]:
    """The BSA from each cycle on that brought a new size."""
    found = []
    for cycle, body in _bodies(plan):
        sizes = ", as stated"
        if body.height is not None and body.weight is not None:
            sizes = f", from {units.show(body.height, units.HEIGHT)} and {units.show(body.weight, units.WEIGHT)}"
        found.append(f"From cycle {cycle} on the BSA is {units.show(body.bsa, units.AREA)}{sizes}.")
    return found


def _lengths(plan: Plan) -> list[str]:
    if plan.course.start is None:
        return []
    said = {event.cycle: event.days for event in plan.course.events if isinstance(event, Lasted)}
    found = []
    for cycle in range(plan.course.first or 1, plan.last_cycle):
        block = prescription.block(plan.regimen, cycle, plan.course.remission or NEVER)
        shortest, longest = (block and block.length) or (1, 99)
        days = said.get(cycle, shortest)
        stated = f"{shortest} to {longest}" if shortest < longest else f"{shortest}"
        if cycle not in said and shortest < longest:
            found.append(f"Cycle {cycle} is dated as {days} days, the shortest of {stated} days.")
        elif not shortest <= days <= longest:
            found.append(f"Cycle {cycle} is dated as {days} days, as the course says; its source states {stated} days.")
    return found


def _on_top(plan: Plan) -> list[str]:
    """Prior exposure may be this course's own earlier cycles, where nobody said that it is under way."""
    course = plan.course
    if course.recorded or course.first is not None or not course.prior or not course.prior_stated:
        return []
    return [
        f"Cycle {plan.doses[0].prescribed.cycle} of this plan comes on top of {units.show(course.prior, units.LEVEL)} "
        "received before; if that was an earlier cycle of this course, plan it from the cycle that is next."
    ]


def _sizes(plan: Plan) -> list[str]:
    """Weights and heights that are 10 % or more from the start."""
    found = []
    for event in plan.course.events:
        if not isinstance(event, Measured):
            continue
        at_start = {"weight": plan.body.weight, "height": plan.body.height, "bsa": plan.body.bsa}[event.what]
        if at_start is None:
            continue
        change = units.deviation(event.size, at_start)
        if abs(change) >= 10:
            shown = units.digits(units.thousandths(abs(change)))
            side = "more" if change > 0 else "less"
            found.append(f"From cycle {event.cycle} on the {event.what} is {shown} % {side} than at the start.")
    return found


def _transplant(plan: Plan) -> list[str]:
    regimen, rule, found = plan.regimen, plan.regimen.transplant, []
    if regimen.after_transplant:
        return ["This regimen is given after transplant: the ceiling before transplant does not apply to it."]
    if plan.course.hsct and rule is None:
        found.append(
            f"The sources of {regimen.id} do not say where patients proceeding to transplant stop: "
            + ("it is planned whole." if plan.course.cycles is None else "it is planned as far as stated.")
        )
    if plan.course.hsct and rule and plan.last_cycle > rule.cycles:
        found.append(
            f"Patients proceeding to transplant usually get {rule.cycles} cycles; {rule.note or 'this is more'}"
        )
    if plan.left_out:
        doses = ", ".join(f"cycle {dose.prescribed.cycle} day {dose.prescribed.day}" for dose in plan.left_out)
        found.append(f"Not planned, since they would fall after the transplant: {doses}.")
    if plan.apart:
        sentence = "was given after the transplant and is not in any sum before it."
        found += [f"{units.show(dose.dose, units.DOSE)} {course_remarks.where(dose)} {sentence}" for dose in plan.apart]
    if plan.course.transplant and plan.course.start is None and not plan.apart:
        found.append("Without a start no dose has a date, so none is left out for falling after the transplant.")
    return found


def _ending(plan: Plan) -> list[str]:
    """Why the plan ends before the regimen does."""
    if stop := plan.course.stop:
        return [f"The course was stopped in cycle {stop.cycle}: {stop.why}. Nothing is planned after it."]
    if plan.undecided:
        after = plan.last_cycle
        return [f"What follows cycle {after} depends on remission, which was not stated."]
    remission, rule = plan.course.remission or NEVER, plan.regimen.stop
    if rule and remission >= rule.after_cycle and plan.last_cycle == rule.after_cycle:
        return [f"Without remission the regimen stops after cycle {rule.after_cycle}."]
    return []


def bags(doses: Iterable[Quantity], product: Product) -> list[str]:
    """Doses (mg) that the usual bag would make too thin or too strong."""
    bag = units.show(product.bag, units.VOLUME)
    found = []
    for amount in sorted({dose.magnitude for dose in doses}):
        made = preparation.prepare(units.quantity(amount, units.DOSE), product)
        limit = made.most_volume or made.least_volume
        if limit is not None:
            side, least = ("under", product.least) if made.most_volume else ("over", product.most)
            word = "at most" if made.most_volume else "at least"
            found.append(
                f"{units.digits(amount)} mg in a {bag} bag is {side} {units.show(least, units.CONCENTRATION)}: "
                f"take {word} {units.show(limit, units.VOLUME)}."
            )
    return found


def _unstated(plan: Plan) -> list[str]:
    """Where the plan, or a branch of it that is not decided, ends because no dose is stated plainly."""
    remission = plan.course.remission or NEVER
    found = []
    for block in plan.regimen.blocks:
        due = plan.undecided or block.condition in (None, prescription.state(remission, block.cycles[0]))
        if block.doses is None and due and block.cycles[0] == plan.last_cycle + 1:
            whom = "Without remission nothing" if block.condition == "no remission" else "Nothing"
            ends = f"{whom} is planned after cycle {plan.last_cycle}: no source plainly states a dose."
            found.append(f"{ends} {block.note}".strip())
    return found


def _disagreements(plan: Plan) -> list[str]:
    return [
        f"Sources disagree on {each.about}: {said(each)}. {each.matters}"
        for each in plan.regimen.disagreements
        if each.matters
    ]


def said(disagreement: Disagreement) -> str:
    """What each source says: `[trial] every 4 weeks; [review] every 3 to 4 weeks`."""
    return "; ".join(f"[{each.source}] {each.spot}" for each in disagreement.says)


def _used(plan: Plan, block: Block) -> bool:
    planned = {dose.prescribed.cycle for dose in plan.doses}
    return block.doses is not None and any(block.covers(cycle) for cycle in planned)
