"""A regimen → what a person reads of it, with every source and spot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from .. import units
from ..engine.course import NEVER
from ..engine.prescription import said
from ..engine.regimen import Choice
from . import page
from .page import Line, Styled, Title

if TYPE_CHECKING:
    from ..engine.preparation import Product, Rule
    from ..engine.regimen import Block, Citation, Disagreement, Dose, Regimen, Result, Source, Total, Transplant, Window

OF_WHOM = {
    "all treated": "of all treated",
    "transplanted": "of those transplanted",
    "not transplanted": "of those not transplanted",
    "not stated": "(of whom is not stated)",
}


def parts(found: Regimen, label: Product | None = None) -> Iterator[Line | Title]:
    """A whole regimen: doses, rules, what is missing or disputed, totals, results, sources.

    `label` is the product whose label this regimen is.
    """
    yield Title(f"Inotuzumab ozogamicin · {found.id}")
    yield page.line(found.title)
    if found.setting:
        yield page.line(f"Setting: {found.setting.name} ({_at(found.setting.citations)})")
    if found.after_transplant:
        yield page.line("Given after transplant: the ceiling before transplant does not apply.")
    for block in found.blocks:
        yield from _part(_heading(block), _block(block))
    if found.stop:
        stop = page.line(f"Without remission nothing is given after cycle {found.stop.after_cycle}.", indent=2)
        yield from _part("Stop", (stop, _spots(found.stop.citations)))
    if found.transplant:
        yield from _part("Proceeding to transplant", _transplant(found.transplant))
    if found.window:
        yield from _part("Days by which doses may move", _window(found.window))
    if label:
        codes = (page.line(f"{each.system} {each.code}: {each.standing}", indent=2) for each in label.codes)
        yield from _part("Codes of the drug, and how sure they are", codes)
        yield from _part("What the label says beside that", (line for rule in label.rules for line in _rule(rule)))
        yield from _part(
            "What the label says that could not be read", (page.line(f"- {each}", indent=2) for each in label.not_found)
        )
    yield from _part(
        "Missing: this regimen is not planned", (page.line(f"- {each}", indent=2) for each in found.missing)
    )
    yield from _part("Not stated by any source", (page.line(f"- {each}", indent=2) for each in found.not_stated))
    yield from _part("Totals, recomputed from the doses", map(_total, found.totals))
    yield from _part("Where sources disagree", (line for each in found.disagreements for line in _disagreement(each)))
    yield from _part("How far the evidence goes", _evidence(found))
    yield from _part("Published results", (line for each in found.results for line in _result(each)))
    yield from _part("Sources", (page.line(source(each), indent=2) for each in [*found.sources, *_of_rules(label)]))


def _evidence(found: Regimen) -> Iterator[Line]:
    for how, ids in found.read.items():
        yield page.line(f"read as {how}: {', '.join(ids)}", indent=2)
    for block, source in found.on_one_source:
        word = "cycle" if len(block.cycles) == 1 and not block.onward else "cycles"
        whom = f", if {block.condition}" if block.condition else ""
        yield page.line(f"rests on one source: {word} {cycles(block)}{whom} on {source}", indent=2)


def _of_rules(label: Product | None) -> list[Source]:
    """The sources that the rules of a label rest on."""
    cited = {citation.source for rule in label.rules for citation in rule.citations} if label else set()
    return [source for source in label.sources if source.id in cited] if label else []


def _window(window: Window) -> Iterator[Line]:
    days = " and ".join(map(str, window.days))
    yield page.line(f"days {days}: {window.within} days, earlier or later", indent=2)
    yield _spots(window.citations)


def _rule(rule: Rule) -> Iterator[Line]:
    yield page.line(f"- {rule.only and rule.only + ': '}{rule.says}", indent=2)
    yield _spots(rule.citations, 4)


def _part(title: str, lines: Iterable[Line]) -> Iterator[Line | Title]:
    """A title and its lines under a blank line, or nothing where there are no lines."""
    if found := list(lines):
        yield Line()
        yield Title(title)
        yield from found


def _heading(block: Block) -> str:
    whom = f", if {block.condition}" if block.condition else ""
    length = f", {' to '.join(dict.fromkeys(map(str, block.length)))} days" if block.length else ""
    if len(block.cycles) == 1 and not block.onward:
        return f"Cycle {cycles(block)}{whom}{length}"
    return f"Cycles {cycles(block)}{whom}{length and length + ' each'}"


def cycles(block: Block) -> str:
    """The cycles of a block in words: `1`, `2 to 6`, `2, 4, 6, 8`, `1 and later`."""
    first, last = block.cycles[0], block.cycles[-1]
    if block.onward:
        return f"{last} and later"
    if len(block.cycles) > 2 and last - first == len(block.cycles) - 1:
        return f"{first} to {last}"
    return ", ".join(map(str, block.cycles))


def _block(block: Block) -> Iterator[Line]:
    if block.doses is None:
        yield page.line("No source plainly states a dose: nothing is planned.", indent=2)
    for dose in block.doses or ():
        yield page.line(f"day {dose.day:<3} {_level(dose)}", indent=2)
        if dose.citations != block.citations:
            yield _spots(dose.citations, 4)
    if block.note:
        yield page.line(block.note, indent=2)
    yield _spots(block.citations)


def _level(dose: Dose) -> str:
    return said(dose.level) if isinstance(dose.level, Choice) else units.show(dose.level, units.LEVEL)


def _spots(citations: Iterable[Citation], indent: int = 2) -> Line:
    return page.line(Styled("Source: " + _at(citations), "dim"), indent=indent)


def _at(citations: Iterable[Citation]) -> str:
    return "; ".join(f"[{each.source}] {each.spot}" for each in citations)


def _transplant(rule: Transplant) -> Iterator[Line]:
    yield page.line(f"{rule.cycles} cycles, at most {rule.at_most}{rule.note and '; ' + rule.note}", indent=2)
    yield _spots(rule.citations)


def _total(total: Total) -> Line:
    after = f", remission after cycle {total.remission_after}" if total.remission_after else ""
    after = ", no remission" if total.remission_after == NEVER else after
    chosen = f", at {units.show(total.chosen, units.LEVEL)}" if total.chosen is not None else ""
    proof = f"= {total.worked}" if total.worked else f"(published: {_at(total.citations)})"
    level = units.show(total.level, units.LEVEL)
    return page.line(f"through cycle {total.through_cycle}{after}{chosen}: {level} {proof}", indent=2)


def _disagreement(found: Disagreement) -> Iterator[Line]:
    yield page.line(f"- {found.about}", indent=2)
    for each in found.says:
        yield page.line(f"[{each.source}] {each.spot}", indent=4)
    if found.matters:
        yield page.line(found.matters, indent=4)


def _result(result: Result) -> Iterator[Line]:
    yield page.line(f"- {result.of}", indent=2)
    yield page.line("; ".join(_reported(result)), indent=4)
    yield _spots(result.citations, 4)


def _reported(result: Result) -> Iterator[str]:
    if result.patients:
        yield f"{result.patients} patients"
    if result.age:
        ends = f" ({' to '.join(map(units.digits, result.age.range))})" if result.age.range else ""
        yield f"median age {units.digits(result.age.median)}{ends}"
    if result.remission is not None:
        yield f"CR/CRi {units.digits(result.remission)} %"
    if result.response:
        yield result.response
    if result.transplant is not None:
        yield f"transplant {units.digits(result.transplant)} %"
    if result.survival:
        yield f"survival: {result.survival}"
    if result.sos:
        yield f"SOS/VOD {units.digits(result.sos.percent)} % {OF_WHOM[result.sos.among]}"


def source(found: Source) -> str:
    """A source in full, and how much of it was read."""
    names = ", ".join(name for name in (found.doi, found.trial) if name)
    return f"[{found.id}] {found.cite}{names and f' ({names})'}. Read: {found.read}."
