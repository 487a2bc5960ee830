"""A page → text for a terminal or a pipe: the only one who knows how wide it is, and which colours it has.

Nothing is cut: in a pipe lines are as long as they need to be, in a terminal tables keep within 80 columns.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Literal, assert_never

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, RenderableType
from rich.table import Table
from rich.text import Text

from . import page
from .page import Part


def text(parts: Iterable[Part]) -> str:
    """What standard output is to show: wrapped in a terminal, never in a pipe, with colours only in a terminal."""
    # rich by itself takes FORCE_COLOR in a pipe for a terminal
    terminal = sys.stdout is not None and sys.stdout.isatty()
    printed = StringIO()
    console = Console(file=printed, highlight=False, markup=False, emoji=False, force_terminal=terminal)
    console.width = max(console.width, 80) if terminal else 1_000_000
    for part in parts:
        for drawn in _drawn(part):
            console.print(drawn, width=max(console.width, _unbreakable(console, drawn)))
    return "\n".join(line.rstrip() for line in printed.getvalue().split("\n"))


def _unbreakable(console: Console, drawn: RenderableType) -> int:
    """The width of a table that may not be wrapped; rich would cut its cells to fit."""
    if isinstance(drawn, Table) and all(column.no_wrap for column in drawn.columns):
        return console.measure(drawn, options=console.options.update(width=1_000_000)).maximum
    return 0


def _drawn(part: Part) -> Iterator[RenderableType]:
    match part:
        case page.Title():
            yield Text(part.text, "bold")
        case page.Line():
            yield Beside(Text(" " * part.indent), Text.assemble(*part.words))
        case page.Fact():
            yield Beside(Text(f"{part.label:<9}", "dim"), Text.assemble(*part.words))
        case page.Points():
            yield from _points(part)
        case page.Table():
            yield _table(part)
        case _:
            assert_never(part)


def _points(points: page.Points) -> Iterator[RenderableType]:
    if points.sentences:
        yield Text(points.title, "bold")
        for sentence in points.sentences:
            yield Beside(Text("  - ", points.style), Text(sentence, points.style))
        yield Text()


def _table(found: page.Table) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, title=found.title or None, title_justify="left")
    table.padding, table.collapse_padding = (0, int(found.gap > 1)), found.gap < 3
    for column in found.columns:
        side: Literal["left", "right"] = "right" if column.right else "left"
        overflow: Literal["fold", "ellipsis"] = "fold" if column.wraps else "ellipsis"
        table.add_column(column.title, justify=side, no_wrap=not column.wraps, overflow=overflow)
    for row in found.rows:
        cells = (Text(*cell) if isinstance(cell, page.Styled) else cell for cell in row.cells)
        table.add_row(*cells, style="dim" if row.sums else None, end_section=row.sums)
    return table


class Beside:
    """A label, and text beside it that keeps its margin where it is wrapped."""

    def __init__(self, label: Text, text: Text) -> None:
        self.label = label
        self.text = text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        label, margin = self.label, Text(" " * len(self.label))
        for line in self.text.wrap(console, options.max_width - len(margin)):
            yield Text.assemble(label, line)
            label = margin
