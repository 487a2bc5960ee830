"""A file of orders (CSV, NDJSON) → a check each, in order, while it is read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache, partial
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from ..errors import Fault, InputError
from ..files.library import Facts
from ..tables import csv_rows, header, json_line, lines, row_file
from ..tables.header import Columns
from ..tables.lines import Line
from . import check

if TYPE_CHECKING:
    from .order import Check

Form = Literal["csv", "ndjson"]
Cells = Sequence[str | None]


class Checked(NamedTuple):
    """An order's line, its cells as they came, its id, and its check or else why it was refused.

    `cells` are in the order of the file's columns, fewer or more where the row is ragged.
    """

    number: int
    cells: Cells
    id: str | None
    check: Check | None
    error: str = ""

    @property
    def verdict(self) -> str:
        """How it ended."""
        return self.check.verdict if self.check else "refused"


class File(NamedTuple):
    """A file of orders: how it is written, its columns, and its orders, checked as they are asked for."""

    form: Form
    header: Sequence[str]
    checked: Iterator[Checked]


class Asked(NamedTuple):
    """What a file of orders is read with.

    `results` are names that no column may have, `passed` those that are let through although they are
    nearly a column's; `same` where every order is to have the columns of the first; `round_to` is how all
    orders are said to be rounded; `wait` is called before there may be nothing to read for a while.
    """

    facts: Facts
    results: Collection[str] = ()
    passed: Collection[str] = ()
    same: bool = False
    round_to: str | None = None
    wait: Callable[[], object] = lambda: None


@contextmanager
def read(path: str, asked: Asked) -> Iterator[File]:
    """The orders of a file, or of standard input where its name is `-`.

    Raises InputError, before the first order is asked for, for what is no file of orders.
    """
    place = row_file.place(path)
    if path != "-" and Path(path).suffix.lower() not in row_file.ENDINGS:
        raise InputError(place, "is neither .csv nor .ndjson", "name the file by what it is")
    with row_file.opened(path) as stream:
        form = row_file.form_of(path, stream)
        if form == "parquet":
            raise InputError(place, "is Parquet, and orders are read while they come", "write them as CSV or NDJSON")
        found = lines.read(stream, place, asked.wait)
        first = next((line for line in found if line.text.strip()), None)
        if first is None:
            raise InputError(place, "is empty", "write a header and an order a line")
        names, checked = (_csv if form == "csv" else _ndjson)(place, first, found, asked)
        one = next(checked, None)
        if one is None:
            raise InputError(place, "has no orders", "write one a line")
        yield File(form, names, chain([one], checked))


def _columns(names: Sequence[str], place: str, asked: Asked) -> Columns:
    return header.read(names, check.ORDER_FIELDS, place, asked.results, asked.passed)


def _csv(place: str, first: Line, found: Iterator[Line], asked: Asked) -> tuple[list[str], Iterator[Checked]]:
    at, text = f"{place}:{first.number}", first.text
    if first.problem:
        raise InputError(at, first.problem)
    if text.count('"') % 2:  # a name with a line break; where its quote is a slip, reading it says so
        text = "\n".join([text, *_until_closed(found)])
    names = row_file.cells(text.encode(), place, first.number)
    columns = _columns(names, at, asked)
    if missing := [name for name in check.NEEDED if not columns.has(name)]:
        hint = "an order has regimen, cycle, day and dose or dose_mg"
        raise InputError(at, f"there is no column {', '.join(missing)}", hint)
    if missing := columns.missing_sizes():
        raise InputError(
            at, f"there is no column for {' and '.join(missing)}", "add height_cm and weight_kg, or bsa_m2"
        )
    places = [(field, names.index(name)) for field, name in columns.names.items()]
    of_id = next((place for field, place in places if field == "id"), None)

    def rows() -> Iterator[Checked]:
        for number, cells, problem in csv_rows.rows(found, len(names)):
            id = cells[of_id] or None if of_id is not None and of_id < len(cells) else None
            if problem:
                yield Checked(number, cells, id, None, f"line {number}: {problem}")
            else:
                yield Checked(
                    number, cells, id, *_checked(columns, [(field, cells[at]) for field, at in places], asked)
                )

    return names, rows()


def _until_closed(found: Iterator[Line]) -> Iterator[str]:
    for line in islice(found, csv_rows.AHEAD):
        yield line.text
        if line.text.count('"') % 2:
            return


def _ndjson(place: str, first: Line, found: Iterator[Line], asked: Asked) -> tuple[list[str], Iterator[Checked]]:
    """Every row has its own keys, and those of the first are the header; where they are wrong the file is refused."""
    begin, names = _until_an_object(first, found)
    if names:
        _columns(names, f"{place}:{begin[-1].number}", asked)
    kept = lru_cache(64)(partial(_of_keys, asked))
    rows = (_of_object(line, names, kept, asked) for line in chain(begin, found) if line.text.strip())
    return names, rows


def _until_an_object(first: Line, found: Iterator[Line]) -> tuple[list[Line], list[str]]:
    """The first lines through one that is an object, and the keys of that."""
    begin = list[Line]()
    for line in chain([first], islice(found, BROKEN)):
        begin.append(line)
        if not line.problem:
            with suppress(json_line.NoObject):
                return begin, list(json_line.cells(line.text))
    return begin, []


def _of_object(
    line: Line, names: Sequence[str], kept: Callable[[tuple[str, ...]], Columns | str], asked: Asked
) -> Checked:
    wrong = f"line {line.number}: "
    if line.problem:
        return Checked(line.number, (), None, None, wrong + line.problem)
    try:
        cells = json_line.cells(line.text)
    except json_line.NoObject as error:
        return Checked(line.number, (), None, None, f"{wrong}{error.problem}; {error.hint}")
    values, id = [cells.get(name) for name in names], cells.get("id") or None
    if asked.same and (late := next((name for name in cells if name not in names), None)) is not None:
        return Checked(line.number, values, id, None, f"{wrong}the key {late!r} is not in the first row; {LATE}")
    columns = kept(tuple(cells))
    if isinstance(columns, str):
        return Checked(line.number, values, id, None, wrong + columns)
    said = [(field, cells[name] or "") for field, name in columns.names.items()]
    return Checked(line.number, values, id, *_checked(columns, said, asked))


BROKEN = 1000
"""Lines before the first object that are no objects."""
LATE = "write it in every row, null where it is not known, or leave out -f csv"


def _of_keys(asked: Asked, names: tuple[str, ...]) -> Columns | str:
    """Which key of an object states what, or what is wrong with its keys."""
    try:
        return _columns(names, "", asked._replace(passed=set(asked.passed) & set(names)))
    except InputError as error:
        return " ".join(f"{fault.problem}; {fault.hint}" for fault in error.faults)


def _checked(columns: Columns, cells: Sequence[tuple[str, str]], asked: Asked) -> tuple[Check | None, str]:
    try:
        said = {field: columns.said(field, cell) for field, cell in cells}
        return check.written(said | {"round to": asked.round_to}, asked.facts, asked.facts.books.known), ""
    except InputError as error:
        return None, _said(error.faults, columns)


def _said(faults: Sequence[Fault], columns: Columns) -> str:
    surface = columns.surface
    return " ".join(str(fault.on(surface)) for fault in faults)
