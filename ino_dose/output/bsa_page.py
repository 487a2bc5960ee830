"""Formulas and their areas → the table that a person reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.box import SIMPLE_HEAD
from rich.table import Table

from .terminal import Part


def areas(rows: Iterable[tuple[str, str, str]]) -> Iterator[Part]:
    """A row a formula: its name, the BSA in m², its paper."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in ("Formula", "BSA m²", "Source"):
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*row)
    yield table
