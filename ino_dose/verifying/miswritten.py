"""A calculated dose → what may have been done to it: a point misplaced, digits swapped, rounded to a vial."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from .. import dosing, units
from .misread import transposed
from .order import STEPS

if TYPE_CHECKING:
    from ..units import Quantity

FACTORS = (
    ("tenfold", "ten times", "10"),
    ("tenth", "a tenth of", "0.1"),
    ("hundredfold", "a hundred times", "100"),
    ("hundredth", "a hundredth of", "0.01"),
    ("thousandfold", "a thousand times (mcg taken as mg)", "1000"),
    ("thousandth", "a thousandth of (mg taken as mcg)", "0.001"),
    ("double", "twice", "2"),
    ("half", "half of", "0.5"),
    ("reduced", "three quarters of", "0.75"),
)
EU_VIAL = units.quantity("1", units.DOSE)
"""What an EU vial is labelled (package leaflet, section 6); of a US vial less can be withdrawn."""


class Ending(NamedTuple):
    """What was done to the dose, and the mg that come of it.

    `times` is by how much the calculated dose was multiplied; None where it was rounded or written
    down before, so that only that very amount shows it.
    """

    kind: str
    words: str
    amount: Quantity
    times: Decimal | None = None


def endings(calculated: Quantity, vial: Quantity | None) -> Iterator[Ending]:
    """Everything that may have been done to a calculated dose (mg), or to that dose rounded.

    `vial` is the mg that can be withdrawn from one, None where it is not known.
    """
    for kind, words, factor in FACTORS:
        amount = calculated * Decimal(factor)
        yield Ending(kind, f"{words} {units.show(calculated, units.DOSE)}", amount, Decimal(factor))
    for step in STEPS:
        dose = dosing.round_half_up(calculated, units.quantity(step, units.DOSE))
        for kind, words, factor in FACTORS:
            yield Ending(kind, f"{words} {units.show(dose, units.DOSE)}", dose * Decimal(factor))
        for other in sorted(transposed(dose.magnitude)):
            words = f"{units.show(dose, units.DOSE)} with two digits swapped"
            yield Ending("digits", words, units.quantity(other, units.DOSE))
    for step in STEPS[1:]:
        yield from _nearest("rounded", calculated, step)
    for size in (vial, EU_VIAL):
        if size is not None:
            yield from _either_way("vial", f"whole vials of {units.show(size, units.DOSE)}", calculated, size)
    yield from _nearest("rounded_away", calculated, "0.5")
    for step in (*STEPS[1:], "0.5"):
        yield from _either_way("rounded_away", f"{step} mg", calculated, units.quantity(step, units.DOSE))


def _nearest(kind: str, calculated: Quantity, step: str) -> Iterator[Ending]:
    amount = dosing.round_half_up(calculated, units.quantity(step, units.DOSE))
    yield Ending(kind, f"{units.show(calculated, units.DOSE)} rounded to {step} mg", amount)


def _either_way(kind: str, to: str, calculated: Quantity, size: Quantity) -> Iterator[Ending]:
    down = calculated // size * size
    for way, amount in (("down", down), ("up", down + size)):
        yield Ending(kind, f"{units.show(calculated, units.DOSE)} rounded {way} to {to}", amount)
