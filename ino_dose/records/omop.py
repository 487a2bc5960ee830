"""Tables of OMOP 5.4 (CSV, Parquet) → what each row says: drug exposures, measurements of size, procedures."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Literal

from .. import units
from ..engine.preparation import Product
from ..errors import Field, InputError
from ..tables import row_file
from ..tables.row_file import Form
from ..units import Numeral
from . import named_columns, table
from .drug import IT, Drug, Recognised
from .reading import GIVEN, MEASURABLE, Histories, Outcome, Row, Words
from .record import UNITS_OF, Counting

Quantity = Literal["mg", "vials", "mL"]
TABLES = {
    "measurement": {
        "id": "person_id",
        "concept": "measurement_concept_id",
        "date": "measurement_date",
        "moment": "measurement_datetime",
        "value": "value_as_number",
        "unit": "unit_concept_id",
        "unit word": "unit_source_value",
    },
    "procedure_occurrence": {
        "id": "person_id",
        "concept": "procedure_concept_id",
        "date": "procedure_date",
    },
    "drug_exposure": {
        "id": "person_id",
        "concept": "drug_concept_id",
        "drug": "drug_source_value",
        "date": "drug_exposure_start_date",
        "moment": "drug_exposure_start_datetime",
        "dose": "quantity",
        "type": "drug_type_concept_id",
        "administration id": "drug_exposure_id",
    },
}
OPTIONAL = ("unit", "unit word", "moment", "drug", "administration id")
CODED = ("id", "concept", "unit", "type", "administration id")
"""The fields that are whole numbers."""


class Omop:
    """How the tables are read: what a quantity is, the concepts of transplants, and further ones of the drug and its records."""

    def __init__(
        self, drug: Drug, product: Product, quantity: Quantity, transplants: Iterable[str], types: Iterable[str]
    ) -> None:
        self.drug, self.product, self.quantity = drug, product, quantity
        self.codes, self.words = drug.codes_of("OMOP"), drug.codes_of("unit word")
        self.transplants, self.met = {*transplants}, set[str]()
        self.types = {code for code, means in self.codes.items() if means == "administration"} | {*types}

    def read(self, folder: str, histories: Histories) -> None:
        """Put the tables of a folder into histories: sizes first. Raises InputError where one is missing or wrong."""
        for name, wanted in TABLES.items():
            file = _file(Path(folder), name)
            if file is None:
                if name == "drug_exposure" or (name == "procedure_occurrence" and self.transplants):
                    raise InputError(
                        row_file.place(folder), f"has no {name}.csv or .parquet", "name the folder that has"
                    )
                continue
            if name == "procedure_occurrence" and not self.transplants:
                continue
            say: Callable[[str, Words], Row | None] = getattr(self, f"_{name}")
            for record in table.rows(str(file), None, partial(_layout, wanted)):
                histories.surface = record.layout.surface
                words = {key: named_columns.whole(cell) if key in CODED else cell for key, cell in record.words.items()}
                if row := say(record.place, words):
                    histories.take(row)

    def _measurement(self, place: str, words: Words) -> Row | None:
        kind = self.codes.get(words["concept"], "")
        if kind not in MEASURABLE or not words["value"]:
            return None
        code, word = words.get("unit") or "", (words.get("unit word") or "").strip()
        coded, worded = self.codes.get(code, ""), self.words.get(word.casefold(), "")
        unit = coded or worded
        doubt = unit not in UNITS_OF[kind] or (coded and worded and coded != worded)
        size = f"{words['value']} {code} {word}".rstrip() if doubt else Numeral(words["value"], unit)
        return Row(place, {"id": words["id"], "date": _when(words), kind: size})

    def _procedure_occurrence(self, place: str, words: Words) -> Row | None:
        if words["concept"] not in self.transplants:
            return None
        self.met.add(words["concept"])
        return Row(place, {"id": words["id"], "transplant": words["date"] or "without a date"})

    def _drug_exposure(self, place: str, words: Words) -> Row:
        said = {"id": words["id"], "date": _when(words), "administration id": words.get("administration id") or ""}
        drug, outcome = self._drug(words), GIVEN
        settled: tuple[Counting, str] | None = None
        if drug.kind != "other":
            said["dose"] = self._mass(words["dose"])
            if words["type"] not in self.types:
                if self.codes.get(words["type"]) == "order":
                    settled = "passed over", "an order, no administration"
                else:
                    problem = f"drug_type_concept_id: {words['type'] or 'none'} is not known to be of administrations"
                    outcome = Outcome("open", f"{problem}; add --drug-type {words['type'] or 'ID'} if it is")
        return Row(place, said, drug, outcome, settled)

    def _drug(self, words: Words) -> Recognised:
        """By the concept, else by what the source called it."""
        concept, name = words["concept"], words.get("drug") or ""
        found = self.drug.named(name)
        if self.drug.coded("OMOP", concept):
            another = found.kind == "other" and re.search("[A-Za-z]", name) and not self.drug.coded("", name)
            return Recognised("near", name) if another else IT
        if found.kind == "unnamed" and concept not in ("", "0"):
            return Recognised("other", f"concept {concept}")
        return found

    def _mass(self, quantity: str) -> str:
        """The mg that a quantity is."""
        if not quantity or self.quantity == "mg":
            return Numeral(quantity, "mg") if quantity else ""
        try:
            if self.quantity == "mL":
                volume = units.read(quantity + "mL", units.VOLUME, Field("dose"))
                mass = units.exact(lambda: units.as_kind(volume * self.product.concentration, units.DOSE))()
            else:
                number = units.read(quantity + "mg", units.DOSE, Field("dose")).magnitude
                mass = units.exact(lambda: self.product.vial * number)()
        except InputError:
            return f"{quantity} {self.quantity}"
        return Numeral(units.digits(mass.magnitude), "mg")


def _layout(wanted: dict[str, str], names: Sequence[str], place: str, form: Form) -> table.Named:
    needed = [field for field in wanted if field not in OPTIONAL]
    return table.Named(*named_columns.read(names, place, "OMOP", wanted, needed))


def _when(words: Words) -> str:
    """The day, with the time on it where that is of the same day."""
    moment, day = words.get("moment") or "", words["date"]
    return moment if moment[:10] == day[:10] else day


def _file(folder: Path, name: str) -> Path | None:
    """The file of a table, in any case. Raises InputError where there are several."""
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    of_table = [each for each in found if each.stem.lower() == name and each.suffix.lower() in row_file.ENDINGS]
    if len(of_table) > 1:
        problem = f"has {' and '.join(each.name for each in of_table)}, which are one table"
        raise InputError(row_file.place(str(folder)), problem, "leave one")
    return of_table[0] if of_table else None
