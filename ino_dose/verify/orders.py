"""A file of orders (CSV, NDJSON) → a check each, in order, while it is read."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Container, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from io import BufferedReader, TextIOWrapper
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal, NamedTuple, cast

from .. import request
from ..errors import InputError, Surface
from ..files.library import Facts
from . import check
from .check import COLUMNS, NEEDED

if TYPE_CHECKING:
    from _csv import Reader

    from .order import Check

UNITS = "cm|m|in|ft|kg|g|lb|m2|mg|mcg|mg_per_m2|percent"
Form = Literal["csv", "ndjson"]
Columns = dict[str, str | None]


class Line(NamedTuple):
    """An order in a file: its line, what is written there, and what is wrong with the line itself."""

    number: int
    columns: Columns
    problem: str = ""


class Checked(NamedTuple):
    """An order's line, what is written there (any text), and its check or else why it was refused."""

    number: int
    columns: Columns
    check: Check | None
    error: str = ""

    @property
    def verdict(self) -> str:
        """How it ended."""
        return self.check.verdict if self.check else "refused"


class File(NamedTuple):
    """A file of orders: how it is written, its columns, and its orders, checked as they are asked for."""

    form: Form
    header: list[str]
    checked: Iterator[Checked]


@contextmanager
def read(path: str, facts: Facts, results: Container[str]) -> Iterator[File]:
    """The orders of a file, or of standard input where its name is `-`.

    `results` are the names that no column may have. Raises InputError, before the first order is
    asked for, for what is no file of orders.
    """
    place = "standard input" if path == "-" else path
    with _opened(path) as file:
        form = _form(path, file)
        text = TextIOWrapper(file, "utf-8-sig", errors="surrogateescape", newline="")
        header, lines = _csv(place, text, results) if form == "csv" else (list(COLUMNS), _ndjson(text))
        first = next(lines, None)
        if first is None:
            raise InputError(place, "has no orders", "write one a line")
        yield File(form, header, (_checked(line, facts) for line in chain([first], lines)))


def _opened(path: str) -> BufferedReader:
    if path == "-":
        if sys.stdin is None:
            raise InputError("standard input", "is closed", "write a file's name, or pipe the orders into this")
        return cast(BufferedReader, sys.stdin.buffer)
    try:
        return Path(path).open("rb")
    except OSError as error:
        raise InputError(path, f"cannot be read: {error.strerror}", "check the path") from None


def _form(path: str, file: BufferedReader) -> Form:
    if path == "-":
        return "ndjson" if file.peek(1).lstrip()[:1] == b"{" else "csv"
    if path.endswith((".ndjson", ".jsonl")):
        return "ndjson"
    if path.endswith(".csv"):
        return "csv"
    raise InputError(path, "is neither .csv nor .ndjson", "name the file by what it is")


def _csv(path: str, text: IO[str], results: Container[str]) -> tuple[list[str], Iterator[Line]]:
    reader = csv.reader(text, strict=True)
    try:
        header = next(reader, [])
    except csv.Error as error:
        raise InputError(f"{path}:1", f"cannot be read as CSV: {error}", "save the file as CSV") from None
    _check_header(path, header, results)
    return header, _csv_lines(reader, header)


def _check_header(path: str, header: list[str], results: Container[str]) -> None:
    place = f"{path}:1"
    if not header:
        raise InputError(path, "is empty", "write a header and an order a line")
    for name in header:
        request.text(name, place)
        if header.count(name) > 1:
            raise InputError(place, f"the column {name!r} is there twice", "keep one")
        if name in results:
            raise InputError(place, f"the column {name!r} is one of the results", "rename it")
        if problem := _misspelled(name):
            raise InputError(place, *problem)
    if missing := [name for name in NEEDED if name not in header]:
        hint = f"the columns are the options: {', '.join(COLUMNS)}"
        raise InputError(place, f"there is no column {', '.join(missing)}", hint)


def _misspelled(name: str) -> tuple[str, str] | None:
    """A column that is nearly an option would be passed over in silence, and its order read without it."""
    plain = re.sub("[^a-z0-9]+", "_", name.lower())
    near = get_close_matches(re.sub(f"_({UNITS})$", "", plain), COLUMNS, 1, 3 / 4)
    return (f"{name!r} is not a column", f"did you mean {near[0]!r}?") if near and name not in COLUMNS else None


def _csv_lines(reader: Reader, header: list[str]) -> Iterator[Line]:
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Line(reader.line_num, {}, f"cannot be read as CSV: {error}")
            continue
        if cells:
            columns = {name: cell.strip() or None for name, cell in zip(header, cells, strict=False)}
            if "prior" in columns and columns["prior"] is None:
                columns["prior"] = "unknown"
            wrong = f"has {len(cells)} cells, the header {len(header)}" if len(cells) != len(header) else ""
            yield Line(reader.line_num, columns, wrong)


def _ndjson(text: IO[str]) -> Iterator[Line]:
    for number, line in enumerate(text, 1):
        if not line.strip():
            continue
        try:
            columns = json.loads(line, object_pairs_hook=_once, parse_float=str, parse_int=str, parse_constant=str)
        except (ValueError, RecursionError) as error:
            yield Line(number, {}, f"is not a JSON object: {error}")
            continue
        yield Line(number, *_plain(columns))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ValueError(f"{twice!r} is there twice")
    return dict(pairs)


def _plain(found: Any) -> tuple[Columns, str]:
    if not isinstance(found, dict):
        return {}, "is not a JSON object"
    for name, value in found.items():
        if problem := _misspelled(name):
            return {}, "; ".join(problem)
        if name in COLUMNS and not (value is None or isinstance(value, str)):
            return {}, f"{name!r} is neither a text nor a whole number"
    return {name: value for name, value in found.items() if name in COLUMNS}, ""


def _checked(line: Line, facts: Facts) -> Checked:
    columns = {name: value and _utf8(value) for name, value in line.columns.items()}
    if line.problem:
        return Checked(line.number, columns, None, f"line {line.number}: {line.problem}")
    try:
        for name, value in line.columns.items():
            request.text(value, name)
        return Checked(line.number, columns, check.written(line.columns, facts))
    except InputError as error:
        said = " ".join(str(fault.on(COLUMN)) for fault in error.faults)
        return Checked(line.number, columns, None, said)


def _column(field: str) -> str:
    return field.replace(" ", "_")


COLUMN = Surface(
    _column, lambda field: f"{field.value} under {_column(field.name)}" if field.value else _column(field.name)
)
"""A field as it is written in a file of orders."""


def _utf8(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
