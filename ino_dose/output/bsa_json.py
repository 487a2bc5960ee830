"""Formulas and their areas → the list that `bsa -f json` prints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..engine.bsa_formulas import FORMULAS
from . import plain_values
from .plain_values import Row

if TYPE_CHECKING:
    from ..units import Quantity


def value(found: Mapping[str, Quantity | None]) -> list[Row]:
    """The list that `bsa -f json` prints, by formula; None where a formula needs the sex."""
    return [
        {
            "formula": id,
            "bsa_m2": plain_values.number(area),
            "source": FORMULAS[id].paper,
            "note": FORMULAS[id].caution or None if area is not None else "needs --sex f or --sex m",
        }
        for id, area in found.items()
    ]
