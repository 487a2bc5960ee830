"""A file of orders (CSV, NDJSON) → a check each; a row out for each in, in order, while it is read."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from functools import partial
from io import BufferedReader, TextIOWrapper
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal, NamedTuple, cast

from .. import request
from ..errors import InputError, Surface
from ..files.library import Facts
from ..output import json_and_csv, verify_json
from . import check
from .check import COLUMNS, NEEDED

if TYPE_CHECKING:
    from _csv import Reader

    from .order import Check

UNITS = "cm|m|in|ft|kg|g|lb|m2|mg|mcg|mg_per_m2|percent"
Form = Literal["csv", "ndjson"]


class Line(NamedTuple):
    """An order in a file: its line, what is written there, and what is wrong with the line itself."""

    number: int
    columns: dict[str, str | None]
    problem: str = ""


Put = Callable[[str], None]
Writer = Callable[[Line, "Check | None", str], None]


class _Out(NamedTuple):
    """What `csv.writer` asks of a file."""

    write: Put


def every(path: str, facts: Facts, form: Literal["csv", "json"] | None, put: Put) -> Counter[str]:
    """Check every order of a file (`-` for standard input) and put out a row each. Counts the verdicts.

    `form` is how they are put, by default as they came. Raises InputError, with nothing put out,
    for what is no file of orders.
    """
    place = "standard input" if path == "-" else path
    with _opened(path) as file:
        source = _form(path, file)
        text = TextIOWrapper(file, "utf-8-sig", errors="surrogateescape", newline="")
        header, lines = _csv(place, text) if source == "csv" else (list(COLUMNS), _ndjson(text))
        first = next(lines, None)
        if first is None:
            raise InputError(place, "has no orders", "write one a line")
        write = _csv_writer(header, put) if (form or source) == "csv" else partial(_write_json, put)
        return _answer(chain([first], lines), facts, write)


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


def _csv(path: str, text: IO[str]) -> tuple[list[str], Iterator[Line]]:
    reader = csv.reader(text, strict=True)
    try:
        header = next(reader, [])
    except csv.Error as error:
        raise InputError(f"{path}:1", f"cannot be read as CSV: {error}", "save the file as CSV") from None
    _check_header(path, header)
    return header, _csv_lines(reader, header)


def _check_header(path: str, header: list[str]) -> None:
    place = f"{path}:1"
    if not header:
        raise InputError(path, "is empty", "write a header and an order a line")
    for name in header:
        request.text(name, place)
        if header.count(name) > 1:
            raise InputError(place, f"the column {name!r} is there twice", "keep one")
        if name in verify_json.RESULTS:
            raise InputError(place, f"the column {name!r} is one of the results", "rename it")
        if problem := _misspelled(name):
            raise InputError(place, *problem)
    missing = [name for name in NEEDED if name not in header]
    if missing:
        raise InputError(
            place, f"there is no column {', '.join(missing)}", "the columns are the options: " + ", ".join(COLUMNS)
        )


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


def _plain(found: Any) -> tuple[dict[str, str | None], str]:
    if not isinstance(found, dict):
        return {}, "is not a JSON object"
    for name, value in found.items():
        if problem := _misspelled(name):
            return {}, "; ".join(problem)
        if name in COLUMNS and not (value is None or isinstance(value, str)):
            return {}, f"{name!r} is neither a text nor a whole number"
    return {name: value for name, value in found.items() if name in COLUMNS}, ""


def _answer(lines: Iterable[Line], facts: Facts, write: Writer) -> Counter[str]:
    counts: Counter[str] = Counter()
    for line in lines:
        found, error = _checked(line, facts)
        counts[found.verdict if found else "refused"] += 1
        write(line, found, error)
        sys.stdout.flush()
    return counts


def _checked(line: Line, facts: Facts) -> tuple[Check | None, str]:
    if line.problem:
        return None, f"line {line.number}: {line.problem}"
    try:
        for name, value in line.columns.items():
            request.text(value, name)
        return check.written(line.columns, facts), ""
    except InputError as error:
        return None, " ".join(str(fault.on(COLUMN)) for fault in error.faults)


def _column(field: str) -> str:
    return field.replace(" ", "_")


COLUMN = Surface(
    _column, lambda field: f"{field.value} under {_column(field.name)}" if field.value else _column(field.name)
)
"""A field as it is written in a file of orders."""


def _csv_writer(header: list[str], put: Put) -> Writer:
    writer = csv.writer(_Out(put), lineterminator="\n")
    writer.writerow([*header, *verify_json.RESULTS])

    def write(line: Line, found: Check | None, error: str) -> None:
        given = [_utf8(line.columns.get(name) or "") for name in header]
        cells = verify_json.cells(found) if found else dict.fromkeys(verify_json.RESULTS) | {"error": error}
        writer.writerow(given + [json_and_csv.cell(value) for value in cells.values()])

    return write


def _write_json(put: Put, line: Line, found: Check | None, error: str) -> None:
    refused = {"format": verify_json.FORMAT, "id": _utf8(line.columns.get("id") or "") or None, "error": error}
    whole = json_and_csv.to_json({"line": line.number} | (verify_json.whole(found) if found else refused))
    put(" ".join(part.strip() for part in whole.split("\n")) + "\n")


def _utf8(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
