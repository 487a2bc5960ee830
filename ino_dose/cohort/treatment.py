"""A regimen and a course → a treatment of nobody yet: what it sums to, and where it stands after any prior exposure."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from .. import units
from ..engine import exposure, remarks
from ..engine.body import Body
from ..engine.dosing import Rounding

if TYPE_CHECKING:
    from ..engine.plan import Plan
    from ..units import Quantity

NOBODY = Body(units.quantity("1", units.AREA))
FINE = Rounding(units.quantity("0.000001", units.DOSE))
"""A rounding step that refuses no dose: milligrams come later, with the body."""


class Standing(NamedTuple):
    """Where a treatment stands for a range of prior exposures; `summed` where the sum is known, `left` where room is."""

    summed: bool
    left: bool
    status: str
    lower: str | None
    upper: str | None
    within: str | None


class Treatment:
    """A plan for nobody, with no prior exposure, or why there is none.

    `error` comes before any fault of the patient's size, `late` after it, as `plan` reads them. The
    standing changes only where prior exposure passes one of the `breaks` (mg/m²): a limit less what
    was given up to some dose. An exposure that is unknown stands below them all, at −2.
    """

    def __init__(self, made: Plan | None, error: str | None = None, late: str | None = None) -> None:
        self.made, self.error, self.late = made, error, late
        self.breaks: list[Decimal] = []
        self.total = self.upper = Decimal(0)
        self.sum = ""
        self.warnings = remarks.warnings(made) if made else []
        self._standings: dict[int, Standing] = {}
        if made:
            self._measure(made)

    @units.exact
    def _measure(self, made: Plan) -> None:
        sums = [Decimal(0)]
        for dose in made.doses:
            sums.append(sums[-1] + dose.prescribed.level.magnitude)
        lower, self.upper = made.ceiling.lower.magnitude, made.ceiling.upper.magnitude
        self.total, self.sum = sums[-1], units.digits(sums[-1])
        passed = {limit - each for limit in (lower, self.upper) for each in sums if limit >= each}
        self.breaks = sorted({Decimal(-3), Decimal(-1), *passed})

    def standing(self, place: int, label: Callable[[str], str]) -> Standing:
        """Where prior exposures stand that are above the break at `place` and not above the next."""
        if place not in self._standings:
            last = place + 1 == len(self.breaks)
            prior = self.breaks[-1] + 1 if last else self.breaks[place + 1]
            self._standings[place] = self.after(None if prior < 0 else units.quantity(prior, units.LEVEL), label)
        return self._standings[place]

    def plan(self, prior: Quantity | None) -> Plan:
        """The plan for nobody after a prior exposure, as the engine judges it."""
        assert self.made is not None
        doses = [dose.prescribed for dose in self.made.doses]
        applies = not self.made.regimen.after_transplant
        return self.made._replace(standing=exposure.check(prior, doses, self.made.ceiling, applies))

    def after(self, prior: Quantity | None, label: Callable[[str], str]) -> Standing:
        """The same in a few texts, which `label` dresses."""
        plan = self.plan(prior)
        lower, upper = (
            label(f"C{each[0]}D{each[1]}" if isinstance(each, tuple) else each) if each else None
            for each in (plan.standing.lower.first_over, plan.standing.upper.first_over)
        )
        within = plan.standing.upper.last_cycle_within
        return Standing(
            plan.standing.total is not None,
            plan.standing.upper.remaining is not None,
            label(plan.status),
            lower,
            upper,
            None if within is None else str(within),
        )
