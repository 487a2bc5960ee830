"""A checked order → what a person reads: the verdict first, then what it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import errors, units
from ..verify import sentences
from . import plan_page, terminal
from .terminal import Part

if TYPE_CHECKING:
    from ..verify.order import Check, Due

STYLES = {"agrees": "bold green", "differs": "bold red", "undecided": "bold magenta", "not_scheduled": "bold red"}


def check(found: Check) -> Iterator[Part]:
    """One order: the verdict and what would explain it, what was ordered and what is due, where that leads."""
    order, plan = found.order, found.due[0].plan
    yield from terminal.heading(plan.regimen, f" · cycle {order.cycle}, day {order.day}")
    yield terminal.strong(sentences.sentence(found), STYLES[found.verdict])
    yield ""
    yield from terminal.sentences("What would explain it", sentences.because(found))
    if order.id is not None:
        yield terminal.fact("Patient", errors.printable(order.id))
    yield terminal.fact("BSA", plan_page.bsa(plan))
    yield terminal.fact("Prior", plan_page.prior(plan))
    for due in found.due:
        yield from _against(found, due)
    if not plan.regimen.after_transplant:
        yield terminal.fact("Ceiling", f"{terminal.limits(plan.ceiling)}: {plan.ceiling.basis}")
    yield ""
    yield from terminal.sentences("Warnings", sentences.warnings(found), "bold")
    yield from terminal.sentences("Assumptions", sentences.assumptions(found))


def _against(found: Check, due: Due) -> Iterator[Part]:
    """What is due, how far off the order is, and the sum, for one answer about remission."""
    if due.when:
        yield ""
        yield terminal.strong(f"If {due.when}")
    ordered = units.show(found.order.dose, units.DOSE)
    if due.dose:
        level, calculated = due.dose.prescribed.level, units.show(due.dose.calculated, units.DOSE)
        product = f"{units.show(level, units.LEVEL)} × {units.show(due.plan.body.bsa, units.AREA)} = {calculated}"
        spot = due.dose.prescribed.citations[0]
        yield terminal.fact("Due", f"{product}, rounded {units.show(due.dose.due, units.DOSE)}")
        yield terminal.fact("Ordered", f"{ordered}, {sentences.apart(found, due)}")
        yield terminal.fact("Source", f"[{spot.source}] {spot.spot}")
    else:
        yield terminal.fact("Due", "nothing on this day")
        yield terminal.fact("Ordered", ordered)
    yield terminal.fact("Sum", sentences.cumulative(due))
