"""Lines of CSV → rows of cells; a quote too many or too few spoils its own row and none behind it."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from .lines import Line

CELL = re.compile(r'"([^"]*+(?:""[^"]*+)*+)"|([^",]*+)')
AHEAD = 1000
FAR = 1024 * 1024
"""The lines, and their characters, among which the end of a cell with line breaks is looked for."""
ADVICE = "put a cell that has a comma or quotes in quotes, and double those"


class Row(NamedTuple):
    """The line that a row begins at, its cells, and what is wrong with the row as such."""

    number: int
    cells: Sequence[str]
    problem: str = ""


def rows(lines: Iterator[Line], width: int) -> Iterator[Row]:
    """The rows of a table with so many columns. Blank lines are none."""
    ahead: deque[Line] = deque()
    while line := ahead.popleft() if ahead else next(lines, None):
        text = line.text.rstrip("\r")
        if not text.strip():
            continue
        cells = split(text)
        if cells == "open" and not line.problem and (taken := _to_its_end(line, ahead, lines, width)):
            for _ in taken[1:]:
                ahead.popleft()
            cells = split(_joined(taken))
        if isinstance(cells, str):
            problem = (
                "a quote opens a cell and does not close it" if cells == "open" else "a quote stands within a cell"
            )
            bare = text.split(",")
            yield Row(line.number, bare if len(bare) == width else [], line.problem or f"{problem}; {ADVICE}")
        elif len(cells) != width and not line.problem:
            yield Row(line.number, cells, f"has {len(cells)} cells, the header {width}; {ADVICE}")
        else:
            yield Row(line.number, cells, line.problem)


def split(text: str) -> list[str] | Literal["open", "broken"]:
    """The cells of a row; `open` where its last one has quotes that are not closed, `broken` where quotes stand elsewhere."""
    if '"' not in text:
        return text.split(",")
    cells, start, end = _scan(text)
    if end == len(text):
        return cells
    return "open" if start == end else "broken"


def _scan(text: str) -> tuple[list[str], int, int]:
    """The cells as far as they can be read, and where the last of them starts and ends."""
    cells, start = list[str](), 0
    while True:
        match = CELL.match(text, start)
        assert match, "an empty cell is one"
        cells.append(match[2] if match[1] is None else match[1].replace('""', '"'))
        if match.end() == len(text) or text[match.end()] != ",":
            return cells, start, match.end()
        start = match.end() + 1


def _to_its_end(first: Line, ahead: deque[Line], lines: Iterator[Line], width: int) -> list[Line] | None:
    """The lines of a row that begins with an open cell; None where that quote is a slip.

    It is one where a line behind it is a whole row by itself, where the row does not come out, or
    where both of its ends would be rows without their quote. Every line with an odd number of
    quotes ends the search, so the searches of a whole file never overlap.
    """
    taken, length = [first], len(first.text)
    while len(taken) <= AHEAD and length <= FAR:
        if len(taken) > len(ahead):
            following = next(lines, None)
            if following is None:
                return None
            ahead.append(following)
        line = ahead[len(taken) - 1]
        taken.append(line)
        length += len(line.text)
        text = line.text.rstrip("\r")
        if line.problem or is_row(text, width):
            return None
        if text.count('"') % 2:
            two_rows = is_row(_without_opening(first.text), width) and is_row(text.replace('"', "", 1), width)
            return taken if is_row(_joined(taken), width) and not two_rows else None
    return None


def is_row(text: str, width: int) -> bool:
    """Whether a line is by itself a whole row of a table with so many columns."""
    cells = split(text)
    return not isinstance(cells, str) and len(cells) == width


def _joined(lines: Sequence[Line]) -> str:
    return "\n".join(line.text for line in lines).rstrip("\r")


def _without_opening(text: str) -> str:
    """A line whose last cell is open, without the quote that opens it."""
    at = _scan(text)[1]
    return text[:at] + text[at + 1 :]
