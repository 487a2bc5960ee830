"""A simulated hospital as a CSV of administrations, with traps of real records mixed in; one seed is one hospital."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction as F
from math import floor
from random import Random

from second_exposure import mosteller, printed

Cells = dict[str, str]
Plan = list[tuple[date, F]]
Cycle = list[tuple[int, str]]

FULL: Cycle = [(1, "0.8"), (8, "0.5"), (15, "0.5")]
LESS: Cycle = [(1, "0.5"), (8, "0.5"), (15, "0.5")]
FEWER: Cycle = [(1, "0.8"), (8, "0.4"), (15, "0.4")]
LOW: Cycle = [(1, "0.6"), (8, "0.4"), (15, "0.4")]
PAIR: Cycle = [(1, "0.3"), (8, "0.3")]
LATE_PAIR: Cycle = [(2, "0.3"), (8, "0.3")]
FIRST_PAIR: Cycle = [(1, "0.6"), (8, "0.3")]
COURSES: list[list[Cycle]] = [
    [FULL, FULL],
    [FULL, LESS],
    [FULL, LESS, LESS],
    [FULL],
    [FULL, FEWER],
    [LOW, [(1, "0.4"), (8, "0.4"), (15, "0.4")]],
    [[(3, "1.8")], [(3, "1.3")], [(3, "1.3")]],
    [[(3, "1.3")], [(3, "1")], [(3, "1")], [(3, "1")]],
    [[(3, "1.3")], [(3, "0.8")], [(3, "0.8")], [(3, "0.8")]],
    [[(2, "0.6"), (8, "0.3")], LATE_PAIR, LATE_PAIR, LATE_PAIR],
    [FIRST_PAIR, PAIR, PAIR, PAIR, PAIR, PAIR],
    [FIRST_PAIR, PAIR, PAIR, PAIR],
    [PAIR, PAIR, PAIR, PAIR],
    [FULL, [(1, "0.5"), (8, "0.5")]],
    [FULL, [(1, "1")], [(1, "1")]],
    [[(1, "1.8")], [(1, "1.8")]],
    [[(1, "1.8")], [(1, "1.8")], [(1, "1.8")]],
    [[(1, "0.3")]] * 6,
]
TWO_FIT: list[Cycle] = [[(1, "0.6"), (8, "0.5"), (15, "0.5")], LESS]  # at a BSA at which 0.1 mg is two levels
OTHER_DRUGS = [
    "blinatumomab",
    "vincristine",
    "methotrexate",
    "rituximab",
    "gemtuzumab ozogamicin",
    "dexamethasone 4 mg",
    "BSA calculation",
]
THIS_DRUG = [
    *["inotuzumab ozogamicin"] * 6,
    "Inotuzumab Ozogamicin",
    "INOTUZUMAB",
    "inotuzumab",
    "BESPONSA",
    "Besponsa",
    "BESPONSA 1 mg",
    "inotuzumab ozogamicin 0.25 mg/mL",
    "besponsa 0.9 mg",
]
NEAR_NAMES = ["InO", "INO", "ino", "inotuzumab ozogamycin", "inotuzamab", "besponza", "inotuzumab ozogamicn"]
TIMES = ["08:30", "10:15", "14:00", "23:40", "23:59", "00:05", "00:10", "00:00"]
PRIORS = [
    *[["0"], ["0"], ["1.8"], ["1.8", "1.80"], ["0.9", ""], ["unknown"], [""]],
    *[["none", "0"], ["2.7"], ["3.6"], ["0.90625"], ["0.3"]],
]
NO_MASS = ["1.61 mg/kg", "4.04 mL", "1,61", "abc"]
NO_MASS_AS_TEXT = [*NO_MASS, "1,61 mg", "0 mg", "-1.61 mg"]
NO_MASS_AS_NUMBER = [*NO_MASS, "0", "1.61 mg", "1610 mcg", "-1.61"]
SIZES = ("height_cm", "weight_kg", "bsa_m2")


def down(value: F, step: F) -> F:
    """Rounded down to a step."""
    return floor(value / step) * step


def near(value: F, step: F) -> F:
    """Rounded half up to a step."""
    return floor(value / step + F(1, 2)) * step


@dataclass
class Hospital:
    """How one hospital writes its records."""

    chance: Random

    def __post_init__(self) -> None:
        """Draws the columns, and whether nothing in them has to be refused."""
        self.has_drug, self.has_prior, self.has_id, self.has_time = (
            self.happens(each) for each in (0.6, 0.5, 0.6, 0.6)
        )
        self.has_level, self.has_status, self.has_bsa = (self.happens(each) for each in (0.6, 0.85, 0.6))
        self.as_text, self.has_transplant, self.clean = (self.happens(each) for each in (0.4, 0.9, 0.25))
        self.dose = "dose" if self.as_text else "dose_mg"
        optional = {
            "bsa_m2": self.has_bsa,
            "level_mg_per_m2": self.has_level,
            "status": self.has_status,
            "drug": self.has_drug,
            "transplant": self.has_transplant,
            "prior_mg_per_m2": self.has_prior,
            "administration_id": self.has_id,
        }
        there = [name for name, is_there in optional.items() if is_there]
        self.columns = ["id", "date", self.dose, "height_cm", "weight_kg", *there, "ward"]

    def happens(self, often: float) -> bool:
        """Whether something of this probability happens."""
        return self.chance.random() < often

    def days(self, least: int, end: int) -> timedelta:
        """A number of days, the end not among them."""
        return timedelta(self.chance.randrange(least, end))

    def mass(self, mg: F) -> str:
        """Mg as this hospital writes them."""
        if not self.as_text:
            return printed(mg)
        return self.chance.choice([f"{printed(mg * 1000)} mcg", f"{printed(mg)}mg", *[f"{printed(mg)} mg"] * 5])

    def moment(self, day: date, zone: str) -> str:
        """A date, with a time of day behind it where this hospital writes one."""
        if not self.has_time or self.happens(0.25):
            return str(day)
        hour = self.chance.choice(TIMES)
        if zone:
            return f"{day}T{hour}:00{zone}"
        return f"{day}{self.chance.choice('TTT ')}{hour}{self.chance.choice(['', ':00'])}"

    def transplants(self, plan: Plan) -> list[date]:
        """None, one or two, before, during or after the course."""
        first, middle, last = plan[0][0], plan[len(plan) // 2][0], plan[-1][0]
        kinds: list[tuple[int, Callable[[], list[date]]]] = [
            (30, lambda: [last + self.days(10, 90)]),
            (8, lambda: [last]),
            (8, lambda: [middle + self.days(0, 3)]),
            (6, lambda: [first - self.days(1, 100)]),
            (5, lambda: [first - timedelta(40), last + self.days(0, 40)]),
            (4, lambda: [first - timedelta(140), first - timedelta(40)]),
            (4, lambda: [middle, last + timedelta(30)]),
            (35, list),
        ]
        (kind,) = self.chance.choices([each for _, each in kinds], [often for often, _ in kinds])
        return kind() if self.has_transplant else []

    def priors(self) -> list[str]:
        """What a patient's rows say of prior exposure; seldom two things."""
        if not self.has_prior:
            return []
        if not self.clean and self.happens(0.04):
            return ["0.9", "1.8"]
        return self.chance.choice(PRIORS)


