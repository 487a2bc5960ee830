"""Arguments in, text and an exit code out; a command is its signature and a few lines."""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Callable
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperCommand

from . import __version__
from .errors import InputError

REFUSED, FINDING, INTERRUPTED = 2, 3, 130


def main(arguments: list[str] | None = None) -> None:
    """Run a command and exit: 0 computed, 2 refused, 3 a finding, 4 some inputs refused, 1 our own fault."""
    gc.disable()  # one short process: looking for cycles costs 5 ms of start-up and frees nothing
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8")
    given = sys.argv[1:] if arguments is None else arguments
    wanted = given[:1] if given and given[0] in COMMANDS else list(COMMANDS)
    try:
        _app(wanted)(given, prog_name="ino-dose")
    except InputError as error:
        for fault in error.faults:
            print(fault, file=sys.stderr)
        sys.exit(REFUSED)


def _app(commands: list[str]) -> typer.Typer:
    app = typer.Typer(
        help="Every dose of inotuzumab ozogamicin in a course, in mg and mg/m², and where it stands "
        "against the ceiling before transplant. An aid to a qualified person, who checks every number.",
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_root)
    for name in commands:
        app.command(name, cls=Command)(COMMANDS[name])
    return app


class Command(TyperCommand):
    """A command that refuses an option written twice instead of keeping the last."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments once for their order, then as usual."""
        _, _, order = self.make_parser(ctx).parse_args(args=list(args))
        for parameter in order:
            if parameter.nargs == 1 and order.count(parameter) > 1:
                raise InputError(parameter.opts[-1], "is written twice", "keep one")
        return super().parse_args(ctx, args)


Format = Annotated[Literal["table", "json", "csv"], typer.Option("--format", "-f", help="How to print the result.")]
Height = Annotated[str | None, typer.Option(help="Height with its unit: 178cm, 1.78m, 70in, '5ft 10in'.")]
Weight = Annotated[str | None, typer.Option(help="Weight with its unit: 82kg, 180lb.")]
Sex = Annotated[Literal["f", "m"] | None, typer.Option(help="For --formula schlich.")]


def _regimen_ids(incomplete: str) -> list[str]:
    from . import library

    return [id for id in library.ids() if id.startswith(incomplete)]


Name = Annotated[
    str, typer.Argument(metavar="REGIMEN", help="An id, or the path of a schedule file.", autocompletion=_regimen_ids)
]


def _version(wanted: bool) -> None:
    if wanted:
        print(f"ino-dose {__version__}")
        raise typer.Exit


def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


def plan(
    regimen: Name,
    height: Height = None,
    weight: Weight = None,
    bsa: Annotated[str | None, typer.Option(help="BSA instead of height and weight: 1.82m2.")] = None,
    formula: Annotated[
        str | None, typer.Option(help="BSA formula; ino-dose bsa shows all.  [default: mosteller]")
    ] = None,
    sex: Sex = None,
    cycles: Annotated[
        str | None, typer.Option(metavar="N", help="Plan through this cycle, by the regimen's own numbers.")
    ] = None,
    remission_after: Annotated[
        str | None, typer.Option(metavar="N|never", help="CR/CRi documented at the end of cycle N, or never.")
    ] = None,
    prior: Annotated[
        str | None,
        typer.Option(metavar="LEVEL|none|unknown", help="Inotuzumab ozogamicin received before: 1.8mg/m2."),
    ] = None,
    hsct: Annotated[bool, typer.Option("--hsct", help="Transplant is planned: stop where the source says so.")] = False,
    level: Annotated[str | None, typer.Option(help="The level, where the source leaves a choice: 1.8mg/m2.")] = None,
    round_to: Annotated[str, typer.Option(help="Rounding step of a dose.")] = "0.01mg",
    id: Annotated[str | None, typer.Option("--id", metavar="TEXT", help="Echoed in the output, never read.")] = None,
    format: Format = "table",
    fail_on: Annotated[
        Literal["between", "above"] | None, typer.Option(help="Exit 3 when the course is there or past it.")
    ] = None,
) -> None:
    """Plan a course: every dose in mg, and where it stands against the ceiling."""
    from . import ceiling, library, patient
    from . import plan as plans

    _check_text(id, "--id")
    if fail_on and prior is None:
        raise InputError("--fail-on", "a verdict must know what came before", "add --prior 1.8mg/m2, none or unknown")
    found = plans.make(
        library.regimen(regimen),
        patient.body(height, weight, bsa, formula, sex),
        patient.course(prior, cycles, remission_after, hsct, level),
        library.ceiling(),
        patient.step(round_to),
        id,
    )
    _print_plan(found, format)
    if fail_on and ceiling.fails(found.status, fail_on):
        print(f"the course is {found.status}, and --fail-on {fail_on} was asked for", file=sys.stderr)
        raise typer.Exit(FINDING)


