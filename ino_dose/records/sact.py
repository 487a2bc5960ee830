"""NHS SACT v3 as CSV → what each row says: a drug on a day, the sizes at the start of regimen and cycle, a transplant.

An NHS number is the same with and without its spaces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..errors import Surface
from ..tables.header import Columns
from ..units import Numeral
from . import named_columns
from .drug import Drug
from .reading import GIVEN, Outcome, Row, Words

SACT = {
    "id": "NHS_Number",
    "drug": "Drug_Name",
    "dose": "Actual_Dose_Per_Administration",
    "unit": "Administration_Measurement_Per_Actual_Dose",
    "date": "Administration_Date",
    "height": "Height_At_Start_Of_Regimen",
    "weight": "Weight_At_Start_Of_Regimen",
    "regimen start": "Start_Date_Of_Regimen",
    "cycle weight": "Weight_At_Start_Of_Cycle",
    "cycle start": "Start_Date_Of_Cycle",
}
NEEDED_OF_SACT = ("id", "drug", "dose", "unit", "date")
SIZED = (
    ("regimen start", "height", "height", "m"),
    ("regimen start", "weight", "weight", "kg"),
    ("cycle start", "cycle weight", "weight", "kg"),
)
"""The day, the column, what it is and its unit, of each size of a row."""
DAY_FIRST = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})", re.ASCII)


def is_layout(names: Sequence[str]) -> bool:
    """Whether a file has the columns by which SACT is told."""
    return {"drug", "dose", "unit"} <= named_columns.find(names, SACT).keys()


class Sact(NamedTuple):
    """The columns of a file of SACT, how they are named in an error, and what its codes mean."""

    columns: Columns
    surface: Surface
    drug: Drug
    codes: dict[str, str]

    @classmethod
    def of(cls, names: Sequence[str], place: str, drug: Drug) -> Sact:
        """Raises InputError where a column is missing."""
        columns, surface = named_columns.read(names, place, "SACT v3", SACT, NEEDED_OF_SACT)
        return cls(columns, surface, drug, drug.codes_of("SACT"))

    def read(self, place: str, words: Words) -> Iterator[Row]:
        """What a row says: sizes of their days, and a drug, or that cells were transplanted."""
        id = words["id"].replace(" ", "")
        for day, column, kind, unit in SIZED:
            if size := words.get(column):
                yield Row(place, {"id": id, "date": _iso(words.get(day) or ""), kind: Numeral(size, unit)}, aside=True)
        name, when = words["drug"], _iso(words["date"])
        plain = " ".join(name.casefold().split())
        if any(plain.startswith(each) for each, means in self.codes.items() if means == "transplant"):
            yield Row(place, {"id": id, "transplant": when or "without a date"})
            return
        code = words["unit"].strip()
        unit, outcome = self.codes.get(code, ""), GIVEN
        if words["dose"] and not unit:
            said = f"{self.columns.names['unit']}: the code {code!r} is neither that of mg nor that of mcg"
            outcome = Outcome("open", f"{said}; write 01 or 02")
        dose = Numeral(words["dose"], unit) if unit and words["dose"] else words["dose"]
        yield Row(place, {"id": id, "date": when, "dose": dose}, self.drug.named(name), outcome)


def _iso(day: str) -> str:
    """A day as SACT writes it, which may begin with the day."""
    found = DAY_FIRST.fullmatch(day)
    return f"{found[3]}-{found[2]}-{found[1]}" if found else day
