"""Arguments in, text and an exit code out; a command is its signature and a few lines."""

from __future__ import annotations

import errno
import gc
import os
import signal
import sys
from collections.abc import Callable
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from typer.core import TyperCommand

from . import __version__, errors
from .errors import Fault, InputError

if TYPE_CHECKING:
    from .coursefile import CourseFile
    from .library import Facts, Library
    from .plan import Plan
    from .verifying.order import Check

REFUSED, FINDING, PARTLY, INTERRUPTED = 2, 3, 4, 130


def run() -> None:
    """The console script: `main`, and then an end without taking the interpreter apart, a tenth of a call."""
    gc.disable()  # one short process: looking for cycles costs 5 ms of start-up and frees nothing
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        main()
    except SystemExit as end:
        _end(end.code)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        _end(_lost(error))


def _end(code: str | int | None) -> None:
    """Leave with a code, or with 1 and a sentence; also where the last of the output finds no room."""
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None and not stream.closed:
                stream.flush()
    except OSError as error:
        code = _lost(error)
    if isinstance(code, str):
        print(code, file=sys.stderr, flush=True)
    os._exit(code if isinstance(code, int) else int(code is not None))


def _lost(error: OSError) -> str:
    """What to say of output that could not be written; what is still held back is given up."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return f"standard output: {error.strerror}"


def main(arguments: list[str] | None = None) -> None:
    """Run a command and exit: 0 computed, 2 refused, 3 a finding, 4 some inputs refused, 1 our own fault."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    given = _words(sys.argv[1:]) if arguments is None else arguments
    wanted = given[:1] if given and given[0] in COMMANDS else list(COMMANDS)
    try:
        _app(wanted)(given, prog_name="ino-dose")
    except InputError as error:
        for fault in error.faults:
            print(fault, file=sys.stderr)
        sys.exit(REFUSED)


def _words(arguments: list[str]) -> list[str]:
    """The arguments as UTF-8, whatever the locale: in an ASCII one Python hands over half of ë and ²."""
    return [os.fsencode(each).decode("utf-8", "surrogateescape") for each in arguments]


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

    return [id for id in library.at().files if id.startswith(incomplete)]


