"""What a page consists of, free of how and where it is shown: titles, lines, facts, points, tables.

A style is no more than emphasis: every colour stands beside a word that says the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from .. import units

if TYPE_CHECKING:
    from ..engine.exposure import Ceiling, Status
    from ..engine.regimen import Regimen
    from ..units import Quantity

Style = Literal["", "bold", "dim", "green", "yellow", "magenta", "bold red", "bold green", "bold magenta"]
STYLES: dict[Status, Style] = {
    "below": "green",
    "between": "yellow",
    "above": "bold red",
    "unknown": "magenta",
    "undecided": "magenta",
    "not_applicable": "",
}


class Styled(NamedTuple):
    """Words that stand out."""

    text: str
    style: Style


Words = str | Styled
"""What stands in a cell; several make a line."""


class Title(NamedTuple):
    """What the parts below are."""

    text: str


class Line(NamedTuple):
    """Words on a line of their own, so many columns in; without words a blank line."""

    words: Sequence[Words] = ()
    indent: int = 0


class Fact(NamedTuple):
    """Words with a label in the margin, which is empty where they belong to the fact above."""

    label: str
    words: Sequence[Words]


class Points(NamedTuple):
    """Sentences under a title, and nothing at all where there are none."""

    title: str
    sentences: Sequence[str]
    style: Style = ""


class Column(NamedTuple):
    """The head of a column, which side it keeps to, and whether its cells may be wrapped."""

    title: str
    right: bool = False
    wraps: bool = False


class Row(NamedTuple):
    """A cell a column; `sums` where it ends a section and sums it."""

    cells: Sequence[Words]
    sums: bool = False


class Table(NamedTuple):
    """Rows under their columns, which are `gap` spaces apart (1 to 3)."""

    columns: Sequence[Column]
    rows: Iterable[Row]
    title: str = ""
    gap: int = 3


Part = Title | Line | Fact | Points | Table


def line(*words: Words, indent: int = 0) -> Line:
    """Words on a line of their own."""
    return Line(words, indent)


def fact(label: str, *words: Words) -> Fact:
    """Words with a label in the margin."""
    return Fact(label, words)


def heading(found: Regimen, more: str = "") -> tuple[Line, ...]:
    """The drug in full and the regimen: the first lines of everything about one."""
    return line(Styled("Inotuzumab ozogamicin", "bold"), f" · {found.id}{more}"), line(found.title), Line()


def gauge(width: int, filled: int, marks: Iterable[int]) -> str:
    """A bar that is filled so far, with a mark at each limit."""
    cells = ["━" if index < filled else "·" for index in range(width)]
    for mark in marks:
        cells[mark] = "┃"
    return "".join(cells)


def digits(amount: Quantity | None) -> str:
    """An amount in a column whose head has the unit; a question mark where it is not known."""
    return "?" if amount is None else units.digits(amount.magnitude)


def limits(ceiling: Ceiling) -> str:
    """Both limits: `2.7 to 3.6 mg/m²`."""
    return f"{digits(ceiling.lower)} to {units.show(ceiling.upper, units.LEVEL)}"
