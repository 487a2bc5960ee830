"""A table of records (CSV, NDJSON, Parquet) → its rows in words by field, each with its line; thin, whatever the rows are of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from io import BufferedReader
from typing import Generic, NamedTuple, Protocol, TypeVar

import polars as pl

from ..engine.body import Growth
from ..errors import InputError, Surface
from ..tables import blocks, bsa_column, json_line, lines, row_file
from ..tables.header import Columns
from ..tables.row_file import Form
from .reading import Words


class Layout(Protocol):
    """What the columns of a table say."""

    @property
    def columns(self) -> Columns:
        """The column of each field."""


class Named(NamedTuple):
    """Columns, and how they are named in an error."""

    columns: Columns
    surface: Surface


L = TypeVar("L", bound=Layout)


class Record(NamedTuple, Generic[L]):
    """A row: where it stands, its words, and what its columns say."""

    place: str
    words: Words
    layout: L


def rows(file: str, form: Form | None, choose: Callable[[Sequence[str], str, Form], L]) -> Iterator[Record[L]]:
    """The rows of a table, or of standard input where its name is `-`.

    `choose` says what columns with these names say, for this file; of NDJSON each object may have keys of its own.
    """
    name = row_file.place(file)
    with row_file.opened(file) as stream:
        form = form or row_file.form_of(file, stream)
        if form == "ndjson":
            yield from _of_objects(stream, name, choose)
            return
    for layout, words, numbers in frames(file, form, choose):
        yield from records(words, numbers, name, layout, form)


def frames(
    file: str, form: Form, choose: Callable[[Sequence[str], str, Form], L], growth: Growth | None = None
) -> Iterator[tuple[L, pl.DataFrame, pl.Series]]:
    """The rows of CSV or Parquet in words by field, a few thousand at a time, and each one's line; with growth references their BSA too."""
    with blocks.opened(file, form) as (source, _):
        layout = choose(source.names, row_file.place(file), form)
        columns = layout.columns

        def words(frame: pl.DataFrame) -> pl.DataFrame:
            return bsa_column.words(columns, growth, frame) if growth else blocks.words(columns, frame)

        for block in source.blocks(columns, words, True, "parquet"):
            found = block.words
            if form == "parquet" and "id" in found.columns:  # a number with nulls beside it becomes 7.0
                found = found.with_columns(pl.col("id").str.replace(r"^([0-9]+)\.0+$", "$1"))
            yield layout, found, block.lines


def records(words: pl.DataFrame, lines: pl.Series, name: str, layout: L, form: Form) -> Iterator[Record[L]]:
    """Rows of a frame one by one."""
    fields, where = list(layout.columns.names), "row " if form == "parquet" else ""
    for line, cells in zip(lines, words.select(fields).iter_rows(), strict=True):
        yield Record(f"{name}:{where}{line}", dict(zip(fields, cells, strict=True)), layout)


def _of_objects(
    stream: BufferedReader, name: str, choose: Callable[[Sequence[str], str, Form], L]
) -> Iterator[Record[L]]:
    chosen = lru_cache(64)(lambda names: choose(names, name, "ndjson"))
    for line in lines.read(stream, name, lambda: None):
        if not line.text.strip():
            continue
        place = f"{name}:{line.number}"
        if line.problem:
            raise InputError(place, line.problem)
        try:
            cells = json_line.cells(line.text)
        except json_line.NoObject as error:
            if '"resourceType"' in line.text:
                raise InputError(place, "is FHIR", "add --from fhir") from None
            raise InputError(place, error.problem, error.hint) from None
        layout = chosen(tuple(cells))
        yield Record(place, {field: cells[column] or "" for field, column in layout.columns.names.items()}, layout)
