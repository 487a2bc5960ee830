"""A file of rows → blocks of them, a few thousand at a time, in order: CSV, NDJSON, Parquet."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from io import BufferedReader
from pathlib import Path
from typing import IO, NamedTuple

import polars as pl

from ..errors import InputError
from . import column_names, csv_rows, json_line, near_names, row_file
from .header import Columns
from .row_file import Form, Pieces

BATCH = 32_768
BLANK = r"^\s*$"
HELD = (pl.String, pl.Boolean, pl.Date, pl.Datetime, pl.Time, pl.Categorical, pl.Enum, pl.Decimal, pl.Null)
"""Types, beside numbers, that a cell of CSV and a value of NDJSON can hold."""
Words = Callable[[pl.DataFrame], pl.DataFrame]
"""The cells of a frame in words by field, as they are or with more beside them."""


class Block(NamedTuple):
    """Some rows: as they came (`whole`: one column of raw lines, or their columns), in words by field, and each one's line."""

    whole: pl.DataFrame
    words: pl.DataFrame
    lines: pl.Series


def words(columns: Columns, frame: pl.DataFrame) -> pl.DataFrame:
    """The cells of each field that a frame has, as text; an empty cell is empty text."""
    cells = {field: text(frame[name]) for field, name in columns.names.items() if name in frame.columns}
    return pl.DataFrame({field: cell.fill_null("") if cell.null_count() else cell for field, cell in cells.items()})


def text(column: pl.Series) -> pl.Series:
    """The cells of a column as they would be written; of a float the shortest decimal that means it."""
    if column.dtype == pl.String:
        return column
    written = column.cast(pl.String)
    if column.dtype.is_float() and written.str.contains("e", literal=True).any():
        return written.map_elements(_without_exponent, pl.String)
    return written


def _without_exponent(number: str) -> str:
    return f"{Decimal(number):f}" if "e" in number else number


@contextmanager
def opened(file: str, form: Form | None) -> Iterator[tuple[Source, IO[bytes]]]:
    """A file of rows, or standard input where its name is `-`, and the stream that it comes from."""
    with row_file.opened(file) as stream:
        name = row_file.place(file)
        form = form or row_file.form_of(file, stream)
        if form == "csv":
            yield Csv(stream, name), stream
        elif form == "ndjson":
            yield NdJson(stream, name), stream
        elif file != "-":
            yield Parquet(Path(file), name), stream
        else:
            with _spooled(stream) as path:
                yield Parquet(path, name), stream


@contextmanager
def _spooled(stream: BufferedReader) -> Iterator[Path]:
    """Standard input as a file, since Parquet is read from its end."""
    with tempfile.NamedTemporaryFile() as spool:
        shutil.copyfileobj(stream, spool)
        spool.flush()
        yield Path(spool.name)


