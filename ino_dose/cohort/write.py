"""Rows and their results → CSV, NDJSON or Parquet, complete or not at all; and how texts are quoted in each."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from itertools import chain
from pathlib import Path
from typing import IO, NamedTuple

import polars as pl
from polars.io.plugins import register_io_source

from ..errors import Field, InputError, printable

Frames = Iterator[tuple[pl.DataFrame, pl.DataFrame]]
"""The rows as they came (as raw lines, if their one column is `line`), and the results beside them."""


class Quoting(NamedTuple):
    """How a sentence and a label are written where results go, and read again; numbers stand as they are."""

    sentence: Callable[[str], str] = str
    label: Callable[[str], str] = str
    bare: Callable[[str], str] = str


AS_IS = Quoting()


def quoting(form: str, raw: bool) -> Quoting:
    """By format, and by whether results go behind raw lines or beside columns."""
    if form == "ndjson":
        return Quoting(json.dumps, json.dumps, _of_json)
    return Quoting(_cell, str, _of_cell) if raw else AS_IS


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _of_cell(text: str) -> str:
    return text.strip('"').replace('""', '"')


def _of_json(text: str) -> str:
    said: str = json.loads('"' + text.strip('"') + '"')  # it may be cut
    return said


@contextmanager
def complete(out: str | None, source: IO[bytes], unfinished: Callable[[str], object]) -> Iterator[Path]:
    """A path to write to. What is written there becomes OUT, or goes to standard output, only at the end.

    `source` is what is read, which OUT may not be; `unfinished` is told of the path before it is whole.
    """
    shown = "standard output" if out in (None, "-") else printable(str(out))
    try:
        goal = None if out in (None, "-") else Path(str(out)).resolve()
        if goal and goal.exists() and os.path.samestat(goal.stat(), os.fstat(source.fileno())):
            raise InputError(Field("output"), f"{shown} is the file that is read", "write to another")
        beside = goal is not None and (goal.is_file() or not goal.exists())
        handle, name = tempfile.mkstemp(prefix=".ino-dose-", dir=goal.parent if goal and beside else None)
    except (OSError, RuntimeError) as error:  # a loop of links is a RuntimeError up to Python 3.12
        said = error.strerror if isinstance(error, OSError) else "its links lead in a circle"
        raise InputError(shown, f"cannot be written: {said}", "name another file") from None
    os.close(handle)
    unfinished(name)
    try:
        yield Path(name)
        if goal and beside:
            unfinished(name)  # whoever asked for it may be gone by now
            _give_mode(Path(name), goal)
            Path(name).replace(goal)
        else:
            put = goal.open("wb") if goal else nullcontext(sys.stdout.buffer)
            with Path(name).open("rb") as whole, put as stream:
                Path(name).unlink()  # a reader who closes early ends the program here
                shutil.copyfileobj(whole, stream, 1 << 20)
                stream.flush()
    except OSError as error:
        raise InputError(shown, f"cannot be written: {error.strerror or error}", "make room, or name another") from None
    except pl.exceptions.PolarsError as error:
        said = str(error).splitlines()[0]
        raise InputError(shown, f"cannot be written: {said}", "make room, or name another") from None
    finally:
        Path(name).unlink(missing_ok=True)


def _give_mode(path: Path, goal: Path) -> None:
    """The permissions of the file that is replaced, or those that a new file gets here."""
    os.umask(usual := os.umask(0))
    path.chmod(goal.stat().st_mode & 0o777 if goal.exists() else 0o666 & ~usual)


def csv(frames: Frames, path: Path, header: bytes) -> None:
    """Raw lines get their results behind them, which are cells already; columns are written anew."""
    with path.open("r+b") as file:
        for whole, results in frames:
            raw = whole.columns == ["line"]
            rows = whole.hstack(results)
            if not file.tell():
                names = ",".join(results.columns).encode()
                file.write(header + b"," + names + b"\n" if raw else rows.clear().write_csv().encode())
            rows.write_csv(file, include_header=False, quote_style="never" if raw else "necessary", batch_size=8192)
            del whole, results, rows  # before the next is waited for


def ndjson(frames: Frames, path: Path, header: bytes) -> None:
    """The results, which are JSON values already, go in before the closing brace."""
    with path.open("r+b") as file:
        for whole, results in frames:
            raw = whole.columns == ["line"]
            lines = whole["line"] if raw else pl.read_lines(whole.write_ndjson().encode())["line"]
            pieces = [
                piece
                for name in results.columns
                for piece in (pl.lit(f",{json.dumps(name)}:"), pl.col(name).fill_null("null"))
            ]
            rows = results.select(pl.concat_str(lines.str.strip_suffix("}"), *pieces, pl.lit("}")))
            rows.write_csv(file, include_header=False, quote_style="never")


def parquet(frames: Frames, path: Path, header: bytes) -> None:
    """Columns with the types they came with; results are text."""
    rows = (whole.hstack(results) for whole, results in frames)
    first = next(rows, pl.DataFrame())

    def again(
        columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None, batch_size: int | None
    ) -> Iterator[pl.DataFrame]:
        return chain([first], rows)

    register_io_source(again, schema=first.schema).sink_parquet(path)


FORMATS: dict[str, Callable[[Frames, Path, bytes], None]] = {"csv": csv, "ndjson": ndjson, "parquet": parquet}
