"""The exposure of a patient → plain values, a row a patient or a row an administration; and those as lines of a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import units
from ..errors import printable
from ..tables import formula_cells
from . import json_and_csv
from .plain_values import number

if TYPE_CHECKING:
    from decimal import Decimal
    from fractions import Fraction

    from ..records.plain import Plain
    from ..records.record import Counted, Exposure
    from .plain_values import Row

A_PATIENT = (
    "id",
    "doses",
    "first_date",
    "last_date",
    "counted_mg_per_m2",
    "delivered_mg_per_m2",
    "unmatched",
    "ceiling_status",
    "days_to_transplant",
    "after_transplant_mg_per_m2",
    "not_counted",
    "warnings",
    "error",
)
AN_ADMINISTRATION = (
    "id",
    "date",
    "dose_mg",
    "bsa_m2",
    "sizes_date",
    "level_mg_per_m2",
    "counted_mg_per_m2",
    "delivered_mg_per_m2",
    "counted",
    "reason",
    "record",
)


def patient(found: Exposure) -> Row:
    """A patient; who is refused has an error and no numbers."""
    if found.status is None:
        return dict.fromkeys(A_PATIENT) | {"id": found.patient, "not_counted": found.not_counted, "error": found.error}
    values = (
        found.patient,
        found.doses,
        _text(found.first),
        _text(found.last),
        _exact(found.counted),
        units.thousandths(found.delivered),
        found.unmatched,
        found.status,
        found.days_to_transplant,
        _exact(found.after),
        found.not_counted,
        " ".join(found.warnings) or None,
        found.error or None,
    )
    return dict(zip(A_PATIENT, values, strict=True))


def doses(found: Exposure) -> Iterator[tuple[int, Row]]:
    """The administrations of a patient, each with its place among all."""
    for row in found.rows:
        yield row.record.number, dose(found.patient, row)


def dose(patient: str, row: Counted) -> Row:
    """An administration."""
    record = row.record
    values = (
        patient,
        _text(record.day),
        number(record.dose),
        number(row.bsa),
        _text(row.sizes_day),
        number(row.level),
        _exact(row.value),
        None if row.delivered is None else units.thousandths(row.delivered),
        row.counted,
        row.reason or None,
        record.place,
    )
    return dict(zip(AN_ADMINISTRATION, values, strict=True))


def _exact(value: Decimal | Fraction | None) -> Decimal | None:
    return None if value is None else units.decimal(value)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


class Lines:
    """Rows as lines of CSV or NDJSON, one a patient or else one an administration in the order of the input."""

    def __init__(self, form: str, doses: bool) -> None:
        self.form, self.doses = form, doses
        self._lines: list[tuple[int, str]] = []
        self.formulas = 0
        self.places: dict[str, int] = {}

    def add(self, found: Exposure) -> None:
        """The lines of a patient; who has no id is in those of administrations alone."""
        if self.doses:
            self._lines += [(number, self._line(row)) for number, row in doses(found)]
        elif found.patient and found.treated:
            place = self.places.get(found.patient, len(self._lines))
            self._lines.append((place, self._line(patient(found))))

    def add_plain(self, found: Plain) -> None:
        """The lines of patients who were found by column; nothing in them has to be quoted."""
        text = found.results.select(A_PATIENT).write_csv(include_header=False)
        self._lines += zip(found.results["number"], text.splitlines(keepends=True), strict=True)

    def _line(self, row: Row) -> str:
        if self.form == "ndjson":
            return json_and_csv.to_json_line(row)
        self.formulas += formula_cells.count(each for each in row.values() if isinstance(each, str))
        return json_and_csv.line([printable(each, "\n") if isinstance(each, str) else each for each in row.values()])

    def __iter__(self) -> Iterator[str]:
        if self.form != "ndjson":
            yield json_and_csv.line(AN_ADMINISTRATION if self.doses else A_PATIENT)
        for _, line in sorted(self._lines):
            yield line
