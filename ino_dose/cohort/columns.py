"""The columns of a cohort → what each says of a patient, in the words of `plan`; and the columns of results."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..errors import InputError, Surface
from ..tables import column_names, header

TREATMENT = ("regimen", "from cycle", "cycles", "remission after", "hsct", "level")
SIZE_FIELDS = ("height", "weight", "bsa", "formula", "sex")
"""The fields that a treatment is read from, and a size; what is left are `prior` and `id`."""
PATIENT_FIELDS = ("id", *TREATMENT, *SIZE_FIELDS, "prior")

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
    """The column of each field; `regimen` is the one that all rows share, where it is no column."""

    header: header.Columns
    regimen: str | None = None

    @classmethod
    def of(cls, names: Sequence[str], regimen: str | None, place: str, passed: Iterable[str] = ()) -> Columns:
        """Which column says what. Raises InputError for all that is missing, doubled or nearly a column."""
        for name in names:
            if name in column_names.known(["dose"]) and name not in passed:
                problem, hint = (
                    f"the column {name} is of doses, and a cohort has none",
                    "ino-dose exposure sums what was given",
                )
                raise InputError(place, problem, f"{hint}; to plan these patients take it out")
        found = header.read(names, PATIENT_FIELDS, place, RESULTS, passed)
        if found.has("regimen") == (regimen is not None):
            problem = "the column regimen goes not with --regimen" if regimen else "the column regimen is missing"
            raise InputError(place, problem, "keep one of the two" if regimen else "add it, or --regimen for all rows")
        if missing := found.missing_sizes():
            raise InputError(
                place, f"the column for {' and '.join(missing)} is missing", "add height_cm and weight_kg, or bsa_m2"
            )
        return cls(found, regimen)

    def has(self, field: str) -> bool:
        """Whether a column states this field."""
        return self.header.has(field)

    def unit(self, field: str) -> str:
        """The unit that the name of the column states, empty where the cells state their own."""
        return self.header.unit(field)

    def said(self, field: str, cell: str) -> str | None:
        """What `plan` would be told by a cell."""
        return self.header.said(field, cell)

    @property
    def surface(self) -> Surface:
        """How the columns are named in an error."""
        return self.header.surface
