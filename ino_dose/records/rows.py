"""A table of administrations in our columns, or in a person's own by a map → what each row says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from ..errors import Collected, Fault, Field, InputError, Surface
from ..files import text_file
from ..tables import column_names, header
from ..tables.header import Columns
from ..tables.row_file import Form
from ..units import Numeral
from . import named_columns
from .drug import Drug
from .reading import Row, Words

FIELDS = (
    "id",
    "date",
    "dose",
    "height",
    "weight",
    "bsa",
    "level",
    "status",
    "drug",
    "transplant",
    "prior",
    "administration id",
)
"""What a row may state."""
OF_RESULTS = ("counted_mg_per_m2", "delivered_mg_per_m2", "ceiling_status", "not_counted", "counted")
"""Names that tell a file of results, which is no file of administrations."""
OF_PATIENTS = ("patient", "patient_id", "person_id", "subject_id", "mrn")
"""Names that tell a patient, where `id` may be that of a row."""
_UNREAD = "not read "


class Rows(NamedTuple):
    """The columns of a table: the file's name of each field, the unit that our name of it has, and who tells drugs."""

    columns: Columns
    units: dict[str, str]
    drug: Drug

    @property
    def surface(self) -> Surface:
        """How the columns are named in an error: as the file names them."""

        return named_columns.surface(self.columns.names)

    def read(self, place: str, words: Words) -> Iterator[Row]:
        """What a row says."""
        for field, unit in self.units.items():
            if (cell := words[field]) and not (field == "prior" and cell in ("none", "unknown")):
                words[field] = Numeral(cell, unit)
        yield Row(place, words, self.drug.named(words["drug"]) if "drug" in words else None)


def layout(names: Sequence[str], place: str, drug: Drug, map: Map, passed: Iterable[str], form: Form) -> Rows:
    """What the columns of a table say. Raises InputError with all that is wrong with its header."""
    ours = map.renamed(names, place, form)
    let = {*passed, *(name for name in ours if name.startswith(_UNREAD))} & set(ours)
    faults = Collected()
    for name in ours:
        with faults.here():
            if "id" in ours and name in OF_PATIENTS and name not in let:
                hint = f"name it id if it is, and id otherwise; or let it through with --pass {name}"
                raise InputError(place, f"is the patient in the column id or in {name}?", hint)
    with faults.here():
        found = header.read(ours, FIELDS, place, OF_RESULTS, let)
    for field, what in (("id", "whose dose a row is"), ("date", "when it was given")):
        with faults.here():
            if field not in ours:
                raise InputError(place, f"the column {field} is missing", f"add it, {what}")
    if faults:
        said = "say which column is which with --map COLUMN=NAME, or with a file of such lines"
        faults.append(Fault(place, "columns may keep the names that they have", (said,)))
    faults.raise_any()
    original = dict(zip(ours, names, strict=True))
    units = {field: unit for field in found.names if (unit := found.unit(field))}
    return Rows(found._replace(names={field: original[name] for field, name in found.names.items()}), units, drug)


class Map(NamedTuple):
    """A person's names for columns: each column of a file with ours, which is empty where it is not to be read."""

    names: dict[str, str]

    @classmethod
    def of(cls, said: Iterable[str]) -> Map:
        """`column=name` as it is typed, or the name of a file with one on each line, in which # begins a remark."""
        names, known = dict[str, str](), column_names.known(FIELDS)
        for place, pair in (each for one in said for each in _pairs(one)):
            column, equals, name = (part.strip() for part in pair.rpartition("="))
            if not equals or not column:
                raise InputError(place, f"{pair!r} is not column=name", "write it like record_id=id")
            if name and name not in known:
                raise InputError(place, f"{name!r} is no column of administrations", f"write one of {', '.join(known)}")
            if column in names:
                raise InputError(place, f"the column {column!r} is there twice", "keep one")
            names[column] = name
        return cls(names)

    def renamed(self, names: Sequence[str], place: str, form: Form) -> list[str]:
        """The names of columns in our words. Raises InputError for one that the file does not have; an object need not have all."""
        for column in self.names:
            if column not in names and form != "ndjson":
                problem = f"there is no column {column!r} in {place}"
                raise InputError(Field("map"), problem, "write it as the file does")
        return [(self.names[name] or _UNREAD + name) if name in self.names else name for name in names]


def _pairs(said: str) -> list[tuple[str, str]]:
    if "=" in said:
        return [("--map", said)]
    lines = text_file.load(Path(said))[1].removeprefix("\ufeff").splitlines()
    pairs = [(f"{said}:{number}", line.partition("#")[0].strip()) for number, line in enumerate(lines, 1)]
    return [pair for pair in pairs if pair[1]]