class Csv(Pieces):
    """Comma-separated rows under a header."""

    form: Form = "csv"

    def __init__(self, stream: IO[bytes], name: str) -> None:
        super().__init__(stream, name, quoted=True)
        first = self.first()
        self.header = first.rstrip(b"\r\n")
        self.names = row_file.cells(first, name, self.line)
        self.numbers = [str(index) for index in range(len(self.names))]
        self.numbered = ",".join(self.numbers).encode() + b"\n"
        self.length = pl.sum_horizontal(pl.all().str.len_bytes()) + (len(self.names) - 1)
        self.line += first.count(b"\n")

    def blocks(self, columns: Columns, words: Words, raw: bool, goes: Form) -> Iterator[Block]:
        """The rows, whole as raw lines or else as columns of text."""
        return (self._block(piece, words, raw) for piece in self)

    def _block(self, piece: bytes, words: Words, raw: bool) -> Block:
        lines, quoted = pl.read_lines(piece)["line"], b'"' in piece
        if b"\r" in piece and piece.count(b"\r") != piece.count(b"\r\n"):
            self._check_returns(piece)
        if quoted and (lines.str.count_matches('"', literal=True) % 2 == 1).any():
            lines = pl.Series("line", _joined(piece.decode().removesuffix("\n").split("\n")))
            self._check_joined(lines)
        blank = not self._whole(lines) and lines.str.contains(BLANK).any()
        if quoted or blank:
            self._check(lines, quoted)
        rows, numbers = piece, pl.int_range(self.line, self.line + lines.len(), eager=True)
        if quoted:
            further = lines.str.count_matches("\n", literal=True)
            numbers += further.cum_sum() - further
        if blank:
            there = ~lines.str.contains(BLANK)
            lines, numbers = lines.filter(there), numbers.filter(there)
            rows = "".join(line + "\n" for line in lines).encode()
        frame = self._cells(rows, lines, quoted, not raw)
        self.line += piece.count(b"\n") if quoted or blank else lines.len()
        return Block(lines.to_frame() if raw else frame, words(frame), numbers)

    def _whole(self, lines: pl.Series) -> bool:
        """Whether no line can be blank: each has a comma, or something in the only column."""
        return bool((lines.str.contains(",", literal=True) if len(self.names) > 1 else lines.str.len_bytes() > 1).all())

    def _check_returns(self, piece: bytes) -> None:
        """Refuse a carriage return that ends no line, unless it stands inside quotes."""
        place = next((found.start() for found in re.finditer(rb"\r(?!\n)", piece)), 0)
        if piece.count(b'"', 0, place) % 2 == 0:
            problem, hint = "a carriage return stands alone", "end lines with a line feed, or put the cell in quotes"
            raise self.refused(piece.count(b"\n", 0, place), problem, hint)

    def _check_joined(self, lines: pl.Series) -> None:
        """Refuse a stray quote: one that joins what are whole rows by themselves, and would swallow them."""
        width = len(self.names)
        several = lines.str.contains("\n", literal=True)
        for at in several.arg_true() if width > 1 else ():
            first, *inner, last = lines[at].split("\n")
            ends = all(csv_rows.is_row(end.replace('"', "", 1), width) for end in (first, last))
            if ends or any(csv_rows.is_row(line, width) for line in inner):
                before = lines[:at]
                after = at + int(before.str.count_matches("\n", literal=True).sum())
                raise self.refused(
                    after, "a quote here is not closed, and whole rows follow", "close it, or take it out"
                )

    def _cells(self, piece: bytes, lines: pl.Series, quoted: bool, nulls: bool) -> pl.DataFrame:
        """The cells of rows; what is between them is commas alone, or the rows are looked at one by one."""
        schema = dict.fromkeys(self.numbers, pl.String)
        if not lines.len():
            return pl.DataFrame(schema=dict.fromkeys(self.names, pl.String))
        try:  # under a header of ours the first row of a piece is read like any other
            frame = pl.read_csv(self.numbered + piece, schema=schema, empty_string_is_null=nulls)
        except pl.exceptions.ComputeError:
            self._check(lines, quoted)
            raise
        assert frame.height == lines.len(), "rows were lost"
        if not quoted and not (frame.select(self.length).to_series() == lines.str.len_bytes()).all():
            self._check(lines, quoted)
        return frame.rename(dict(zip(self.numbers, self.names, strict=True)))

    def _check(self, lines: pl.Series, quoted: bool) -> None:
        """Refuse the first row that is ragged, with its line; a blank line is no row."""
        if quoted:
            cell = r'(?:"(?:[^"]|"")*"|[^",]*)'
            commas = lines.str.replace_all('"[^"]*"', "").str.count_matches(",", literal=True)
            fits = lines.str.contains(rf"^{cell}(?:,{cell})*$") & (commas == len(self.names) - 1)
        else:
            fits = lines.str.count_matches(",", literal=True) == len(self.names) - 1
        if not fits.all() and not (fits := fits | lines.str.contains(BLANK)).all():
            before = lines[: fits.arg_min()]
            after = before.len() + int(before.str.count_matches("\n", literal=True).sum())
            problem = f"the row does not have {len(self.names)} cells like the header"
            raise self.refused(after, problem, "put a cell that has a comma or quotes in quotes, and double those")


def _joined(lines: list[str]) -> Iterator[str]:
    """Rows out of lines: a line break inside quotes does not end a row."""
    row: list[str] = []
    odd = False
    for line in lines:
        row.append(line)
        odd ^= bool(line.count('"') % 2)
        if not odd:
            yield "\n".join(row).removesuffix("\r")
            row = []
    if row:
        yield "\n".join(row)


