"""A result → standard output, whole or not at all, and the exit codes that say how it ended."""

from __future__ import annotations

import os
import sys
from typing import Any

import typer

from ..errors import Fault

REFUSED, FINDING, PARTLY, INTERRUPTED = 2, 3, 4, 130


def rows(value: list[dict[str, Any]] | dict[str, Any], format: str, columns: tuple[str, ...] = ()) -> None:
    from ..output import json_and_csv

    if format == "csv":
        assert isinstance(value, list)
        write(json_and_csv.to_csv(value, columns))
    else:
        write(json_and_csv.to_json(value) + "\n")


def write(text: str) -> None:
    """Put a result on standard output whole, or end with 1: a result that was lost is never a 0."""
    if sys.stdout is None:
        sys.exit("standard output is closed")
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        sys.exit(lost(error))


def lost(error: OSError) -> str:
    """What to say of output that could not be written; what is still held back is given up."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return f"standard output: {error.strerror}"


def tell(faults: list[Fault]) -> None:
    """Name the site's files that could not be read, beside the result without them."""
    for fault in faults:
        print(fault, file=sys.stderr)
    if faults:
        raise typer.Exit(PARTLY)
