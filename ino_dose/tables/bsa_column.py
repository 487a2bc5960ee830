"""Heights and weights as float columns → each row's BSA, and nothing wherever a float might be wrong about it.

The formula is that of bsa_formulas.py, given columns instead of numbers.
"""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

import polars as pl

from .. import units
from ..engine import body as bodies
from ..engine import bsa_formulas
from ..engine.body import Growth
from . import blocks
from .header import Columns

Texts = TypeVar("Texts", pl.Series, pl.Expr)
SIZE_KINDS = {"height": units.HEIGHT, "weight": units.WEIGHT}
NO_OTHER = {"bsa": [""], "formula": ["", "mosteller"], "sex": ["", "f", "m"]}
"""Cells beside height and weight that leave the BSA to the usual formula."""
EXACT_DIGITS = 15
"""Of a number that a float tells apart from every other as short."""
CLOSE = 1e-6
"""How near a tie a float is not trusted; its own error is below 1e-12 here."""


def words(columns: Columns, growth: Growth, frame: pl.DataFrame) -> pl.DataFrame:
    """The words of a frame with the numbers of sizes beside them, and the BSA that a row surely has.

    `hundredths` is the BSA in hundredths of m². It is null wherever a float might be wrong about it, or
    about the BMI in tenths, and for all that is not a plain number; `question` is the one that the BMI
    raises, null for none. `h`, `w` (cm, kg) and `bmi` are floats.
    """
    words = blocks.words(columns, frame)
    if not (columns.has("height") and columns.has("weight")):
        none = {"hundredths": pl.UInt32, "bmi": pl.Float64, "question": pl.UInt32}
        return words.with_columns(pl.lit(None, kind).alias(name) for name, kind in none.items())
    h, w, bmi = map(pl.col, ("h", "w", "bmi"))
    area: Any = bsa_formulas.FORMULAS["mosteller"].area(h, w, None)  # type: ignore[arg-type]
    words = words.with_columns(*_split(columns, "height"), *_split(columns, "weight"))
    words = words.with_columns(h=_number(columns, "height"), w=_number(columns, "weight"))
    words = words.with_columns(area=area, bmi=w / (h / 100) ** 2)
    question, limit = _question(growth, words["h"])
    words = words.with_columns(limit=limit)
    words = words.with_columns(hundredths=_hundredths(columns, growth))
    asked = pl.col("hundredths").is_not_null() & (bmi > pl.col("limit"))
    return words.with_columns(question=pl.when(asked).then(question))


def _question(growth: Growth, heights: pl.Series) -> tuple[pl.Series, pl.Series]:
    """The number of the question that each height may raise, and the BMI above which it does."""
    ends = pl.Series([float(step.to.magnitude) for step in growth.steps])
    limits = pl.Series([*(float(step.above.magnitude) for step in growth.steps), float(growth.always.magnitude)])
    place = ends.search_sorted(heights.fill_null(0), side="left")
    return place.cast(pl.UInt32) + 1, limits[place]


def _hundredths(columns: Columns, growth: Growth) -> pl.Expr:
    bsa, bmi, limit = pl.col("area") * 100, pl.col("bmi") * 10, pl.col("limit") * 10
    sure = [inside(pl.col(name), what) for name, what in (("h", "a height"), ("w", "a weight"), ("bmi", "a BMI"))]
    sure += [inside(pl.col("area"), "a BSA", 0.01), clear(bsa)]
    sure += [(bmi < limit - CLOSE) | (bmi > limit + CLOSE) & clear(bmi), *no_other(columns)]
    if columns.unit("height") == "cm":
        sure.append(text(columns, "height").str.len_bytes() <= EXACT_DIGITS)
    else:  # a conversion may lead across the end of a step
        sure += [(pl.col("h") - float(step.to.magnitude)).abs() > CLOSE for step in growth.steps]
    return pl.when(pl.all_horizontal(sure)).then(nearest(bsa).cast(pl.UInt32))


def no_other(columns: Columns) -> list[pl.Expr]:
    """That nothing else is stated from which a BSA would come, or by which."""
    return [pl.col(role).is_in(cells) for role, cells in NO_OTHER.items() if columns.has(role)]


def _split(columns: Columns, role: str) -> list[pl.Expr]:
    """The number of a size as it is written and its unit, where both stand in the cell."""
    if columns.unit(role):
        return []
    groups = pl.col(role).str.extract_groups(rf"^ *({units.NUMBER}) *([a-z]+) *$")
    return [groups.struct[0].alias(f"{role}_text"), groups.struct[1].alias(f"{role}_unit")]


def text(columns: Columns, role: str) -> pl.Expr:
    """The cell of a size without the unit that may stand in it."""
    return pl.col(role if columns.unit(role) else f"{role}_text")


def _number(columns: Columns, role: str) -> pl.Expr:
    """The same as a float in cm or kg, where it is a plain number."""
    kind, unit, cell = SIZE_KINDS[role], columns.unit(role), text(columns, role)
    number = pl.when(plain(cell)).then(cell.cast(pl.Float64, strict=False))
    if unit:
        return number * _factor(unit, kind)
    factors = {each: _factor(each, kind) for each in kind.spelled if each != "ft"}  # whole feet are for the engine
    return number * pl.col(f"{role}_unit").replace_strict(factors, default=None, return_dtype=pl.Float64)


def usual(columns: Columns, role: str) -> pl.Expr:
    """Whether a size is written in cm or kg."""
    unit = columns.unit(role)
    return pl.lit(unit == SIZE_KINDS[role].unit) if unit else pl.col(f"{role}_unit") == SIZE_KINDS[role].unit


@cache  # filled with the first frame: pint is not asked while another thread plans
def _factor(unit: str, kind: units.Kind) -> float:
    return float(units.read(f"1{unit}", kind, unit).magnitude)


def inside(value: pl.Expr, what: str, margin: float = CLOSE) -> pl.Expr:
    """Surely a size that a patient can have."""
    least, most = map(float, bodies.PLAUSIBLE[what])
    return value.is_between(least + margin, most - margin)


def outside(value: pl.Expr, what: str) -> pl.Expr:
    """Surely a size that no patient has."""
    least, most = map(float, bodies.PLAUSIBLE[what])
    return (value < least - CLOSE) | (value > most + CLOSE)


def nearest(value: pl.Expr) -> pl.Expr:
    """Rounded half up."""
    return (value + 0.5).floor().cast(pl.Int64)


def tenths(value: pl.Expr) -> pl.Expr:
    """A number as text, rounded half up to 0.1."""
    whole = nearest(value * 10)
    return pl.concat_str(whole // 10, pl.lit("."), whole % 10)


def clear(value: pl.Expr) -> pl.Expr:
    """Not near a half, where rounding turns."""
    return (value - value.floor() - 0.5).abs() > CLOSE


def plain(text: Texts) -> Texts:
    """Whether a text is one number that the strict reader takes."""
    return text.str.contains(f"^{units.NUMBER}$") & (text.str.len_bytes() <= units.MOST_DIGITS)
