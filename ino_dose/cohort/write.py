"""Rows and their results → CSV, NDJSON or Parquet; and how texts are quoted in each."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import polars as pl
from polars.io.plugins import register_io_source

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


FAILURES = (pl.exceptions.PolarsError,)
"""What writing through Polars can end with, beside errors of the system."""


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
