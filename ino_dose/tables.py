"""A plan, a regimen, a list → what a person reads in a terminal.

Every colour stands beside a word that says the same. Nothing is cut: in a pipe lines are as long as
they need to be, in a terminal tables keep within 80 columns.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from . import readout, remarks, units
from .course import NEVER

if TYPE_CHECKING:
    from .ceiling import Crossing, Status
    from .plan import Plan
    from .regimen import Ceiling, Citation, Regimen, Source
    from .units import Quantity

STYLES = {
    "below": "green",
    "between": "yellow",
    "above": "bold red",
    "unknown": "magenta",
    "undecided": "magenta",
    "not_applicable": "",
}


def show(parts: Iterable[RenderableType]) -> None:
    """Print to standard output: wrapped in a terminal, never in a pipe, with colours only in a terminal."""
    console = Console(highlight=False, markup=False, emoji=False)
    console.width = max(console.width, 80) if console.is_terminal else 10_000
    with console.capture() as printed:
        console.print(*parts, sep="\n")
    sys.stdout.write("\n".join(line.rstrip() for line in printed.get().split("\n")))


def plan(found: Plan) -> Iterator[RenderableType]:
    """The whole plan: who and what, a row a dose, where it stands, what was assumed, the sources."""
    yield from _header(found)
    yield _doses(found)
    yield from _standing(found)
    yield from _sentences("Look at this", remarks.warnings(found), "bold")
    yield from _sentences("Taken for granted", remarks.assumptions(found))
    yield from _sources(found)


def _header(found: Plan) -> Iterator[Text]:
    yield Text.assemble(("Inotuzumab ozogamicin", "bold"), f" · {found.regimen.id}")
    yield Text(found.regimen.title)
    yield Text()
    if found.patient is not None:
        yield _fact("Patient", printable(found.patient))
    yield _fact("BSA", _bsa(found))
    yield _fact("Before", _prior(found))
    yield _fact("Course", _course(found))


def _fact(name: str, value: str) -> Text:
    return Text.assemble((f"{name:<9}", "dim"), value)


def _bsa(found: Plan) -> str:
    body = found.body
    shown = units.show(body.bsa, units.AREA)
    if body.height is None or body.weight is None or body.formula is None:
        return f"{shown}, as stated"
    sizes = f"{units.show(body.height, units.HEIGHT)} and {units.show(body.weight, units.WEIGHT)}"
    return f"{shown} by {body.formula.name} from {sizes}"


def _prior(found: Plan) -> str:
    if found.course.prior is None:
        return "unknown"
    if not found.course.prior_stated:
        return "not stated, counted as none"
    return units.show(found.course.prior, units.LEVEL) if found.course.prior.magnitude else "none"


def _course(found: Plan) -> str:
    remission = {None: "remission not stated", NEVER: "no remission"}.get(
        found.course.remission, f"remission after cycle {found.course.remission}"
    )
    parts = [f"through cycle {found.last_cycle}"]
    if found.regimen.remission_adapted:
        parts.append(remission)
    if found.course.level is not None:
        parts.append(f"level {units.show(found.course.level, units.LEVEL)}")
    if found.course.hsct:
        parts.append("transplant planned")
    return ", ".join(parts)


def _doses(found: Plan) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    for name in ("Cycle", "Day", "Level\nmg/m²", "Calculated\nmg", "Dose\nmg", "Cumulative\nmg/m²"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column(f"Against\n{_limits(found.ceiling)}", no_wrap=True)
    rows = zip(found.doses, found.standing.cumulative, found.standing.statuses, strict=True)
    for cycle, group in groupby(rows, key=lambda row: row[0].prescribed.cycle):
        doses = list(group)
        for dose, cumulative, status in doses:
            prescribed = dose.prescribed
            table.add_row(
                str(cycle),
                str(prescribed.day),
                _digits(prescribed.level),
                _digits(dose.calculated),
                Text(_digits(dose.dose), "bold"),
                _digits(cumulative),
                _word(status, found),
            )
        level = units.total((dose.prescribed.level for dose, _, _ in doses), units.LEVEL)
        amount = units.total((dose.dose for dose, _, _ in doses), units.DOSE)
        table.add_row(str(cycle), "sum", _digits(level), "", _digits(amount), "", "", style="dim", end_section=True)
    return table


def _digits(amount: Quantity | None) -> str:
    return "?" if amount is None else units.digits(amount.magnitude)


def _limits(ceiling: Ceiling) -> str:
    return f"{_digits(ceiling.lower)} to {units.show(ceiling.upper, units.LEVEL)}"


def _word(status: Status, found: Plan) -> Text:
    words = {
        "below": f"within {_digits(found.ceiling.lower)}",
        "between": f"between, within {_digits(found.ceiling.upper)}",
        "above": f"above {_digits(found.ceiling.upper)}",
        "not_applicable": "does not apply",
    }
    return Text(words.get(status, status), STYLES[status])


def _standing(found: Plan) -> Iterator[RenderableType]:
    delivered = units.total((dose.delivered for dose in found.doses), units.LEVEL)
    level = units.total((dose.prescribed.level for dose in found.doses), units.LEVEL)
    amount = units.total((dose.dose for dose in found.doses), units.DOSE)
    shown = f"{units.show(level, units.LEVEL)} prescribed, {units.show(amount, units.DOSE)} in all"
    yield _fact("Total", f"{shown}, {units.digits(units.thousandths(delivered.magnitude))} mg/m² delivered")
    if found.regimen.after_transplant:
        yield _fact("Ceiling", "does not apply: this is given after transplant")
        yield Text()
        return
    yield _gauge(found)
    for against in (found.standing.lower, found.standing.upper):
        yield _fact("", f"{units.show(against.limit, units.LEVEL)}: {_against(against.first_over, against.remaining)}")
    for branch in found.undecided:
        total = branch.standing.total
        shown = f"{units.show(branch.level, units.LEVEL)} through cycle {branch.cycles}"
        if total is not None and total != branch.level:
            shown += f", {units.show(total, units.LEVEL)} with what came before"
        yield Text.assemble(f"{'':<9}If {branch.when}: {shown}: ", _word(branch.standing.status, found))
    yield Text()


def _against(first_over: Crossing, remaining: Quantity | None) -> str:
    if first_over == "prior":
        return "passed by prior exposure alone" + _room(remaining)
    if isinstance(first_over, tuple):
        return f"first passed in cycle {first_over[0]} on day {first_over[1]}" + _room(remaining)
    if remaining is None:
        return "not known, since prior exposure is not"
    return f"not passed, {units.show(remaining, units.LEVEL)} left"


def _room(remaining: Quantity | None) -> str:
    return "" if remaining is None else f", by {units.digits(abs(remaining.magnitude))} mg/m² at the end"


def _gauge(found: Plan) -> Text:
    total, width = found.standing.total, 36
    label = f"{'Ceiling':<9}"
    if total is None:
        own = units.total((dose.prescribed.level for dose in found.doses), units.LEVEL)
        return Text.assemble(
            (label, "dim"), f"{units.show(own, units.LEVEL)} in this course, more before: ", _word(found.status, found)
        )
    scale = max(Fraction(total.magnitude), Fraction(found.ceiling.upper.magnitude)) * Fraction(10, 9)

    def at(amount: Quantity) -> int:
        return round(Fraction(amount.magnitude) / scale * width)

    cells = ["━" if index < at(total) else "·" for index in range(width)]
    for limit in (found.ceiling.lower, found.ceiling.upper):
        cells[at(limit)] = "┃"
    bar = Text("".join(cells), STYLES[found.status])
    return Text.assemble((label, "dim"), bar, f" {units.show(total, units.LEVEL)}: ", _word(found.status, found))


def _sentences(title: str, sentences: list[str], style: str = "") -> Iterator[RenderableType]:
    if sentences:
        yield Text(title, "bold")
        for sentence in sentences:
            yield _indented(f"- {sentence}", style)
        yield Text()


def _sources(found: Plan) -> Iterator[RenderableType]:
    yield Text("Sources", "bold")
    regimen = found.regimen
    rules = [regimen.stop if regimen.remission_adapted else None, regimen.transplant if found.course.hsct else None]
    spots = [citation for dose in found.doses for citation in dose.prescribed.citations]
    spots += [citation for rule in rules if rule for citation in rule.citations]
    cited = {citation.source for citation in spots}
    yield from _cited((source for source in regimen.sources if source.id in cited), spots)
    yield from _cited(found.ceiling.sources, found.ceiling.citations, "The ceiling: ")
    yield _indented(f"The ceiling is {found.ceiling.basis}.")


def _indented(text: str, style: str = "") -> Padding:
    return Padding(Text(text, style), (0, 0, 0, 2), expand=False)


def _cited(sources: Iterable[Source], citations: Iterable[Citation], what: str = "") -> Iterator[RenderableType]:
    cited = list(citations)
    for source in sources:
        spots = "; ".join(dict.fromkeys(each.spot for each in cited if each.source == source.id))
        where = f" At: {spots}." if spots else ""
        yield _indented(f"{what}{readout.source(source)}{where}")


def regimen(found: Regimen) -> Iterator[RenderableType]:
    """A whole schedule, read out."""
    for line in readout.regimen(found):
        text = Text(line.text, line.style)
        yield Padding(text, (0, 0, 0, line.indent), expand=False) if line.indent else text


def regimens(found: Iterable[Regimen]) -> Iterator[RenderableType]:
    """A row a regimen: what can be asked for."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in ("Regimen", "Last cycle", "By remission", "What it is"):
        table.add_column(name, overflow="fold", no_wrap=name == "Regimen")
    for each in found:
        last = "incomplete" if each.incomplete else str(each.last_cycle or "not stated")
        adapted = "yes" if each.remission_adapted else "no"
        table.add_row(each.id, last, "" if each.incomplete else adapted, each.title)
    yield table


def areas(rows: Iterable[tuple[str, str, str]]) -> Iterator[RenderableType]:
    """A row a formula: its name, the BSA in m², its paper."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in ("Formula", "BSA m²", "Source"):
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*row)
    yield table


def printable(text: str) -> str:
    """A person's own text with control characters spelled out, so that none reaches the terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
