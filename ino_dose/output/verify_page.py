"""A checked order → what a person reads: the verdict first, then what it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import units
from ..verify import sentences
from . import page, plan_page
from .page import Part, Style, Styled, Title

if TYPE_CHECKING:
    from ..verify.order import Check, Due, Verdict

VERDICT_STYLES: dict[Verdict, Style] = {
    "agrees": "bold green",
    "differs": "bold red",
    "undecided": "bold magenta",
    "not_scheduled": "bold red",
}


def parts(found: Check) -> Iterator[Part]:
    """One order: the verdict and what would explain it, what was ordered and what is due, where that leads."""
    order, plan = found.order, found.due[0].plan
    yield from page.heading(plan.regimen, f" · cycle {order.cycle}, day {order.day}")
    yield page.line(Styled(sentences.sentence(found), VERDICT_STYLES[found.verdict]))
    yield page.line()
    yield page.Points("What would explain it", sentences.because(found))
    yield from plan_page.whose(plan)
    for due in found.due:
        yield from _against(found, due)
    if not plan.regimen.after_transplant:
        yield page.fact("Ceiling", f"{page.limits(plan.ceiling)}: {plan.ceiling.basis}")
    yield page.line()
    yield page.Points("Warnings", sentences.warnings(found), "bold")
    yield page.Points("Assumptions", sentences.assumptions(found))


def _against(found: Check, due: Due) -> Iterator[Part]:
    """What is due, how far off the order is, and the sum, for one answer about remission."""
    if due.when:
        yield page.line()
        yield Title(f"If {due.when}")
    ordered = units.show(found.order.dose, units.DOSE)
    if due.dose and due.off:
        level, calculated = due.dose.prescribed.level, units.show(due.dose.calculated, units.DOSE)
        product = f"{units.show(level, units.LEVEL)} × {units.show(due.plan.body.bsa, units.AREA)} = {calculated}"
        spot = due.dose.prescribed.citations[0]
        yield page.fact("Due", f"{product}, rounded {units.show(due.dose.due, units.DOSE)}")
        yield page.fact("Ordered", f"{ordered}, {sentences.apart(due.off)}")
        yield page.fact("Source", f"[{spot.source}] {spot.spot}")
    else:
        yield page.fact("Due", "nothing on this day")
        yield page.fact("Ordered", ordered)
    yield page.fact("Sum", sentences.cumulative(due))
