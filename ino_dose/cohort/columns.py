"""The columns of a cohort → what each says of a patient, in the words of `plan`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

import polars as pl

from .. import units
from ..errors import InputError

UNITS = {
    "height": "",
    "height_cm": "cm",
    "height_m": "m",
    "height_in": "in",
    "weight": "",
    "weight_kg": "kg",
    "weight_lb": "lb",
    "bsa_m2": "m2",
    "prior_mg_per_m2": "mg/m2",
    "level_mg_per_m2": "mg/m2",
}
"""Columns of amounts, by the unit that the name states; where it states none, the cells do."""
UNITLESS = ("id", "regimen", "cycles", "remission_after", "hsct", "formula", "sex")
ROLES = {name: name.split("_")[0] for name in UNITS} | {name: name for name in UNITLESS}
TREATMENT = ("regimen", "cycles", "remission_after", "hsct", "level")
SIZE = ("height", "weight", "bsa", "formula", "sex")
"""The roles that a treatment is read from, and a size; what is left are `prior` and `id`."""
UNIT_WORDS = {word for kind in units.KINDS for word in kind.spelled}

DEPENDS = {
    "used_bsa_m2": "size",
    "total_level_mg_per_m2": "size",
    "cumulative_mg_per_m2": "prior",
    "total_dose_mg": "size",
    "ceiling_status": "prior",
    "remaining_upper_mg_per_m2": "prior",
    "first_over_lower": "prior",
    "first_over_upper": "prior",
    "last_cycle_within_upper": "prior",
    "warnings": "size",
    "error": "all",
}
"""The results in order, and what each depends on beside the treatment.

A result by `size` is said in Planner._amount of distinct.py. One by `prior` is said in Standings._say of
standing.py where it changes at limits only, and as a number in _after and _ask there. What depends on all
three is an expression over the others in Planner.plan, as `error` is.
"""
RESULTS = tuple(DEPENDS)
BY_SIZE, BY_PRIOR = ([name for name, on in DEPENDS.items() if on == which] for which in ("size", "prior"))


class Columns(NamedTuple):
    """The column of each role; `regimen` is the one that all rows share, where it is no column."""

    names: dict[str, str]
    regimen: str | None = None

    @classmethod
    def of(cls, names: Sequence[str], regimen: str | None, place: str) -> Columns:
        """Which column says what. Raises InputError where one is missing, doubled or named like a result."""
        for name, count in Counter(names).items():
            if count > 1:
                raise InputError(place, f"the column {name!r} is there twice", "name each column once")
            if name in RESULTS:
                raise InputError(place, f"the column {name!r} has the name of a result", "rename it")
        found: dict[str, str] = {}
        for name in names:
            if (role := ROLES.get(name)) is None:
                continue
            if role in found:
                raise InputError(place, f"{found[role]} and {name} both state the {role}", "keep one of the two")
            found[role] = name
        if ("regimen" in found) == (regimen is not None):
            problem = "the column regimen goes not with --regimen" if regimen else "the column regimen is missing"
            raise InputError(place, problem, "keep one of the two" if regimen else "add it, or --regimen for all rows")
        if "bsa" not in found and not {"height", "weight"} <= set(found):
            missing = " and ".join(size for size in ("height", "weight") if size not in found)
            raise InputError(place, f"the column for {missing} is missing", "add height_cm and weight_kg, or bsa_m2")
        return cls(found, regimen)

    def has(self, role: str) -> bool:
        """Whether a column plays this role."""
        return role in self.names

    def unit(self, role: str) -> str:
        """The unit that the name of the column states, empty where the cells state their own."""
        return UNITS.get(self.names.get(role, ""), "")

    def word(self, role: str, cell: str) -> str | None:
        """What `plan` would be told: 178 under height_cm is 178cm; an empty cell is not stated."""
        unit = self.unit(role)
        if role == "prior":
            cell = cell or "unknown"
        if not cell or not unit or (role == "prior" and cell in ("none", "unknown")):
            return cell or None
        read = units.AMOUNT.fullmatch(cell + unit)
        another = read and read[2] != unit and read[2] in UNIT_WORDS  # 178 c under height_m is not 178 cm
        return f"{cell} {unit}" if another else cell + unit

    def words(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The cells of each role that the frame has, as text; an empty cell is empty text."""
        cells = {role: text(frame[name], role) for role, name in self.names.items() if name in frame.columns}
        return pl.DataFrame({role: cell.fill_null("") if cell.null_count() else cell for role, cell in cells.items()})


def text(column: pl.Series, role: str) -> pl.Series:
    """The cells of a column as they would be written; of a float the shortest decimal that means it."""
    if column.dtype == pl.String:
        return column
    if column.dtype.is_float():
        written = column.cast(pl.String)
        if role in ("cycles", "remission_after"):
            return written.str.strip_suffix(".0")
        exponents = written.str.contains("e", literal=True).any()
        return written.map_elements(_without_exponent, pl.String) if exponents else written
    return column.cast(pl.String)


def _without_exponent(number: str) -> str:
    return f"{Decimal(number):f}" if "e" in number else number
