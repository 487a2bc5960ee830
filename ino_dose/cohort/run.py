"""A file of patients → a file of results: read ‖ plan ‖ write, and a summary for the person who waits."""

from __future__ import annotations

import csv
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import chain
from typing import Any, NamedTuple, TypeVar

import polars as pl

from .. import request
from ..errors import InputError
from ..files.library import Facts
from ..tables import blocks, bsa_column, formula_cells, summary, whole_file
from ..tables.blocks import Block
from ..tables.row_file import Form, form, place
from . import write
from .columns import RESULTS, Columns
from .distinct import Planner
from .doses import Doses, Planned

PATIENTS = 4096
IDS = 1_000_000
T = TypeVar("T")
_END: Any = object()


class Task(NamedTuple):
    """What is asked of a cohort, as it was typed; `unfinished` is told of a file before it is whole."""

    file: str
    out: str | None = None
    regimen: str | None = None
    round_to: str = request.STEP
    source: Form | None = None
    target: Form | None = None
    doses: bool = False
    passed: tuple[str, ...] = ()
    unfinished: Callable[[str], object] = str


def run(task: Task, facts: Facts) -> bool:
    """Plan the patients of a file. Whether any row was refused."""
    began = time.monotonic()
    file, out, doses = task.file, task.out, task.doses
    with blocks.opened(file, task.source) as (source, stream):
        goes = task.target or (source.form if out in (None, "-") else form(str(out), "to"))
        columns = Columns.of(source.names, task.regimen, place(file), task.passed)
        if doses and not columns.has("id"):
            raise InputError(place(file), "the column id is missing", "--doses needs it to say whose dose a row is")
        raw = source.form == goes != "parquet" and not doses
        quoting = write.quoting(goes, raw)
        planner, tally = Planner(columns, facts, task.round_to, quoting), Tally(quoting.bare, goes == "csv")
        words = partial(bsa_column.words, columns.header, facts.growth)
        pieces: Iterator[Block] = map(tally.read, source.blocks(columns.header, words, raw, goes))
        plan: Callable[[Block], Planned] = partial(_of_patients, planner)
        if doses:
            pieces, plan = chain.from_iterable(map(_few, pieces)), Doses(planner).plan
        with whole_file.complete(out, stream, task.unfinished, write.FAILURES) as path, _progress(source, tally):
            planned = ahead(map(plan, ahead(pieces)))
            write.FORMATS[goes](map(tally.add, planned), path, getattr(source, "header", b""))
            if not tally.rows:
                raise InputError(place(file), "there are no rows under the header", "write a row a patient")
    print(tally.summary(columns, time.monotonic() - began), file=sys.stderr)
    return bool(tally.refused)


def ahead(items: Iterator[T]) -> Iterator[T]:
    """The same items in order, made in a thread of their own while the one before is used."""
    with ThreadPoolExecutor(1) as pool:
        waiting = deque([pool.submit(next, items, _END)])
        while waiting[0].result() is not _END:
            waiting.append(pool.submit(next, items, _END))
            yield waiting.popleft().result()  # a name would hold it here until the next is asked for


def _few(block: Block) -> Iterator[Block]:
    """Blocks of few patients, where each becomes many rows."""
    for start in range(0, block.words.height, PATIENTS):
        whole, words = block.whole.slice(start, PATIENTS), block.words.slice(start, PATIENTS)
        yield Block(whole, words, block.lines.slice(start, PATIENTS))


def _of_patients(planner: Planner, block: Block) -> Planned:
    results = planner.plan(block.words)
    return block.whole, results.select(RESULTS), results


class Tally:
    """What has been planned so far."""

    def __init__(self, bare: Callable[[str], str], as_cells: bool) -> None:
        self.bare, self.as_cells = bare, as_cells
        self.rows = self.formulas = 0
        self.ids: list[pl.Series] = []
        self.statuses: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.watch: Callable[[], None] = lambda: None

    @property
    def refused(self) -> int:
        """How many rows have an error instead of results."""
        return self.reasons.total()

    def read(self, block: Block) -> Block:
        """Look at rows as they come: at their ids, of the first IDS, and at cells that a spreadsheet would run."""
        if "id" in block.words.columns and sum(map(len, self.ids)) < IDS:
            ids = block.words["id"]
            self.ids.append(ids.filter(ids != "").hash())
        if self.as_cells:
            for column in block.whole.select(pl.col(pl.String)):
                self.formulas += _formulas(column)
        return block

    def add(self, block: Planned) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Count the rows, by status and by the reason of their refusal; what remains is to be written."""
        whole, written, planned = block
        self.rows += planned.height
        self.statuses.update(self._counts(planned["ceiling_status"]))
        self.reasons.update(dict(planned["reason"].drop_nulls().value_counts().iter_rows()))
        self.watch()
        return whole, written

    def _counts(self, column: pl.Series) -> dict[str, int]:
        return {self.bare(value): count for value, count in column.drop_nulls().value_counts().iter_rows()}

    def _doubled(self) -> int:
        """How many ids stand in several rows."""
        ids = pl.concat(self.ids or [pl.Series(dtype=pl.UInt64)])
        return ids.value_counts().filter(pl.col("count") > 1).height if ids.n_unique() < ids.len() else 0

    def summary(self, columns: Columns, seconds: float) -> str:
        """A few lines for standard error."""
        lines = [f"{self.rows} {'row' if self.rows == 1 else 'rows'} in {seconds:.1f} s"]
        lines += [f"  {count} {status}" for status, count in sorted(self.statuses.items())]
        if self.refused:
            lines.append(f"  {self.refused} refused")
        lines += [f"    {count} × {reason}" for reason, count in sorted(self.reasons.items(), key=_often)[:10]]
        if len(self.reasons) > 10:
            lines.append(f"    {sum(sorted(self.reasons.values())[:-10])} × for {len(self.reasons) - 10} other reasons")
        if not columns.has("prior"):
            lines.append(summary.NO_PRIOR_COLUMN)
        elif not columns.has("from cycle"):
            lines.append(summary.NO_FROM_CYCLE)
        if doubled := self._doubled():
            among = f" among the first {IDS:,} rows" if self.rows > IDS else ""
            lines.append(summary.repeated(doubled, among))
        if self.formulas:
            lines.append(summary.formulas(self.formulas))
        return "\n".join(lines)


def _formulas(column: pl.Series) -> int:
    """How many cells of a column begin like a formula, or how many of raw lines of CSV."""
    if column.name != "line":
        begins = column.str.contains("^[=+@-]").fill_null(False)
        return int(column.filter(begins).str.contains(formula_cells.FORMULA).sum()) if begins.any() else 0
    suspect = column.filter(
        column.str.contains('[,"][=+@-]') | column.str.contains("^[=+@-]")
    )  # one pattern takes 10 ×
    return formula_cells.count(chain.from_iterable(csv.reader(suspect))) if suspect.len() else 0


def _often(counted: tuple[str, int]) -> tuple[int, str]:
    return -counted[1], counted[0]


@contextmanager
def _progress(source: blocks.Source, tally: Tally) -> Iterator[None]:
    """A bar on a terminal, with rows done and time left; elsewhere nothing."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), TextColumn("{task.fields[rows]:,} rows"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=source.size, rows=0)
        tally.watch = lambda: bar.update(task, completed=source.read, rows=tally.rows)
        yield
