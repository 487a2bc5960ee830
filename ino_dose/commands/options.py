"""Options that several commands share, each written once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer


def regimen_ids(incomplete: str) -> list[str]:
    from ..files import library

    return [id for id in library.at().files if id.startswith(incomplete)]


Format = Annotated[Literal["table", "json", "csv"], typer.Option("--format", "-f", help="How to print the result.")]
Height = Annotated[str | None, typer.Option(help="Height with its unit: 178cm, 1.78m, 70in, '5ft 10in'.")]
Weight = Annotated[str | None, typer.Option(help="Weight with its unit: 82kg, 180lb.")]
Sex = Annotated[Literal["f", "m"] | None, typer.Option(help="For a formula that differs by sex, as schlich.")]
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
Output = Annotated[str | None, typer.Option("--output", "-o", metavar="OUT", help="Where to; else standard output.")]
Passed = Annotated[
    list[str] | None,
    typer.Option("--pass", metavar="COLUMN", help="Let a column through whose name is nearly one."),
]
Schedules = Annotated[
    str | None,
    typer.Option(metavar="DIR", envvar="INO_DOSE_SCHEDULES", help="A folder with a site's own schedules."),
]
CeilingFile = Annotated[Path | None, typer.Option("--ceiling", metavar="FILE", help="A site's own ceiling.")]
Name = Annotated[
    str, typer.Argument(metavar="REGIMEN", help="An id, or the path of a schedule file.", autocompletion=regimen_ids)
]
AnyName = Annotated[
    str | None,
    typer.Argument(metavar="[REGIMEN]", help="An id, or the path of a schedule file.", autocompletion=regimen_ids),
]
