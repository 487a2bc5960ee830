"""`ino-dose cohort`: a file of patients."""

from __future__ import annotations

import gc
from typing import Annotated, Literal

import typer

from . import extras, result
from .options import CeilingFile, Output, Passed, Schedules, regimen_ids


def cohort(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="CSV, NDJSON or Parquet, a row a patient; - is standard input.")
    ],
    output: Output = None,
    regimen: Annotated[str | None, typer.Option(help="The regimen of all rows.", autocompletion=regimen_ids)] = None,
    doses: Annotated[bool, typer.Option("--doses", help="A row a dose instead of a row a patient.")] = False,
    round_to: Annotated[str, typer.Option(help="Rounding step of a dose.")] = "0.01mg",
    source: Annotated[
        Literal["csv", "ndjson", "parquet"] | None, typer.Option("--from", help="The format of FILE.")
    ] = None,
    target: Annotated[
        Literal["csv", "ndjson", "parquet"] | None, typer.Option("--to", help="The format of OUT.")
    ] = None,
    passed: Passed = None,
    schedules: Schedules = None,
    ceiling_file: CeilingFile = None,
) -> None:
    """Plan every patient of a file. Exit 4 where rows were refused; each says why."""
    extras.polars("cohort", threads=None if doses else 1)  # reading, planning and writing are threads already
    from ..cohort import run
    from ..files import library

    gc.freeze()
    gc.enable()
    facts = library.facts(schedules, ceiling_file)
    task = run.Task(file, output, regimen, round_to, source, target, doses, tuple(passed or ()), result.unfinished)
    if run.run(task, facts):
        raise typer.Exit(result.PARTLY)
