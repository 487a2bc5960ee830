"""`ino-dose verify`: an order that somebody else wrote, or a file of them."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ..errors import InputError
from . import result
from .options import AnyName, Bsa, CeilingFile, Formula, Height, Id, Level, Prior, Remission, Schedules, Sex, Weight

if TYPE_CHECKING:
    from ..files.library import Facts
    from ..verify.order import Check
    from ..verify.orders import Checked


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
    from ..files import library
    from ..verify import check

    facts = library.facts(schedules, ceiling_file)
    if orders is not None:
        _verify_every(orders, columns, format, facts)
        return
    found = check.written(columns, facts)
    _print_check(found, format or "table")
    if found.verdict != "agrees":
        raise typer.Exit(result.FINDING)


def _verify_every(
    file: str, columns: dict[str, str | None], format: Literal["table", "json", "csv"] | None, facts: Facts
) -> None:
    from ..output import verify_csv, verify_json
    from ..verify import orders

    given = next((name for name, value in columns.items() if value is not None), None)
    if given:
        raise InputError("--orders", f"{given} is a column of the file here", "leave it out")
    if format == "table":
        raise InputError("--format", "a file of orders is answered in csv or json", "leave it out for the file's own")
    counts: Counter[str] = Counter()
    with orders.read(file, facts, verify_csv.RESULTS) as found:
        checked = _counted(found.checked, counts)
        csv = (format or found.form) == "csv"
        for line in verify_csv.lines(found.header, checked) if csv else verify_json.lines(checked):
            result.write(line)
    said = ", ".join(f"{count} {verdict.replace('_', ' ')}" for verdict, count in sorted(counts.items()))
    print(f"{counts.total()} order{'s' * (counts.total() != 1)}: {said}", file=sys.stderr)
    if counts["agrees"] < counts.total():
        raise typer.Exit(result.PARTLY if counts["refused"] else result.FINDING)


def _counted(checked: Iterable[Checked], counts: Counter[str]) -> Iterator[Checked]:
    for each in checked:
        counts[each.verdict] += 1
        yield each


def _print_check(found: Check, format: str) -> None:
    if format == "table":
        from ..output import terminal, verify_page

        result.write(terminal.text(verify_page.parts(found)))
    elif format == "json":
        from ..output import verify_json

        result.rows(verify_json.value(found), format)
    else:
        from ..output import verify_csv

        result.rows(verify_csv.rows(found), format)
