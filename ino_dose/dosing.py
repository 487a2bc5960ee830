"""Prescribed doses × BSA → milligrams: the one product and the one rounding."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from . import units
from .course import Prescribed
from .errors import InputError

if TYPE_CHECKING:
    from .units import Quantity


class Dose(NamedTuple):
    """A prescribed dose for one body: calculated mg, the mg rounded to a step, and what that delivers."""

    prescribed: Prescribed
    calculated: Quantity
    dose: Quantity
    delivered: Quantity


def dose(prescribed: Prescribed, bsa: Quantity, step: Quantity) -> Dose:
    """Level × BSA in mg, and that rounded half up to a step (mg).

    0.8 mg/m² × 1.82 m² = 1.456 mg → 1.46 mg in steps of 0.01 mg. Raises InputError where the
    step is so coarse that the dose would move by more than 10 %.
    """
    calculated = product(prescribed.level, bsa)
    rounded = round_half_up(calculated, step)
    if abs(rounded - calculated) * 10 > calculated:
        raise InputError("--round-to", _too_coarse(prescribed, calculated, rounded, step), "take a smaller step")
    return Dose(prescribed, calculated, rounded, units.fraction(rounded) / units.fraction(bsa))


def product(level: Quantity, bsa: Quantity) -> Quantity:
    """Level (mg/m²) × BSA (m²) in mg, exact."""
    milligrams: Quantity = (level * bsa).to(units.registry.mg)
    return milligrams


def round_half_up(amount: Quantity, step: Quantity) -> Quantity:
    """The whole number of steps nearest to an amount; the larger of two that are as near."""
    rounded: Quantity = (amount + step / 2) // step * step
    return rounded


def _too_coarse(prescribed: Prescribed, calculated: Quantity, rounded: Quantity, step: Quantity) -> str:
    moved = units.thousandths(Fraction(100) * abs(Fraction(rounded.magnitude) / Fraction(calculated.magnitude) - 1))
    return (
        f"steps of {units.show(step, units.DOSE)} would make {units.show(rounded, units.DOSE)} of "
        f"{units.show(calculated, units.DOSE)} in cycle {prescribed.cycle} on day {prescribed.day}, "
        f"{units.digits(moved)} % away (at most 10 %)"
    )
