"""`ino-dose show`: one regimen with the source of every number."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from . import result
from .options import Name, Schedules


def show(
    regimen: Name,
    format: Annotated[Literal["table", "json"], typer.Option("--format", "-f")] = "table",
    schedules: Schedules = None,
) -> None:
    """Read out a whole regimen with the source of every number."""
    from ..files import library

    found, product = library.at(schedules).regimen(regimen), library.product()
    label = product if product.label == found.id else None
    if format == "table":
        from ..output import show_page, terminal

        result.write(terminal.text(show_page.parts(found, label)))
    else:
        from ..output import show_json

        result.json(show_json.value(found, label))
