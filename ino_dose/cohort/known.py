"""Distinct keys → what was found for each, made once and looked up from then on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl

WORDS = 16
NUMBERS = 8192
PLACES = 2**22
"""More than the texts of a column that are told apart one by one, its numbers, and the places of a list."""
MOST = 20_000
"""Problems remembered; more than any cohort of measured patients has."""


class Known:
    """Keys met so far. `make` finds a row for each new one; it is given whole rows, of which the key is a part.

    As long as keys are small numbers and few texts, each has its place in a list, from which it is
    read; from then on rows are joined to the keys, which takes several times as long.
    """

    def __init__(self, on: list[str], make: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
        self.on, self.make = on, make
        self.keys: pl.DataFrame | None = None
        self.table = pl.DataFrame()
        self.listed = True
        self.words: dict[str, list[str]] = {}
        self.place = pl.lit(0)
        self.places = pl.Series([], dtype=pl.UInt32)

    def __len__(self) -> int:
        return self.table.height

    def find(self, rows: pl.DataFrame) -> pl.DataFrame:
        """What is found for each row, in order; nothing for a row whose key is null."""
        if self.keys is None:
            self._learn(rows.clear())
        numbers = self._numbers(rows)
        if numbers.null_count() > max(rows[name].null_count() for name in self.on):
            new = rows.filter(numbers.is_null()).drop_nulls(self.on).unique(self.on, keep="any")
            if new.height:
                self._learn(new)
                numbers = self._numbers(rows)
        return self.table[numbers]

    def _numbers(self, rows: pl.DataFrame) -> pl.Series:
        """Where in the table each row's key is; null where it is new."""
        assert self.keys is not None
        if self._fits(rows):
            return self.places[rows.with_columns(at=self.place)["at"]]
        return rows.select(self.on).join(self.keys, self.on, "left", maintain_order="left")["number"]

    def _learn(self, rows: pl.DataFrame) -> None:
        keys = rows.select(self.on).with_row_index("number", offset=self.table.height)
        self.keys = keys if self.keys is None else pl.concat([self.keys, keys], rechunk=True)
        for column in keys.select(pl.col(pl.String)) if self.listed else ():
            words = self.words.setdefault(column.name, [])
            words += sorted(set(column) - set(words))
        if self._fits(keys):
            self.place = self._place()
            self.places = self.places.clone().scatter(keys.with_columns(at=self.place)["at"], keys["number"])
        found = self.make(rows)
        self.table = found if not self.table.width else pl.concat([self.table, found], rechunk=True)

    def _fits(self, rows: pl.DataFrame) -> bool:
        """Whether these keys, and all before, have a place in the list, which grows to hold them."""
        most: Any = 0
        for name in self.on if self.listed else ():
            text = name in self.words
            last: Any = len(self.words[name]) if text else rows[name].max() or 0
            self.listed &= last < (WORDS if text else NUMBERS)
            most = most * (WORDS if text else NUMBERS) + last
        self.listed &= most < PLACES
        if self.listed and most >= self.places.len():
            self.places = self.places.extend_constant(None, most + 1 - self.places.len())
        return self.listed

    def _place(self) -> pl.Expr:
        """The columns of a key as the digits of one number; a text counts from 1, and as 0 where it is new."""
        place = pl.lit(0, pl.UInt32)
        for name in self.on:
            digit, base = pl.col(name).cast(pl.UInt32), NUMBERS
            if name in self.words:
                digit, base = pl.lit(0, pl.UInt32), WORDS
                for index, word in enumerate(self.words[name], 1):
                    digit = pl.when(pl.col(name) == word).then(pl.lit(index, pl.UInt32)).otherwise(digit)
            place = place * base + digit
        return place
