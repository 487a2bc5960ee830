"""`ino-dose plan`: a course for one patient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, assert_never

import typer

from .. import errors
from ..errors import InputError
from . import result
from .options import (
    AnyName,
    Bsa,
    CeilingFile,
    Formula,
    Height,
    Id,
    Level,
    Prior,
    Remission,
    RoundTo,
    Schedules,
    Sex,
    Weight,
)

if TYPE_CHECKING:
    from ..engine.course import Course
    from ..engine.plan import Plan
    from ..files.library import Library
    from ..request import CourseFile, Said

PlanForm = Literal["table", "json", "csv", "ics", "yaml"]
PlanFormat = Annotated[PlanForm, typer.Option("--format", "-f", help="How to print the result.")]


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
    from_cycle: Annotated[
        str | None, typer.Option(metavar="N", help="The course is under way: plan from cycle N on, --prior before it.")
    ] = None,
    cycles: Annotated[str | None, typer.Option(metavar="N", help="Plan through cycle N of the regimen.")] = None,
    remission_after: Remission = None,
    prior: Prior = None,
    hsct: Annotated[bool, typer.Option("--hsct", help="Transplant is planned: stop where the source says so.")] = False,
    level: Level = None,
    round_to: RoundTo = None,
    start: Annotated[
        str | None, typer.Option(metavar="DATE", help="Day 1 of cycle 1, or of the cycle of --from-cycle: 2026-12-01.")
    ] = None,
    transplant: Annotated[str | None, typer.Option(metavar="DATE", help="The day of transplant.")] = None,
    id: Id = None,
    format: PlanFormat = "table",
    revision: Annotated[
        str | None, typer.Option(metavar="N", help="With -f ics: which file of this course it is; else its events.")
    ] = None,
    pharmacy: Annotated[bool, typer.Option("--pharmacy", help="Add vials, volumes and bags to the table.")] = False,
    vial: Annotated[Literal["us", "eu"], typer.Option(help="The vial that is counted: 0.9 mg, or 1 mg.")] = "us",
    fail_on: Annotated[
        Literal["between", "above"] | None, typer.Option(help="Exit 3 when the course is there or past it.")
    ] = None,
    schedules: Schedules = None,
    ceiling_file: CeilingFile = None,
) -> None:
    """Plan a course: every dose in mg, the sum against the ceiling."""
    from .. import counts_and_dates, request
    from ..engine import exposure, timetable
    from ..engine import plan as plans
    from ..files import library

    options = {
        "regimen": regimen,
        "height": height,
        "weight": weight,
        "bsa": bsa,
        "formula": formula,
        "sex": sex,
        "from cycle": from_cycle,
        "cycles": cycles,
        "remission after": remission_after,
        "prior": prior,
        "hsct": "yes" if hsct else None,
        "level": level,
        "round to": round_to,
        "start": start,
        "transplant": transplant,
        "id": id,
    }
    if revision is not None and format != "ics":
        raise InputError("--revision", "is of a calendar", "add -f ics, or leave it out")
    number = (
        None
        if revision is None
        else counts_and_dates.whole(revision, "--revision", "a revision", "write it like 2", 0, 6)
    )
    books = library.at(schedules)
    file = _course_file(course, books)
    product = library.product(vial)
    said = request.together(options, file, product)
    if fail_on and not said.course.prior_stated:
        raise InputError("--fail-on", "a verdict must know what came before", "add --prior 1.8mg/m2, none or unknown")
    ceiling, growth = library.ceiling(ceiling_file), library.growth()

    def make(course: Course) -> Plan:
        wanted = books.regimen(said.regimen)
        return plans.make(wanted, said.body, course, ceiling, said.rounding, said.patient, product, growth)

    with errors.on(errors.keys(file.places if file else {})):
        try:
            found = make(said.course)
        except InputError as error:
            if format != "yaml" or any(fault.kind != timetable.NO_LENGTH for fault in error.faults):
                raise
            found = make(said.course._replace(start=None))  # its lengths are among what is to be filled in
    _print_plan(found, format, pharmacy, number, said.said)
    for option in (
        name for name, said in (("schedules", schedules), ("ceiling", ceiling_file), ("vial", vial == "eu")) if said
    ):
        if format == "yaml":
            result.say(f"--{option} is no part of a course file: write it beside --course again")
    if fail_on and exposure.fails(found.status, fail_on):
        result.say(f"the course is {found.status}, and --fail-on {fail_on} was asked for")
        raise typer.Exit(result.FINDING)


def _course_file(name: str | None, books: Library) -> CourseFile | None:
    if name is None:
        return None
    from ..files import course_file

    return course_file.read(name, books)


def _print_plan(found: Plan, format: PlanForm, pharmacy: bool, revision: int | None, said: Said) -> None:
    """The result; of what is no table and no JSON, which have them, the warnings on standard error."""
    match format:
        case "table":
            from ..output import plan_page, terminal

            result.write(terminal.text(plan_page.parts(found, pharmacy)))
        case "json":
            from ..output import plan_json

            result.json(plan_json.value(found))
        case "csv":
            from ..output import plan_csv

            result.csv(plan_csv.rows(found))
        case "ics":
            from ..output import plan_ics

            result.write(plan_ics.text(found, revision))
            for sentence in plan_ics.remarks(found, revision):
                result.say(sentence)
        case "yaml":
            from ..output import plan_yaml

            result.write(plan_yaml.text(found, said))
        case _ as other:
            assert_never(other)
    if format in ("csv", "ics", "yaml"):
        from ..engine import remarks

        for sentence in remarks.warnings(found):
            result.say(f"warning: {sentence}")
