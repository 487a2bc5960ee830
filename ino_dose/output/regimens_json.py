"""Regimens → the list that `regimens -f json` prints."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from .json_and_csv import Row

if TYPE_CHECKING:
    from ..engine.regimen import Regimen


def regimens(found: Iterable[Regimen]) -> list[Row]:
    """The list that `regimens -f json` prints."""
    return [
        {
            "id": regimen.id,
            "title": regimen.title,
            "status": "incomplete" if regimen.incomplete else "complete",
            "after_transplant": regimen.after_transplant,
            "last_cycle": regimen.last_cycle,
            "remission_adapted": regimen.remission_adapted,
        }
        for regimen in found
    ]