@dataclass
class Patient:
    """A patient of a hospital: body, course, and the rows that tell of them."""

    hospital: Hospital
    name: str
    start: date
    rows: list[Cells] = field(default_factory=list)
    weights: dict[int, F] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Draws the body, how sizes are written down, and the course."""
        at, chance = self.hospital, self.hospital.chance
        self.tiny, child, big = at.happens(0.05), at.happens(0.2), at.happens(0.1)
        if self.tiny or (child and at.happens(0.3)):
            self.height = F(chance.randrange(60, 80))
        else:
            self.height = F(chance.randrange(900, 1500) if child else chance.randrange(1480, 1980), 10)
        self.bmi = (
            chance.randrange(14, 19) if child or self.tiny else chance.randrange(*((40, 55) if big else (19, 33)))
        )
        self.two_fit = chance.choice([F("0.55"), F("0.37")]) if at.has_bsa and at.happens(0.06) else None
        self.sizes = chance.choice(["own", "own", "days", "before", "old", "later", "weekly"])
        if not at.clean and at.happens(0.05):
            self.sizes = "never"
        self.states_bsa = at.has_bsa and at.happens(0.35)
        self.step = F("0.1") if self.two_fit else chance.choice([*[F("0.01")] * 4, F("0.05"), F("0.1"), F("0.9"), None])
        self.zone = chance.choice(["", "Z", "+01:00", "-05:00"])
        self.plan = self.planned(chance.choice([TWO_FIT, [LESS, LESS]]) if self.two_fit else chance.choice(COURSES))

    def planned(self, course: list[Cycle]) -> Plan:
        """The days and levels of a course, now and then broken off."""
        length = self.hospital.chance.choice([21, 28])
        plan = [
            (self.start + timedelta(length * number + day - 1), F(level))
            for number, cycle in enumerate(course)
            for day, level in cycle
        ]
        return plan[: self.hospital.chance.randrange(1, len(plan) + 1)] if self.hospital.happens(0.2) else plan

    def weight(self, day: date) -> F:
        """The weight of a week, about the same in all."""
        week = day.toordinal() // 7
        if week not in self.weights:
            kilograms = self.bmi * (self.height / 100) ** 2 * (1 + F(self.hospital.chance.randrange(-60, 60), 1000))
            self.weights[week] = max(F(4), down(kilograms, F("0.1")))
        return self.weights[week]

    def bsa(self, day: date) -> F:
        """The BSA of a day."""
        return self.two_fit or mosteller(self.height, self.weight(day))

    def sized(self, day: date) -> Cells:
        """The sizes of a day as they are written down."""
        if self.two_fit:
            return {"bsa_m2": printed(self.two_fit)}
        both = {"height_cm": printed(self.height), "weight_kg": printed(self.weight(day))}
        if not self.states_bsa:
            return both
        bsa = {"bsa_m2": printed(self.bsa(day))}
        return bsa if self.hospital.happens(0.7) else both | bsa

    def beside(self, day: date | None, **cells: str) -> Cells:
        """A row that is of no administration."""
        return {"id": self.name, "date": str(day or ""), **cells}

    def add_sizes(self) -> None:
        """Rows of sizes, beside or instead of those in the rows of doses."""
        at, chance, days = self.hospital, self.hospital.chance, [day for day, _ in self.plan]
        first, last = days[0], days[-1]
        when = {
            "days": lambda: days,
            "weekly": lambda: [first + timedelta(each) for each in range(-3, (last - first).days + 8, 7)],
            "before": lambda: [first - at.days(1, 29)],
            "old": lambda: [first - at.days(31, 200)],
            "later": lambda: [chance.choice(days) + at.days(1, 9)],
        }
        apart = at.happens(0.25) and not self.states_bsa and not self.two_fit
        for number, day in enumerate(when.get(self.sizes, list)()):
            sizes = self.sized(day)
            height = {"height_cm": sizes.pop("height_cm")} if apart else {}
            if height and (number == 0 or at.happens(0.1)):
                self.rows.append(self.beside(day - timedelta(chance.choice([0, 0, 3, 400])), **height))
            row = self.beside(day, **sizes)
            if at.has_drug and at.happens(0.15):
                row |= {"drug": chance.choice(OTHER_DRUGS), at.dose: chance.choice(["", at.mass(F(2))])}
            self.rows.append(row)
        if at.has_bsa and not self.states_bsa and not self.two_fit and at.happens(0.2):
            day = chance.choice(days) + timedelta(chance.choice([0, 0, -1, -3, 2]))
            off = F(0) if self.tiny else F(chance.randrange(-3, 4), 100)
            self.rows.append(self.beside(day, bsa_m2=printed(self.bsa(day) + off)))
        if at.has_status and at.happens(0.1):
            status = chance.choice(["entered in error", "not done"])
            wrong = status == "entered in error" and 18 < self.bmi < 35
            weight = self.weight(first) * (chance.choice([F(1, 2), F(3, 2)]) if wrong else 1)
            sizes = {"height_cm": printed(self.height), "weight_kg": printed(weight)}
            self.rows.append(self.beside(first, status=status, **sizes))

    def given(self, calculated: F) -> F:
        """The mg that were given for a calculated dose."""
        at, chance = self.hospital, self.hospital.chance
        if at.happens(0.05):
            return down(calculated * F(chance.choice([88, 112, 70, 125, 150, 200]), 100), F("0.01"))
        if self.step is None:
            off = chance.choice([-100, -52, -50, -48, -30, 30, 48, 50, 52, 100])
            return down(calculated * (1 + F(off, 1000)), F("0.001"))
        if self.step == F("0.9"):
            vials = down(calculated, self.step)
            return vials if (calculated - vials) * 10 <= calculated * F("1.1") else near(calculated, F("0.01"))
        return near(calculated, self.step) or calculated

    def add_dose(self, number: int, day: date, level: F) -> None:
        """A row of a dose, with whatever is wrong with it, and the rows that stand beside it."""
        at, chance = self.hospital, self.hospital.chance
        stated = ""
        if at.has_level and at.happens(0.12):
            level *= chance.choice([F(3, 4), F(1, 2), F(9, 10)])
            stated = printed(level)
        elif at.has_level and at.happens(0.3):
            stated = printed(level)
        mg = self.given(level * self.bsa(day))
        row = {
            "id": self.name,
            "date": at.moment(day, self.zone),
            at.dose: at.mass(mg),
            "level_mg_per_m2": stated,
            "status": chance.choice(["", "given", "given", "Given"]),
            "drug": chance.choice(THIS_DRUG),
            "administration_id": f"{self.name}/{number}" if at.happens(0.9) else "",
            "ward": chance.choice(["", "B2", "C4"]),
        }
        if self.sizes == "own":
            row |= self.sized(day)
            if at.happens(0.1) and not self.states_bsa and not self.two_fit:
                row["height_cm"] = ""
            elif at.happens(0.08) and not at.clean:
                row |= dict.fromkeys(SIZES, "")
        elif at.happens(0.08) and not self.two_fit:
            row["weight_kg"] = printed(self.weight(day))
        self.rows += self.trapped(row, number, day, mg)

    def trapped(self, row: Cells, number: int, day: date, mg: F) -> list[Cells]:
        """A row of a dose as it is, or changed, or with others beside it."""
        at, chance = self.hospital, self.hospital.chance
        own = f"{self.name}/{number}"
        traps: list[tuple[int, Callable[[], list[Cells]]]] = [
            (770, lambda: [row]),
            (30, lambda: [row | {"status": chance.choice(["not given", "not done", "entered in error", "Not given"])}]),
            (30, lambda: [row | {"drug": chance.choice(OTHER_DRUGS), "administration_id": f"{own}x"}, row]),
            (30, lambda: [row, dict(row)]),
            (15, lambda: [row, row | {"administration_id": f"{own}c"}]),
            (15, lambda: [row | {"administration_id": "", "date": str(day)}] * 2),
            (40, lambda: self.two_bags(row, own, day, mg)),
            (10, lambda: [row, self.another(row, own, day)]),
            (5, lambda: [row, row | {"status": "not given", "administration_id": f"{own}n"}]),
        ]
        if not at.clean:
            no_mass = NO_MASS_AS_TEXT if at.as_text else NO_MASS_AS_NUMBER
            no_date = [f"{day.year}-02-30", f"{day:%d/%m/%Y}", "", f"{day.year}-13-01"]
            traps += [
                (15, lambda: [row | {"drug": ""}]),
                (15, lambda: [row | {"drug": chance.choice(NEAR_NAMES)}]),
                (10, lambda: [row | {at.dose: chance.choice(no_mass)}]),
                (5, lambda: [row | {at.dose: ""}]),
                (5, lambda: [row | {at.dose: "", "drug": ""}]),
                (10, lambda: [row | {"date": chance.choice(no_date)}]),
                (5, lambda: [row | {"id": ""}]),
                (5, lambda: [row | {"id": f" {self.name}  "}]),
                (5, lambda: [row | dict.fromkeys(SIZES, "")] * 2),
                (5, lambda: [row, self.beside(None)]),
            ]
        (trap,) = chance.choices([each for _, each in traps], [often for often, _ in traps])
        return [dict(each) for each in trap()]

    def two_bags(self, row: Cells, own: str, day: date, mg: F) -> list[Cells]:
        """A dose in two parts."""
        at, chance = self.hospital, self.hospital.chance
        part = down(mg * chance.choice([F(1, 2), F(2, 3), F(3, 4), F(9, 10), F(6, 7)]), F("0.01"))
        if not 0 < part < mg:
            return [row]
        first = row | {at.dose: at.mass(part)}
        second = row | {at.dose: at.mass(mg - part), "administration_id": f"{own}b"}
        if at.has_time and at.happens(0.8):
            second["date"] = f"{day}T11:11:00{self.zone}"
        if part * 2 == mg and at.happens(0.5):
            first, second = (each | {"administration_id": "", "date": str(day)} for each in (first, second))
        if at.happens(0.3):
            second |= dict.fromkeys(SIZES, "")
        return [first, second]

    def another(self, row: Cells, own: str, day: date) -> Cells:
        """Another amount on the same day."""
        at = self.hospital
        when = f"{day}T12:12:00{self.zone}" if at.has_time else str(day)
        return row | {
            "administration_id": f"{own}d",
            "date": when,
            at.dose: at.mass(F(at.chance.randrange(20, 200), 100)),
        }

    def add_transplants(self, dates: list[date]) -> None:
        """Transplants, in rows of their own or in those of doses."""
        for day in dates:
            self.rows.append(self.beside(day if self.hospital.happens(0.5) else None, transplant=str(day)))
        if dates and self.hospital.happens(0.5):
            for row in self.usable():
                row["transplant"] = str(self.hospital.chance.choice(dates))

    def add_priors(self, priors: list[str]) -> None:
        """Prior exposure, in rows of its own or in those of doses."""
        if self.hospital.happens(0.3):
            self.rows += [self.beside(self.start, prior_mg_per_m2=each) for each in priors if each]
            return
        for number, row in enumerate(self.usable()):
            if priors:
                row["prior_mg_per_m2"] = priors[number % len(priors)]

    def usable(self) -> list[Cells]:
        """The rows that can tell of more than their dose; not of those what was entered in error or is nobody's."""
        return [row for row in self.rows if len(row) > 2 and row["id"] and row.get("status") != "entered in error"]


