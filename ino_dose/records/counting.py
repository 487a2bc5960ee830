"""An administration's mg and its BSA → what it counts, by the one rule of engine/administration.py; each pair once."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from .. import units
from ..engine import administration, dosing, exposure, remarks
from ..engine.administration import Fit
from ..engine.exposure import Ceiling, Status
from ..engine.preparation import Product
from ..engine.regimen import Choice, Regimen
from ..errors import Field, InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ..units import Quantity


class Levels(NamedTuple):
    """The levels (mg/m²) that a dose may have been prescribed as, from the lowest, and ranges of which any may be."""

    fixed: tuple[Quantity, ...]
    ranges: tuple[tuple[Quantity, Quantity], ...] = ()

    def __str__(self) -> str:
        """As a list: `0.3, 0.5, 1.3 to 1.8 mg/m²`."""
        shown = [units.digits(level.magnitude) for level in self.fixed]
        shown += [f"{units.digits(low.magnitude)} to {units.digits(high.magnitude)}" for low, high in self.ranges]
        return f"{', '.join(shown)} mg/m²"


def of_library(regimens: Iterable[Regimen]) -> Levels:
    """Every level that a regimen states, without ranges: a dose within one fits it only where that regimen is named."""
    return Levels(_fixed(each for regimen in regimens for each in _levels(regimen)))


def of_regimen(regimen: Regimen) -> Levels:
    """The levels of one regimen. Raises InputError where it has none."""
    found = tuple(_levels(regimen))
    if not found:
        raise InputError(Field("regimen"), f"{regimen.id} states no dose", "name another, or leave it out")
    ranges = dict.fromkeys(each.levels for each in found if isinstance(each, Choice) and not each.listed)
    return Levels(_fixed(found), tuple((levels[0], levels[-1]) for levels in ranges))


def _levels(regimen: Regimen) -> Iterator[Quantity | Choice]:
    return (dose.level for block in regimen.blocks for dose in block.doses or ())


def _fixed(levels: Iterable[Quantity | Choice]) -> tuple[Quantity, ...]:
    """Single levels and those of lists, each once, from the lowest."""
    found: dict[Decimal, Quantity] = {}
    for level in levels:
        listed = level.levels if isinstance(level, Choice) and level.listed else ()
        for each in listed if isinstance(level, Choice) else (level,):
            found[each.magnitude] = each
    return tuple(found[each] for each in sorted(found))


class Worth(NamedTuple):
    """What mg count for a BSA: `value` in mg/m², and `why`; `delivered` is mg ÷ m².

    `fits` are the levels they agree with, the nearest first; `ranged` is whether mg ÷ m² lies in a range of the regimen.
    """

    value: Decimal | Fraction
    delivered: Fraction
    why: str
    fits: tuple[Fit, ...] = ()
    ranged: bool = False

    @property
    def level(self) -> Quantity | None:
        """The nearest level that the mg agree with."""
        return self.fits[0].level if self.fits else None

    @property
    def unmatched(self) -> bool:
        """Whether the mg fit no level."""
        return not self.fits and not self.ranged

    @property
    def least(self) -> Decimal | Fraction:
        """The lowest that they may count."""
        return min((fit.level.magnitude for fit in self.fits), default=self.value)

    @property
    def most(self) -> Decimal | Fraction:
        """The highest that they may count."""
        return max((fit.level.magnitude for fit in self.fits), default=self.value)


class Counter:
    """What mg count, with the levels, the rounding step and the vial that are taken for granted.

    `highest` is the highest level that is known (mg/m²).
    """

    def __init__(self, levels: Levels, product: Product, ceiling: Ceiling, step: Quantity | None = None) -> None:
        self.levels, self.vial, self.ceiling = levels, product.vial, ceiling
        self.steps = (*dosing.ORDINARY, *([step] if step else []))
        self.highest = max((*(each.magnitude for each in levels.fixed), *(high.magnitude for _, high in levels.ranges)))
        self._standing: dict[Fraction, Status] = {}
        self._found: dict[tuple[Decimal, Decimal, Decimal | None], Worth] = {}

    def worth(self, dose: Quantity, bsa: Quantity, level: Quantity | None = None) -> Worth:
        """What mg count for a BSA: as a level that they agree with, else mg ÷ m². A stated level is the only one."""
        key = dose.magnitude, bsa.magnitude, level.magnitude if level is not None else None
        if key not in self._found:
            self._found[key] = self._worth(dose, bsa, level)
        return self._found[key]

    def status(self, total: Fraction) -> Status:
        """Where a sum of mg/m² stands."""
        if total not in self._standing:
            self._standing[total] = exposure.status(units.quantity(total, units.LEVEL), self.ceiling)
        return self._standing[total]

    def _worth(self, dose: Quantity, bsa: Quantity, level: Quantity | None) -> Worth:
        delivered = dosing.per_area(dose, bsa)
        exact = Fraction(delivered.magnitude)
        levels: Sequence[Quantity] = self.levels.fixed if level is None else (level,)
        fits = administration.fitting(dose, bsa, levels, self.steps, self.vial)
        ranges = self.levels.ranges if level is None and not fits else ()
        ranged = any(self._within(dose, bsa, each) for each in ranges)
        why = self._why(bsa, fits, ranged, level)
        return Worth(fits[0].level.magnitude if fits else exact, exact, why, fits, ranged)

    def _within(self, dose: Quantity, bsa: Quantity, range: tuple[Quantity, Quantity]) -> bool:
        """Whether mg lie between those of both ends, or agree with one of them."""
        low, high = (dosing.product(each, bsa) for each in range)
        return low <= dose <= high or bool(administration.fitting(dose, bsa, range, self.steps, self.vial))

    def _why(self, bsa: Quantity, fits: Sequence[Fit], ranged: bool, level: Quantity | None) -> str:
        """Why mg count as they do: `within 5 % of the 1.608 mg calculated`."""
        if not fits and level is not None:
            return f"does not fit the level that is stated, {units.show(level, units.LEVEL)}"
        if not fits:
            return "within the regimen's range, counted as mg ÷ m²" if ranged else "fits no level"
        calculated = units.show(dosing.product(fits[0].level, bsa), units.DOSE)
        return remarks.agreeing(fits[0].why, calculated, units.show(administration.TOLERANCE, units.SHARE))