PlanFormat = Annotated[
    Literal["table", "json", "csv", "ics"], typer.Option("--format", "-f", help="How to print the result.")
]
Bsa = Annotated[str | None, typer.Option(help="BSA instead of height and weight: 1.82m2.")]
Formula = Annotated[str | None, typer.Option(help="BSA formula, mosteller if none; ino-dose bsa shows all.")]
RoundTo = Annotated[str | None, typer.Option(metavar="STEP|vial", help="Rounding step of a dose, 0.01mg if none.")]
Prior = Annotated[
    str | None, typer.Option(metavar="LEVEL|none|unknown", help="Inotuzumab ozogamicin received before: 1.8mg/m2.")
]
Remission = Annotated[
    str | None, typer.Option(metavar="N|never", help="CR/CRi documented at the end of cycle N, or never.")
]
Level = Annotated[str | None, typer.Option(help="The level, where the source leaves a choice: 1.8mg/m2.")]
Id = Annotated[str | None, typer.Option("--id", metavar="TEXT", help="Echoed in the output, never read.")]
Schedules = Annotated[
    Path | None,
    typer.Option(metavar="DIR", envvar="INO_DOSE_SCHEDULES", help="A folder with a site's own schedules."),
]
CeilingFile = Annotated[Path | None, typer.Option("--ceiling", metavar="FILE", help="A site's own ceiling.")]
Name = Annotated[
    str, typer.Argument(metavar="REGIMEN", help="An id, or the path of a schedule file.", autocompletion=_regimen_ids)
]
AnyName = Annotated[
    str | None,
    typer.Argument(metavar="[REGIMEN]", help="An id, or the path of a schedule file.", autocompletion=_regimen_ids),
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
    regimen: AnyName = None,
    course: Annotated[
        str | None, typer.Option(metavar="FILE", help="A course file: what was given and what changed; - for stdin.")
    ] = None,
    height: Height = None,
    weight: Weight = None,
    bsa: Bsa = None,
    formula: Formula = None,
    sex: Sex = None,
    cycles: Annotated[str | None, typer.Option(metavar="N", help="Plan through cycle N of the regimen.")] = None,
    remission_after: Remission = None,
    prior: Prior = None,
    hsct: Annotated[bool, typer.Option("--hsct", help="Transplant is planned: stop where the source says so.")] = False,
    level: Level = None,
    round_to: RoundTo = None,
    start: Annotated[str | None, typer.Option(metavar="DATE", help="Day 1 of cycle 1: 2026-12-01.")] = None,
    transplant: Annotated[str | None, typer.Option(metavar="DATE", help="The day of transplant.")] = None,
    id: Id = None,
    format: PlanFormat = "table",
    pharmacy: Annotated[bool, typer.Option("--pharmacy", help="Add vials, volumes and bags to the table.")] = False,
    fail_on: Annotated[
        Literal["between", "above"] | None, typer.Option(help="Exit 3 when the course is there or past it.")
    ] = None,
    schedules: Schedules = None,
    ceiling_file: CeilingFile = None,
) -> None:
    """Plan a course: every dose in mg, the sum against the ceiling."""
    from . import asked, ceiling, library
    from . import plan as plans

    options = {
        "REGIMEN": regimen,
        "--height": height,
        "--weight": weight,
        "--bsa": bsa,
        "--formula": formula,
        "--sex": sex,
        "--cycles": cycles,
        "--remission-after": remission_after,
        "--prior": prior,
        "--hsct": "yes" if hsct else None,
        "--level": level,
        "--round-to": round_to,
        "--start": start,
        "--transplant": transplant,
        "--id": id,
    }
    books = library.at(schedules)
    file = _course_file(course, books)
    product = library.product()
    said = asked.together(options, file, product)
    if fail_on and not said.course.prior_stated:
        raise InputError("--fail-on", "a verdict must know what came before", "add --prior 1.8mg/m2, none or unknown")
    with errors.placed(file.places if file else {}):
        found = plans.make(
            books.regimen(said.regimen),
            said.body,
            said.course,
            library.ceiling(ceiling_file),
            said.rounding,
            said.patient,
            product,
        )
    _print_plan(found, format, pharmacy)
    if fail_on and ceiling.fails(found.status, fail_on):
        print(f"the course is {found.status}, and --fail-on {fail_on} was asked for", file=sys.stderr)
        raise typer.Exit(FINDING)


def _course_file(name: str | None, books: Library) -> CourseFile | None:
    if name is None:
        return None
    from . import coursefile

    return coursefile.read(name, books)


def _print_plan(found: Plan, format: str, pharmacy: bool) -> None:
    if format == "table":
        from . import tables

        _write(tables.text(tables.plan(found, pharmacy)))
        return
    from . import remarks, report

    if format == "json":
        _print(report.plan(found), format)
        return
    if format == "ics":
        from . import calendar

        _write(calendar.text(found))
    else:
        _print(report.dose_rows(found), format)
    for sentence in remarks.warnings(found):
        print(f"warning: {sentence}", file=sys.stderr)


