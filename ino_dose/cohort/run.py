"""A file of patients → a file of results: read ‖ plan ‖ write, and a summary for the person who waits."""

from __future__ import annotations

import shutil
import signal
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, Literal, TypeVar

import polars as pl

from ..errors import InputError
from ..files.library import Facts
from . import read, write
from .columns import RESULTS, Columns
from .distinct import Planner
from .doses import Doses, Planned
from .read import Block

Form = Literal["csv", "ndjson", "parquet"]
ENDINGS: dict[str, Form] = {".csv": "csv", ".ndjson": "ndjson", ".jsonl": "ndjson", ".parquet": "parquet"}
REASONS = 1000
PATIENTS = 4096
T = TypeVar("T")
_END: Any = object()


def run(
    file: str,
    out: str | None,
    regimen: str | None,
    round_to: str,
    source_form: Form | None,
    target_form: Form | None,
    doses: bool,
    facts: Facts,
) -> int:
    """Plan the patients of a file. The exit code: 0, or 4 where rows were refused."""
    began = time.monotonic()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    _check_apart(file, out)
    came = source_form or _form(file, "--from")
    goes = target_form or (came if out in (None, "-") else _form(str(out), "--to"))
    with _opened(file, came) as source:
        columns = Columns.of(source.names, regimen, file)
        if doses and not columns.has("id"):
            raise InputError(file, "the column id is missing", "--doses needs it to say whose dose a row is")
        raw = came == goes != "parquet" and not doses
        quoting = write.quoting(goes, raw)
        planner, tally = Planner(columns, facts, round_to, quoting), Tally(quoting.bare)
        blocks = source.blocks(columns, raw)
        plan: Callable[[Block], Planned] = partial(_of_patients, planner)
        if doses:
            blocks, plan = chain.from_iterable(map(_few, blocks)), Doses(planner).plan
        with write.complete(out) as path, _progress(source, tally):
            planned = ahead(map(plan, ahead(blocks)))
            write.FORMATS[goes](map(tally.add, planned), path, getattr(source, "header", b""))
            if not tally.rows:
                raise InputError(file, "there are no rows under the header")
    print(tally.summary(columns, time.monotonic() - began), file=sys.stderr)
    return 4 if tally.refused else 0


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
        yield Block(block.whole.slice(start, PATIENTS), block.words.slice(start, PATIENTS))


def _of_patients(planner: Planner, block: Block) -> Planned:
    results = planner.plan(block.words).select(RESULTS)
    return block.whole, results, results


class Tally:
    """What has been planned so far."""

    def __init__(self, bare: Callable[[str], str]) -> None:
        self.bare = bare
        self.rows = 0
        self.statuses: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.watch: Callable[[], None] = lambda: None

    @property
    def refused(self) -> int:
        """How many rows have an error instead of results."""
        return self.reasons.total()

    def add(self, block: Planned) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Count the rows, by status and by the reason of their refusal; what remains is to be written."""
        whole, written, planned = block
        self.rows += planned.height
        self.statuses.update(self._counts(planned["ceiling_status"]))
        if planned["error"].null_count() < planned.height:
            for part in planned.select("error").iter_slices(PATIENTS):
                self.reasons.update(self._counts(_reason(part["error"].drop_nulls())))
            if len(self.reasons) > REASONS:
                kept = dict(self.reasons.most_common(REASONS // 2))
                kept["others"] = kept.get("others", 0) + self.refused - sum(kept.values())
                self.reasons = Counter(kept)
        self.watch()
        return whole, written

    def _counts(self, column: pl.Series) -> dict[str, int]:
        return {self.bare(value): count for value, count in column.drop_nulls().value_counts().iter_rows()}

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
            lines.append("Prior inotuzumab ozogamicin was not stated and counts as none: no column prior_mg_per_m2.")
        return "\n".join(lines)


def _often(counted: tuple[str, int]) -> tuple[int, str]:
    return -counted[1], counted[0]


def _reason(errors: pl.Series) -> pl.Series:
    """What is wrong without the person's words and without the hint."""
    return errors.str.splitn(";", 2).struct[0].str.replace("'[^']*'|: [0-9][^ ]*", "…")


def _form(path: str, option: str) -> Form:
    if (ending := Path(path).suffix.lower()) not in ENDINGS:
        said = "a pipe has no extension" if path == "-" else f"{ending or 'no extension'!r} does not say the format"
        raise InputError(path, said, f"add {option} csv, ndjson or parquet")
    return ENDINGS[ending]


def _check_apart(file: str, out: str | None) -> None:
    if file == "-":
        return
    if Path(file).is_dir() or not Path(file).exists():
        raise InputError(file, "is a folder, not a file" if Path(file).is_dir() else "there is no such file")
    if out not in (None, "-") and Path(str(out)).exists() and Path(str(out)).samefile(file):
        raise InputError("--output", f"{out} is the file that is read", "write to another")


@contextmanager
def _opened(file: str, form: Form) -> Iterator[read.Source]:
    try:
        stream = sys.stdin.buffer if file == "-" else open(file, "rb")  # noqa: SIM115, PTH123
    except OSError as error:
        raise InputError(file, f"cannot be read: {error.strerror}") from None
    with stream:
        if form == "csv":
            yield read.Csv(stream, file)
        elif form == "ndjson":
            yield read.NdJson(stream, file)
        elif file != "-":
            yield read.Parquet(Path(file), file)
        else:
            with tempfile.NamedTemporaryFile() as spool:
                shutil.copyfileobj(stream, spool)
                spool.flush()
                yield read.Parquet(Path(spool.name), "-")


@contextmanager
def _progress(source: read.Source, tally: Tally) -> Iterator[None]:
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
