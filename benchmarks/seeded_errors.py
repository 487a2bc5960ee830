"""Correct orders with one slip each, seeded: how many `verify` flags, and how many it names rightly.

    python benchmarks/seeded_errors.py [--orders 200] [--step 0.01]

Every slip is worked out here on its own, in decimals, and the order is written in steps of `--step` mg.
A seeded order that stays within the tolerance is no finding and is counted apart.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import NamedTuple

from ino_dose import units
from ino_dose.engine import body as bodies
from ino_dose.engine import bsa_formulas, prescription
from ino_dose.engine.course import NEVER, Course
from ino_dose.engine.prescription import Prescribed
from ino_dose.engine.regimen import Regimen
from ino_dose.files import library
from ino_dose.verify import check
from ino_dose.verify.order import USUAL, Cause, Check, Order

D = Decimal
LIBRARY = [regimen for regimen in library.at().all()[0] if not regimen.incomplete]
CEILING, PRODUCT = library.ceiling(), library.product()


class Case(NamedTuple):
    """A correct order before anything happens to it: who, what, and its neighbours in the schedule."""

    regimen: Regimen
    remission: int | None
    level: Decimal | None
    dose: Prescribed
    doses: tuple[Prescribed, ...]
    height: Decimal
    weight: Decimal
    formula: str

    def bsa(self, height: Decimal | None = None, weight: Decimal | None = None, formula: str = "") -> Decimal:
        """The BSA to 0.01 m², of this body or of one that was misread."""
        area = bsa_formulas.FORMULAS[formula or self.formula].area(height or self.height, weight or self.weight, "f")
        return area.quantize(D("0.01"), ROUND_HALF_UP)

    @property
    def due(self) -> Decimal:
        """The mg that are due."""
        return self.dose.level.magnitude * self.bsa()


Seed = Callable[[Case, random.Random], Decimal | None]
"""The mg that a slip makes of an order, None where it changes nothing or cannot happen."""


def case(rng: random.Random) -> Case:
    """An adult or, one time in four, a child; a regimen, a day of it, and an answer about remission."""
    regimen = rng.choice(LIBRARY)
    child = rng.random() < 0.25
    tall = rng.randint(80, 165) if child else rng.randint(150, 195)
    heavy = D(tall * tall) * D(rng.randint(145, 220) if child else rng.randint(180, 380)) / 100_000
    remission = rng.choice([prescription.first_cycle(regimen), NEVER]) if regimen.remission_adapted else None
    level = rng.choice(regimen.choice.levels) if regimen.choice else None
    doses = prescription.prescribe(regimen, remission or NEVER, regimen.last_cycle or 4, level)
    dose = rng.choice(doses)
    formula = "du-bois" if rng.random() < 0.2 else "mosteller"
    return Case(regimen, remission, level, dose, doses, D(tall), heavy.quantize(D("0.1")), formula)


def by_level(pick: Callable[[Case], list[Decimal]]) -> Seed:
    """A slip that reads another level."""

    def seed(case: Case, rng: random.Random) -> Decimal | None:
        levels = [level for level in pick(case) if level != case.dose.level.magnitude]
        return rng.choice(levels) * case.bsa() if levels else None

    return seed


def other_branch(case: Case) -> list[Decimal]:
    """The level on this day had remission been the other way."""
    if case.remission is None or case.dose.cycle == prescription.first_cycle(case.regimen):
        return []
    other = NEVER if case.remission != NEVER else prescription.first_cycle(case.regimen)
    return on_this_day(case, prescription.prescribe(case.regimen, other, case.dose.cycle, case.level))


def on_this_day(case: Case, doses: tuple[Prescribed, ...]) -> list[Decimal]:
    """What another line of doses has on the day of this one."""
    this = (case.dose.cycle, case.dose.day)
    return [dose.level.magnitude for dose in doses if (dose.cycle, dose.day) == this]


def other_regimen(case: Case) -> list[Decimal]:
    """What other regimens have on this day."""
    found: list[Decimal] = []
    for regimen in LIBRARY:
        if regimen.id != case.regimen.id:
            chosen = regimen.choice.levels[-1] if regimen.choice else None
            found += on_this_day(case, prescription.prescribe(regimen, NEVER, case.dose.cycle, chosen))
    return found


def cycle(case: Case) -> list[Prescribed]:
    """The doses of this cycle."""
    return [dose for dose in case.doses if dose.cycle == case.dose.cycle]


def vial(case: Case, rng: random.Random) -> Decimal:
    """Whole vials, up or down."""
    size, way = D(rng.choice(["0.9", "1"])), rng.choice([ROUND_FLOOR, ROUND_CEILING])
    return (case.due / size).to_integral_value(way) * size


def by_body(read: Callable[[Case], Decimal]) -> Seed:
    """A slip that computes another BSA."""
    return lambda case, rng: case.dose.level.magnitude * read(case)


def other_formula(case: Case, rng: random.Random) -> Decimal:
    """The BSA by a formula other than the one in use."""
    return case.dose.level.magnitude * case.bsa(
        formula=rng.choice([id for id in bsa_formulas.FORMULAS if id != case.formula])
    )


def older_weight(case: Case, rng: random.Random) -> Decimal:
    """A weight 10 to 25 % off, to a whole kilogram."""
    weight = (case.weight * D(rng.choice([*range(75, 91), *range(110, 126)])) / 100).quantize(D(1))
    return case.dose.level.magnitude * case.bsa(weight=weight)


def wrong_bsa(case: Case, rng: random.Random) -> Decimal:
    """A BSA 6 to 25 % off, which the order states."""
    return (case.bsa() * rng.choice([*range(75, 95), *range(106, 126)]) / 100).quantize(D("0.01"), ROUND_HALF_UP)


def swapped_digits(case: Case, rng: random.Random) -> Decimal:
    """Two neighbouring digits of the dose to 0.01 mg swapped."""
    text = f"{case.due.quantize(D('0.01'), ROUND_HALF_UP):f}"
    return D(text[:-2] + text[-1] + text[-2])


def whole(amount: Decimal) -> Decimal:
    """To a whole number, as one reads it from a scale."""
    return amount.quantize(D(1), ROUND_HALF_UP)


POUND, INCH = D("0.45359237"), D("2.54")
LISTED: dict[str, Seed] = {
    "other_branch": by_level(other_branch),
    "other_day": by_level(lambda case: [dose.level.magnitude for dose in cycle(case)]),
    "other_cycle": by_level(lambda case: [dose.level.magnitude for dose in case.doses if dose.day == case.dose.day]),
    "whole_cycle": by_level(lambda case: [sum(dose.level.magnitude for dose in cycle(case))]),
    "level_as_dose": lambda case, rng: case.dose.level.magnitude,
    "tenfold": lambda case, rng: case.due.quantize(D("0.01"), ROUND_HALF_UP) * 10,
    "tenth": lambda case, rng: case.due / 10,
    "bsa_cap": lambda case, rng: case.dose.level.magnitude * 2 if case.bsa() > 2 else None,
    "formula": other_formula,
    "swapped": by_body(lambda case: case.bsa(case.weight, case.height)),
    "pounds_as_kg": by_body(lambda case: case.bsa(weight=whole(case.weight / POUND))),
    "kg_as_pounds": by_body(lambda case: case.bsa(weight=case.weight * POUND)),
    "inches_as_cm": by_body(lambda case: case.bsa(height=whole(case.height / INCH))),
    "cm_as_inches": by_body(lambda case: case.bsa(height=case.height * INCH)),
    "vial": vial,
    "older_weight": older_weight,
    "other_regimen": by_level(other_regimen),
    "stated_bsa": lambda case, rng: case.dose.level.magnitude * wrong_bsa(case, rng),
}
UNLISTED: dict[str, Seed] = {
    "inches_and_pounds": by_body(lambda case: case.bsa(whole(case.height / INCH), whole(case.weight / POUND))),
    "double": lambda case, rng: case.due.quantize(D("0.01"), ROUND_HALF_UP) * 2,
    "half": lambda case, rng: case.due / 2,
    "digits": swapped_digits,
    "per_kg": lambda case, rng: case.dose.level.magnitude * case.weight,
    "standard_bsa": by_body(lambda case: D("1.73")),
    "no slip at all": lambda case, rng: case.due * rng.randint(30, 300) / 100,
}


def verified(case: Case, ordered: Decimal, bsa: Decimal | None = None) -> Check:
    """What `verify` says of the order."""
    height, weight = units.quantity(case.height, units.HEIGHT), units.quantity(case.weight, units.WEIGHT)
    stated = None if bsa is None else units.quantity(bsa, units.AREA)
    return check.recompute(
        case.regimen,
        bodies.measured(height, weight, bsa_formulas.FORMULAS[case.formula], "f"),
        Course(prior=units.NO_LEVEL, remission=case.remission, level=case.level),
        CEILING,
        Order(case.dose.cycle, case.dose.day, units.quantity(ordered, units.DOSE), stated),
        USUAL,
        PRODUCT,
        library=lambda: LIBRARY,
    )


def stepped(amount: Decimal, step: Decimal) -> Decimal:
    """The order as it is written."""
    return (amount / step).quantize(D(1), ROUND_HALF_UP) * step


def seeded(kind: str, seed: Seed, orders: int, step: Decimal) -> tuple[Counter[str], Counter[str]]:
    """Outcomes of one kind of slip, and what was named first in its place."""
    rng, counts, instead = random.Random(kind), Counter[str](), Counter[str]()
    for _ in range(orders * 20):
        one = case(rng)
        amount = seed(one, rng)
        if amount is None or not (ordered := stepped(amount, D("0.1") if kind == "vial" else step)):
            continue
        if abs(ordered - one.due) * 100 <= USUAL.share.magnitude * one.due:
            continue
        counts["off"] += 1
        causes = outcome(one, ordered, amount if kind == "stated_bsa" else None, counts)
        if causes is not None:
            score(kind, causes, counts, instead)
        if counts["off"] == orders:
            break
    return counts, instead


def outcome(case: Case, ordered: Decimal, by_stated: Decimal | None, counts: Counter[str]) -> tuple[Cause, ...] | None:
    """The causes named for an order, None where it was not flagged."""
    stated = None if by_stated is None else by_stated / case.dose.level.magnitude
    found = verified(case, ordered, stated)
    counts["flagged"] += found.verdict == "differs"
    return found.causes if found.verdict == "differs" else None


def score(kind: str, causes: tuple[Cause, ...], counts: Counter[str], instead: Counter[str]) -> None:
    """Named first; in the first sentence, with slips of the same working; in any."""
    named = [kind for cause in causes for kind in cause.kinds]
    counts["first"] += named[:1] == [kind]
    counts["alike"] += bool(causes) and kind in causes[0].kinds
    counts["named"] += kind in named
    counts["nothing"] += not named
    if not causes or kind not in causes[0].kinds:
        instead[(named or ["nothing"])[0]] += 1


def main() -> None:
    """Print a row a kind of slip, and the alarms on orders that are right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=200, help="orders past the tolerance for each kind")
    parser.add_argument("--step", type=D, default=D("0.01"), help="orders are written in steps of so many mg")
    asked = parser.parse_args()
    print(f"{len(LIBRARY)} regimens, orders in steps of {asked.step} mg, tolerance {USUAL.share.magnitude} %")
    print(f"{'':20}{'orders':>7}{'flagged':>9}  of these first{'sentence':>10}{'any':>8}   instead")
    for seeds in (LISTED, UNLISTED):
        total = Counter[str]()
        for kind, seed in seeds.items():
            counts, instead = seeded(kind, seed, asked.orders, asked.step)
            total += counts
            row(kind, counts, ", ".join(f"{each} {count}" for each, count in instead.most_common(3)))
        row("together", total, "")
    for step in ("0.01", "0.05", "0.1"):
        alarms(D(step), asked.orders * 10)


def row(kind: str, counts: Counter[str], instead: str) -> None:
    """Flagged per cent of the orders past the tolerance; named per cent of those flagged."""
    flagged = 100 * counts["flagged"] / max(counts["off"], 1)
    first, alike, named = (100 * counts[key] / max(counts["flagged"], 1) for key in ("first", "alike", "named"))
    print(f"{kind:20}{counts['off']:7}{flagged:9.1f}{first:16.1f}{alike:10.1f}{named:8.1f}   {instead}")


def alarms(step: Decimal, orders: int) -> None:
    """Correct orders, rounded: how many are flagged, and how many of those were moved by more than 10 %."""
    rng, wrong, coarse = random.Random(str(step)), 0, 0
    for _ in range(orders):
        one = case(rng)
        ordered = stepped(one.due, step)
        moved = abs(ordered - one.due) * 10 > one.due
        if ordered and verified(one, ordered).verdict != "agrees":
            coarse += moved
            wrong += not moved
    print(f"correct orders to {step} mg: {orders}, false alarms {wrong}; flagged as moved by more than 10 %: {coarse}")


if __name__ == "__main__":
    main()
