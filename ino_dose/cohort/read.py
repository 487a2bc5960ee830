"""A file of patients → blocks of whole rows, a few thousand at a time, in order: CSV, NDJSON, Parquet."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

import polars as pl

from ..errors import InputError
from . import bsa_column
from .columns import ROLES, Columns

SIZE = 5 * 512 * 1024
LONGEST = 8 * SIZE
ROWS = 32_768


class Block(NamedTuple):
    """Some rows: as they came (`whole`: one column of raw lines, or their columns), and in words by role with their sizes."""

    whole: pl.DataFrame
    words: pl.DataFrame


class Chunks:
    """The bytes of a file in pieces that end where a row ends.

    `line` is where the piece begins that was given last; who reads it adds its lines, having counted them.
    """

    def __init__(self, file: IO[bytes], name: str, quoted: bool) -> None:
        self.file, self.name, self.quoted = file, name, quoted
        self.line = 1
        self.rest, self.read = b"", 0
        self.size = os.fstat(file.fileno()).st_size or None

    def __iter__(self) -> Iterator[bytes]:
        size = SIZE // 8  # a small one first, so that there is something to plan while the next is read
        while self._more(size):
            size = SIZE
            if end := self._end():
                yield self._taken(end)
            if len(self.rest) > LONGEST:
                self._taken(1)
                raise self.refused(0, "a row begins here that does not end", "close its quotes")
        if self.rest.strip(b"\r\n"):
            self.rest = self.rest.rstrip(b"\r\n") + b"\n"
            yield self._taken(len(self.rest))

    def first(self) -> bytes:
        """The first row alone."""
        end = 0
        while not end and len(self.rest) < LONGEST and self._more(SIZE // 64):
            end = self.rest.find(b"\n") + 1
            while end and self.quoted and self.rest.count(b'"', 0, end) % 2:
                end = self.rest.find(b"\n", end) + 1
        return self._taken(end or len(self.rest))

    def _more(self, size: int) -> bool:
        """Read on, as long as there is something to read."""
        piece = self.file.read(size)
        self.read += len(piece)
        self.rest += piece
        return bool(piece)

    def _taken(self, end: int) -> bytes:
        taken, self.rest = self.rest[:end], self.rest[end:]
        if not taken.isascii():
            self._decode(taken)
        return taken

    def _end(self) -> int:
        """Behind the last row that is whole; empty lines wait, for they may end the file."""
        end = self.rest.rfind(b"\n") + 1
        if self.quoted and b'"' in self.rest:
            quotes = self.rest.count(b'"', 0, end)
            while end and quotes % 2:
                start = self.rest.rfind(b"\n", 0, end - 1) + 1
                quotes -= self.rest.count(b'"', start, end)
                end = start
        if self.rest[max(0, end - 2) : end] not in (b"\n", b"\n\n", b"\r\n"):
            return end
        last = len(self.rest[:end].rstrip(b"\r\n"))
        return self.rest.find(b"\n", last) + 1 if last else 0

    def _decode(self, taken: bytes) -> None:
        try:
            taken.decode()
        except UnicodeDecodeError as error:
            raise self.refused(taken.count(b"\n", 0, error.start), "is not UTF-8", "save the file as UTF-8") from None

    def refused(self, after: int, problem: str, hint: str) -> InputError:
        """The error at a line of the piece that was given last."""
        return InputError(f"{self.name}:{self.line + after}", problem, hint)


class Csv(Chunks):
    """Comma-separated rows under a header."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        super().__init__(file, name, quoted=True)
        first = self.first()
        self.header = first.rstrip(b"\r\n")
        try:
            cells = list(csv.reader([self.header.decode("utf-8-sig")], strict=False))
        except csv.Error:
            said = "a carriage return stands alone in the header"
            raise InputError(f"{name}:1", said, "end lines with a line feed") from None
        if not cells or not any(cells[0]):
            raise InputError(f"{name}:1", "the file is empty" if not self.header else "the header is empty", "")
        self.names = cells[0]
        self.numbers = [str(index) for index in range(len(self.names))]
        self.numbered = ",".join(self.numbers).encode() + b"\n"
        self.length = pl.sum_horizontal(pl.all().str.len_bytes()) + (len(self.names) - 1)
        self.line += first.count(b"\n")

    def blocks(self, columns: Columns, raw: bool) -> Iterator[Block]:
        """The rows, whole as raw lines or else as columns of text."""
        return (self._block(chunk, columns, raw) for chunk in self)

    def _block(self, chunk: bytes, columns: Columns, raw: bool) -> Block:
        lines, quoted = pl.read_lines(chunk)["line"], b'"' in chunk
        if quoted:
            if (lines.str.count_matches('"', literal=True) % 2 == 1).any():
                lines = pl.Series("line", _joined(chunk.decode().removesuffix("\n").split("\n")))
            self._check(lines, quoted)
        frame = self._cells(chunk, lines, quoted, not raw)
        self.line += chunk.count(b"\n") if quoted else lines.len()
        return Block(lines.to_frame() if raw else frame, bsa_column.words(columns, frame))

    def _cells(self, chunk: bytes, lines: pl.Series, quoted: bool, nulls: bool) -> pl.DataFrame:
        """The cells of rows; what is between them is commas alone, or the rows are looked at one by one."""
        schema = dict.fromkeys(self.numbers, pl.String)
        try:  # under a header of ours the first row of a piece is read like any other
            frame = pl.read_csv(self.numbered + chunk, schema=schema, empty_string_is_null=nulls)
        except pl.exceptions.ComputeError:
            self._check(lines, quoted)
            raise
        assert frame.height == lines.len(), "rows were lost"
        if not quoted and not (frame.select(self.length).to_series() == lines.str.len_bytes()).all():
            self._check(lines, quoted)
        return frame.rename(dict(zip(self.numbers, self.names, strict=True)))

    def _check(self, lines: pl.Series, quoted: bool) -> None:
        """Refuse the first row that is ragged, with its line."""
        if quoted:
            cell = r'(?:"(?:[^"]|"")*"|[^",]*)'
            fits = lines.str.contains(rf"^{cell}(?:,{cell}){{{len(self.names) - 1}}}$")
        else:
            fits = lines.str.count_matches(",", literal=True) == len(self.names) - 1
        if not fits.all():
            before = lines[: fits.arg_min()]
            after = before.len() + int(before.str.count_matches("\n", literal=True).sum())
            problem = f"the row does not have {len(self.names)} cells like the header"
            raise self.refused(after, problem, "put a cell that has a comma or quotes in quotes, and double those")


