"""`ino-dose lint`: everything that is wrong with a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from . import result


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
    from ..files import library
    from ..files import lint as linting
    from ..files import schema as schemas

    if schema:
        result.json(schemas.of("regimen"))
        return
    paths = files or library.everything()
    faults = [fault for path in paths for fault in linting.faults(path)]
    if format == "json":
        from ..output import lint_json

        result.json(lint_json.value(faults))
    else:
        none = f"{len(paths)} {'file' if len(paths) == 1 else 'files'}: no faults"
        result.write(("\n".join(map(str, faults)) or none) + "\n")
    if faults:
        raise typer.Exit(result.FINDING)
