"""A plan, a regimen, a list → what a person reads in a terminal.

Every colour stands beside a word that says the same. Nothing is cut: in a pipe lines are as long as
they need to be, in a terminal tables keep within 80 columns.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from . import dosing, left, pharmacy, remarks, report, units
from . import plan as plans
from .course import NEVER, said
from .regimen import Choice

if TYPE_CHECKING:
    from . import comparing
    from .ceiling import Crossing, Status
    from .plan import Plan
    from .product import Product
    from .regimen import Block, Ceiling, Citation, Dose, Regimen, Source
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
    terminal = sys.stdout.isatty()  # rich by itself takes FORCE_COLOR in a pipe for a terminal
    console = Console(highlight=False, markup=False, emoji=False, force_terminal=terminal)
    console.width = max(console.width, 80) if terminal else 1_000_000
    with console.capture() as printed:
        console.print(*parts, sep="\n")
    sys.stdout.write("\n".join(line.rstrip() for line in printed.get().split("\n")))


def plan(found: Plan, with_pharmacy: bool = False) -> Iterator[RenderableType]:
    """The whole plan: who and what, a row a dose, where it stands, what was assumed, the sources."""
    yield from _header(found)
    yield _doses(found)
    yield from _standing(found)
    if found.product and (with_pharmacy or found.rounding.vial is not None):
        yield from _pharmacy(found, found.product)
    yield from _sentences("Look at this", remarks.warnings(found), "bold")
    yield from _sentences("Taken for granted", remarks.assumptions(found))
    yield from _sources(found)


def _header(found: Plan) -> Iterator[Text]:
    yield Text.assemble(("Inotuzumab ozogamicin", "bold"), f" · {found.regimen.id}")
    yield Text(found.regimen.title)
    yield Text()
    if found.patient is not None:
        yield _fact("Patient", report.printable(found.patient))
    yield _fact("BSA", _bsa(found))
    yield _fact("Before", _prior(found))
    yield _fact("Course", _course(found))
    if found.days_to_transplant is not None:
        yield _fact(
            "Interval",
            f"{found.days_to_transplant} days from the last dose to transplant; no source states how many it should be",
        )


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
    if found.course.transplant:
        parts.append(f"transplant on {found.course.transplant}")
    elif found.course.hsct:
        parts.append("transplant planned")
    return ", ".join(parts)


def _doses(found: Plan) -> Table:
    lived = found.course.start is not None or bool(found.course.events)
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 0 if lived else 1), collapse_padding=True)
    names = ["Cycle", "Day", "Level\nmg/m²", "Calculated\nmg", "Dose\nmg", "Cumulative\nmg/m²"]
    for name in [*names[:2], *(["Date", "State"] if lived else []), *names[2:]]:
        table.add_column(name, justify="left" if name in ("Date", "State") else "right", no_wrap=True)
    table.add_column(f"Against\n{_limits(found.ceiling)}", no_wrap=True)
    rows = zip(found.doses, found.standing.cumulative, found.standing.statuses, strict=True)
    for cycle, group in groupby(rows, key=lambda row: row[0].prescribed.cycle):
        doses = list(group)
        for dose, cumulative, status in doses:
            when = [dose.date.isoformat() if dose.date else "", dose.state] if lived else []
            table.add_row(
                str(cycle),
                str(dose.prescribed.day),
                *when,
                _digits(dose.prescribed.level),
                _digits(dose.calculated),
                Text(_digits(dose.dose), "bold"),
                _digits(cumulative),
                _word(status, found),
            )
        level = units.total((dose.counted for dose, _, _ in doses), units.LEVEL)
        amount = units.total((dose.dose for dose, _, _ in doses), units.DOSE)
        blank = ["", ""] if lived else []
        table.add_row(str(cycle), "sum", *blank, _digits(level), "", _digits(amount), style="dim", end_section=True)
    return table


def _pharmacy(found: Plan, product: Product) -> Iterator[RenderableType]:
    """A row a dose that is still to be prepared: vials, the volume to withdraw, the bag."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    bag = units.show(product.bag, units.VOLUME)
    for name in (
        "Cycle",
        "Day",
        "Dose\nmg",
        "From calc.\n%",
        "Vials",
        "Withdraw\nmL",
        f"In {bag}\nmg/mL",
        "Saved\nvials",
    ):
        table.add_column(name, justify="right", no_wrap=True)
    for dose in found.doses:
        made = pharmacy.prepare(dose.dose, product)
        away = units.digits(units.thousandths(dosing.deviation(dose).magnitude))
        cells = [
            _digits(dose.dose),
            away,
            str(made.vials),
            _digits(made.withdraw),
            _digits(made.concentration),
            str(pharmacy.saved(dose, found.rounding, product)),
        ]
        if dose.state == "planned":
            table.add_row(str(dose.prescribed.cycle), str(dose.prescribed.day), *cells)
    yield table
    for source in product.sources:
        facts = (each for fact in ("vial", "concentration", "bag", "rounding") for each in product.cited[fact])
        yield from _cited([source] if any(each.source == source.id for each in facts) else [], ())
    yield Text()


