"""Rows that are surely refused → the sentence of `plan`, for a million different ones as fast as for good rows.

The sentence is the engine's own, about a stand-in: a text of the same shape (82,5kg for 71,9kg),
which shows itself as a gap where the row's text is put.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import polars as pl

from .. import request, units
from ..engine import body as bodies
from ..errors import Field, InputError
from . import bsa_column
from .columns import Columns
from .memo import Memo

GAP = "<cell>"
SIMPLE = "^[0-9 .,+-]{0,40}[A-Za-z]{0,9}$"
"""Texts of which only the digits differ from their stand-in, and of these only 1 to 9."""
OPTIONS = {role: Field(role) for role in ("height", "weight", "prior")}
KINDS = {**bsa_column.KINDS, "prior": units.LEVEL}


class StandIn(str):
    """A text that shows itself as a gap."""

    def __repr__(self) -> str:
        return GAP


class Refusals:
    """What is wrong with rows, as sentences that `say` quotes; null where the engine has to be asked."""

    def __init__(self, columns: Columns, say: Callable[[str], str]) -> None:
        self.columns, self.say = columns, say
        self.shapes = {role: Memo.of_texts(["shape"], partial(self._shape, role), ("head", "tail")) for role in KINDS}

    def _shape(self, role: str, shape: str) -> dict[str, str | None]:
        """The sentence before and behind the gap."""
        unit = self.columns.unit(role)
        if not shape or self.columns.word(role, shape) != shape + unit:
            return {}
        try:
            units.read(StandIn(shape + unit), KINDS[role], OPTIONS[role])
        except InputError as error:
            head, gap, tail = self.say(str(error)).partition(GAP)
            return {"head": head, "tail": tail} if gap else {}
        return {}

    def reading(self, cells: pl.Series, role: str) -> pl.Series:
        """What is wrong with the numbers and units of cells."""
        simple = cells.str.contains(SIMPLE) & (cells != "")
        shape = pl.select(shape=pl.when(simple).then(cells.str.replace_all("[1-9]", "1")).otherwise(pl.lit("")))
        found = self.shapes[role].find(shape)
        said = pl.concat_str(found["head"], pl.lit("'"), cells, pl.lit(self.columns.unit(role) + "'"), found["tail"])
        return pl.select(said).to_series()

    def find(self, rows: pl.DataFrame) -> pl.Series:
        """What is wrong with rows of which bsa_column does not know the BSA."""
        said: list[pl.Series] = []
        places: list[pl.Series] = []
        if "w" in rows.columns:
            cases = self._cases()
            case = rows.with_columns(swapped=pl.col("h") / (pl.col("w") / 100) ** 2).select(_first(cases)).to_series()
            for each in case.drop_nulls().unique():
                places.append((case == each).arg_true())
                said.append(self._said([*cases][each // 2], bool(each % 2), rows[places[-1]]))
        return spread(said, places, rows.height)

    def _cases(self) -> dict[str, pl.Expr]:
        """What is missing, unreadable or implausible, in the order in which `plan` looks, and where it surely is."""
        height, weight, h, w, bmi = map(pl.col, ("height", "weight", "h", "w", "bmi"))
        tall, heavy = bsa_column.inside(h, "a height"), bsa_column.inside(w, "a weight")
        usual = pl.all_horizontal(pl.lit(True), *bsa_column.no_other(self.columns))
        cases = {
            "no height, no weight": (height == "") & (weight == ""),
            "no height": height == "",
            "no weight": weight == "",
            "height": h.is_null(),
            "weight": w.is_null(),
            "a height": bsa_column.outside(h, "a height"),
            "a weight": tall & bsa_column.outside(w, "a weight"),
            "a BMI": tall & heavy & bsa_column.outside(bmi, "a BMI") & bsa_column.clear(bmi * 10),
        }
        return {what: usual & surely for what, surely in cases.items()}

    def _said(self, what: str, swapped: bool, rows: pl.DataFrame) -> pl.Series:
        """The sentences of rows that are alike."""
        if what in OPTIONS:
            return self.reading(rows[what], what)
        if what not in bodies.PLAUSIBLE:
            return pl.Series([self._missing(what)]).new_from_index(0, rows.height)
        height, weight = (
            _digits(pl.when(bsa_column.usual(self.columns, role)).then(bsa_column.text(self.columns, role)))
            for role in ("height", "weight")
        )
        value, shown = {
            "a height": (height, "{} cm"),
            "a weight": (weight, "{} kg"),
            "a BMI": (bsa_column.tenths(pl.col("bmi")), bodies.OF_BMI),
        }[what]
        error = bodies.implausible(what, shown.format(GAP))
        if swapped:
            error = bodies.swapped(error, f"{GAP} cm", f"{GAP} kg")
        first, *others = self.say(str(error)).split(GAP)
        pieces = zip((value, weight, height), others, strict=False)
        return rows.select(
            pl.concat_str(pl.lit(first), *(each for gap, text in pieces for each in (gap, pl.lit(text))))
        ).to_series()

    def _missing(self, what: str) -> str:
        height, weight = (None if size in what else "1" for size in ("height", "weight"))
        try:
            request.sizes(height, weight)
        except InputError as error:
            return self.say(str(error))
        raise AssertionError("nothing is missing")


def _first(cases: dict[str, pl.Expr]) -> pl.Expr:
    """Twice the place of the first case that a row surely is, plus one where height and weight would do if they were
    swapped; null where either is not sure.
    """
    turned = [(pl.col(name), what) for name, what in (("w", "a height"), ("h", "a weight"), ("swapped", "a BMI"))]
    swapped: Any = pl.when(pl.all_horizontal(bsa_column.inside(*each) for each in turned)).then(1)
    swapped = swapped.when(pl.any_horizontal(bsa_column.outside(*each) for each in turned)).then(0)
    case: Any = pl
    for place, (what, surely) in enumerate(cases.items()):
        case = case.when(surely).then(2 * place + (swapped if what in bodies.PLAUSIBLE else 0))
    found: pl.Expr = case
    return found


def spread(texts: list[pl.Series], places: list[pl.Series], height: int) -> pl.Series:
    """A column with these texts at these rows, and nothing elsewhere. The texts themselves are not copied."""
    if not texts:
        return pl.Series([None], dtype=pl.String).new_from_index(0, height)
    found = pl.concat(texts)
    at = pl.Series([None], dtype=pl.UInt32).new_from_index(0, height)
    return found[at.scatter(pl.concat(places), pl.arange(found.len(), dtype=pl.UInt32, eager=True))]


def _digits(number: pl.Expr) -> pl.Expr:
    """A plain number as units.digits writes it."""
    short = number.str.strip_chars_end("0").str.strip_chars_end(".")
    return pl.when(number.str.contains(".", literal=True)).then(short).otherwise(number)