class NdJson(Pieces):
    """A JSON object a line, all with the keys of the first."""

    form: Form = "ndjson"

    def __init__(self, stream: IO[bytes], name: str) -> None:
        super().__init__(stream, name, quoted=False)
        self.start = self.first()
        if not self.start.strip():
            raise InputError(f"{name}:1", "the file is empty", "write a JSON object a line")
        self.names = list(self._read(self.start.decode(), 0))

    def blocks(self, columns: Columns, words: Words, raw: bool, goes: Form) -> Iterator[Block]:
        """The rows, whole as raw lines or else as columns of text."""
        self.rest = self.start + self.rest
        late = _Late(self.names, columns)
        names = list(columns.names.values()) if raw else self.names
        for piece in self:
            lines = piece.decode().split("\n")[:-1]
            rows, kept, numbers = [], [], []
            for after, line in enumerate(lines):
                if line.strip():
                    rows.append(self._read(line, after, late, raw))
                    kept.append(line.strip())
                    numbers.append(self.line + after)
            frame = pl.DataFrame([[row.get(name) for row in rows] for name in names], dict.fromkeys(names, pl.String))
            if rows:
                whole = pl.DataFrame({"line": kept}) if raw else frame
                yield Block(whole, words(frame), pl.Series(numbers))
            self.line += len(lines)

    def _read(self, line: str, after: int, late: _Late | None = None, raw: bool = True) -> dict[str, str | None]:
        try:
            found = json_line.cells(line)
        except json_line.NoObject as error:
            raise self.refused(after, error.problem, error.hint) from None
        if late and (wrong := next(filter(late.says, found), None)) is not None:
            problem = f"the key {wrong!r} is not in the first row"
            raise self.refused(after, problem, "write it in every row, null where it is not known")
        if not raw and (more := found.keys() - set(self.names)):
            problem = f"the key {min(more)!r} is not in the first row"
            raise self.refused(after, problem, "write it in every row, or have NDJSON written")
        return found


class _Late:
    """Keys that the first row does not have: whether they say something, or nearly."""

    def __init__(self, names: list[str], columns: Columns) -> None:
        self.known, self.fields = dict.fromkeys((*names, *columns.passed), False), columns.fields
        self.telling = {*column_names.known(columns.fields), *columns.results}

    def says(self, name: str) -> bool:
        """Whether a key is a column's, a result's or nearly one; asked of each key once."""
        if name not in self.known:
            self.known[name] = name in self.telling or bool(near_names.nearest(name, self.fields))
        return self.known[name]


class Parquet:
    """Columns with types."""

    form: Form = "parquet"

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        with _readable(name):
            self.frame = pl.scan_parquet(path, glob=False)
            self.schema = self.frame.collect_schema()
            self.size, self.read = self.frame.select(pl.len()).collect().item(), 0
        self.names = self.schema.names()

    def blocks(self, columns: Columns, words: Words, raw: bool, goes: Form) -> Iterator[Block]:
        """The rows as columns."""
        said = set(columns.names.values())
        for name, kind in self.schema.items():
            if (goes != "parquet" or name in said) and not (kind.is_numeric() or kind.base_type() in HELD):
                problem = f"the column {name!r} is of type {kind}, which " + (
                    "says nothing here" if name in said else f"{goes.upper()} cannot hold"
                )
                raise InputError(self.name, problem, "leave it out, or cast it to text before")
        with _readable(self.name):
            for frame in self.frame.collect_batches(chunk_size=BATCH):
                numbers = pl.int_range(self.read + 1, self.read + frame.height + 1, eager=True)
                self.read += frame.height
                yield Block(frame, words(frame), numbers)


@contextmanager
def _readable(name: str) -> Iterator[None]:
    """Say in a sentence what Polars makes of a file that is no Parquet, or is broken."""
    try:
        yield
    except (pl.exceptions.PolarsError, OSError) as error:
        problem = f"cannot be read as Parquet: {str(error).splitlines()[0]}"
        raise InputError(name, problem, "write it anew") from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # what Polars raises where it breaks off, below Exception
            raise
        raise InputError(name, "cannot be read as Parquet: it is broken", "write it anew") from None


Source = Csv | NdJson | Parquet
"""A file that has been opened: its `form`, the `names` of its columns, its rows as `blocks` (whole as raw lines or else
as columns), and its bytes or rows: `size` in all, where that is known, and `read` so far."""
