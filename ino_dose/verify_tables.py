"""A checked order → what a person reads: the verdict first, then what it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from . import tables, units, verdict

if TYPE_CHECKING:
    from .verify import Check, Due

STYLES = {"agrees": "bold green", "differs": "bold red", "undecided": "bold magenta", "not_scheduled": "bold red"}


def check(found: Check) -> Iterator[RenderableType]:
    """One order: the verdict and what would explain it, what was ordered and what is due, where that leads."""
    order, plan = found.order, found.due[0].plan
    yield Text.assemble(
        ("Inotuzumab ozogamicin", "bold"), f" · {plan.regimen.id} · cycle {order.cycle}, day {order.day}"
    )
    yield Text(plan.regimen.title)
    yield Text()
    yield Text(verdict.sentence(found), STYLES[found.verdict])
    yield from _list(verdict.because(found))
    yield Text()
    if order.id is not None:
        yield _fact("Patient", tables.printable(order.id))
    yield _fact("BSA", tables.bsa(plan))
    yield _fact("Before", tables.prior(plan))
    for due in found.due:
        yield from _against(found, due)
    yield Text()
    for title, sentences in (
        ("Look at this", verdict.warnings(found)),
        ("Taken for granted", verdict.assumptions(found)),
    ):
        if sentences:
            yield Text(title, "bold")
            yield from _list(sentences)
            yield Text()


def _against(found: Check, due: Due) -> Iterator[Text]:
    """What is due, how far off the order is, and the sum, for one answer about remission."""
    if due.when:
        yield Text(f"If {due.when}", "bold")
    if due.dose:
        level, calculated = due.dose.prescribed.level, units.show(due.dose.calculated, units.DOSE)
        product = f"{units.show(level, units.LEVEL)} × {units.show(due.plan.body.bsa, units.AREA)} = {calculated}"
        yield _fact("Due", f"{product}, rounded {units.show(due.dose.dose, units.DOSE)}")
        yield _fact("Ordered", f"{units.show(found.order.dose, units.DOSE)}, {verdict.apart(found, due)}")
        spot = due.dose.prescribed.citations[0]
        yield _fact("Source", f"[{spot.source}] {spot.spot}")
    else:
        yield _fact("Due", "nothing on this day")
        yield _fact("Ordered", units.show(found.order.dose, units.DOSE))
    yield _fact("In all", verdict.cumulative(due))


def _fact(name: str, value: str) -> Text:
    return Text.assemble((f"{name:<9}", "dim"), value)


def _list(sentences: list[str]) -> Iterator[Padding]:
    for sentence in sentences:
        yield Padding(Text(f"- {sentence}"), (0, 0, 0, 2), expand=False)
