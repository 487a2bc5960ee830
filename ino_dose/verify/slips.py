"""A due dose → every slip that may have been made of it: a level or a BSA misread, a dose miswritten."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from .. import units
from ..engine import bsa_formulas, dosing, prescription
from ..engine.body import Body
from ..engine.bsa_formulas import FORMULAS, Formula
from ..engine.course import NEVER
from ..engine.prescription import Prescribed
from ..engine.regimen import Regimen

if TYPE_CHECKING:
    from ..units import Quantity

POUND = units.read("1lb", units.WEIGHT, "").magnitude
INCH = units.read("1in", units.HEIGHT, "").magnitude
STANDARD = (
    ("bsa_cap", "the BSA capped at 2 m²", "2", ""),
    ("standard_bsa", "a standard BSA of 1.73 m²", "1.73", ""),
    ("level_as_dose", "mg/m² taken as mg", "1", "1"),
)


class Level(NamedTuple):
    """Another level (mg/m²), and what it is the level of."""

    kind: str
    words: str
    level: Quantity


class Area(NamedTuple):
    """Another BSA (m²), and where it is from; `shown` where it is no BSA at all."""

    kind: str
    words: str
    area: Quantity
    shown: str = ""


def levels(regimen: Regimen, remission: int, this: tuple[int, int], chosen: Quantity | None) -> Iterator[Level]:
    """The levels of the same regimen: of the other branch, of another day or cycle, of a cycle at once.

    One of a kind and level, the nearest dose of it; another day of another cycle only where no
    nearer dose has its level.
    """
    seen: set[tuple[str, Decimal]] = set()
    for dose, level in _levels(regimen, remission, this, chosen):
        far = dose is not None and dose.cycle != this[0] and dose.day != this[1]
        known = {magnitude for kind, magnitude in seen if far or kind == level.kind}
        if level.level.magnitude not in known:
            seen.add((level.kind, level.level.magnitude))
            yield level


def _levels(
    regimen: Regimen, remission: int, this: tuple[int, int], chosen: Quantity | None
) -> Iterator[tuple[Prescribed | None, Level]]:
    for answer in (remission, prescription.first_cycle(regimen), NEVER) if regimen.remission_adapted else (remission,):
        doses = prescription.prescribe(regimen, answer, regimen.last_cycle or this[0] + 1, chosen)
        for dose in sorted(doses, key=lambda dose: _distance(dose, this)):
            yield dose, _of(dose, this, answer, remission)
        if answer == remission:
            of_cycle = [dose for dose in doses if dose.cycle == this[0]]
            yield from ((None, level) for level in _together(of_cycle, this[1]))
    for level in regimen.choice.levels if regimen.choice else ():
        yield None, Level("other_level", f"the level {units.show(level, units.LEVEL)} of the same regimen", level)


def _distance(dose: Prescribed, this: tuple[int, int]) -> tuple[bool, int, int]:
    return dose.day != this[1], abs(dose.cycle - this[0]), abs(dose.day - this[1])


def _of(dose: Prescribed, this: tuple[int, int], answer: int, remission: int) -> Level:
    other = (answer < dose.cycle) != (remission < dose.cycle)
    whom = f" {'with' if answer < dose.cycle else 'without'} remission" if other else ""
    if (dose.cycle, dose.day) == this:
        return Level("other_branch", f"this day{whom}", dose.level)
    if dose.cycle == this[0]:
        return Level("other_day", f"day {dose.day} of this cycle{whom}", dose.level)
    return Level("other_cycle", f"day {dose.day} of cycle {dose.cycle}{whom}", dose.level)


def _together(doses: list[Prescribed], day: int) -> Iterator[Level]:
    if len(doses) < 2:
        return
    whole = units.total((dose.level for dose in doses), units.LEVEL).magnitude
    yield _level("whole_cycle", f"the whole of cycle {doses[0].cycle} at once", whole)
    yield _level("equal_parts", f"the whole of cycle {doses[0].cycle} in {len(doses)} equal parts", whole / len(doses))
    for due in (dose for dose in doses if dose.day == day):
        for dose in (dose for dose in doses if dose is not due):
            both = units.total((due.level, dose.level), units.LEVEL).magnitude
            yield _level("two_doses", f"the doses of days {due.day} and {dose.day} at once", both)


def _level(kind: str, words: str, value: Fraction) -> Level:
    return Level(kind, words, units.quantity(units.decimal(value), units.LEVEL))


def elsewhere(library: Iterable[Regimen], this: tuple[int, int]) -> Iterator[Level]:
    """The levels of other regimens on the same day of the same cycle."""
    found: dict[Decimal, list[str]] = {}
    for regimen in library:
        for magnitude in _on(regimen, this):
            found.setdefault(magnitude, []).append(regimen.id)
    for magnitude, ids in found.items():
        more = f" and {len(ids) - 2} more" if len(ids) > 2 else ""
        yield Level("other_regimen", f"this day of {', '.join(ids[:2])}{more}", units.quantity(magnitude, units.LEVEL))


def _on(regimen: Regimen, this: tuple[int, int]) -> set[Decimal]:
    if regimen.incomplete:
        return set()
    return {
        dose.level.magnitude
        for answer in ((prescription.first_cycle(regimen), NEVER) if regimen.remission_adapted else (NEVER,))
        for chosen in (regimen.choice.levels if regimen.choice else (None,))
        for dose in prescription.prescribe(regimen, answer, this[0], chosen)
        if (dose.cycle, dose.day) == this
    }


def areas(body: Body, stated: Quantity | None) -> Iterator[Area]:
    """The BSAs of the order itself, by a cap, by another formula, and from sizes read in other units."""
    if stated is not None:
        yield Area("stated_bsa", "the BSA that the order states", stated)
    for kind, words, square_metres, shown in STANDARD[body.bsa.magnitude <= 2 :]:
        yield Area(kind, words, units.quantity(square_metres, units.AREA), shown)
    if body.weight is None or body.height is None or body.formula is None:
        yield from _scaled(body)
        return
    yield from _formulas(body)
    kilograms = units.digits(body.weight.magnitude)
    yield Area("per_kg", "mg/m² taken as mg/kg", units.quantity(kilograms, units.AREA), f"{kilograms} (kg)")
    for kind, words, height, weight in _sizes(body.height.magnitude, body.weight.magnitude):
        yield Area(kind, words, _area(body.formula, height, weight, body.sex))


def _formulas(body: Body) -> Iterator[Area]:
    assert body.height is not None and body.weight is not None
    found: dict[Decimal, list[str]] = {}
    for formula in FORMULAS.values():
        for sex in ("f", "m") if formula.by_sex else (None,):
            square_metres = _area(formula, body.height.magnitude, body.weight.magnitude, sex).magnitude
            found.setdefault(square_metres, []).append(formula.name)
    for square_metres, names in found.items():
        yield Area("formula", f"the {' or '.join(names)} formula", units.quantity(square_metres, units.AREA))


def _sizes(height: Decimal, weight: Decimal) -> Iterator[tuple[str, str, Decimal, Decimal]]:
    tall, heavy = units.digits(height), units.digits(weight)
    inches = _quotient(height, INCH)
    yield "swapped", "height and weight swapped", weight, height
    yield "kg_as_pounds", f"the weight taken as {heavy} lb", height, weight * POUND
    yield "inches_as_cm", f"the height in inches taken as {inches} cm", inches, weight
    yield "cm_as_inches", f"the height taken as {tall} in", height * INCH, weight
    for places in (0, 1):
        pounds = _quotient(weight, POUND, places)
        yield "pounds_as_kg", f"the weight in pounds taken as {pounds} kg", height, pounds
        words = f"the height in inches and the weight in pounds taken as {inches} cm and {pounds} kg"
        yield "inches_and_pounds", words, inches, pounds
    for other in transposed(weight):
        yield "digits_of_weight", f"a weight of {units.digits(other)} kg, its digits swapped", height, other
    for other in transposed(height):
        yield "digits_of_height", f"a height of {units.digits(other)} cm, its digits swapped", other, weight


def _scaled(body: Body) -> Iterator[Area]:
    """What a stated BSA would have been by Mosteller, whose √ makes it the same for every body of that BSA."""
    side = body.bsa.magnitude * 60
    pounds, inches = _quotient(side, POUND, 3), _quotient(side, INCH, 3)
    for kind, words, height, weight in (
        ("pounds_as_kg", "the weight in pounds taken as kilograms", side, pounds),
        ("kg_as_pounds", "the weight in kilograms taken as pounds", side, side * POUND),
        ("inches_as_cm", "the height in inches taken as centimetres", inches, side),
        ("cm_as_inches", "the height in centimetres taken as inches", side * INCH, side),
        ("inches_and_pounds", "inches and pounds taken as centimetres and kilograms", inches, pounds),
    ):
        yield Area(kind, words, _area(FORMULAS["mosteller"], height, weight, None))


def transposed(number: Decimal) -> set[Decimal]:
    """The numbers that differ by two neighbouring digits changing places: 1.46 → 4.16 and 1.64."""
    text = units.digits(number)
    places = [place for place, sign in enumerate(text) if sign != "."]
    found = set()
    for one, other in pairwise(places):
        signs = list(text)
        signs[one], signs[other] = signs[other], signs[one]
        found.add(Decimal("".join(signs)))
    return {other for other in found if other and other != number}


def _area(formula: Formula, height: Decimal, weight: Decimal, sex: str | None) -> Quantity:
    return bsa_formulas.area(formula, units.quantity(height, units.HEIGHT), units.quantity(weight, units.WEIGHT), sex)


def _quotient(number: Decimal, divisor: Decimal, places: int = 0) -> Decimal:
    """A size in another unit, as a person would note it: 82 kg are 181 lb, 178 cm are 70 in."""
    return units.half_up(Fraction(number) / Fraction(divisor), places)


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
HALF = units.quantity("0.5", units.DOSE)
"""A step (mg) that only a slip rounds to."""


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
    yield from _multiplied(calculated, exact=True)
    for step in dosing.ORDINARY:
        dose = dosing.round_half_up(calculated, step)
        yield from _multiplied(dose, exact=False)
        for other in sorted(transposed(dose.magnitude)):
            words = f"{units.show(dose, units.DOSE)} with two digits swapped"
            yield Ending("digits", words, units.quantity(other, units.DOSE))
    for step in dosing.ORDINARY[1:]:
        yield _rounded_to("rounded", calculated, step)
    for size in (vial, EU_VIAL):
        if size is not None:
            yield from _either_way("vial", "whole vials of ", calculated, size)
    yield _rounded_to("rounded_away", calculated, HALF)
    for step in (*dosing.ORDINARY[1:], HALF):
        yield from _either_way("rounded_away", "", calculated, step)


def _multiplied(dose: Quantity, exact: bool) -> Iterator[Ending]:
    for kind, words, factor in FACTORS:
        times = Decimal(factor)
        yield Ending(kind, f"{words} {units.show(dose, units.DOSE)}", dose * times, times if exact else None)


def _rounded_to(kind: str, calculated: Quantity, step: Quantity) -> Ending:
    words = f"{units.show(calculated, units.DOSE)} rounded to {units.show(step, units.DOSE)}"
    return Ending(kind, words, dosing.round_half_up(calculated, step))


def _either_way(kind: str, to: str, calculated: Quantity, size: Quantity) -> Iterator[Ending]:
    down = calculated // size * size
    for way, amount in (("down", down), ("up", down + size)):
        words = f"{units.show(calculated, units.DOSE)} rounded {way} to {to}{units.show(size, units.DOSE)}"
        yield Ending(kind, words, amount)
