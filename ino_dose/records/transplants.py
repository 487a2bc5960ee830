"""A table of transplants (id, transplant) → the days of each patient's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from .. import counts_and_dates
from ..errors import Field, InputError
from ..tables import header
from ..tables.row_file import Form
from . import table


def read(file: str) -> dict[str, set[date]]:
    """The days by patient. Raises InputError for a row that cannot be read: a transplant that is lost changes a verdict."""
    found = dict[str, set[date]]()
    for record in table.rows(file, None, _layout):
        id, day = record.words["id"].strip(), record.words["transplant"].strip(" ")
        if not id:
            raise InputError(record.place, "the id is empty", "write whose transplant it is")
        if day:
            found.setdefault(id, set()).add(counts_and_dates.day(day[:10], record.place))
    return found


def _layout(names: Sequence[str], place: str, form: Form) -> table.Named:
    columns = header.read(names, ("id", "transplant"), place)
    for field in ("id", "transplant"):
        if not columns.has(field):
            raise InputError(Field("transplants"), f"the column {field} is missing in {place}", "add it")
    return table.Named(columns, columns.surface)
