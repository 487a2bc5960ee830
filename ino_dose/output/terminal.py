"""Pieces of a page → text for a terminal or a pipe: the only one who knows how wide it is.

Every colour stands beside a word that says the same. Nothing is cut: in a pipe lines are as long as
they need to be, in a terminal tables keep within 80 columns.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, RenderableType
from rich.table import Table
from rich.text import Text

from .. import units

if TYPE_CHECKING:
    from ..engine.exposure import Ceiling
    from ..engine.regimen import Regimen
    from ..units import Quantity

Part = RenderableType
"""A piece of what is shown."""
STYLES = {
    "below": "green",
    "between": "yellow",
    "above": "bold red",
    "unknown": "magenta",
    "undecided": "magenta",
    "not_applicable": "",
}


def text(parts: Iterable[Part]) -> str:
    """What standard output is to show: wrapped in a terminal, never in a pipe, with colours only in a terminal."""
    # rich by itself takes FORCE_COLOR in a pipe for a terminal
    terminal = sys.stdout is not None and sys.stdout.isatty()
    printed = StringIO()
    console = Console(file=printed, highlight=False, markup=False, emoji=False, force_terminal=terminal)
    console.width = max(console.width, 80) if terminal else 1_000_000
    for part in parts:
        console.print(part, width=max(console.width, _unbreakable(console, part)))
    return "\n".join(line.rstrip() for line in printed.getvalue().split("\n"))


def _unbreakable(console: Console, part: Part) -> int:
    """The width of a table that may not be wrapped; rich would cut its cells to fit."""
    if isinstance(part, Table) and all(column.no_wrap for column in part.columns):
        return console.measure(part, options=console.options.update(width=1_000_000)).maximum
    return 0


def heading(found: Regimen, more: str = "") -> Iterator[Part]:
    """The drug in full and the regimen: the first lines of everything about one."""
    yield Text.assemble(("Inotuzumab ozogamicin", "bold"), f" · {found.id}{more}")
    yield Text(found.title)
    yield Text()


def strong(said: str, style: str = "bold") -> Part:
    """A line that stands out."""
    return Text(said, style)


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


def fact(name: str, value: str | Text) -> Part:
    """A line with its label in the margin."""
    return Beside(Text(f"{name:<9}", "dim"), Text.assemble(value))


def digits(amount: Quantity | None) -> str:
    """An amount in a column whose head has the unit; a question mark where it is not known."""
    return "?" if amount is None else units.digits(amount.magnitude)


def limits(ceiling: Ceiling) -> str:
    """Both limits: `2.7 to 3.6 mg/m²`."""
    return f"{digits(ceiling.lower)} to {units.show(ceiling.upper, units.LEVEL)}"


def sentences(title: str, said: list[str], style: str = "") -> Iterator[Part]:
    """A titled list, or nothing where there is nothing to say."""
    if said:
        yield Text(title, "bold")
        for sentence in said:
            yield Beside(Text("  - ", style), Text(sentence, style))
        yield Text()


def indented(text: str, style: str = "") -> Beside:
    return Beside(Text("  "), Text(text, style))
