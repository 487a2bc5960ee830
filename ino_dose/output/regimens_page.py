"""Regimens → the list of them that a person reads: by setting, what can be asked for, and last what is incomplete."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from ..engine.regimen import SETTINGS
from . import page
from .page import Column, Part, Row, Title

if TYPE_CHECKING:
    from ..engine.regimen import Regimen

TITLES = ("Regimen", "Last cycle", "By remission", "What it is")
NOT_NAMED = "* not named by the review that the project rests on"


def parts(found: Iterable[Regimen]) -> Iterator[Part]:
    """A table a setting, a row a regimen; last those without a stated dose."""
    regimens = sorted(found, key=lambda each: (each.incomplete, _place(each), each.id))
    whole = [each for each in regimens if not each.incomplete]
    for place, group in groupby(whole, key=_place):
        yield from _group((*SETTINGS, "of no stated setting")[place].capitalize(), group)
    yield from _group(
        "Incomplete: no source that could be read states the dose, and nothing is planned", regimens[len(whole) :]
    )
    if any(not each.reviewed for each in regimens):
        yield page.line(NOT_NAMED)


def _place(regimen: Regimen) -> int:
    """Where its setting is listed; last where it states none."""
    return SETTINGS.index(regimen.setting.name) if regimen.setting else len(SETTINGS)


def _group(title: str, regimens: Iterable[Regimen]) -> Iterator[Part]:
    if rows := [_row(each) for each in regimens]:
        yield Title(title)
        yield page.Table([Column(each, wraps=each != "Regimen") for each in TITLES], rows)


def _row(regimen: Regimen) -> Row:
    name = regimen.id if regimen.reviewed else f"{regimen.id} *"
    if regimen.incomplete:
        return Row((name, "", "", regimen.title))
    last, adapted = str(regimen.last_cycle or "not stated"), "yes" if regimen.remission_adapted else "no"
    return Row((name, last, adapted, regimen.title))
