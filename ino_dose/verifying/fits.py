"""An amount that a slip would give × the amount ordered → how exactly the one is the other.

The order's own decimals say how it may have been rounded: 0.9 mg may stand for anything from 0.85
to 0.95 mg, 0.91 mg may not.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ..units import Quantity

STEPS = tuple(map(Decimal, ("0.001", "0.01", "0.05", "0.1")))
"""Steps that an order may have been rounded to, in mg."""
FINE = Decimal("0.01")
UNROUNDED = Decimal("0.005")
"""A BSA (m²) that was not rounded differs by up to this much from one that was, to 0.01 m²."""


class Closeness(NamedTuple):
    """How coarse a rounding an order needs besides a slip (0 none to speak of), and its step in mg, if any."""

    coarse: int
    step: Decimal | None


def closeness(ordered: Decimal, amount: Decimal, slack: Decimal | None) -> Closeness | None:
    """How exactly an amount (mg) is what was ordered; None where it is not.

    `slack` (mg) is what a BSA that was not rounded may have added or taken; None where only that
    very amount will do.
    """
    off = abs(ordered - amount)
    if not off:
        return Closeness(0, None)
    if slack is None:
        return None
    enough = [step for step in steps(ordered) if off * 2 <= step]
    if enough and enough[0] <= FINE:
        return Closeness(0, enough[0])
    if off <= slack + FINE / 2:
        return Closeness(1, FINE)
    return Closeness(2 + STEPS.index(enough[0]), enough[0]) if enough else None


def steps(ordered: Decimal) -> list[Decimal]:
    """The steps an order may have been rounded to, by its own decimals; the finest first."""
    own = _last_place(ordered, -3)
    return [own] + [step for step in STEPS if not ordered % step and step > own]


def contradicts(stated: Quantity | None, bsa: Quantity) -> bool:
    """Whether an order states another BSA (m²) than the one that would explain its dose."""
    if stated is None:
        return False
    half = _last_place(stated.magnitude, -1) / 2
    return bool(abs(stated.magnitude - bsa.magnitude) > half + UNROUNDED)


def _last_place(number: Decimal, at_most: int) -> Decimal:
    return Decimal(1).scaleb(min(int(number.normalize().as_tuple().exponent), at_most))
