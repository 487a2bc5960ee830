"""An order that differs → the weights at which it would be right, or where only a BSA is known the BSAs."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from .. import units
from ..engine import bsa_formulas, dosing
from ..engine.body import Body

if TYPE_CHECKING:
    from ..units import Kind, Quantity


class Sought(NamedTuple):
    """A size that may have been another: what it is, what is used, where to look, and the BSA (m²) it gives."""

    name: str
    kind: Kind
    used: Quantity
    least: Decimal
    most: Decimal
    step: Decimal
    area: Callable[[Quantity], Quantity]


class Span(NamedTuple):
    """The sizes at which an order would be right, in words, and the BSA (m²) in their middle."""

    words: str
    bsa: Quantity


def span(level: Quantity, body: Body, ordered: Decimal, off: Decimal) -> Span | None:
    """The sizes at which a level (mg/m²) gives the mg ordered, give or take `off`; None where none near does."""
    sought = _sought(body)
    step, used = sought.step, sought.used.magnitude
    sizes = range(int(used * sought.least / step) + 1, int(used * sought.most / step) + 1)

    def area(size: int) -> Quantity:
        return sought.area(units.quantity(size * step, sought.kind))

    def gives(size: int) -> Decimal:
        amount: Decimal = dosing.product(level, area(size)).magnitude
        return amount

    low, high = bisect_left(sizes, ordered - off, key=gives), bisect_right(sizes, ordered + off, key=gives)
    if low == high:
        return None
    ends = dict.fromkeys(units.digits(size * step) for size in (sizes[low], sizes[high - 1]))
    shown = f"{sought.name} of {' to '.join(ends)} {units.SHOWN[sought.kind.unit]}"
    return Span(f"{shown}, where {units.show(sought.used, sought.kind)} is used", area(sizes[(low + high) // 2]))


def _sought(body: Body) -> Sought:
    """A weight within 30 % of the one used; where there is none a BSA, which those weights change by 16 and 14 %."""
    height, weight, formula, sex = body.height, body.weight, body.formula, body.sex
    if height is None or weight is None or formula is None:
        return Sought("a BSA", units.AREA, body.bsa, Decimal("0.84"), Decimal("1.14"), Decimal("0.01"), lambda bsa: bsa)
    by_weight = partial(bsa_formulas.area, formula, height, sex=sex)
    return Sought("a weight", units.WEIGHT, weight, Decimal("0.7"), Decimal("1.3"), Decimal("0.1"), by_weight)
