"""The nouns of a second check, frozen: an order, what is due, how far off it is, a cause, the check of it all."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from .. import units

if TYPE_CHECKING:
    from ..engine.dosing import Agreement, Dose
    from ..engine.exposure import Standing
    from ..engine.plan import Plan
    from ..engine.prescription import Prescribed
    from ..units import Quantity

Answer = Literal["", "remission", "no remission"]
Verdict = Literal["agrees", "differs", "undecided", "not_scheduled"]


class Order(NamedTuple):
    """What is ordered: mg on a day of a cycle, with the BSA (m²) that the order states, if any."""

    cycle: int
    day: int
    dose: Quantity
    stated_bsa: Quantity | None = None
    id: str | None = None


class Tolerance(NamedTuple):
    """How far an order may be off, in per cent of the calculated dose, inclusive.

    `rounding`: one that is further off agrees all the same where it is that dose in ordinary rounding.
    """

    share: Quantity
    rounding: bool


USUAL: Final = Tolerance(units.quantity("5", units.SHARE), rounding=True)


class Deviation(NamedTuple):
    """Ordered less calculated: in mg, in per cent of the calculated dose, and in mg/m², all exact."""

    dose: Quantity
    percent: Fraction
    level: Quantity

    @property
    def way(self) -> str:
        """The side on which the order is."""
        return "above" if self.dose.magnitude > 0 else "below"


class Due(NamedTuple):
    """The order against one answer about remission, or against the only one (`when` is then empty).

    `dose` is None where nothing is due on that day, and so is `off`. `why` is in what the order agrees,
    None where it does not. `before` are the doses that came before it, and `counted` (mg/m²) is
    this one: the level where the order agrees, else what it delivers. `standing` is where that leaves
    the course.
    """

    when: Answer
    plan: Plan
    dose: Dose | None
    off: Deviation | None
    why: Agreement | None
    before: tuple[Prescribed, ...]
    counted: Quantity
    standing: Standing

    @property
    def agrees(self) -> bool:
        """Whether the order agrees."""
        return self.why is not None

    @property
    def rounded_to(self) -> Quantity | None:
        """The step or the vial (mg) by which alone it does."""
        return self.why and (self.why.step or self.why.vial)


class Scheduled(NamedTuple):
    """What there is where nothing is due: the days of that cycle or else the cycles, and the nearest of them."""

    unit: Literal["day", "cycle"]
    numbers: list[int]
    nearest: list[int]


class Reading(NamedTuple):
    """A slip: its kind, what was misread or done, and the working, empty where it was solved for."""

    kind: str
    words: str
    working: str


class Cause(NamedTuple):
    """Slips that give the same mg, so that the order cannot tell them apart; the likeliest first.

    `amount` is the mg they give, None where it was solved for; `step` (mg) is the rounding needed
    besides, None where there is none.
    """

    readings: tuple[Reading, ...]
    amount: Quantity | None
    step: Decimal | None

    @property
    def kinds(self) -> list[str]:
        """The kinds of the slips."""
        return [reading.kind for reading in self.readings]


class Check(NamedTuple):
    """An order, what is due by each answer that is open, and the slips that would explain the difference."""

    order: Order
    tolerance: Tolerance
    due: tuple[Due, ...]
    causes: tuple[Cause, ...]

    @property
    def verdict(self) -> Verdict:
        """Agrees, whatever is open; differs, whatever is open; or it depends; or nothing is due on that day."""
        if all(due.agrees for due in self.due):
            return "agrees"
        if any(due.agrees for due in self.due):
            return "undecided"
        return "differs" if any(due.dose for due in self.due) else "not_scheduled"

    @property
    def settled(self) -> Due | None:
        """The one dose that is due, None where there is none or where it depends on what was not stated."""
        levels = {due.dose.prescribed.level.magnitude if due.dose else None for due in self.due}
        return self.due[0] if len(levels) == 1 and None not in levels else None