def rows_of(hospital: Hospital, name: str) -> list[Cells]:
    """All rows of one patient."""
    chance = hospital.chance
    patient = Patient(hospital, name, date(2025, 12, 1) + hospital.days(0, 120))
    patient.add_sizes()
    for number, (day, level) in enumerate(patient.plan, 1):
        patient.add_dose(number, day, level)
    patient.add_transplants(hospital.transplants(patient.plan))
    patient.add_priors(hospital.priors())
    if hospital.happens(0.3):
        chance.shuffle(patient.rows)
    elif hospital.happens(0.5):
        patient.rows.sort(key=lambda row: row["date"][:10])
    if hospital.happens(0.04):
        sizes = {"height_cm": printed(patient.height), "weight_kg": printed(patient.weight(patient.start))}
        patient.rows.append({"id": f"{name}i", "date": str(patient.start), **sizes})
    return patient.rows


def written(seed: int, patients: int = 40) -> str:
    """The CSV of a hospital."""
    hospital = Hospital(Random(seed))
    rows = [row for number in range(patients) for row in rows_of(hospital, f"H{seed}-{number:03d}")]
    if hospital.happens(0.3):
        hospital.chance.shuffle(rows)
    stream = io.StringIO()
    table = csv.DictWriter(stream, hospital.columns, extrasaction="ignore", lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return stream.getvalue()
