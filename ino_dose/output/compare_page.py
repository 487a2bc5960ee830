"""Branches of regimens → a row each with a small bar against both limits, and what two regimens differ in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING

from .. import units
from ..engine import exposure
from . import page
from .page import Column, Styled, Table

if TYPE_CHECKING:
    from ..engine.comparison import Row
    from ..engine.exposure import Ceiling
    from ..engine.regimen import Denominator, Regimen
    from ..units import Quantity
    from .page import Part


def parts(regimens: Sequence[Regimen], rows: Sequence[Row], ceiling: Ceiling, bsa: Quantity | None) -> Iterator[Part]:
    """A row a branch; with a BSA its mg take the place of the bar."""
    yield page.Title(f"Inotuzumab ozogamicin, mg/m² against {page.limits(ceiling)} before transplant")
    if bsa is not None:
        yield page.line(f"mg are for a BSA of {units.show(bsa, units.AREA)}")
    yield _table(rows, ceiling, bsa is not None)
    yield from map(page.line, _notes(regimens, rows, ceiling))
    if len(regimens) == 2 and rows:
        yield page.line()
        yield from _differences(rows)


def _table(rows: Sequence[Row], ceiling: Ceiling, with_mg: bool) -> Table:
    past = [f"Past\n{page.digits(limit)}" for limit in (ceiling.lower, ceiling.upper)]
    titles = ["Regimen", "By cycle", "Sum", "mg" if with_mg else "", *past, "Whole\nwithin", "SOS\nall", "SOS\nHSCT"]
    columns = [Column(title, right=title in ("Sum", "mg")) for title in titles]
    return Table(columns, [_row(row, ceiling, with_mg) for row in rows], gap=1)


def _row(row: Row, ceiling: Ceiling, with_mg: bool) -> page.Row:
    sides = (row.standing.lower, row.standing.upper)
    more = "…" if row.open_ended else ""
    doses = units.total((cycle.dose for cycle in row.cycles if cycle.dose is not None), units.DOSE)
    return page.Row(
        (
            _branch(row),
            _by_cycle(row) + more,
            page.digits(row.standing.total) + more,
            page.digits(doses) + more if with_mg else _bar(row, ceiling),
            *(exposure.crossing(side.first_over) or "-" for side in sides),
            ", ".join(str(side.last_cycle_within or "-") for side in sides),
            _sos(row.regimen, "all treated"),
            _sos(row.regimen, "transplanted"),
        )
    )


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
    yield f"{page.limits(ceiling)}: {ceiling.basis}."
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
    level = f" {page.digits(row.level)}" if row.level is not None else ""
    when = {"remission": ", CR", "no remission": ", no CR"}.get(row.when or "", "")
    return row.regimen.id + level + when


def _by_cycle(row: Row) -> str:
    """The sums of the cycles, alike ones together: `1.8 + 5×1.5`."""
    runs = [(level, len(list(group))) for level, group in groupby(page.digits(cycle.level) for cycle in row.cycles)]
    return " + ".join(level if count == 1 else f"{count}×{level}" for level, count in runs)


def _bar(row: Row, ceiling: Ceiling) -> Styled:
    """The sum against both limits, on a scale that ends at twice the upper one."""
    width = 8
    scale = 2 * Fraction(ceiling.upper.magnitude)
    total = Fraction(0) if row.standing.total is None else Fraction(row.standing.total.magnitude)
    marks = [int(Fraction(limit.magnitude) / scale * width) for limit in (ceiling.lower, ceiling.upper)]
    bar = page.gauge(width, round(total / scale * width), marks)
    return Styled(f"{bar[:-1]}»" if total > scale else bar, page.STYLES[row.standing.status])


def _differences(rows: Sequence[Row]) -> Iterator[Part]:
    """Each branch of the one against the branch of the other for the same patient."""
    first = rows[0].regimen.id
    ours = [row for row in rows if row.regimen.id == first]
    theirs = [row for row in rows if row.regimen.id != first]
    for one in ours:
        for other in theirs:
            if one.when and other.when and one.when != other.when:
                continue
            yield _difference(one, other)


def _difference(one: Row, other: Row) -> Part:
    days = [
        page.Row(
            (str(day.cycle), str(day.day), _on_a_day(one, day.cycle, day.one), _on_a_day(other, day.cycle, day.other))
        )
        for day in one.differences(other)
    ]
    if not days:
        return page.line(f"{_branch(one)} and {_branch(other)}: the same doses on the same days")
    titles = ("Cycle", "Day", f"{one.regimen.id}\nmg/m²", f"{other.regimen.id}\nmg/m²")
    columns = [Column(title, right=True) for title in titles]
    return Table(columns, days, title=f"{_branch(one)} | {_branch(other)}")


def _on_a_day(row: Row, cycle: int, level: Quantity | None) -> str:
    """The level, or that there is none; past the cycles shown of a course without a last one neither is known."""
    if level is not None:
        return page.digits(level)
    return "…" if row.open_ended and cycle > row.doses[-1].cycle else "none"
