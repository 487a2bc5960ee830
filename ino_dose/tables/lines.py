"""A file of rows → its lines as text, each with its number, as soon as they are there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BufferedReader
from typing import NamedTuple

from . import row_file

AT_ONCE = 64 * 1024
LONGEST_LINE = 1024 * 1024
"""Bytes that are read at once, and more than any row has."""


class Line(NamedTuple):
    """A line without its line feed, and what is wrong with it; what is no text in it is then spelled out."""

    number: int
    text: str
    problem: str = ""


def read(stream: BufferedReader, name: str, wait: Callable[[], object]) -> Iterator[Line]:
    """The lines of a stream, without a byte order mark. No more than the longest is held at once.

    `wait` is called before there may be nothing to read for a while. Raises InputError where the
    file becomes shorter while it is read.
    """
    size, number, done, rest, too_long = row_file.size(stream), 0, 0, b"", False
    while True:
        wait()
        piece = stream.read1(AT_ONCE)
        done += len(piece)
        if not piece:
            break
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            number += 1
            yield _line(number, line, too_long)
            too_long = False
        if len(rest) > LONGEST_LINE:
            rest, too_long = rest[:AT_ONCE], True
    if size is not None and done < size:
        raise row_file.shorter(name)
    if rest:
        yield _line(number + 1, rest, too_long)


def _line(number: int, line: bytes, too_long: bool) -> Line:
    if number == 1:
        line = line.removeprefix(row_file.BOM)
    if too_long or len(line) > LONGEST_LINE:
        shown = line[:40].decode(errors="backslashreplace").replace("\0", r"\x00")
        return Line(number, shown, "is longer than 1 MiB, which no row is; check its quotes and its end")
    problem = ""
    try:
        text = line.decode()
    except UnicodeDecodeError:
        text, problem = line.decode(errors="backslashreplace"), "; ".join(row_file.NOT_UTF8)
    if "\0" in text:
        text, problem = text.replace("\0", r"\x00"), problem or "; ".join(row_file.NUL)
    return Line(number, text, problem)
