"""The exposures of patients → what is said of them together: how many stand where, and quantiles."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from fractions import Fraction
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from .record import Exposure

if TYPE_CHECKING:
    from .plain import Plain

NO_DOSE = "no_dose"
STATUSES = ("below", "between", "above", "unknown", "undecided", "not_applicable")
QUANTILES = {
    "least": Fraction(0),
    "quarter": Fraction(1, 4),
    "median": Fraction(1, 2),
    "three_quarters": Fraction(3, 4),
    "most": Fraction(1),
}
"""The quantiles by name, each the share of patients that are below it."""


class Group(NamedTuple):
    """Patients by category (`refused` and `no_dose` among them), and how many have each mg/m² and each days to transplant.

    The mg/m² are of those who had a dose and of whom none was lost: of the others they are a lower bound.
    """

    statuses: Counter[str]
    exposures: Counter[Fraction]
    days: Counter[int]

    @classmethod
    def empty(cls) -> Group:
        """Nobody yet."""
        return cls(Counter(), Counter(), Counter())

    def add(self, found: Exposure) -> None:
        """One more patient."""
        recorded = any(row.counted != "passed over" for row in found.rows)
        self.statuses[(found.status if recorded else NO_DOSE) if found.status else "refused"] += 1
        if found.status and found.status != "unknown" and found.doses and found.counted is not None:
            self.exposures[found.counted] += 1
        if found.status and found.days_to_transplant is not None:
            self.days[found.days_to_transplant] += 1

    def add_plain(self, found: Plain) -> None:
        """Those who were found by column."""
        self.statuses.update(found.statuses)
        self.exposures.update(found.totals)
        self.days.update(found.days)


def quantiles(values: Counter[Fraction] | Counter[int]) -> dict[str, Fraction]:
    """The quantiles of values, exactly: between two values that are next to each other in proportion."""
    if not values:
        return {}
    ordered: list[Fraction | int] = sorted(values)
    ends = list(accumulate(values[each] for each in ordered))  # type: ignore[index]
    found = {}
    for name, share in QUANTILES.items():
        place = share * (ends[-1] - 1)
        low, high = (Fraction(ordered[bisect_right(ends, min(int(place) + step, ends[-1] - 1))]) for step in (0, 1))
        found[name] = low + (place - int(place)) * (high - low)
    return found
