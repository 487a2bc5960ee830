"""An order that differs → the known slips that reproduce it, ranked by how exactly they fit. None is ever applied.

The order's own decimals say how it may have been rounded: 0.9 mg may stand for anything from 0.85
to 0.95 mg, 0.91 mg may not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from .. import units
from ..engine import dosing
from ..engine.course import NEVER
from . import older_size, slips
from .order import Cause, Check, Due, Reading
from .slips import Area, Level

if TYPE_CHECKING:
    from ..engine.regimen import Regimen
    from ..units import Quantity
    from .slips import Ending

GRAINS = (Decimal("0.001"), *(step.magnitude for step in dosing.ORDINARY))
"""Steps that an order may have been rounded to (mg); the coarser of them tell less."""
EXACT, FINE = Decimal(0), GRAINS[1]
UNROUNDED = Decimal("0.005")
"""A BSA (m²) that was not rounded differs by up to this much from one that was, to 0.01 m²."""
NAMED = 5
"""As many causes are named."""
LEVELS = ("other_branch", "other_day", "other_cycle")
"""What an order's own decimals leave open of these counts as exact: they are by far the commonest."""
POINTS = ("tenfold", "tenth", "hundredfold", "hundredth", "thousandfold", "thousandth")
UNITS = ("pounds_as_kg", "kg_as_pounds", "inches_as_cm", "cm_as_inches")
AREAS = ("bsa_cap", *UNITS, "swapped", "stated_bsa")
DOUBLE = {*LEVELS, *POINTS, *AREAS}
"""The kinds of which two together are looked for where no single slip fits."""
LESS = ("vial", "other_regimen", "formula", "inches_and_pounds", "digits")
COMMON = ("rounded", *LEVELS, "other_level", "level_as_dose", "whole_cycle", *POINTS, *AREAS, *LESS)
OF_DIGITS = ("digits_of_weight", "digits_of_height")
RARE = ("double", "half", "two_doses", "standard_bsa", "reduced", *OF_DIGITS, "equal_parts", "per_kg", "rounded_away")
SLIPS = (*COMMON, "older_weight", *RARE)
"""Every kind of slip. Of two that fit alike, the one that comes first here is named first."""


class Candidate(NamedTuple):
    """What one slip, or two together, would have made of a dose: mg, from a BSA (m²).

    `slack` (mg) is how much a BSA that was not rounded may have moved it; None where only that very
    amount shows the slip.
    """

    kinds: tuple[str, ...]
    words: str
    working: str
    amount: Quantity
    bsa: Quantity
    slack: Decimal | None


class Rank(NamedTuple):
    """How well a slip fits, the smaller the better.

    One slip comes before two, what agrees with the BSA on the order before what does not, a common
    kind before a weight, which nearly always fits, and that before a rare kind; then fine rounding
    before coarse.
    """

    slips: int
    contradicts: bool
    tier: int
    coarse: Decimal
    kind: int


Ranked = tuple[Rank, Cause]


def find(check: Check, library: Sequence[Regimen]) -> tuple[Cause, ...]:
    """The slips that reproduce an order, the best first and no more than a few."""
    dosed = [due for due in check.due if due.dose]
    found = _fitting(check, chain.from_iterable(_single(check, due, library) for due in check.due))
    if not found:
        found = _fitting(check, chain.from_iterable(_double(check, due) for due in dosed))
    found += chain.from_iterable(_older(check, due) for due in dosed)
    return _together(cause for _, cause in sorted(found, key=lambda each: each[0]))[:NAMED]


def _together(causes: Iterable[Cause]) -> tuple[Cause, ...]:
    """The best slip of each kind; those that give the very same mg become one cause."""
    kinds: set[str] = set()
    found: dict[Decimal | None, Cause] = {}
    for cause in causes:
        if cause.kinds[0] not in kinds:
            kinds.add(cause.kinds[0])
            amount = None if cause.amount is None else cause.amount.magnitude
            if same := found.get(amount):
                cause = same._replace(readings=same.readings + cause.readings)
            found[amount] = cause
    return tuple(found.values())


def _single(check: Check, due: Due, library: Sequence[Regimen]) -> Iterator[Candidate]:
    """Another level, another BSA, or something done to the finished dose."""
    elsewhere = _others(due, slips.elsewhere(library, (check.order.cycle, check.order.day)))
    for level in chain(_levels(check, due), elsewhere):
        yield _made(level, Area("", "", due.plan.body.bsa))
    if due.dose:
        yield from _besides(check, due, Level("", "", due.dose.prescribed.level))


def _double(check: Check, due: Due) -> Iterator[Candidate]:
    """Another level of the same regimen, and besides another BSA or a point misplaced."""
    for level in _levels(check, due):
        if level.kind in DOUBLE:
            yield from (each for each in _besides(check, due, level) if DOUBLE.issuperset(each.kinds))


