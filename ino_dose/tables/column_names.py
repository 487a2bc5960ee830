"""The fields that tables state, and every name of a column that states one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from .. import units
from ..units import Kind

AMOUNTS: dict[str, tuple[Kind, dict[str, str]]] = {
    "height": (units.HEIGHT, {"_cm": "cm", "_m": "m", "_in": "in"}),
    "weight": (units.WEIGHT, {"_kg": "kg", "_lb": "lb", "_g": "g"}),
    "bsa": (units.AREA, {"_m2": "m2"}),
    "prior": (units.LEVEL, {"_mg_per_m2": "mg/m2"}),
    "level": (units.LEVEL, {"_mg_per_m2": "mg/m2"}),
    "dose": (units.DOSE, {"_mg": "mg"}),
    "stated bsa": (units.AREA, {"_m2": "m2"}),
    "tolerance": (units.SHARE, {"_percent": "%"}),
}
"""The fields that are amounts: text with its unit, or a number under a name that ends in the unit."""
WHOLE = ("cycles", "from cycle", "remission after", "cycle", "day")
"""The fields that are whole numbers, which some programs write as 3.0."""


class Column(NamedTuple):
    """What a column says: a field, and the unit in its name, if one stands there."""

    field: str
    unit: str = ""


def column(field: str) -> str:
    """The name of a column that states a field: `remission_after`."""
    return field.replace(" ", "_")


def known(fields: Iterable[str]) -> dict[str, Column]:
    """Every name that states one of these fields."""
    found = {}
    for field in fields:
        found[column(field)] = Column(field)
        for ending, unit in AMOUNTS[field][1].items() if field in AMOUNTS else ():
            found[column(field) + ending] = Column(field, unit)
    return found
