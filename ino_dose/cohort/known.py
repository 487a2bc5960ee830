"""Distinct keys → what was found for each, made once and looked up from then on."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl


class Known:
    """Keys met so far. `make` finds a row for each new one; it is given whole rows, of which the key is a part."""

    def __init__(self, on: list[str], make: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
        self.on, self.make = on, make
        self.keys: pl.DataFrame | None = None
        self.table = pl.DataFrame()

    def __len__(self) -> int:
        return self.table.height

    def find(self, rows: pl.DataFrame) -> pl.DataFrame:
        """What is found for each row, in order; nothing for a row whose key is null."""
        if self.keys is None:
            self._learn(rows.clear())
        numbers = self._numbers(rows)
        if numbers.null_count():
            new = rows.filter(numbers.is_null()).drop_nulls(self.on).unique(self.on, keep="any")
            if new.height:
                self._learn(new)
                numbers = self._numbers(rows)
        return self.table[numbers]

    def _numbers(self, rows: pl.DataFrame) -> pl.Series:
        assert self.keys is not None
        return rows.select(self.on).join(self.keys, self.on, "left", maintain_order="left")["number"]

    def _learn(self, rows: pl.DataFrame) -> None:
        keys = rows.select(self.on).with_row_index("number", offset=self.table.height)
        self.keys = keys if self.keys is None else pl.concat([self.keys, keys], rechunk=True)
        found = self.make(rows)
        self.table = found if not self.table.width else pl.concat([self.table, found], rechunk=True)
