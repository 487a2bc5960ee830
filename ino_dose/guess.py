"""Sizes as float columns → a guess at each row's body, and nothing wherever the guess might be wrong.

The formulas are those of body.py, given columns instead of numbers.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar

import polars as pl

from . import body as bodies
from . import units
from .columns import Columns

Texts = TypeVar("Texts", pl.Series, pl.Expr)

KEYS = 1024
"""Above every BSA in hundredths and every BMI in tenths."""
CLOSE = 1e-6
"""How near a tie a float is not trusted; its own error is below 1e-12 here."""


class _Float(NamedTuple):
    """A column that stands in for a quantity in the formulas of body.py."""

    magnitude: Any


def size(columns: Columns, roles: list[str]) -> pl.Expr:
    """Which body class a row surely belongs to: BSA in hundredths of m², and BMI in tenths where it is remarked on.

    Null wherever a float might be wrong about it, and for all that is not a plain number.
    """
    if not {"height", "weight"} <= set(roles):
        return pl.lit(None, pl.Int64)
    height, weight = _cm_or_kg(columns, "height", units.HEIGHT), _cm_or_kg(columns, "weight", units.WEIGHT)
    bsa: Any = bodies.FORMULAS["mosteller"].area(height, weight, None) * 100
    bmi: Any = bodies.bmi(_Float(height), _Float(weight)) * 10  # type: ignore[arg-type]
    sure = [height.is_between(30 + CLOSE, 250 - CLOSE), weight.is_between(1 + CLOSE, 400 - CLOSE)]
    sure += [bsa.is_between(31, 399), bmi.is_between(80 + CLOSE, 1000 - CLOSE), _clear(bsa)]
    sure += [(bmi < 450 - CLOSE) | (bmi > 450 + CLOSE) & _clear(bmi)]
    sure += [pl.col(role).is_in(fits) for role, fits in _PLAIN.items() if role in roles]
    remarked = pl.when(bmi > 450).then(_nearest(bmi)).otherwise(0)
    return pl.when(pl.all_horizontal(sure)).then(_nearest(bsa) * KEYS + remarked)


_PLAIN = {"bsa": [""], "formula": ["", "mosteller"], "sex": ["", "f", "m"]}


def _cm_or_kg(columns: Columns, role: str, kind: units.Kind) -> Any:
    """Heights in cm or weights in kg, as floats; null where the cell is not a plain number and unit."""
    cell, unit = pl.col(role), columns.unit(role)
    if unit:
        number, factor = cell, _factor(unit, kind)
    else:
        found = cell.str.extract_groups(rf"^ *({units.NUMBER}) *([a-z]+) *$")
        number = found.struct[0]
        word = found.struct[1]
        factor = word.replace_strict(
            {each: _factor(each, kind) for each in kind.spelled}, default=None, return_dtype=pl.Float64
        )
    return pl.when(plain(number)).then(number).cast(pl.Float64) * factor


def _factor(unit: str, kind: units.Kind) -> Any:
    return float(units.read(f"1{unit}", kind, unit).magnitude)


def _nearest(value: pl.Expr) -> pl.Expr:
    return (value + 0.5).floor().cast(pl.Int64)


def _clear(value: pl.Expr) -> pl.Expr:
    """Not near a half, where rounding turns."""
    return (value - value.floor() - 0.5).abs() > CLOSE


def plain(text: Texts) -> Texts:
    """Whether a text is one number that the strict reader takes."""
    return text.str.contains(f"^{units.NUMBER}$") & (text.str.len_bytes() <= units.MOST_DIGITS)
