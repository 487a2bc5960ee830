"""`ino-dose verify`: an order that somebody else wrote, or a file of them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ..errors import Field, InputError
from . import result
from .options import AnyName, Bsa, CeilingFile, Formula, Height, Id, Level, Prior, Remission, Schedules, Sex, Weight

if TYPE_CHECKING:
    from ..files.library import Facts
    from ..verify.order import Check


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
    round_to: Annotated[
        str | None, typer.Option(metavar="STEP|vial", help="How the order is rounded; what plan prints then agrees.")
    ] = None,
    id: Id = None,
    orders: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Check every order of a CSV or NDJSON file instead; - is standard input."),
    ] = None,
    passed: Annotated[
        list[str] | None,
        typer.Option("--pass", metavar="COLUMN", help="With --orders: let a column through whose name is nearly one."),
    ] = None,
    format: Annotated[
        Literal["table", "json", "csv"] | None, typer.Option("--format", "-f", help="How to print the result.")
    ] = None,
    schedules: Schedules = None,
    ceiling_file: CeilingFile = None,
) -> None:
    """Recompute an order that somebody else wrote. Exit 3 when it differs, with the slip that would explain it."""
    said = {
        "regimen": regimen,
        "cycle": cycle,
        "day": day,
        "dose": dose,
        "height": height,
        "weight": weight,
        "bsa": bsa,
        "stated bsa": stated_bsa,
        "formula": formula,
        "sex": sex,
        "remission after": remission_after,
        "prior": prior,
        "level": level,
        "tolerance": tolerance,
        "round to": round_to,
        "id": id,
    }
    from ..files import library
    from ..verify import check

    facts = library.facts(schedules, ceiling_file)
    if orders is not None:
        _verify_every(orders, said, format, facts, passed or [])
        return
    if passed:
        raise InputError(
            Field("pass"), "is of the columns of a file, and there is none", "add ", Field("orders", "FILE")
        )
    found = check.written(said, facts, facts.regimen)
    _print_check(found, format or "table")
    if found.verdict != "agrees":
        raise typer.Exit(result.FINDING)


def _verify_every(
    file: str,
    said: dict[str, str | None],
    format: Literal["table", "json", "csv"] | None,
    facts: Facts,
    passed: list[str],
) -> None:
    from .. import request
    from ..output import verify_csv, verify_json
    from ..verify import order_file, order_summary

    round_to = said.pop("round to")
    request.rounding(round_to, facts.product)  # what cannot be a step is refused once, not in every row
    given = next((field for field, value in said.items() if value is not None), None)
    if given:
        raise InputError(Field(given), "is a column of the file here", "leave it out")
    if format == "table":
        raise InputError(
            Field("format"), "a file of orders is answered in csv or json", "leave it out for the file's own"
        )
    asked = order_file.Asked(facts, verify_csv.ORDER_RESULTS, passed, format == "csv", round_to, _flush)
    with order_file.read(file, asked) as found:
        as_csv = (format or found.form) == "csv"
        tally = order_summary.Tally(as_csv)
        checked = map(tally.add, found.checked)
        for line in verify_csv.lines(found.header, checked) if as_csv else verify_json.lines(checked):
            sys.stdout.write(line)
    _flush()
    for sentence in tally.sentences():
        result.say(sentence)
    if tally.verdicts["refused"]:
        raise typer.Exit(result.PARTLY)
    if tally.verdicts["agrees"] < tally.verdicts.total():
        raise typer.Exit(result.FINDING)


def _flush() -> None:
    sys.stdout.flush()


def _print_check(found: Check, format: str) -> None:
    if format == "table":
        from ..output import terminal, verify_page

        result.write(terminal.text(verify_page.parts(found)))
    elif format == "json":
        from ..output import verify_json

        result.json(verify_json.value(found))
    else:
        from ..output import verify_csv

        result.csv(verify_csv.rows(found))
