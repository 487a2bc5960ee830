"""Prescribed doses × BSA → milligrams: the one product and the one rounding."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, assert_never

from .. import units
from ..errors import Field, InputError
from .course import Given, Moved, OfDose, Omitted
from .prescription import Prescribed

if TYPE_CHECKING:
    from ..units import Quantity

MOST: Final = units.quantity("10", units.SHARE)
"""Per cent by which rounding may move a dose."""
ORDINARY: Final = tuple(units.quantity(step, units.DOSE) for step in ("0.01", "0.05", "0.1"))
"""Steps that doses are ordinarily rounded to, in mg."""
State = Literal["planned", "given", "omitted"]


class Agreement(NamedTuple):
    """Why an amount agrees with a calculated dose: it is near enough, or that dose rounded to a step or to whole vials (mg)."""

    step: Quantity | None = None
    vial: Quantity | None = None


class Dose(NamedTuple):
    """A dose for one body.

    `calculated` is level × BSA, `due` is that rounded; `dose` is the same, or what was given instead,
    or 0 where it was omitted; `delivered` is dose ÷ BSA; `counted` is what enters the cumulative mg/m².
    `event` is what became of it, or where it was moved, if anything was written down; `agrees` is why mg
    that were given count as the prescribed level; `moved` is how many days after its day as scheduled the `date` is.
    """

    prescribed: Prescribed
    bsa: Quantity
    calculated: Quantity
    due: Quantity
    dose: Quantity
    delivered: Quantity
    counted: Quantity
    event: OfDose | None = None
    agrees: Agreement | None = None
    date: date | None = None
    moved: int | None = None

    @property
    def at(self) -> tuple[int, int]:
        """Its cycle and its day."""
        return self.prescribed.cycle, self.prescribed.day

    @property
    def state(self) -> State:
        """Planned, unless it was recorded as given or omitted."""
        match self.event:
            case None | Moved():
                return "planned"
            case Given():
                return "given"
            case Omitted():
                return "omitted"
            case _ as other:
                assert_never(other)


class Rounding(NamedTuple):
    """How a dose is rounded: half up to a step (mg), or first down to whole vials.

    A vial (mg) is only rounded to where that moves the dose by at most `within` per cent.
    """

    step: Quantity
    vial: Quantity | None = None
    within: Quantity | None = None


def dose(prescribed: Prescribed, bsa: Quantity, rounding: Rounding) -> Dose:
    """Level × BSA in mg, and that rounded.

    0.8 mg/m² × 1.82 m² = 1.456 mg → 1.46 mg in steps of 0.01 mg. Raises InputError where the
    step is so coarse that the dose would move by more than 10 %.
    """
    calculated, amount = amounts(prescribed, bsa, rounding)
    counted = units.fraction(prescribed.level)
    return Dose(prescribed, bsa, calculated, amount, amount, per_area(amount, bsa), counted)


def amounts(prescribed: Prescribed, bsa: Quantity, rounding: Rounding) -> tuple[Quantity, Quantity]:
    """The calculated and the rounded mg of a dose. Raises InputError as `dose` does."""
    calculated = product(prescribed.level, bsa)
    amount = rounded(calculated, rounding)
    if not units.within(amount, calculated, MOST):
        problem = _too_coarse(prescribed, calculated, amount, rounding.step)
        raise InputError(Field("round to"), problem, "take a smaller step", kind="the step is too coarse")
    return calculated, amount


@units.exact
def product(level: Quantity, bsa: Quantity) -> Quantity:
    """Level (mg/m²) × BSA (m²) in mg, exactly."""
    return units.as_kind(level * bsa, units.DOSE)


def rounded(calculated: Quantity, rounding: Rounding) -> Quantity:
    """A calculated dose in whole vials where that is asked for and near enough, else in whole steps."""
    return whole_vials(calculated, rounding) or round_half_up(calculated, rounding.step)


def per_area(amount: Quantity, bsa: Quantity) -> Quantity:
    """mg ÷ m², exactly."""
    quotient: Quantity = units.fraction(amount) / units.fraction(bsa)
    return quotient


@units.exact
def round_half_up(amount: Quantity, step: Quantity) -> Quantity:
    """The whole number of steps nearest to an amount; the larger of two that are as near."""
    whole, each = (units.as_kind(mass, units.DOSE).magnitude for mass in (amount, step))
    return units.quantity((whole + each / 2) // each * each, units.DOSE)


@units.exact
def whole_vials(calculated: Quantity, rounding: Rounding) -> Quantity | None:
    """The dose in whole vials, rounded down, where that is near enough.

    Never up: that saves no vial, and can pass a ceiling.
    """
    if rounding.vial is None or rounding.within is None:
        return None
    down: Quantity = calculated // rounding.vial * rounding.vial
    return down if units.within(down, calculated, rounding.within) else None


def _too_coarse(prescribed: Prescribed, calculated: Quantity, rounded: Quantity, step: Quantity) -> str:
    moved = units.thousandths(abs(units.deviation(rounded, calculated)))
    return (
        f"steps of {units.show(step, units.DOSE)} would make {units.show(rounded, units.DOSE)} of "
        f"{units.show(calculated, units.DOSE)} in cycle {prescribed.cycle} on day {prescribed.day}, "
        f"{units.digits(moved)} % away (at most {units.show(MOST, units.SHARE)})"
    )