def _digits(amount: Quantity | None) -> str:
    return "?" if amount is None else units.digits(amount.magnitude)


def _limits(ceiling: Ceiling) -> str:
    return f"{_digits(ceiling.lower)} to {units.show(ceiling.upper, units.LEVEL)}"


def _word(status: Status, found: Plan) -> Text:
    words = {
        "below": f"within {_digits(found.ceiling.lower)}",
        "between": "between",
        "above": f"above {_digits(found.ceiling.upper)}",
        "not_applicable": "does not apply",
    }
    return Text(words.get(status, status), STYLES[status])


def _standing(found: Plan) -> Iterator[RenderableType]:
    delivered = units.total((dose.delivered for dose in found.doses), units.LEVEL)
    level = plans.total(found.doses)
    amount = units.total((dose.dose for dose in found.doses), units.DOSE)
    shown = f"{units.show(level, units.LEVEL)} in this course, {units.show(amount, units.DOSE)} in all"
    yield _fact("Total", f"{shown}, {units.digits(units.thousandths(delivered.magnitude))} mg/m² delivered")
    if found.regimen.after_transplant:
        yield _fact("Ceiling", "does not apply: this is given after transplant")
        yield Text()
        return
    yield _gauge(found)
    for against in (found.standing.lower, found.standing.upper):
        yield _fact("", f"{units.show(against.limit, units.LEVEL)}: {_against(against.first_over, against.remaining)}")
    if any(dose.state != "planned" for dose in found.doses):
        yield from _left(found)
    for branch in found.undecided:
        total = branch.standing.total
        shown = f"{units.show(branch.level, units.LEVEL)} through cycle {branch.cycles}"
        if total is not None and total != branch.level:
            shown += f", {units.show(total, units.LEVEL)} with what came before"
        yield Text.assemble(f"{'':<9}If {branch.when}: {shown}: ", _word(branch.standing.status, found))
    yield Text()


def _left(found: Plan) -> Iterator[Text]:
    """What was given so far, and what still fits under each limit."""
    given = found.given.total
    so_far = "unknown, since prior exposure is" if given is None else units.show(given, units.LEVEL)
    yield Text.assemble(("So far   ", "dim"), f"{so_far}: ", _word(found.given.status, found))
    for so_far_against, whole in ((found.given.lower, found.standing.lower), (found.given.upper, found.standing.upper)):
        room = left.under(found, so_far_against, whole)
        if room.level is not None and room.dose is not None:
            limit = units.show(whole.limit, units.LEVEL)
            amount, mg = (
                units.digits(abs(room.level.magnitude)),
                units.digits(units.thousandths(abs(room.dose.magnitude))),
            )
            planned = sum(dose.state == "planned" for dose in found.doses)
            cycles = f"{room.doses} of {planned} planned doses fit, {room.cycles} whole cycle{'s' * (room.cycles != 1)}"
            over = f"{amount} mg/m² over {limit}"
            yield _fact(
                "", f"{amount} mg/m² ({mg} mg now) left under {limit}; {cycles}" if room.level.magnitude >= 0 else over
            )


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
        own = plans.total(found.doses)
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
            yield _indented(f"- {report.printable(sentence)}", style)
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
        names = ", ".join(name for name in (source.doi, source.trial) if name)
        spots = "; ".join(dict.fromkeys(each.spot for each in cited if each.source == source.id))
        where = f" At: {spots}." if spots else ""
        yield _indented(f"{what}[{source.id}] {source.cite}{names and f' ({names})'}. Read: {source.read}.{where}")