def _joined(lines: list[str]) -> Iterator[str]:
    """Rows out of lines: a line break inside quotes does not end a row."""
    row: list[str] = []
    for line in lines:
        row.append(line)
        if sum(each.count('"') for each in row) % 2 == 0:
            yield "\n".join(row).removesuffix("\r")
            row = []
    if row:
        yield "\n".join(row)


class NdJson(Chunks):
    """A JSON object a line, all with the keys of the first."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        super().__init__(file, name, quoted=False)
        self.start = self.first()
        if not self.start.strip():
            raise InputError(f"{name}:1", "the file is empty")
        self.names = list(self._read(self.start, 0))

    def blocks(self, columns: Columns, raw: bool) -> Iterator[Block]:
        """The rows, whole as raw lines or else as columns of text."""
        self.rest = self.start + self.rest
        for chunk in self:
            lines = chunk.decode().rstrip("\r\n").split("\n")
            rows = [self._read(line, after) for after, line in enumerate(lines)]
            names = columns.names.values() if raw else self.names
            cells = {name: [self._cell(row.get(name), after) for after, row in enumerate(rows)] for name in names}
            frame = pl.DataFrame(cells, dict.fromkeys(names, pl.String))
            whole = pl.DataFrame({"line": [line.rstrip() for line in lines]}) if raw else frame
            yield Block(whole, bsa_column.words(columns, frame))
            self.line += len(lines)

    def _read(self, line: str | bytes, after: int) -> dict[str, Any]:
        try:
            found = json.loads(line, parse_float=str, parse_int=str, parse_constant=str)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict) or not found:
            raise self.refused(after, "the line is not a JSON object", 'write it like {"id": "A1"}')
        if late := (found.keys() & ROLES.keys()) - set(getattr(self, "names", found)):
            problem = f"the key {min(late)!r} is not in the first row"
            raise self.refused(after, problem, "write it in every row, null where it is not known")
        return found

    def _cell(self, value: Any, after: int) -> str | None:
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, dict | list):
            raise self.refused(after, "a list or an object is no cell", "write one value for each key")
        assert value is None or isinstance(value, str)
        return value


class Parquet:
    """Columns with types."""

    def __init__(self, path: Path, name: str) -> None:
        try:
            self.frame = pl.scan_parquet(path, glob=False)
            self.schema = self.frame.collect_schema()
        except pl.exceptions.PolarsError as error:
            raise InputError(name, f"is not Parquet: {str(error).splitlines()[0]}") from None
        self.names = self.schema.names()
        self.size, self.read = self.frame.select(pl.len()).collect().item(), 0

    def blocks(self, columns: Columns, raw: bool) -> Iterator[Block]:
        """The rows as columns."""
        for frame in self.frame.collect_batches(chunk_size=ROWS):
            self.read += frame.height
            yield Block(frame, bsa_column.words(columns, frame))


Source = Csv | NdJson | Parquet
"""A file that has been opened: the `names` of its columns, its rows as `blocks` (whole as raw lines or else as
columns), and its bytes or rows: `size` in all, where that is known, and `read` so far."""
