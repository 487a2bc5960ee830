"""Rows that are surely refused → the sentence of `plan`, for a million different ones as fast as for good rows.

The sentence is the engine's own, about a stand-in: a text of the same shape (82,5kg for 71,9kg),
which shows itself as a gap where the row's text is put.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import polars as pl

from .. import request, units
from ..engine import body as bodies
from ..errors import Field, InputError
from ..tables import bsa_column
from .columns import Columns
from .memo import Memo

GAP = "<cell>"
POINT, THOUSANDS = "<point>", "<thousands>"
"""Where the two readings of a comma stand."""
SIMPLE = "^[0-9 .,+-]{0,40}[A-Za-z]{0,9}$"
"""Texts of which only the digits differ from their stand-in, and of these only 1 to 9."""
READ: dict[str, Callable[[str], object]] = {
    "height": lambda text: units.read(text, units.HEIGHT, Field("height")),
    "weight": lambda text: units.read(text, units.WEIGHT, Field("weight")),
    "prior": request.prior,
}


class Refused(NamedTuple):
    """Why a row has no results, as it is written behind it, and as such rows are counted."""

    error: str | None = None
    reason: str | None = None


class StandIn(units.Numeral):
    """A text that shows itself as a gap."""

    def __repr__(self) -> str:
        return GAP


class Refusals:
    """What is wrong with rows, put together by `say` and quoted by `quote`; null where the engine has to be asked."""

    def __init__(self, columns: Columns, say: Callable[[InputError], Refused], quote: Callable[[str], str]) -> None:
        self.columns, self.say, self.quote = columns, say, quote
        self.shapes = {
            field: Memo.of_texts(["shape"], partial(self._shape, field), ("head", "tail", "reason")) for field in READ
        }

    def _shape(self, field: str, shape: str) -> dict[str, str | None]:
        """The sentence before and behind the gap."""
        if not shape or shape.count(",") > 1 or ("," in shape and "." in shape):
            return {}
        try:
            READ[field](StandIn(shape, self.columns.unit(field)))
        except InputError as error:
            said = self.say(error)
            text = str(said.error).replace(units.readings(shape), f"{POINT} or {THOUSANDS}", 1)
            head, gap, tail = text.partition(GAP)
            return {"head": head, "tail": tail, "reason": said.reason} if gap else {}
        return {}

    def reading(self, cells: pl.Series, field: str) -> pl.DataFrame:
        """What is wrong with the numbers and units of cells."""
        simple = cells.str.contains(SIMPLE) & (cells != "")
        shape = pl.select(shape=pl.when(simple).then(cells.str.replace_all("[1-9]", "1")).otherwise(pl.lit("")))
        found = self.shapes[field].find(shape)
        said = pl.select(pl.concat_str(found["head"], pl.lit("'"), cells, pl.lit("'"), found["tail"])).to_series()
        at = found["tail"].str.contains(POINT, literal=True).fill_null(False).arg_true()
        if at.len():
            rows = pl.DataFrame({"said": said[at], "cell": cells[at].str.strip_chars(" ")})
            point = pl.col("cell").str.replace_all(",", ".", literal=True)
            thousands = pl.col("cell").str.replace_all(",", "", literal=True).str.replace("^0+([0-9])", "$1")
            both = (
                pl.col("said").str.replace(POINT, point, literal=True).str.replace(THOUSANDS, thousands, literal=True)
            )
            said = said.scatter(at, rows.select(both).to_series())
        return pl.DataFrame({"error": said, "reason": found["reason"]})

    def find(self, rows: pl.DataFrame) -> pl.DataFrame:
        """What is wrong with rows of which bsa_column does not know the BSA."""
        said: list[pl.DataFrame] = []
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
        usual = pl.all_horizontal(pl.lit(True), *bsa_column.no_other(self.columns.header))
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

    def _said(self, what: str, swapped: bool, rows: pl.DataFrame) -> pl.DataFrame:
        """The sentences of rows that are alike."""
        if what in READ:
            return self.reading(rows[what], what)
        if what not in bodies.PLAUSIBLE:
            return pl.DataFrame([self._missing(what)], dict.fromkeys(Refused._fields, pl.String), orient="row")[
                [0] * rows.height
            ]
        height, weight = (
            _digits(
                pl.when(bsa_column.usual(self.columns.header, role)).then(bsa_column.text(self.columns.header, role))
            )
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
        said = self.say(error)
        first, *others = str(said.error).split(GAP)
        pieces = zip((value, weight, height), others, strict=False)
        return rows.select(
            error=pl.concat_str(pl.lit(first), *(each for gap, text in pieces for each in (gap, pl.lit(text)))),
            reason=pl.lit(said.reason),
        )

    def _missing(self, what: str) -> Refused:
        height, weight = (None if size in what else "1" for size in ("height", "weight"))
        try:
            request.sizes(height, weight)
        except InputError as error:
            return self.say(error)
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


def spread(texts: list[pl.DataFrame], places: list[pl.Series], height: int) -> pl.DataFrame:
    """Columns with these texts at these rows, and nothing elsewhere. The texts themselves are not copied."""
    if not texts:
        nothing = pl.Series([None], dtype=pl.String).new_from_index(0, height)
        return pl.DataFrame({"error": nothing, "reason": nothing})
    found = pl.concat(texts)
    at = pl.Series([None], dtype=pl.UInt32).new_from_index(0, height)
    return found[at.scatter(pl.concat(places), pl.arange(found.height, dtype=pl.UInt32, eager=True))]


def _digits(number: pl.Expr) -> pl.Expr:
    """A plain number as units.digits writes it."""
    short = number.str.strip_chars_end("0").str.strip_chars_end(".")
    return pl.when(number.str.contains(".", literal=True)).then(short).otherwise(number)
