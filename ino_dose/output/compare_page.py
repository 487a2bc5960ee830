"""Branches of regimens → a row each with a small bar against both limits, and what two regimens differ in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from .. import units
from . import terminal

if TYPE_CHECKING:
    from ..engine.comparison import Row
    from ..engine.exposure import Ceiling, Crossing
    from ..engine.regimen import Denominator, Regimen
    from ..units import Quantity
    from .terminal import Part


def parts(regimens: Sequence[Regimen], rows: Sequence[Row], ceiling: Ceiling, bsa: Quantity | None) -> Iterator[Part]:
    """A row a branch; with a BSA its mg take the place of the bar."""
    yield Text(f"Inotuzumab ozogamicin, mg/m² against {terminal.limits(ceiling)} before transplant", "bold")
    if bsa is not None:
        yield Text(f"mg are for a BSA of {units.show(bsa, units.AREA)}")
    yield _table(rows, ceiling, bsa is not None)
    for note in _notes(regimens, rows, ceiling):
        yield Text(note)
    if len(regimens) == 2 and rows:
        yield Text()
        yield from _differences(rows)


def _table(rows: Sequence[Row], ceiling: Ceiling, with_mg: bool) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=0, collapse_padding=True)
    past = [f"Past\n{terminal.digits(limit)}" for limit in (ceiling.lower, ceiling.upper)]
    names = ["Regimen", "By cycle", "Sum", "mg" if with_mg else "", *past, "Whole\nwithin", "SOS\nall", "SOS\nHSCT"]
    for name in names:
        table.add_column(name, no_wrap=True, justify="right" if name in ("Sum", "mg") else "left")
    for row in rows:
        sides = (row.standing.lower, row.standing.upper)
        more = "…" if row.open_ended else ""
        total = "?" if row.standing.total is None else terminal.digits(row.standing.total)
        doses = units.total((cycle.dose for cycle in row.cycles if cycle.dose is not None), units.DOSE)
        table.add_row(
            _branch(row),
            _by_cycle(row) + more,
            total + more,
            terminal.digits(doses) + more if with_mg else _bar(row, ceiling),
            *(_crossing(side.first_over) for side in sides),
            ", ".join(str(side.last_cycle_within or "-") for side in sides),
            _sos(row.regimen, "all treated"),
            _sos(row.regimen, "transplanted"),
        )
    return table


def _notes(regimens: Sequence[Regimen], rows: Sequence[Row], ceiling: Ceiling) -> Iterator[str]:
    """What the columns mean, as far as these rows need it."""
    if any(row.when for row in rows):
        yield "CR: CR/CRi documented after the first cycle; no CR: none."
    if any(row.regimen.after_transplant for row in rows):
        yield "What is given after transplant is not compared with the limits before it."
    if ends := [_branch(row) for row in rows if _ends_unstated(row)]:
        yield f"No source plainly states what follows the cycles shown: {'; '.join(ends)}"
    yield "Past: the dose that first passes the limit; C2D8 is cycle 2, day 8."
    yield "Whole within: the last whole cycle within each limit."
    yield "SOS: SOS/VOD as first published, % of all treated or of those transplanted; ino-dose show has the rest."
    if any(row.open_ended for row in rows):
        yield "… no source states a last cycle: shown until the upper limit is passed."
    yield f"{terminal.limits(ceiling)}: {ceiling.basis}."
    if incomplete := [regimen.id for regimen in regimens if regimen.incomplete]:
        yield "Without a stated dose, not compared: " + ", ".join(incomplete)


def _ends_unstated(row: Row) -> bool:
    """Whether this branch breaks off, not because it ends there but because no source states what follows."""
    return any(block.doses is None and block.condition in (None, row.when) for block in row.regimen.blocks)


def _sos(regimen: Regimen, among: Denominator) -> str:
    """The first published SOS/VOD rate with this denominator."""
    rates = (result.sos.percent for result in regimen.results if result.sos and result.sos.among == among)
    return next((units.digits(rate) for rate in rates), "")


def _branch(row: Row) -> str:
    level = f" {terminal.digits(row.level)}" if row.level is not None else ""
    when = {"remission": ", CR", "no remission": ", no CR"}.get(row.when or "", "")
    return row.regimen.id + level + when


def _by_cycle(row: Row) -> str:
    """The sums of the cycles, alike ones together: `1.8 + 5×1.5`."""
    runs = [(level, len(list(group))) for level, group in groupby(terminal.digits(cycle.level) for cycle in row.cycles)]
    return " + ".join(level if count == 1 else f"{count}×{level}" for level, count in runs)


def _crossing(over: Crossing) -> str:
    return f"C{over[0]}D{over[1]}" if isinstance(over, tuple) else over or "-"


def _bar(row: Row, ceiling: Ceiling) -> Text:
    """The sum against both limits, on a scale that ends at twice the upper one."""
    width = 8
    scale = 2 * Fraction(ceiling.upper.magnitude)
    total = Fraction(0) if row.standing.total is None else Fraction(row.standing.total.magnitude)
    cells = ["━" if index < round(total / scale * width) else "·" for index in range(width)]
    for limit in (ceiling.lower, ceiling.upper):
        cells[int(Fraction(limit.magnitude) / scale * width)] = "┃"
    if total > scale:
        cells[-1] = "»"
    return Text("".join(cells), terminal.STYLES[row.standing.status])


def _differences(rows: Sequence[Row]) -> Iterator[Part]:
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
                levels = (_on_a_day(one, day.cycle, day.one), _on_a_day(other, day.cycle, day.other))
                table.add_row(str(day.cycle), str(day.day), *levels)
            yield table if table.rows else Text(f"{_branch(one)} and {_branch(other)}: the same doses on the same days")


def _on_a_day(row: Row, cycle: int, level: Quantity | None) -> str:
    """The level, or that there is none; past the cycles shown of a course without a last one neither is known."""
    if level is not None:
        return terminal.digits(level)
    return "…" if row.open_ended and cycle > row.doses[-1].cycle else "none"
