"""The cells of plain rows → numbers, each text asked once; nothing where it has to be looked at."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

import polars as pl

from .. import request
from ..errors import InputError
from ..units import Numeral
from .reading import Histories
from .rows import Rows

if TYPE_CHECKING:
    from ..units import Quantity

SCALE = 10**9
"""Levels and prior exposure are summed in whole billionths of mg/m²."""
NO_LEVEL_STATED, NO_TRANSPLANT, UNSAID = 0, -(10**9), 10**17
"""What empty cells say, as numbers that no other cell gives."""
EPOCH = date(1970, 1, 1).toordinal()


class Cells:
    """What cells say, each text asked once: amounts by their number among `amounts`, a day since 1970, yes as 1."""

    def __init__(self, layout: Rows, histories: Histories) -> None:
        self.layout, self.histories = layout, histories
        self.amounts: list[Quantity] = []
        self.fields: dict[str, Callable[[str], int | None]] = {
            "dose": lambda cell: self._amount("dose", cell),
            "level": lambda cell: self._amount("level", cell) if cell else NO_LEVEL_STATED,
            "status": lambda cell: int(histories.drug.outcome(cell)[0] == "given") or None,
            "drug": lambda cell: int(histories.drug.named(cell).kind == "it") or None,
            "transplant": self._transplant,
            "prior": self._prior,
        }

    def each(self, cells: pl.Series, say: Callable[[str], int | None]) -> pl.Series:
        """What each cell says, None where it is not plain."""
        texts = cells.unique()
        return cells.replace_strict(texts, pl.Series([say(text) for text in texts], dtype=pl.Int64))

    def _said(self, field: str, cell: str) -> str:
        return Numeral(cell, self.layout.units[field]) if field in self.layout.units else cell

    def _amount(self, field: str, cell: str) -> int | None:
        amount, _ = self.histories.amount(field, self._said(field, cell))
        if amount is None:
            return None
        self.amounts.append(amount)
        return len(self.amounts)

    def _transplant(self, cell: str) -> int | None:
        day = self.histories.moment(cell).day
        return day.toordinal() - EPOCH if day else None if cell else NO_TRANSPLANT

    def _prior(self, cell: str) -> int | None:
        """In billionths of mg/m²; nothing of one that is unknown, is not whole in those, or cannot be read."""
        if cell in ("", "none"):
            return UNSAID if not cell else 0
        with suppress(InputError):
            prior = request.prior(self._said("prior", cell))
            whole = None if prior is None else Fraction(prior.magnitude) * SCALE
            return int(whole) if whole is not None and whole.denominator == 1 and whole < UNSAID else None
        return None
