"""The nouns of records: what was written down of a patient, and what each administration then counts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, get_args

if TYPE_CHECKING:
    from ..engine.exposure import Status
    from ..errors import Surface
    from ..units import Quantity

SizeKind = Literal["height", "weight", "bsa"]
UNITS_OF = {"height": ("cm", "m", "in"), "weight": ("kg", "g", "lb"), "bsa": ("m2",), "dose": ("mg", "mcg")}
"""The units in which systems record what a field states."""
Counting = Literal["level", "delivered", "not given", "copy", "after transplant", "passed over", "not counted"]
"""How an administration ends: the first two count, the last may have been given and cannot be computed, the rest is settled."""
COUNTINGS: Final[tuple[Counting, ...]] = get_args(Counting)


class Size(NamedTuple):
    """A height (cm), a weight (kg) or a BSA (m²) and its day, None where it has none.

    `value` is None where it cannot be read; `fault` says why. `place` is where it stands, `time` sorts those of a day.
    """

    kind: SizeKind
    day: date | None
    value: Quantity | None
    place: str
    fault: str = ""
    time: str = ""


class Administration(NamedTuple):
    """A dose that a record says was given, was not, or may have been.

    `moment` is its day with the time of day, empty where no time is known, and `id` names the administration;
    both tell copies. `number` is its place among all. `dose` (mg) is None where it cannot be read, `level` (mg/m²) is that prescribed, if stated.
    `sizes` are those of its own record. `settled` is how it ends whatever else is recorded, for `reason`.
    """

    place: str
    day: date | None
    moment: str = ""
    id: str = ""
    dose: Quantity | None = None
    level: Quantity | None = None
    sizes: tuple[Size, ...] = ()
    settled: Counting | Literal[""] = ""
    reason: str = ""
    number: int = 0


class History:
    """What was recorded of a patient, in the order of the files.

    `priors` are mg/m², None where said to be unknown; `prior_unsaid` where a cell for it is empty; `ours` where
    a row of our own tables is about this patient. `refused` is
    why nothing can be said of this patient, `faults` what else could not be read; `surface` is how fields are named.
    """

    def __init__(self, patient: str, surface: Surface) -> None:
        self.patient, self.surface = patient, surface
        self.administrations: list[Administration] = []
        self.sizes: dict[SizeKind, dict[date | None, list[Size]]] = {}
        self.transplants: set[date] = set()
        self.priors: set[Decimal | Fraction | None] = set()
        self.prior_unsaid = self.ours = False
        self.refused: list[str] = []
        self.faults: list[str] = []

    def add(self, other: History) -> None:
        """What was recorded of the same patient under another name."""
        self.administrations += other.administrations
        self.administrations.sort(key=lambda each: each.number)
        self.transplants |= other.transplants
        self.priors |= other.priors
        self.prior_unsaid |= other.prior_unsaid
        self.ours |= other.ours
        self.refused += other.refused
        self.faults += other.faults
        for kind, days in other.sizes.items():
            for day, sizes in days.items():
                self.sizes.setdefault(kind, {}).setdefault(day, []).extend(sizes)


class Counted(NamedTuple):
    """An administration and what it counts.

    `bsa` (m²) and the day of the size that it is from, the `level` (mg/m²) that the dose agrees with; `value`
    and `delivered` are exact mg/m², None where they cannot be computed.
    """

    record: Administration
    counted: Counting
    reason: str = ""
    bsa: Quantity | None = None
    sizes_day: date | None = None
    level: Quantity | None = None
    value: Decimal | Fraction | None = None
    delivered: Fraction | None = None


class Exposure(NamedTuple):
    """A patient's exposure before transplant, and how each administration entered it.

    `treated` is false of one whom a format of all drugs names and who had none of this.

    `counted` is prior exposure and what counts through the day of the latest transplant, in mg/m², None where prior
    exposure is unknown; `delivered` the sum of mg ÷ m² of the same doses; `after` what counts after it. `status`
    is None where the patient is refused, for `error`.
    """

    patient: str
    rows: tuple[Counted, ...]
    prior: Fraction | None = Fraction(0)
    doses: int = 0
    first: date | None = None
    last: date | None = None
    counted: Fraction | None = Fraction(0)
    delivered: Fraction = Fraction(0)
    unmatched: int = 0
    status: Status | None = None
    transplant: date | None = None
    after: Fraction = Fraction(0)
    not_counted: int = 0
    warnings: tuple[str, ...] = ()
    error: str = ""
    treated: bool = True

    @property
    def days_to_transplant(self) -> int | None:
        """From the last dose that counts to the latest transplant."""
        return (self.transplant - self.last).days if self.transplant and self.last else None
