"""The exposures of patients → what is said of them together: how many stand where, and quantiles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from .record import Exposure

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
    """Patients by category (`refused` among them), and of those who had a dose, mg/m² and days to transplant, sorted."""

    statuses: Counter[str]
    exposures: list[Fraction]
    days: list[Fraction]

    @classmethod
    def empty(cls) -> Group:
        """Nobody yet."""
        return cls(Counter(), [], [])

    def add(self, found: Exposure) -> None:
        """One more patient."""
        self.statuses[found.status or "refused"] += 1
        if found.status and found.doses and found.counted is not None:
            self.exposures.append(found.counted)
        if found.status and found.days_to_transplant is not None:
            self.days.append(Fraction(found.days_to_transplant))


def quantiles(values: Sequence[Fraction]) -> dict[str, Fraction]:
    """The quantiles of values, exactly: between two values that are next to each other in proportion."""
    if not values:
        return {}
    ordered, found = sorted(values), {}
    for name, share in QUANTILES.items():
        place = share * (len(ordered) - 1)
        low = int(place)
        high = min(low + 1, len(ordered) - 1)
        found[name] = ordered[low] + (place - low) * (ordered[high] - ordered[low])
    return found
