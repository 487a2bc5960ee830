"""`ino-dose compare`: regimens side by side."""

from __future__ import annotations

from typing import Annotated

import typer

from . import result
from .options import Bsa, CeilingFile, Format, Formula, Height, Prior, RoundTo, Schedules, Sex, Weight, regimen_ids


def compare(
    ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="[REGIMEN]...", help="Which; all if none.", autocompletion=regimen_ids),
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
    from .. import request
    from ..engine import comparison
    from ..files import library

    books = library.at(schedules)
    found, faults = (books.some(ids), []) if ids else books.all()
    ceiling = library.ceiling(ceiling_file)
    measured = any(text is not None for text in (height, weight, bsa, formula))
    area = request.body(height, weight, bsa, formula, sex).bsa if measured else None
    rounding = request.rounding(round_to, library.product())
    rows = comparison.rows(found, ceiling, request.prior(prior), hsct, area, rounding)
    if format == "table":
        from ..output import compare_page, terminal

        result.write(terminal.text(compare_page.parts(found, rows, ceiling, area)))
    elif format == "json":
        from ..output import compare_json

        result.json(compare_json.value(found, rows))
    else:
        from ..output import compare_csv

        result.csv(compare_csv.rows(rows), compare_csv.COLUMNS)
    result.tell(faults)
