"""An order that differs → the known slips that reproduce it, ranked by how exactly they fit. None is ever applied.

Each slip gives the mg that it would have made of the dose; the order's own decimals say how that may
have been rounded since (0.9 mg may stand for anything from 0.85 to 0.95 mg, 0.91 mg may not).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple

from . import body as bodies
from . import dosing, misread, miswritten, units
from .course import NEVER
from .misread import Area

if TYPE_CHECKING:
    from .body import Body
    from .misread import Level
    from .miswritten import Ending
    from .regimen import Regimen
    from .units import Quantity
    from .verify import Check, Due

D = Decimal
MOST: Final = 5
"""As many causes are named."""
COMMON = (
    "other_branch",
    "other_day",
    "other_cycle",
    "other_level",
    "rounded",
    "level_as_dose",
    "whole_cycle",
    "tenfold",
    "tenth",
    "hundredfold",
    "hundredth",
    "thousandfold",
    "thousandth",
    "bsa_cap",
    "pounds_as_kg",
    "kg_as_pounds",
    "inches_as_cm",
    "cm_as_inches",
    "swapped",
    "stated_bsa",
    "vial",
    "other_regimen",
    "formula",
    "inches_and_pounds",
    "digits",
)
RARE = (
    "double",
    "half",
    "two_doses",
    "standard_bsa",
    "reduced",
    "digits_of_weight",
    "digits_of_height",
    "equal_parts",
    "per_kg",
    "rounded_away",
)
KINDS = (*COMMON, "older_weight", *RARE)
"""Every kind of slip. Of two that fit alike, the one that comes first here is named first."""
DOUBLE = frozenset(COMMON[:3] + COMMON[COMMON.index("tenfold") : COMMON.index("vial")])
"""The kinds of which two together are looked for where no single slip fits."""
STEPS = (D("0.001"), D("0.01"), D("0.05"), D("0.1"))
FINE, ONCE = D("0.01"), D(1)
UNROUNDED = D("0.005")
"""A BSA (m²) that was not rounded differs by up to this much from one that was, to 0.01 m²."""


class Cause(NamedTuple):
    """A slip that reproduces an order: its working in words, and the mg it gives before rounding.

    `step` (mg) is the rounding needed besides, None where there is none. `amount` is None where
    the slip was solved for, not computed.
    """

    kind: str
    words: str
    amount: Quantity | None
    step: Decimal | None


class Candidate(NamedTuple):
    """What one slip, or two together, would have made of a dose: mg, from a BSA (m²).

    `slack` is how much a BSA that was not rounded may have moved it; None where only that very
    amount shows the slip.
    """

    kinds: tuple[str, ...]
    words: str
    amount: Quantity
    bsa: Quantity
    slack: Decimal | None


class Fit(NamedTuple):
    """How well a slip fits, the smaller the better.

    One slip comes before two, what agrees with the BSA on the order before what does not, a common
    kind before a weight, which nearly always fits, and that before a rare kind; then fine rounding
    before coarse.
    """

    slips: int
    contradicts: bool
    tier: int
    coarse: int
    kind: int


def find(check: Check, library: Sequence[Regimen]) -> tuple[Cause, ...]:
    """The slips that reproduce an order, the best first, one of a kind and no more than a few."""
    found = [each for due in check.due for each in _fitting(check, _single(check, due, library))]
    solved = [each for due in check.due if due.dose for each in _older(check, due)]
    if not found:
        found = [each for due in check.due if due.dose for each in _fitting(check, _double(check, due))]
    best: dict[str, Cause] = {}
    for _, cause in sorted(found + solved, key=lambda each: each[0]):
        best.setdefault(cause.kind, cause)
    return tuple(best.values())[:MOST]


def _single(check: Check, due: Due, library: Sequence[Regimen]) -> Iterator[Candidate]:
    this = (check.order.cycle, check.order.day)
    bsa = due.plan.body.bsa
    for level in chain(_levels(due, this), misread.elsewhere(library, this)):
        yield _product((level.kind,), level.words, level.level, Area("", "", bsa))
    if due.dose:
        for area in misread.areas(due.plan.body, check.order.stated_bsa):
            yield _product((area.kind,), area.words, due.dose.prescribed.level, area)
        for ending in miswritten.endings(due.dose.calculated):
            yield _ended((ending.kind,), ending.words, ending, due.dose.prescribed.level, bsa)


def _double(check: Check, due: Due) -> Iterator[Candidate]:
    """Another level of the same regimen, and besides another BSA or a point misplaced."""
    for level in _levels(due, (check.order.cycle, check.order.day)):
        if level.kind not in DOUBLE:
            continue
        own = _product((level.kind,), level.words, level.level, Area("", "", due.plan.body.bsa))
        for area in misread.areas(due.plan.body, check.order.stated_bsa):
            if area.kind in DOUBLE:
                yield _product((level.kind, area.kind), f"{level.words}, and {area.words}", level.level, area)
        for ending in miswritten.endings(own.amount):
            if ending.kind in DOUBLE:
                words = f"{level.words}, and {ending.words}"
                yield _ended((level.kind, ending.kind), words, ending, level.level, due.plan.body.bsa)


def _levels(due: Due, this: tuple[int, int]) -> Iterator[Level]:
    course = due.plan.course
    return misread.levels(due.plan.regimen, course.remission or NEVER, this, course.level)


def _product(kinds: tuple[str, ...], words: str, level: Quantity, area: Area) -> Candidate:
    amount = dosing.product(level, area.area)
    by = area.shown or units.show(area.area, units.AREA)
    words = f"{words}: {units.show(level, units.LEVEL)} × {by} = {units.show(amount, units.DOSE)}"
    return Candidate(kinds, words, amount, area.area, _slack(level))


def _ended(kinds: tuple[str, ...], words: str, ending: Ending, level: Quantity, bsa: Quantity) -> Candidate:
    slack = None if ending.times is None else _slack(level, ending.times)
    result = f"{words}: {units.show(ending.amount, units.DOSE)}"
    return Candidate(kinds, result, ending.amount, bsa, slack)


def _slack(level: Quantity, times: Decimal = ONCE) -> Decimal:
    slack: Decimal = level.magnitude * UNROUNDED * times
    return slack


def _fitting(check: Check, candidates: Iterator[Candidate]) -> Iterator[tuple[Fit, Cause]]:
    ordered = check.order.dose.magnitude
    for each in candidates:
        how = _how(ordered, each)
        if how is not None:
            coarse, step = how
            contradicts = _contradicts(check.order.stated_bsa, each.bsa)
            kind = sum(KINDS.index(kind) for kind in each.kinds)
            yield (
                Fit(len(each.kinds), contradicts, _tier(each.kinds, coarse), coarse, kind),
                Cause("+".join(each.kinds), each.words, each.amount, step),
            )


def _tier(kinds: tuple[str, ...], coarse: int) -> int:
    """0 common, 1 a weight, 2 rare. There are so many formulas that one of them fits most orders coarsely."""
    if kinds == ("older_weight",):
        return 1
    fine = not coarse or not {"formula", "inches_and_pounds"} & set(kinds)
    return 0 if set(kinds) <= set(COMMON) and fine else 2


def _how(ordered: Decimal, candidate: Candidate) -> tuple[int, Decimal | None] | None:
    """How coarse a rounding is needed, and its step; None where the order is not reproduced."""
    off = abs(ordered - candidate.amount.magnitude)
    if not off:
        return 0, None
    if candidate.slack is None:
        return None
    steps = [step for step in _steps(ordered) if off * 2 <= step]
    if steps and steps[0] <= FINE:
        return 0, steps[0]
    if off <= candidate.slack + FINE / 2:
        return 1, FINE
    return (2 + STEPS.index(steps[0]), steps[0]) if steps else None


def _steps(ordered: Decimal) -> list[Decimal]:
    """The steps an order may have been rounded to, by its own decimals; the finest first."""
    own = D(1).scaleb(min(int(ordered.normalize().as_tuple().exponent), -3))
    return [own] + [step for step in STEPS if not ordered % step and step > own]


def _contradicts(stated: Quantity | None, bsa: Quantity) -> bool:
    """Whether an order states another BSA than the one that explains its dose."""
    if stated is None:
        return False
    step = D(1).scaleb(min(int(stated.magnitude.normalize().as_tuple().exponent), -1))
    return bool(abs(stated.magnitude - bsa.magnitude) > step / 2 + UNROUNDED)


def _older(check: Check, due: Due) -> Iterator[tuple[Fit, Cause]]:
    """The weights, within 30 % of the one used, at which the order would be right."""
    assert due.dose
    level, ordered = due.dose.prescribed.level, check.order.dose.magnitude
    sizes, area, words = _weights(due.plan.body)

    def gives(size: int) -> Decimal:
        amount: Decimal = dosing.product(level, area(size)).magnitude
        return amount

    off = _steps(ordered)[-1] / 2 + _slack(level)
    low, high = bisect_left(sizes, ordered - off, key=gives), bisect_right(sizes, ordered + off, key=gives)
    if low < high:
        contradicts = _contradicts(check.order.stated_bsa, area(sizes[(low + high) // 2]))
        cause = Cause("older_weight", words(sizes[low], sizes[high - 1]), None, None)
        yield Fit(1, contradicts, _tier((cause.kind,), 0), 0, KINDS.index(cause.kind)), cause


def _weights(body: Body) -> tuple[range, Callable[[int], Quantity], Callable[[int, int], str]]:
    """Weights in steps of 0.1 kg; where there is none the BSAs that go with them, in steps of 0.01 m²."""
    height, weight, formula = body.height, body.weight, body.formula
    if height is None or weight is None or formula is None:
        used, kind, of, step = body.bsa, units.AREA, "a BSA", D("0.01")
        least, most = D("0.84"), D("1.14")
    else:
        used, kind, of, step = weight, units.WEIGHT, "a weight", D("0.1")
        least, most = D("0.7"), D("1.3")

    def area(size: int) -> Quantity:
        if height is None or formula is None:
            return units.quantity(size * step, units.AREA)
        return bodies.area(formula, height, units.quantity(size * step, units.WEIGHT), body.sex)

    def words(low: int, high: int) -> str:
        span = " to ".join(dict.fromkeys(units.digits(size * step) for size in (low, high)))
        return f"{of} of {span} {units.SHOWN[kind.unit]}, where {units.show(used, kind)} is used"

    sizes = range(int(used.magnitude * least / step) + 1, int(used.magnitude * most / step) + 1)
    return sizes, area, words
