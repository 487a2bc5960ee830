"""Rows that are surely refused → the sentence of `plan`, for a million different ones as fast as for good rows.

The sentence is the engine's own, about a stand-in: a text of the same shape (82,5kg for 71,9kg),
which shows itself as a gap where the row's text is put.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from .. import body as bodies
from .. import patient, units
from ..errors import InputError
from . import guess
from .columns import Columns
from .known import Known

GAP = "<cell>"
SIMPLE = "^[0-9 .,+-]{0,40}[A-Za-z]{0,9}$"
"""Texts of which only the digits differ from their stand-in, and of these only 1 to 9."""
OPTIONS = {"height": "--height", "weight": "--weight", "prior": "--prior"}
KINDS = {**guess.KINDS, "prior": units.LEVEL}
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
        if "w" not in rows.columns:
            return pl.Series([None], dtype=pl.String).new_from_index(0, rows.height)
        height, weight = (self.reading(rows[role], role) for role in ("height", "weight"))
        h, w = pl.col("h"), pl.col("w")
        usual = [pl.col(role).is_in(fits) for role, fits in guess.PLAIN.items() if self.columns.has(role)]
        wrong = rows.with_columns(
            no_height=pl.col("height") == "",
            no_weight=pl.col("weight") == "",
            height_wrong=pl.when(h.is_null()).then(height),
            weight_wrong=pl.when(w.is_null()).then(weight),
        )
        sentence = pl.coalesce(
            pl.when("no_height", "no_weight").then(pl.lit(self._missing(None, None))),
            pl.when("no_height").then(pl.lit(self._missing(None, "1kg"))),
            pl.when("no_weight").then(pl.lit(self._missing("1cm", None))),
            "height_wrong",
            pl.when(h.is_not_null()).then("weight_wrong"),
            *(self._implausible(swap) for swap in (False, True)),
        )
        return wrong.select(pl.when(pl.lit(True), *usual).then(sentence)).to_series()

    def _missing(self, height: str | None, weight: str | None) -> str:
        try:
            patient.sizes(height, weight)
        except InputError as error:
            return self.say(str(error))
        raise AssertionError("nothing is missing")

    def _implausible(self, swap: bool) -> pl.Expr:
        """The first of height, weight and BMI that no patient has, where floats are sure of it."""
        h, w, bmi = (pl.col(name) for name in ("h", "w", "bmi"))
        tall, heavy = (
            pl.when(guess.usual(self.columns, role, name)).then(_digits(pl.col(f"{name}_text")))
            for role, name in (("height", "h"), ("weight", "w"))
        )
        turned = [(w, "a height"), (h, "a weight"), (bodies.bmi(guess.Column(w), guess.Column(h)), "a BMI")]  # type: ignore[arg-type]
        if swap:
            fits = pl.all_horizontal(guess.inside(value, what) for value, what in turned)  # type: ignore[arg-type]
        else:
            fits = pl.any_horizontal(guess.outside(value, what) for value, what in turned)  # type: ignore[arg-type]
        tenths = guess.nearest(bmi * 10)
        index = pl.concat_str(tenths // 10, pl.lit("."), tenths % 10)
        inside = [guess.inside(h, "a height"), guess.inside(w, "a weight")]
        said = [
            ("a height", tall, "{} cm", [guess.outside(h, "a height")]),
            ("a weight", heavy, "{} kg", [inside[0], guess.outside(w, "a weight")]),
            ("a BMI", index, bodies.OF_BMI, [*inside, guess.outside(bmi, "a BMI"), guess.clear(bmi * 10)]),
        ]
        return pl.coalesce(
            pl.when(fits, *sure).then(self._said(what, shown.format(GAP), value, heavy, tall, swap))
            for what, value, shown, sure in said
        )

    def _said(self, what: str, shown: str, value: pl.Expr, tall: pl.Expr, heavy: pl.Expr, swap: bool) -> pl.Expr:
        error = bodies.implausible(what, shown)
        if swap:
            error = bodies.swapped(error, f"{GAP} cm", f"{GAP} kg")
        first, *others = self.say(str(error)).split(GAP)
        pieces = zip((value, tall, heavy), others, strict=False)
        return pl.concat_str(pl.lit(first), *(each for gap, text in pieces for each in (gap, pl.lit(text))))


def _digits(number: pl.Expr) -> pl.Expr:
    """A plain number as units.digits writes it."""
    short = number.str.strip_chars_end("0").str.strip_chars_end(".")
    return pl.when(number.str.contains(".", literal=True)).then(short).otherwise(number)