def regimen(found: Regimen) -> Iterator[RenderableType]:
    """A whole schedule as a person would want it read out, with every source and spot."""
    yield Text.assemble(("Inotuzumab ozogamicin", "bold"), f" · {found.id}")
    yield Text(found.title)
    yield Text()
    if found.after_transplant:
        yield _indented("Given after transplant: the ceiling before transplant does not apply.")
    for block in found.blocks:
        yield from _block(block)
    if found.stop:
        yield Text("Stop", "bold")
        yield _indented(f"Without remission nothing is given after cycle {found.stop.after_cycle}.")
        yield from _spots(found.stop.citations)
    if found.transplant:
        yield Text("Proceeding to transplant", "bold")
        rule = found.transplant
        yield _indented(f"{rule.cycles} cycles, at most {rule.at_most}{rule.note and '; ' + rule.note}")
        yield from _spots(rule.citations)
    yield from _sentences("Missing: this regimen is not planned", list(found.missing))
    yield from _sentences("Not stated by any source", list(found.not_stated))
    yield from _totals(found)
    yield Text("Sources", "bold")
    yield from _cited(found.sources, ())


def _block(block: Block) -> Iterator[RenderableType]:
    whom = f", if {block.condition}" if block.condition else ""
    length = f", {' to '.join(dict.fromkeys(map(str, block.length)))} days each" if block.length else ""
    yield Text(f"Cycle {cycles(block)}{whom}{length}", "bold")
    if block.doses is None:
        yield _indented("No source states a dose.")
    for dose in block.doses or ():
        yield _indented(f"day {dose.day:<3} {_level(dose)}")
        if dose.citations != block.citations:
            yield from _spots(dose.citations)
    if block.note:
        yield _indented(block.note)
    yield from _spots(block.citations)


def cycles(block: Block) -> str:
    """The cycles of a block in words: `1`, `2 to 6`, `2, 4, 6, 8`, `1 and later`."""
    first, last = block.cycles[0], block.cycles[-1]
    if block.onward:
        return f"{last} and later"
    if len(block.cycles) > 2 and last - first == len(block.cycles) - 1:
        return f"{first} to {last}"
    return ", ".join(map(str, block.cycles))


def _level(dose: Dose) -> str:
    return said(dose.level) if isinstance(dose.level, Choice) else units.show(dose.level, units.LEVEL)


def _spots(citations: Iterable[Citation]) -> Iterator[RenderableType]:
    yield _indented("Source: " + "; ".join(f"[{each.source}] {each.spot}" for each in citations), "dim")
    yield Text()


def _totals(found: Regimen) -> Iterator[RenderableType]:
    if found.totals:
        yield Text("Totals, recomputed from the doses", "bold")
    for total in found.totals:
        after = {None: "", NEVER: ", no remission"}.get(
            total.remission_after, f", remission after cycle {total.remission_after}"
        )
        chosen = f", at {units.show(total.chosen, units.LEVEL)}" if total.chosen is not None else ""
        proof = (
            f"= {total.worked}"
            if total.worked
            else "published: " + "; ".join(f"[{each.source}] {each.spot}" for each in total.citations)
        )
        yield _indented(
            f"through cycle {total.through_cycle}{after}{chosen}: {units.show(total.level, units.LEVEL)}, {proof}"
        )
    if found.totals:
        yield Text()


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


