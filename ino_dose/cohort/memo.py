"""Distinct keys → what was found for each: made once when first met, looked up from then on."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import polars as pl

REMEMBERED = 20_000
"""Problems remembered; more than any cohort of measured patients has."""
FEW_TEXTS = 16
PLACES = 2**22
"""More than the texts of a column that are told apart one by one, and than the places of a list."""


class Memo:
    """Keys met so far. `make` finds a row for each new one; it is given whole rows, of which the key is a part.

    As long as keys are small numbers and few texts, each has its place in a list, from which it is
    read; from then on rows are joined to the keys, which takes three times as long. No cell is null.
    """

    def __init__(self, on: list[str], make: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
        self.on, self.make = on, make
        self.keys, self.found = pl.DataFrame(), pl.DataFrame()
        self.place: pl.Expr | None = None
        self.places = pl.Series(dtype=pl.UInt32)

    @classmethod
    def of_texts(cls, on: list[str], make: Callable[..., dict[str, str | None]], columns: Iterable[str]) -> Memo:
        """The same for texts under these columns, which `make` says by name for the cells of one key."""
        schema = dict.fromkeys(columns, pl.String)
        return cls(on, lambda rows: pl.DataFrame([make(*key) for key in rows.select(on).iter_rows()], schema))

    def __len__(self) -> int:
        return self.found.height

    def find(self, rows: pl.DataFrame) -> pl.DataFrame:
        """What is found for each row, in order."""
        if not self.keys.width:
            self._learn(rows.unique(self.on, keep="any"))
        numbers = self._numbers(rows)
        if numbers.null_count():
            self._learn(rows.filter(numbers.is_null()).unique(self.on, keep="any"))
            numbers = self._numbers(rows)
        return self.found[numbers]

    def _numbers(self, rows: pl.DataFrame) -> pl.Series:
        """The number of each row's key; null where it is new."""
        if self.place is not None:
            return self.places[rows.select(self.place).to_series()]
        return rows.select(self.on).join(self.keys, self.on, "left", maintain_order="left")["number"]

    def _learn(self, rows: pl.DataFrame) -> None:
        keys = rows.select(self.on).with_row_index("number", offset=len(self))
        self.keys = pl.concat([self.keys, keys], rechunk=True) if self.keys.width else keys
        found = self.make(rows)
        self.found = pl.concat([self.found, found], rechunk=True) if self.found.width else found
        place, places = pl.lit(0, pl.UInt32), 1
        for name in self.on:
            digit, base = _digit(self.keys[name])
            place, places = place * base + digit, places * base
        self.place = None
        if self.keys.height and places <= PLACES:
            nowhere = pl.Series([None], dtype=pl.UInt32).new_from_index(0, places)
            self.places = nowhere.scatter(self.keys.select(place).to_series(), self.keys["number"])
            self.place = place


def _digit(known: pl.Series) -> tuple[pl.Expr, int]:
    """A column of a key as numbers below the second; null where a cell is of none of the keys that are known."""
    column, number = pl.col(known.name), pl.lit(None, pl.UInt32)
    if known.dtype != pl.String:
        base = max(known, default=0) + 1
        return pl.when(column < base).then(column).otherwise(number), base
    words = known.unique()
    if len(words) > FEW_TEXTS:
        return number, PLACES + 1
    for index, word in enumerate(words):
        number = pl.when(column == word).then(pl.lit(index, pl.UInt32)).otherwise(number)
    return number, max(len(words), 1)