def _print_plan(found: Any, format: str) -> None:
    if format == "table":
        from . import tables

        tables.show(tables.plan(found))
        return
    from . import remarks, report

    if format == "csv":
        sys.stdout.write(report.to_csv(report.dose_rows(found)))
        for sentence in remarks.warnings(found):
            print(f"warning: {sentence}", file=sys.stderr)
    else:
        print(report.to_json(report.plan(found)))


def _check_text(text: str | None, place: str) -> None:
    try:
        (text or "").encode()
    except UnicodeEncodeError:
        raise InputError(place, "is not UTF-8 text", "write it in UTF-8") from None


def regimens(format: Format = "table") -> None:
    """List the regimens that can be planned, and those that cannot yet."""
    from . import library

    found = [library.regimen(id) for id in library.ids()]
    if format == "table":
        from . import tables

        tables.show(tables.regimens(found))
    else:
        from . import report

        _print(report.regimens(found), format)


def show(regimen: Name, format: Annotated[Literal["table", "json"], typer.Option("--format", "-f")] = "table") -> None:
    """Read out a whole schedule, with the source and spot of every number."""
    from . import library

    found = library.regimen(regimen)
    if format == "table":
        from . import tables

        tables.show(tables.regimen(found))
    else:
        from . import report

        _print(report.regimen(found), format)


def bsa(height: Height = None, weight: Weight = None, sex: Sex = None, format: Format = "table") -> None:
    """Body surface area by every formula, each with its paper."""
    from . import body, patient, report, units

    tall, heavy = patient.sizes(height, weight)
    body.measured(tall, heavy, body.FORMULAS["mosteller"])
    found = {
        id: None if id == "schlich" and sex is None else body.area(formula, tall, heavy, sex)
        for id, formula in body.FORMULAS.items()
    }
    if format == "table":
        from . import tables

        rows = (
            (row["formula"], units.digits(row["bsa_m2"]) if row["bsa_m2"] else row["note"], row["source"])
            for row in report.areas(found)
        )
        tables.show(tables.areas(rows))
    else:
        _print(report.areas(found), format)


def lint(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE]...", help="Schedule files; all bundled ones if none.")
    ] = None,
    format: Annotated[Literal["table", "json"], typer.Option("--format", "-f")] = "table",
) -> None:
    """Check schedule files: everything wrong at once, each with its line. Exit 3 when there is."""
    from . import library, report, schedule

    paths = files or library.files()
    faults = [fault for path in paths for fault in schedule.faults(path)]
    if format == "json":
        _print(report.faults(faults), format)
    else:
        none = f"{len(paths)} {'file' if len(paths) == 1 else 'files'}: no faults"
        print("\n".join(map(str, faults)) or none)
    if faults:
        raise typer.Exit(FINDING)


def cohort(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="CSV, NDJSON or Parquet, a row a patient; - is standard input.")
    ],
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="OUT", help="Where to; else standard output.")
    ] = None,
    regimen: Annotated[str | None, typer.Option(help="The regimen of all rows.", autocompletion=_regimen_ids)] = None,
    doses: Annotated[bool, typer.Option("--doses", help="A row a dose instead of a row a patient.")] = False,
    round_to: Annotated[str, typer.Option(help="Rounding step of a dose.")] = "0.01mg",
    source: Annotated[
        Literal["csv", "ndjson", "parquet"] | None, typer.Option("--from", help="The format of FILE.")
    ] = None,
    target: Annotated[
        Literal["csv", "ndjson", "parquet"] | None, typer.Option("--to", help="The format of OUT.")
    ] = None,
) -> None:
    """Plan every patient of a file. Exit 4 where rows were refused; each says why."""
    try:
        from .cohort import batch
    except ModuleNotFoundError as error:
        if error.name != "polars":
            raise
        raise InputError("cohort", "needs Polars, which is not installed", "pip install 'ino-dose[cohort]'") from None
    gc.freeze()
    gc.enable()
    try:
        if refused := batch.run(file, output, regimen, round_to, source, target, doses):
            raise typer.Exit(refused)
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None


def _print(value: list[dict[str, Any]] | dict[str, Any], format: str) -> None:
    from . import report

    if format == "csv":
        assert isinstance(value, list)
        sys.stdout.write(report.to_csv(value))
    else:
        print(report.to_json(value))


COMMANDS: dict[str, Callable[..., None]] = {
    "plan": plan,
    "regimens": regimens,
    "show": show,
    "lint": lint,
    "bsa": bsa,
    "cohort": cohort,
}
"""The commands by name. Only the one that is asked for is built, which saves half a millisecond each."""
