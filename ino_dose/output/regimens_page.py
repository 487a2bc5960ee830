"""Regimens → the list of them that a person reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from . import page
from .page import Column, Part, Row

if TYPE_CHECKING:
    from ..engine.regimen import Regimen

TITLES = ("Regimen", "Last cycle", "By remission", "What it is")


def parts(found: Iterable[Regimen]) -> Iterator[Part]:
    """A row a regimen: what can be asked for."""
    yield page.Table([Column(title, wraps=title != "Regimen") for title in TITLES], map(_row, found))


def _row(regimen: Regimen) -> Row:
    if regimen.incomplete:
        return Row((regimen.id, "incomplete", "", regimen.title))
    last, adapted = str(regimen.last_cycle or "not stated"), "yes" if regimen.remission_adapted else "no"
    return Row((regimen.id, last, adapted, regimen.title))
