"""Regimens → the list of them that a person reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.table import Table

from .terminal import Part

if TYPE_CHECKING:
    from ..engine.regimen import Regimen


def regimens(found: Iterable[Regimen]) -> Iterator[Part]:
    """A row a regimen: what can be asked for."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in ("Regimen", "Last cycle", "By remission", "What it is"):
        table.add_column(name, overflow="fold", no_wrap=name == "Regimen")
    for each in found:
        last = "incomplete" if each.incomplete else str(each.last_cycle or "not stated")
        adapted = "yes" if each.remission_adapted else "no"
        table.add_row(each.id, last, "" if each.incomplete else adapted, each.title)
    yield table
