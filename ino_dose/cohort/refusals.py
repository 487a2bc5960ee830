"""Rows that are surely refused → the sentence of `plan`, for a million different ones as fast as for good rows.

The sentence is the engine's own, about a stand-in: a text of the same shape (82,5kg for 71,9kg),
which shows itself as a gap where the row's text is put.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl

from .. import request, units
from ..engine import body as bodies
from ..errors import Field, InputError
from . import bsa_column
from .columns import Columns
from .known import Known

GAP = "<cell>"
SIMPLE = "^[0-9 .,+-]{0,40}[A-Za-z]{0,9}$"
"""Texts of which only the digits differ from their stand-in, and of these only 1 to 9."""
OPTIONS = {role: Field(role) for role in ("height", "weight", "prior")}
KINDS = {**bsa_column.KINDS, "prior": units.LEVEL}
CASES = (
    ("no height, no weight", False),
    ("no height", False),
    ("no weight", False),
    ("height", False),
    ("weight", False),
    ("a height", False),
    ("a height", True),
    ("a weight", False),
    ("a weight", True),
    ("a BMI", False),
    ("a BMI", True),
)
"""What is missing, unreadable or implausible, and whether height and weight would do if they were swapped."""
TEMPLATE = {"head": pl.String, "tail": pl.String}


class StandIn(str):
    """A text that shows itself as a gap."""

    def __repr__(self) -> str:
        return GAP


class Refusals:
    """What is wrong with rows, as sentences that `say` dresses; null where the engine has to be asked."""

    def __init__(self, columns: Columns, say: Callable[[str], str]) -> None:
        self.columns, self.say = columns, say
        self.known = {role: Known(["shape"], self._shapes(role)) for role in KINDS}

    def _shapes(self, role: str) -> Callable[[pl.DataFrame], pl.DataFrame]:
        return lambda rows: pl.DataFrame([self._shape(role, each) for each in rows["shape"]], TEMPLATE, orient="row")

    def _shape(self, role: str, shape: str) -> tuple[str, str] | tuple[None, None]:
        """The sentence before and behind the gap."""
        word = self.columns.word(role, shape)
        if word is None or word != shape + self.columns.unit(role):
            return (None, None)
        try:
            units.read(StandIn(word), KINDS[role], OPTIONS[role])
        except InputError as error:
            head, gap, tail = self.say(str(error)).partition(GAP)
            return (head, tail) if gap else (None, None)
        return (None, None)

    def reading(self, cells: pl.Series, role: str) -> pl.Series:
        """What is wrong with the numbers and units of cells."""
        simple = cells.str.contains(SIMPLE) & (cells != "")
        shape = pl.select(shape=pl.when(simple).then(cells.str.replace_all("[1-9]", "1")))
        found = self.known[role].find(shape)
        said = pl.concat_str(found["head"], pl.lit("'"), cells, pl.lit(self.columns.unit(role) + "'"), found["tail"])
        return pl.select(said).to_series()

    def find(self, rows: pl.DataFrame) -> pl.Series:
        """What is wrong with rows of guess.sizes that have no class."""
        said: list[pl.Series] = []
        places: list[pl.Series] = []
        if "w" in rows.columns:
            swapped = pl.col("h") / (pl.col("w") / 100) ** 2
            case = rows.with_columns(swapped=swapped).select(self._case()).to_series()
            for each in case.drop_nulls().unique():
                places.append((case == each).arg_true())
                said.append(self._said(CASES[each], rows[places[-1]]))
        return spread(said, places, rows.height)

    def _case(self) -> pl.Expr:
        """Which of CASES a row surely is, in the order in which plan looks; null where that is not sure."""
        h, w, bmi = (pl.col(name) for name in ("h", "w", "bmi"))
        no_height, no_weight = pl.col("height") == "", pl.col("weight") == ""
        turned = [(w, "a height"), (h, "a weight"), (pl.col("swapped"), "a BMI")]
        swap: Any = pl.when(pl.all_horizontal(bsa_column.inside(*each) for each in turned)).then(1)
        swap = swap.when(pl.any_horizontal(bsa_column.outside(*each) for each in turned)).then(0)
        sized = (
            pl.when(bsa_column.outside(h, "a height"))
            .then(5)
            .when(~bsa_column.inside(h, "a height"))
            .then(None)
            .when(bsa_column.outside(w, "a weight"))
            .then(7)
            .when(bsa_column.inside(w, "a weight") & bsa_column.outside(bmi, "a BMI") & bsa_column.clear(bmi * 10))
            .then(9)
        )
        case = (
            pl.when(no_height & no_weight)
            .then(0)
            .when(no_height)
            .then(1)
            .when(no_weight)
            .then(2)
            .when(h.is_null())
            .then(3)
            .when(w.is_null())
            .then(4)
            .otherwise(sized + swap)
        )
        usual = [pl.col(role).is_in(fits) for role, fits in bsa_column.PLAIN.items() if self.columns.has(role)]
        return pl.when(pl.lit(True), *usual).then(case)

    def _said(self, case: tuple[str, bool], rows: pl.DataFrame) -> pl.Series:
        """The sentences of rows that are alike."""
        what, swap = case
        if what in OPTIONS:
            return self.reading(rows[what], what)
        if what not in bodies.PLAUSIBLE:
            return pl.select(pl.repeat(self._missing(what), rows.height)).to_series()
        height, weight = (
            _digits(pl.when(bsa_column.usual(self.columns, role, name)).then(bsa_column.text(self.columns, role, name)))
            for role, name in (("height", "h"), ("weight", "w"))
        )
        value, shown = {
            "a height": (height, "{} cm"),
            "a weight": (weight, "{} kg"),
            "a BMI": (bsa_column.tenths(pl.col("bmi")), bodies.OF_BMI),
        }[what]
        error = bodies.implausible(what, shown.format(GAP))
        if swap:
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
