"""A result → standard output, whole or not at all, and the exit codes that say how it ended."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from typing import Any, Literal, TextIO

import typer

from ..errors import Fault, printable

REFUSED, FINDING, PARTLY = 2, 3, 4


class Lost(Exception):
    """Output that could not be written."""


class Shown(io.TextIOBase):
    """Standard error without what moves a screen: a terminal alone gets the signs of our own bar."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.keep = "\n\r\t\x1b" if stream.isatty() else "\n\t"

    def write(self, text: str, /) -> int:
        """The text with a person's control characters and bidirectional overrides spelled out."""
        return self.stream.write(printable(text, self.keep))

    def flush(self) -> None:
        """Let go of what is held back."""
        self.stream.flush()

    def isatty(self) -> bool:
        """Whether a person looks at it."""
        return self.stream.isatty()

    def fileno(self) -> int:
        """Its number."""
        return self.stream.fileno()


def _nobody(path: str) -> None:
    """Nobody waits for this process to remove what it may leave behind."""


unfinished: Callable[[str], None] = _nobody
"""Who is told of a file that is being written."""


def json(value: list[dict[str, Any]] | dict[str, Any]) -> None:
    """Put a value on standard output as JSON."""
    from ..output import json_and_csv

    write(json_and_csv.to_json(value) + "\n")


def csv(rows: list[dict[str, Any]], columns: tuple[str, ...] = ()) -> None:
    """Put rows on standard output as CSV, and say where a spreadsheet would run what a person wrote."""
    from ..output import json_and_csv
    from ..tables import formula_cells, summary

    write(json_and_csv.to_csv(rows, columns))
    if cells := formula_cells.count(cell for row in rows for cell in row.values() if isinstance(cell, str)):
        say(summary.formulas(cells))


def rows(value: list[dict[str, Any]], format: Literal["json", "csv"]) -> None:
    """Put rows on standard output, which are the same in both."""
    (json if format == "json" else csv)(value)


def write(text: str) -> None:
    """Put a result on standard output whole."""
    sys.stdout.write(text)
    sys.stdout.flush()


def say(sentence: object) -> None:
    """Say something about a result on standard error, without control characters that a person's text may have."""
    print(printable(str(sentence)), file=sys.stderr)


def tell(faults: list[Fault]) -> None:
    """Name the site's files that could not be read, beside the result without them."""
    for fault in faults:
        say(fault)
    if faults:
        raise typer.Exit(PARTLY)