def _levels(check: Check, due: Due) -> Iterator[Level]:
    this, course = (check.order.cycle, check.order.day), due.plan.course
    return _others(due, slips.levels(due.plan.regimen, course.remission or NEVER, this, course.level))


def _others(due: Due, levels: Iterable[Level]) -> Iterator[Level]:
    """Without the level that is due: to read it is no slip."""
    return (level for level in levels if not due.dose or level.level != due.dose.prescribed.level)


def _besides(check: Check, due: Due, level: Level) -> Iterator[Candidate]:
    """A level with another BSA, or with something done to its dose."""
    own, product = Area("", "", due.plan.body.bsa), due.plan.product
    for area in slips.areas(due.plan.body, check.order.stated_bsa):
        yield _made(level, area)
    for ending in slips.endings(dosing.product(level.level, own.area), product and product.vial):
        yield _made(level, own, ending)


def _made(level: Level, area: Area, ending: Ending | None = None) -> Candidate:
    """What becomes of a level and a BSA; those without a kind are the right ones."""
    made = [each for each in (level, area, ending) if each and each.kind]
    kinds, words = tuple(each.kind for each in made), ", and ".join(each.words for each in made)
    slack = level.level.magnitude * UNROUNDED
    if ending:
        slack = None if ending.times is None else slack * ending.times
        return Candidate(kinds, words, units.show(ending.amount, units.DOSE), ending.amount, area.area, slack)
    amount = dosing.product(level.level, area.area)
    by = area.shown or units.show(area.area, units.AREA)
    working = f"{units.show(level.level, units.LEVEL)} × {by} = {units.show(amount, units.DOSE)}"
    return Candidate(kinds, words, working, amount, area.area, slack)


def _fitting(check: Check, candidates: Iterable[Candidate]) -> list[Ranked]:
    found = []
    for each in candidates:
        if fit := _rounding(check.order.dose.magnitude, each.amount.magnitude, each.slack):
            coarse, step = fit
            reading = Reading("+".join(each.kinds), each.words, each.working)
            found.append((_rank(check, each.kinds, each.bsa, coarse), Cause((reading,), each.amount, step)))
    return found


def _rank(check: Check, kinds: tuple[str, ...], bsa: Quantity, coarse: Decimal) -> Rank:
    against = _contradicts(check.order.stated_bsa, bsa)
    coarse = EXACT if set(LEVELS).issuperset(kinds) else coarse
    return Rank(len(kinds), against, _tier(kinds, coarse), coarse, sum(map(SLIPS.index, kinds)))


def _tier(kinds: tuple[str, ...], coarse: Decimal) -> int:
    """0 common, 1 a weight, 2 rare. There are so many formulas that one of them fits most orders coarsely."""
    if kinds == ("older_weight",):
        return 1
    fine = not coarse or not {"formula", "inches_and_pounds"} & set(kinds)
    return 0 if set(kinds) <= set(COMMON) and fine else 2


def _older(check: Check, due: Due) -> Iterator[Ranked]:
    """Another weight, within what the order's rounding and that of the BSA leave open."""
    assert due.dose
    level, ordered = due.dose.prescribed.level, check.order.dose.magnitude
    off = _steps(ordered)[-1] / 2 + level.magnitude * UNROUNDED
    span = older_size.span(level, due.plan.body, ordered, off)
    if span:
        reading = Reading("older_weight", span.words, "")
        yield _rank(check, (reading.kind,), span.bsa, EXACT), Cause((reading,), None, None)


def _rounding(ordered: Decimal, amount: Decimal, slack: Decimal | None) -> tuple[Decimal, Decimal | None] | None:
    """How coarse a rounding an amount (mg) needs to be what was ordered (0 where it tells enough), and its step, if any.

    `slack` (mg) is what a BSA that was not rounded may have added or taken; None where only that
    very amount will do. None where no rounding makes it what was ordered.
    """
    off = abs(ordered - amount)
    if not off:
        return EXACT, None
    if slack is None:
        return None
    enough = next((step for step in _steps(ordered) if off * 2 <= step), None)
    if enough is not None and enough <= FINE:
        return EXACT, enough
    if off <= slack + FINE / 2:
        return FINE, FINE
    return None if enough is None else (enough, enough)


def _steps(ordered: Decimal) -> list[Decimal]:
    """The steps an order may have been rounded to, by its own decimals; the finest first."""
    own = _last_place(ordered, -3)
    return [own] + [step for step in GRAINS if not ordered % step and step > own]


def _contradicts(stated: Quantity | None, bsa: Quantity) -> bool:
    """Whether an order states another BSA (m²) than the one that would explain its dose."""
    if stated is None:
        return False
    half = _last_place(stated.magnitude, -1) / 2
    return bool(abs(stated.magnitude - bsa.magnitude) > half + UNROUNDED)


def _last_place(number: Decimal, at_most: int) -> Decimal:
    return Decimal(1).scaleb(min(int(number.normalize().as_tuple().exponent), at_most))
