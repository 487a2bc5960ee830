"""`ino-dose cohort`: a file of patients."""

from __future__ import annotations

import gc
import os
import re
from typing import Annotated, Literal

import typer

from ..errors import InputError
from . import result
from .options import CeilingFile, Schedules, regimen_ids


def cohort(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="CSV, NDJSON or Parquet, a row a patient; - is standard input.")
    ],
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="OUT", help="Where to; else standard output.")
    ] = None,
    regimen: Annotated[str | None, typer.Option(help="The regimen of all rows.", autocompletion=regimen_ids)] = None,
    doses: Annotated[bool, typer.Option("--doses", help="A row a dose instead of a row a patient.")] = False,
    round_to: Annotated[str, typer.Option(help="Rounding step of a dose.")] = "0.01mg",
    source: Annotated[
        Literal["csv", "ndjson", "parquet"] | None, typer.Option("--from", help="The format of FILE.")
    ] = None,
    target: Annotated[
        Literal["csv", "ndjson", "parquet"] | None, typer.Option("--to", help="The format of OUT.")
    ] = None,
    passed: Annotated[
        list[str] | None,
        typer.Option("--pass", metavar="COLUMN", help="Let a column through whose name is nearly one."),
    ] = None,
    schedules: Schedules = None,
    ceiling_file: CeilingFile = None,
) -> None:
    """Plan every patient of a file. Exit 4 where rows were refused; each says why."""
    threads = os.environ.get("POLARS_MAX_THREADS", "")
    if not re.fullmatch("[1-9][0-9]{0,3}", threads, re.ASCII):
        os.environ.pop("POLARS_MAX_THREADS", None)
        if not doses:  # reading, planning and writing are threads already: more of them only wait for each other
            os.environ["POLARS_MAX_THREADS"] = "1"
    _load_polars()
    from ..cohort import run
    from ..files import library

    gc.freeze()
    gc.enable()
    facts = library.facts(schedules, ceiling_file)
    task = run.Task(file, output, regimen, round_to, source, target, doses, tuple(passed or ()), result.unfinished)
    if run.run(task, facts):
        raise typer.Exit(result.PARTLY)


def _load_polars() -> None:
    """Raises InputError whatever hinders it: where memory is short it does not always get as far as an exception of Python's."""
    try:
        import polars  # noqa: F401
    except ModuleNotFoundError as error:
        if error.name != "polars":
            raise
        raise InputError("cohort", "needs Polars, which is not installed", "pip install 'ino-dose[cohort]'") from None
    except BaseException:
        raise InputError("cohort", "cannot load Polars", "give it more memory, or install it anew") from None
