"""Regimens → the list that `regimens -f json` prints."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from .plain_values import Row

if TYPE_CHECKING:
    from ..engine.regimen import Regimen


def value(found: Iterable[Regimen]) -> list[Row]:
    """The list that `regimens -f json` prints."""
    return [entry(regimen) for regimen in found]


def entry(regimen: Regimen) -> Row:
    """A regimen in short, as it stands in every list of them."""
    return {
        "id": regimen.id,
        "title": regimen.title,
        "setting": regimen.setting and regimen.setting.name,
        "named_by_review": regimen.reviewed,
        "status": "incomplete" if regimen.incomplete else "complete",
        "after_transplant": regimen.after_transplant,
        "last_cycle": regimen.last_cycle,
        "remission_adapted": regimen.remission_adapted,
    }
