"""A checked order → what a person reads: the verdict first, then what it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import errors, tables, units
from ..tables import Part
from . import verdict

if TYPE_CHECKING:
    from .order import Check, Due

STYLES = {"agrees": "bold green", "differs": "bold red", "undecided": "bold magenta", "not_scheduled": "bold red"}


def check(found: Check) -> Iterator[Part]:
    """One order: the verdict and what would explain it, what was ordered and what is due, where that leads."""
    order, plan = found.order, found.due[0].plan
    yield from tables.heading(plan.regimen, f" · cycle {order.cycle}, day {order.day}")
    yield tables.strong(verdict.sentence(found), STYLES[found.verdict])
    yield ""
    yield from tables.sentences("What would explain it", verdict.because(found))
    if order.id is not None:
        yield tables.fact("Patient", errors.printable(order.id))
    yield tables.fact("BSA", tables.bsa(plan))
    yield tables.fact("Prior", tables.prior(plan))
    for due in found.due:
        yield from _against(found, due)
    if not plan.regimen.after_transplant:
        yield tables.fact("Ceiling", f"{tables.limits(plan.ceiling)}: {plan.ceiling.basis}")
    yield ""
    yield from tables.sentences("Warnings", verdict.warnings(found), "bold")
    yield from tables.sentences("Assumptions", verdict.assumptions(found))


def _against(found: Check, due: Due) -> Iterator[Part]:
    """What is due, how far off the order is, and the sum, for one answer about remission."""
    if due.when:
        yield ""
        yield tables.strong(f"If {due.when}")
    ordered = units.show(found.order.dose, units.DOSE)
    if due.dose:
        level, calculated = due.dose.prescribed.level, units.show(due.dose.calculated, units.DOSE)
        product = f"{units.show(level, units.LEVEL)} × {units.show(due.plan.body.bsa, units.AREA)} = {calculated}"
        spot = due.dose.prescribed.citations[0]
        yield tables.fact("Due", f"{product}, rounded {units.show(due.dose.due, units.DOSE)}")
        yield tables.fact("Ordered", f"{ordered}, {verdict.apart(found, due)}")
        yield tables.fact("Source", f"[{spot.source}] {spot.spot}")
    else:
        yield tables.fact("Due", "nothing on this day")
        yield tables.fact("Ordered", ordered)
    yield tables.fact("Sum", verdict.cumulative(due))
