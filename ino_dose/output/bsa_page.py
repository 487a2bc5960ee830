"""Formulas and their areas → the table that a person reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from .. import units
from . import bsa_json, page
from .page import Column, Part, Row

if TYPE_CHECKING:
    from ..units import Quantity


def parts(found: Mapping[str, Quantity | None]) -> Iterator[Part]:
    """A row a formula: its name, the BSA in m² or what is needed for it, its paper."""
    rows = (
        Row((each["formula"], units.digits(each["bsa_m2"]) if each["bsa_m2"] else each["note"], each["source"]))
        for each in bsa_json.value(found)
    )
    yield page.Table([Column(title, wraps=True) for title in ("Formula", "BSA m²", "Source")], rows)