def verify(
    regimen: AnyName = None,
    cycle: Annotated[str | None, typer.Option(metavar="N", help="The cycle ordered for.")] = None,
    day: Annotated[str | None, typer.Option(metavar="N", help="The day of the cycle ordered for.")] = None,
    dose: Annotated[str | None, typer.Option(help="The mg ordered: 0.91mg.")] = None,
    height: Height = None,
    weight: Weight = None,
    bsa: Bsa = None,
    stated_bsa: Annotated[str | None, typer.Option(help="BSA that stands on the order itself.")] = None,
    formula: Formula = None,
    sex: Sex = None,
    remission_after: Remission = None,
    prior: Prior = None,
    level: Level = None,
    tolerance: Annotated[str | None, typer.Option(help="How far off still agrees, 5% if none.")] = None,
    id: Id = None,
    orders: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Check every order of a CSV or NDJSON file instead; - is standard input."),
    ] = None,
    format: Annotated[
        Literal["table", "json", "csv"] | None, typer.Option("--format", "-f", help="How to print the result.")
    ] = None,
    schedules: Schedules = None,
    ceiling_file: CeilingFile = None,
) -> None:
    """Recompute an order that somebody else wrote. Exit 3 when it differs, with the slip that would explain it."""
    columns = {
        "regimen": regimen,
        "cycle": cycle,
        "day": day,
        "dose": dose,
        "height": height,
        "weight": weight,
        "bsa": bsa,
        "stated_bsa": stated_bsa,
        "formula": formula,
        "sex": sex,
        "remission_after": remission_after,
        "prior": prior,
        "level": level,
        "tolerance": tolerance,
        "id": id,
    }
    from . import library
    from .verifying import ordered

    facts = library.facts(schedules, ceiling_file)
    if orders is not None:
        _verify_every(orders, columns, format, facts)
        return
    found = ordered.check(columns, facts)
    _print_check(found, format or "table")
    if found.verdict != "agrees":
        raise typer.Exit(FINDING)


def _verify_every(
    file: str, columns: dict[str, str | None], format: Literal["table", "json", "csv"] | None, facts: Facts
) -> None:
    from .verifying import orders

    given = next((name for name, value in columns.items() if value is not None), None)
    if given:
        raise InputError("--orders", f"{given} is a column of the file here", "leave it out")
    if format == "table":
        raise InputError("--format", "a file of orders is answered in csv or json", "leave it out for the file's own")
    counts = orders.every(file, facts, format, _write)
    said = ", ".join(f"{count} {verdict.replace('_', ' ')}" for verdict, count in sorted(counts.items()))
    print(f"{counts.total()} order{'s' * (counts.total() != 1)}: {said}", file=sys.stderr)
    if counts["agrees"] < counts.total():
        raise typer.Exit(PARTLY if counts["refused"] else FINDING)


def _print_check(found: Check, format: str) -> None:
    from .verifying import rows

    if format == "table":
        from . import tables
        from .verifying import page

        _write(tables.text(page.check(found)))
    elif format == "json":
        _print(rows.whole(found), format)
    else:
        _print([{"id": found.order.id} | rows.cells(found)], format)


def regimens(format: Format = "table", schedules: Schedules = None) -> None:
    """List the regimens, those that cannot be planned among them."""
    from . import library

    found, faults = library.at(schedules).all()
    if format == "table":
        from . import tables

        _write(tables.text(tables.regimens(found)))
    else:
        from . import listing

        _print(listing.regimens(found), format)
    _tell(faults)


def _tell(faults: list[Fault]) -> None:
    """Name the site's files that could not be read, beside the result without them."""
    for fault in faults:
        print(fault, file=sys.stderr)
    if faults:
        raise typer.Exit(PARTLY)


def show(
    regimen: Name,
    format: Annotated[Literal["table", "json"], typer.Option("--format", "-f")] = "table",
    schedules: Schedules = None,
) -> None:
    """Read out a whole regimen with the source of every number."""
    from . import library

    found = library.at(schedules).regimen(regimen)
    if format == "table":
        from . import tables

        _write(tables.text(tables.regimen(found)))
    else:
        from . import listing

        _print(listing.regimen(found), format)