def compare(
    regimens: Sequence[Regimen], rows: Sequence[comparing.Row], ceiling: Ceiling, bsa: Quantity | None
) -> Iterator[RenderableType]:
    """A row a branch, with a small bar against both limits; what two regimens differ in, day by day."""
    yield Text(f"Inotuzumab ozogamicin, mg/m² against {_limits(ceiling)} before transplant", "bold")
    if bsa is not None:
        yield Text(f"mg are for a BSA of {units.show(bsa, units.AREA)}")
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=0, collapse_padding=True)
    lower, upper = _digits(ceiling.lower), _digits(ceiling.upper)
    names = ["Regimen", "By cycle", "Sum", "", f"Past\n{lower}", f"Past\n{upper}", f"Whole in\n{lower} {upper}"]
    for name in [*names, *(["mg"] if bsa is not None else [])]:
        table.add_column(name, no_wrap=True, justify="right" if name in ("Sum", "mg") else "left")
    for row in rows:
        sides = (row.standing.lower, row.standing.upper)
        total = "?" if row.standing.total is None else _digits(row.standing.total)
        within = " ".join(f"{side.last_cycle_within or '-':>3}" for side in sides)
        doses = [cycle.dose for cycle in row.cycles if cycle.dose is not None]
        mg = [_digits(units.total(doses, units.DOSE))] if bsa is not None else []
        open_end = "…" if row.open_ended else ""
        bar = _bar(row, ceiling)
        crossings = [_crossing(side.first_over) for side in sides]
        table.add_row(_branch(row), _by_cycle(row) + open_end, total + open_end, bar, *crossings, within, *mg)
    yield table
    incomplete = [regimen.id for regimen in regimens if regimen.incomplete]
    if incomplete:
        yield Text("Without a stated dose, not compared: " + ", ".join(incomplete))
    if any(row.open_ended for row in rows):
        yield Text("… no source states a last cycle: shown until the upper limit is passed.")
    if len(regimens) == 2:
        yield from _differences(rows)


def _branch(row: comparing.Row) -> str:
    level = f" {_digits(row.level)}" if row.level is not None else ""
    when = {"remission": ", CR/CRi", "no remission": ", no CR"}.get(row.when or "", "")
    return row.regimen.id + level + when


def _by_cycle(row: comparing.Row) -> str:
    """The sums of the cycles, alike ones together: `1.8 + 5 × 1.5`."""
    runs = [(level, len(list(group))) for level, group in groupby(_digits(cycle.level) for cycle in row.cycles)]
    return " + ".join(level if count == 1 else f"{count} × {level}" for level, count in runs)


def _crossing(over: Crossing) -> str:
    return f"C{over[0]}D{over[1]}" if isinstance(over, tuple) else over or "-"


def _bar(row: comparing.Row, ceiling: Ceiling) -> Text:
    """The sum against both limits, on a scale that ends at twice the upper one."""
    width = 10
    scale = 2 * Fraction(ceiling.upper.magnitude)
    total = Fraction(0) if row.standing.total is None else Fraction(row.standing.total.magnitude)
    cells = ["━" if index < round(total / scale * width) else "·" for index in range(width)]
    for limit in (ceiling.lower, ceiling.upper):
        cells[int(Fraction(limit.magnitude) / scale * width)] = "┃"
    if total > scale:
        cells[-1] = "»"
    return Text("".join(cells), STYLES[row.standing.status])


def _differences(rows: Sequence[comparing.Row]) -> Iterator[RenderableType]:
    """Each branch of the one against the branch of the other for the same patient."""
    first = rows[0].regimen.id
    ours = [row for row in rows if row.regimen.id == first]
    theirs = [row for row in rows if row.regimen.id != first]
    for one in ours:
        for other in theirs:
            if one.when and other.when and one.when != other.when:
                continue
            table = Table(
                box=SIMPLE_HEAD, pad_edge=False, title=f"{_branch(one)} | {_branch(other)}", title_justify="left"
            )
            for name in ("Cycle", "Day", f"{one.regimen.id}\nmg/m²", f"{other.regimen.id}\nmg/m²"):
                table.add_column(name, justify="right", no_wrap=True)
            for day in one.differences(other):
                levels = ["none" if level is None else _digits(level) for level in (day.one, day.other)]
                table.add_row(str(day.cycle), str(day.day), *levels)
            yield table if table.rows else Text(f"{_branch(one)} and {_branch(other)}: the same doses on the same days")


def areas(rows: Iterable[tuple[str, str, str]]) -> Iterator[RenderableType]:
    """A row a formula: its name, the BSA in m², its paper."""
    table = Table("Formula", "BSA m²", "Source", box=SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        table.add_row(*row)
    yield table
