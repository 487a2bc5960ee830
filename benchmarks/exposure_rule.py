"""Cumulative exposure from recorded mg: how often each way of counting changes the category of what was prescribed.

    python benchmarks/exposure_rule.py [--patients 4000] [--seed 1]

Nothing is imported from ino_dose: this is a second programming of rule 8, in exact fractions. Each patient of a course
is given every dose of it at the BSA of the cycle's weight, and the mg and BSA are then counted by every rule.
The patients are made up, not drawn from data. About half are women. Height in whole cm: normal, mean 163 (women) or
176 (men), SD 7, from 145 to 205. BMI: log-normal, median 25, SD of the logarithm 0.18, from 16 to 45; the weight
follows, to 0.1 kg. From cycle to cycle the weight changes by a normal share of SD 2 %. BSA by Mosteller, half up to
0.01 m².
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from math import isqrt, log
from typing import NamedTuple

F = Fraction
LOWER, UPPER = F("2.7"), F("3.6")
"""schedules/ceiling/pre-transplant.yaml, both inclusive."""
VIAL = F("0.9")
"""schedules/product/besponsa.yaml, the US vial in mg."""
LEVELS = tuple(map(F, ("0.3", "0.4", "0.5", "0.6", "0.8", "1", "1.3", "1.8")))
"""Every fixed level and every level of a list in the doses of schedules/*.yaml, in mg/m², without the range 1.3 to 1.8:
0.3 to 0.6 post-hsct-maintenance, 0.8 besponsa-label, 1 and 1.3 mini-hyper-cvd-ino-v2, 1.8 mini-hyper-cvd-ino-v1."""


class Course(NamedTuple):
    """What it is, the schedule file that it follows, and the levels of each cycle."""

    name: str
    schedule: str
    cycles: tuple[tuple[Fraction, ...], ...]

    @property
    def total(self) -> Fraction:
        """The prescribed sum."""
        return sum((level for cycle in self.cycles for level in cycle), F(0))


FIRST_MRD, LATER_MRD = (F("0.6"), F("0.3")), (F("0.3"), F("0.3"))
NO_REMISSION, REMISSION = (F("0.8"), F("0.5"), F("0.5")), (F("0.5"), F("0.5"), F("0.5"))
COURSES = (
    Course("MRD, cycles 1 to 4", "mrd-mdacc", (FIRST_MRD, *[LATER_MRD] * 3)),
    Course("label, 2 cycles, no remission", "besponsa-label", (NO_REMISSION, NO_REMISSION)),
    Course("label, 2 cycles, remission after 1", "besponsa-label", (NO_REMISSION, REMISSION)),
    Course("MRD, cycles 1 to 6", "mrd-mdacc", (FIRST_MRD, *[LATER_MRD] * 5)),
)


def half_up(amount: Fraction, step: Fraction) -> Fraction:
    """The nearest step, the upper one of two."""
    return (amount / step + F(1, 2)) // 1 * step


def whole_vials(amount: Fraction) -> Fraction:
    """Down to whole vials where that takes away at most 10 %, else to 0.01 mg."""
    whole = amount // VIAL * VIAL
    return whole if (amount - whole) * 10 <= amount else half_up(amount, F("0.01"))


ROUNDINGS: dict[str, Callable[[Fraction], Fraction]] = {
    "0.01 mg": lambda amount: half_up(amount, F("0.01")),
    "0.05 mg": lambda amount: half_up(amount, F("0.05")),
    "0.1 mg": lambda amount: half_up(amount, F("0.1")),
    "vials": whole_vials,
}


@cache
def given(level: Fraction, bsa: Fraction, rounding: str) -> Fraction:
    """The mg that are recorded for a level."""
    return ROUNDINGS[rounding](level * bsa)


def agrees(mg: Fraction, due: Fraction) -> bool:
    """Within 5 %, or exactly the due dose as somebody rounds it and so moved by at most 10 %."""
    moved = abs(mg - due)
    return moved * 20 <= due or (moved * 10 <= due and any(mg == rounded(due) for rounded in ROUNDINGS.values()))


@cache
def level_of(mg: Fraction, bsa: Fraction) -> Fraction | None:
    """The level that the mg agree with, the nearest by ratio of several."""
    found = [level for level in LEVELS if agrees(mg, level * bsa)]
    return min(found, key=lambda level: max(mg / (level * bsa), level * bsa / mg), default=None)


@cache
def counted(mg: Fraction, bsa: Fraction) -> Fraction:
    """Rule 8: the level, else mg ÷ BSA."""
    level = level_of(mg, bsa)
    return mg / bsa if level is None else level


Doses = Sequence[tuple[Fraction, Fraction]]
"""The mg and the BSA of the day, dose by dose."""
RULES: dict[str, Callable[[Doses], Fraction]] = {
    "mg ÷ BSA": lambda doses: sum((mg / bsa for mg, bsa in doses), F(0)),
    "each to 0.01": lambda doses: sum((half_up(mg / bsa, F("0.01")) for mg, bsa in doses), F(0)),
    "÷ first BSA": lambda doses: sum((mg for mg, _ in doses), F(0)) / doses[0][1],
    "÷ mean BSA": lambda doses: sum((mg for mg, _ in doses), F(0)) * len(doses) / sum(bsa for _, bsa in doses),
    "level": lambda doses: sum((counted(mg, bsa) for mg, bsa in doses), F(0)),
}


def category(total: Fraction) -> str:
    """Where a sum stands."""
    return "below" if total <= LOWER else "between" if total <= UPPER else "above"


def mosteller(height: int, weight: int) -> Fraction:
    """√(cm × kg ÷ 3600) half up to 0.01, in whole numbers, from tenths of cm and of kg.

    The hundredths are the greatest n with (n - ½) ÷ 100 ≤ √(height × weight ÷ 360000): (2n - 1)² × 9 ≤ the product.
    """
    return F((isqrt(height * weight // 9) + 1) // 2, 100)


def within(rng: random.Random, mean: float, spread: float, low: float, high: float) -> float:
    """A normal number, drawn again until it is in the range."""
    while not low <= (drawn := rng.normalvariate(mean, spread)) <= high:
        pass
    return drawn


def areas(rng: random.Random, cycles: int) -> list[Fraction]:
    """The BSA of one adult in each cycle."""
    height = round(within(rng, rng.choice((163, 176)), 7, 145, 205))
    bmi = rng.lognormvariate(log(25), 0.18)
    while not 16 <= bmi <= 45:
        bmi = rng.lognormvariate(log(25), 0.18)
    weights = [round(bmi * height * height / 1000)]
    while len(weights) < cycles:
        weights.append(round(weights[-1] * (1 + rng.normalvariate(0, 0.02))))
    return [mosteller(height * 10, weight) for weight in weights]


def tally(course: Course, rounding: str, patients: Sequence[Sequence[Fraction]]) -> Counter[str]:
    """For each rule the patients in another category, and above and below the prescribed sum; doses by how they fit."""
    counts, total = Counter[str](), course.total
    prescribed = category(total)
    for patient in patients:
        doses = []
        for levels, bsa in zip(course.cycles, patient, strict=True):
            for level in levels:
                mg = given(level, bsa, rounding)
                doses.append((mg, bsa))
                counts["doses"] += 1
                counts["moved"] += abs(mg - level * bsa) * 10 > level * bsa
                fits = level_of(mg, bsa)
                counts["no level"] += fits is None
                counts["another level"] += fits not in (None, level)
        for rule, count in RULES.items():
            found = count(doses)
            counts[f"{rule} differs"] += category(found) != prescribed
            counts[f"{rule} above"] += found > total
            counts[f"{rule} below"] += found < total
    return counts


def table(title: str, cells: dict[tuple[Course, str], list[str]], heads: Sequence[str]) -> None:
    """A row a course and rounding."""
    print(f"\n{title}\n{'course':36}{'sum':>4}  {'given to':8}" + "".join(f"{head:>14}" for head in heads))
    for (course, rounding), row in cells.items():
        print(f"{course.name:36}{float(course.total):4.1f}  {rounding:8}" + "".join(f"{cell:>14}" for cell in row))


def main() -> None:
    """Print the shares in another category, the sides of a limit, and how the doses fit a level."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patients", type=int, default=4000, help="patients for each course")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    if asked.patients < 1:
        parser.error("--patients must be 1 or more")
    found: dict[tuple[Course, str], Counter[str]] = {}
    for course in COURSES:
        rng = random.Random(f"{asked.seed} {course.name}")
        patients = [areas(rng, len(course.cycles)) for _ in range(asked.patients)]
        found |= {(course, rounding): tally(course, rounding, patients) for rounding in ROUNDINGS}
    print(f"{asked.patients} patients a course, seed {asked.seed}; categories: ≤ 2.7, ≤ 3.6, above (mg/m²)")
    table(
        "In another category than the prescribed levels, % of patients",
        {
            row: [f"{100 * counts[f'{rule} differs'] / asked.patients:.1f}" for rule in RULES]
            for row, counts in found.items()
        },
        list(RULES),
    )
    table(
        "Courses that end on a limit: patients above it / below it",
        {
            row: [f"{counts[f'{rule} above']} / {counts[f'{rule} below']}" for rule in RULES]
            for row, counts in found.items()
            if row[0].total in (LOWER, UPPER)
        },
        list(RULES),
    )
    kinds = ("doses", "moved", "no level", "another level")
    table(
        "Doses, where any was moved by more than 10 % when given or fits no level or another one; elsewhere none",
        {
            row: [str(counts[kind]) for kind in kinds]
            for row, counts in found.items()
            if any(map(counts.get, kinds[1:]))
        },
        kinds,
    )


if __name__ == "__main__":
    main()
