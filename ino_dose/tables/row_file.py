"""A file of rows that was opened → its format, the names of its columns, and pieces of whole rows, with their lines."""

from __future__ import annotations

import csv
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import IO, Literal, cast

from ..errors import InputError, printable

Form = Literal["csv", "ndjson", "parquet"]
ENDINGS: dict[str, Form] = {".csv": "csv", ".ndjson": "ndjson", ".jsonl": "ndjson", ".parquet": "parquet"}
PIECE = 5 * 512 * 1024
LONGEST_ROW = 8 * PIECE
"""Bytes that are read at once, and more than any row has."""
BOM = b"\xef\xbb\xbf"
NOT_UTF8 = ("is not UTF-8", "save the file as UTF-8")
NUL = ("has a NUL", "save the file as UTF-8 text")
"""What bytes can be instead of text, and what to do."""
SEPARATORS = {";": "semicolons", "\t": "tabs"}


@contextmanager
def opened(file: str) -> Iterator[BufferedReader]:
    """A file, or standard input where its name is `-`. Raises InputError for what cannot be read, or never ends."""
    if file == "-":
        if sys.stdin is None:
            raise InputError("standard input", "is closed", "write a file's name, or pipe the rows into this")
        yield cast(BufferedReader, sys.stdin.buffer)
        return
    shown = printable(file) or "a file's name"
    try:
        mode = Path(file).stat().st_mode
        if not stat.S_ISREG(mode):
            what = "a folder" if stat.S_ISDIR(mode) else "a pipe or a device"
            hint = "name a file in it" if stat.S_ISDIR(mode) else "pipe its rows into this, and name it -"
            raise InputError(shown, f"is {what}, not a file", hint)
        stream = Path(file).open("rb")  # noqa: SIM115
    except FileNotFoundError:
        raise InputError(shown, "there is no such file", "check the path") from None
    except (OSError, ValueError) as error:  # a NUL in a name is a ValueError
        raise InputError(shown, f"cannot be read: {getattr(error, 'strerror', error)}", "check the path") from None
    with stream:
        yield stream


def place(file: str) -> str:
    """How a file is named in errors."""
    return "standard input" if file == "-" else printable(file)


def form(path: str, option: str) -> Form:
    """The format that a path's ending says."""
    if (ending := Path(path).suffix.lower()) not in ENDINGS:
        said = f"{ending or 'no extension'!r} does not say the format"
        raise InputError(place(path), said, f"add --{option} csv, ndjson or parquet")
    return ENDINGS[ending]


def form_of(file: str, stream: BufferedReader, option: str = "from") -> Form:
    """The format of what was opened: of a file by its ending, of standard input by its first bytes."""
    if file != "-":
        return form(file, option)
    begins = stream.peek(4)
    if begins.startswith(b"PAR1"):
        return "parquet"
    return "ndjson" if begins.removeprefix(BOM).lstrip()[:1] == b"{" else "csv"


class Pieces:
    """The bytes of a file in pieces that end where a row ends.

    `line` is where the piece begins that was given last; who reads it adds its lines, having counted them.
    `read` of `size` bytes were read, where the size is known.
    """

    def __init__(self, stream: IO[bytes], name: str, quoted: bool) -> None:
        self.stream, self.name, self.quoted = stream, name, quoted
        self.line = 1
        self.rest, self.read = b"", 0
        self.size = size(stream)

    def __iter__(self) -> Iterator[bytes]:
        size = PIECE // 8  # a small one first, so that there is something to plan while the next is read
        while self._more(size):
            size = PIECE
            if end := self._end():
                yield self._taken(end)
            if len(self.rest) > LONGEST_ROW:
                self._taken(1)
                raise self.refused(0, "a row begins here that does not end", "close its quotes")
        if self.rest.strip(b"\r\n"):
            self.rest = self.rest.rstrip(b"\r\n") + b"\n"
            yield self._taken(len(self.rest))

    def first(self) -> bytes:
        """The first row that is not blank, alone, without a byte order mark."""
        end = 0
        while not end and len(self.rest) < LONGEST_ROW and self._more(PIECE // 64):
            self.rest = self.rest.removeprefix(BOM) if self.read == len(self.rest) else self.rest
            while (end := self.rest.find(b"\n") + 1) and not self.rest[:end].strip():
                self.rest, self.line = self.rest[end:], self.line + 1
            while end and self.quoted and self.rest.count(b'"', 0, end) % 2:
                end = self.rest.find(b"\n", end) + 1
        return self._taken(end or len(self.rest))

    def _more(self, size: int) -> bool:
        """Read on, as long as there is something to read."""
        piece = self.stream.read(size)
        self.read += len(piece)
        self.rest += piece
        if not piece and self.size is not None and self.read < self.size:
            raise shorter(self.name)
        return bool(piece)

    def _taken(self, end: int) -> bytes:
        taken, self.rest = self.rest[:end], self.rest[end:]
        if b"\0" in taken:
            raise self.refused(taken.count(b"\n", 0, taken.index(b"\0")), *NUL)
        if not taken.isascii():
            self._decode(taken)
        return taken

    def _end(self) -> int:
        """Behind the last row that is whole."""
        end = self.rest.rfind(b"\n") + 1
        if self.quoted and b'"' in self.rest:
            quotes = self.rest.count(b'"', 0, end)
            while end and quotes % 2:
                start = self.rest.rfind(b"\n", 0, end - 1) + 1
                quotes -= self.rest.count(b'"', start, end)
                end = start
        return end

    def _decode(self, taken: bytes) -> None:
        try:
            taken.decode()
        except UnicodeDecodeError as error:
            after = taken.count(b"\n", 0, error.start)
            raise self.refused(after, *NOT_UTF8) from None

    def refused(self, after: int, problem: str, hint: str) -> InputError:
        """The error at a line of the piece that was given last."""
        return InputError(f"{self.name}:{self.line + after}", problem, hint)


def size(stream: IO[bytes]) -> int | None:
    """How many bytes there are to read, where that is known: not of a pipe. What was looked at before is still to read."""
    found = os.fstat(stream.fileno())
    if not stat.S_ISREG(found.st_mode):
        return None
    return max(0, found.st_size - stream.tell())


def shorter(name: str) -> InputError:
    """The refusal of a file that somebody else is writing."""
    return InputError(name, "became shorter while it was read", "wait until it is written, and try again")


def cells(header: bytes, name: str, line: int = 1) -> list[str]:
    """The names of columns in the first row of CSV."""
    text = header.rstrip(b"\r\n").decode()
    if "\r" in text:
        raise InputError(f"{name}:{line}", "a carriage return stands alone in the header", "end lines with a line feed")
    try:
        names = next(csv.reader([text], strict=True), [])
    except csv.Error:
        raise InputError(f"{name}:{line}", "a quote in the header is not closed", "close it, or take it out") from None
    if not any(names):
        problem = "the header is empty" if text else "the file is empty"
        raise InputError(f"{name}:{line}", problem, "write the names of the columns, set apart by commas")
    for sign, called in SEPARATORS.items():
        if any(sign in each for each in names):
            problem = f"the columns are set apart by {called}"
            raise InputError(f"{name}:{line}", problem, "save the file with commas between the columns")
    return names