def compare(
    ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="[REGIMEN]...", help="Which; all if none.", autocompletion=_regimen_ids),
    ] = None,
    prior: Prior = None,
    hsct: Annotated[
        bool, typer.Option("--hsct", help="Cut each where transplant patients stop; most room first.")
    ] = False,
    height: Height = None,
    weight: Weight = None,
    bsa: Bsa = None,
    formula: Formula = None,
    sex: Sex = None,
    round_to: RoundTo = None,
    format: Format = "table",
    schedules: Schedules = None,
    ceiling_file: CeilingFile = None,
) -> None:
    """Regimens side by side. mg/m² by cycle, where each limit is passed, SOS/VOD as published."""
    from . import asked, comparing, library

    books = library.at(schedules)
    found, faults = (books.some(ids), []) if ids else books.all()
    ceiling = library.ceiling(ceiling_file)
    measured = any(text is not None for text in (height, weight, bsa, formula))
    area = asked.body(height, weight, bsa, formula, sex).bsa if measured else None
    rounding = asked.rounding(round_to or "0.01mg", library.product())
    rows = comparing.rows(found, ceiling, asked.prior(prior), hsct, area, rounding)
    if format == "table":
        from . import sidebyside, tables

        _write(tables.text(sidebyside.parts(found, rows, ceiling, area)))
    else:
        from . import listing

        shown = listing.compare(found, rows) if format == "json" else listing.compare_rows(rows)
        _print(shown, format, listing.BY_CYCLE)
    _tell(faults)


def bsa(height: Height = None, weight: Weight = None, sex: Sex = None, format: Format = "table") -> None:
    """Body surface area by every formula, each with its paper."""
    from . import asked, body, listing, units

    found = body.areas(*asked.sizes(height, weight), sex)
    if format == "table":
        from . import tables

        rows = (
            (row["formula"], units.digits(row["bsa_m2"]) if row["bsa_m2"] else row["note"], row["source"])
            for row in listing.areas(found)
        )
        _write(tables.text(tables.areas(rows)))
    else:
        _print(listing.areas(found), format)


def lint(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE]...", help="Schedule files; all bundled ones if none.")
    ] = None,
    format: Annotated[Literal["table", "json"], typer.Option("--format", "-f")] = "table",
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of a schedule file, for editors.")
    ] = False,
) -> None:
    """Check schedule files. Everything wrong at once, each with its line; exit 3 when there is."""
    from . import library, shape
    from . import lint as linting

    if schema:
        _print(shape.SCHEMA, "json")
        return
    paths = files or library.everything()
    faults = [fault for path in paths for fault in linting.faults(path)]
    if format == "json":
        from . import listing

        _print(listing.faults(faults), format)
    else:
        none = f"{len(paths)} {'file' if len(paths) == 1 else 'files'}: no faults"
        _write(("\n".join(map(str, faults)) or none) + "\n")
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
    schedules: Schedules = None,
    ceiling_file: CeilingFile = None,
) -> None:
    """Plan every patient of a file. Exit 4 where rows were refused; each says why."""
    if not doses:  # reading, planning and writing are threads already: more of them only wait for each other
        os.environ.setdefault("POLARS_MAX_THREADS", "1")
    signal.signal(signal.SIGINT, signal.default_int_handler)  # Polars would swallow one that is left to the system
    try:
        from . import library
        from .cohort import batch
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None
    except ModuleNotFoundError as error:
        if error.name != "polars":
            raise
        raise InputError("cohort", "needs Polars, which is not installed", "pip install 'ino-dose[cohort]'") from None
    gc.freeze()
    gc.enable()
    try:
        facts = library.facts(schedules, ceiling_file)
        if refused := batch.run(file, output, regimen, round_to, source, target, doses, facts):
            raise typer.Exit(refused)
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None


def _print(value: list[dict[str, Any]] | dict[str, Any], format: str, columns: tuple[str, ...] = ()) -> None:
    from . import plain

    if format == "csv":
        assert isinstance(value, list)
        _write(plain.to_csv(value, columns))
    else:
        _write(plain.to_json(value) + "\n")


def _write(text: str) -> None:
    """Put a result on standard output whole, or end with 1: a result that was lost is never a 0."""
    if sys.stdout is None:
        sys.exit("standard output is closed")
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        sys.exit(_lost(error))


COMMANDS: dict[str, Callable[..., None]] = {
    "plan": plan,
    "regimens": regimens,
    "show": show,
    "compare": compare,
    "lint": lint,
    "bsa": bsa,
    "verify": verify,
    "cohort": cohort,
}
"""The commands by name. Only the one that is asked for is built, which saves half a millisecond each."""
