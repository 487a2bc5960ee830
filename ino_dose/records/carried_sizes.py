"""Rows by column → the BSA of each, by its own sizes, those of its day, or the last before; nothing where more has to be said."""

from __future__ import annotations

import polars as pl

from ..tables import bsa_column
from ..tables.header import Columns
from .sizes import Sizes


def carry(frame: pl.DataFrame, columns: Columns, rules: Sizes) -> pl.DataFrame:
    """Rows by patient and day, those without a size with the last one before, or of their day; nothing where more has to be said.

    Rows that inform come first on their day. Several sizes of one day that differ, a weight that is older than it may
    be without a word, and the height of somebody who may still grow leave a row without a BSA.
    """
    who, day = pl.col("who"), pl.col("day")
    for size in ("height", "weight"):
        there = pl.col(size) != ""
        frame = frame.with_columns(
            pl.when(there).then(size).forward_fill().alias(f"{size} now"),
            pl.when(there).then(who).forward_fill().alias(f"{size} who"),
            pl.when(there).then(day).forward_fill().alias(f"{size} day"),
        )
        same = (pl.col(f"{size} who").shift() == who) & (pl.col(f"{size} day").shift() == day)
        differs = there & same & (pl.col(f"{size} now").shift() != pl.col(size))
        known = pl.when(pl.col(f"{size} who") == who).then(f"{size} now").fill_null("")
        frame = frame.with_columns(known.alias(size), differs.fill_null(False).alias(f"{size} differs"))
    names = {field: name for field, name in columns.names.items() if field in frame.columns}
    again = bsa_column.words(columns, rules.growth, frame.select(*names).rename(names))
    old = (day - pl.col("weight day")).dt.total_days() > rules.within
    grown = pl.col("h") > float(rules.grown)
    old |= ~grown & ((day - pl.col("height day")).dt.total_days() > rules.within)
    frame = frame.with_columns(again["hundredths"], again["question"], again["bmi"], again["h"]).with_columns(
        hundredths=pl.when(~old).then("hundredths"),
        doubted=pl.any_horizontal(
            pl.col(f"{size} differs").any().over(f"{size} who", f"{size} day") for size in ("height", "weight")
        ),
    )
    return frame.with_columns(hundredths=pl.when(~pl.col("doubted")).then("hundredths"))
