"""A plan → the sentences a person must read with it: what it takes for granted, what to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import body as bodies
from . import units
from .course import NEVER
from .regimen import Block, Disagreement

if TYPE_CHECKING:
    from .plan import Plan


def assumptions(plan: Plan) -> list[str]:
    """What the plan took for granted."""
    found = [_bsa(plan)]
    if not plan.course.prior_stated:
        found.append("Prior inotuzumab ozogamicin was not stated and counts as none.")
    if plan.regimen.remission_adapted and plan.course.remission is None and not plan.undecided:
        found.append("Remission was not stated; the cycles planned do not depend on it.")
    found.append(f"Doses are rounded half up in steps of {units.show(plan.step, units.DOSE)}.")
    found.append("Cumulative mg/m² sums prescribed levels; rounding mg and delivered mg/m² do not change it.")
    if plan.course.hsct and plan.regimen.transplant and plan.course.cycles is None:
        found.append(f"Patients proceeding to transplant stop after cycle {plan.regimen.transplant.cycles}.")
    if not plan.course.hsct and not plan.regimen.after_transplant:
        found.append("No transplant was stated; the comparison with the ceiling matters if one follows.")
    return found


def warnings(plan: Plan) -> list[str]:
    """What a person should look at."""
    found = bodies.cautions(plan.body)
    found += _transplant(plan)
    found += _ending(plan)
    found += _unstated(plan)
    found += _disagreements(plan)
    found += [block.note for block in plan.regimen.blocks if block.note and _used(plan, block)]
    return found


def _bsa(plan: Plan) -> str:
    shown = units.show(plan.body.bsa, units.AREA)
    if plan.body.formula is None:
        return f"BSA {shown} is used as stated."
    return f"BSA {shown} is by the {plan.body.formula.name} formula, rounded once to 0.01 m², without a cap."


def _transplant(plan: Plan) -> list[str]:
    regimen, rule = plan.regimen, plan.regimen.transplant
    if regimen.after_transplant:
        return ["This regimen is given after transplant: the ceiling before transplant does not apply to it."]
    if not plan.course.hsct:
        return []
    if rule is None:
        return [
            f"The sources of {regimen.id} do not say where patients proceeding to transplant stop: it is planned whole."
        ]
    if plan.last_cycle > rule.cycles:
        return [f"Patients proceeding to transplant usually get {rule.cycles} cycles; {rule.note or 'this is more'}"]
    return []


def _ending(plan: Plan) -> list[str]:
    """Why the plan ends before the regimen does, where no source states what follows."""
    if plan.undecided:
        after = plan.last_cycle
        return [
            f"What follows cycle {after} depends on remission, which was not stated: state --remission-after N or never."
        ]
    remission = plan.course.remission or NEVER
    stop = plan.regimen.stop
    if stop and remission >= stop.after_cycle and plan.last_cycle == stop.after_cycle:
        return [f"Without remission the regimen stops after cycle {stop.after_cycle}."]
    return []


def _unstated(plan: Plan) -> list[str]:
    """Where the plan, or a branch of it that is not decided, ends because no dose is stated plainly."""
    remission = plan.course.remission or NEVER
    found = []
    for block in plan.regimen.blocks:
        state = "remission" if remission < block.cycles[0] else "no remission"
        due = plan.undecided or block.condition in (None, state)
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
