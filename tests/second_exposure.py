"""The rules of exposure programmed a second time, plainly and with fractions: what the command must say of a CSV.

Nothing here comes from the package. `answer` takes the text of a file of administrations; only what the
contract promises is in what it gives, without the sentences.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction as F
from math import floor, isqrt
from typing import NamedTuple

# Every fixed level of a schedule.
LEVELS = [F(level) for level in ("0.3", "0.4", "0.5", "0.6", "0.8", "1", "1.3", "1.8")]
LOWER, UPPER = F("2.7"), F("3.6")
STEPS = (F("0.01"), F("0.05"), F("0.1"))
VIAL = F("0.9")
CODES = {"l01fb01", "l01xc26", "j9229", "00008-0100-01", "776336004", "794068"}
NAMES = ["inotuzumab ozogamicin", "inotuzumab", "besponsa"]
STRENGTH = re.compile(r"\s+[0-9][0-9.]*\s*(mg|mcg|g)(\s*/\s*[0-9.]*\s*(ml|l|vial))?\Z")
NUMBER = re.compile(r"[0-9]{1,15}(\.[0-9]{1,15})?\Z")  # without a sign, an exponent or a comma
MASS = re.compile(r"([0-9.]+)\s*(mg|mcg)\Z")
DAY_AND_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?\s*(Z|[+-]\d\d:?\d\d)?)?\Z", re.ASCII
)
IN_ERROR = {"entered in error", "entered-in-error"}
NOT_GIVEN = IN_ERROR | {"not given", "not done", "not-done"}
PLAUSIBLE = {"height_cm": (F(30), F(250)), "weight_kg": (F(1), F(400)), "bsa_m2": (F("0.3"), F(4))}

Time = tuple[str, F]
Day = list["Row"]


@dataclass
class Row:
    """A row of the file as it reads, and how it ends."""

    cells: dict[str, str]
    place: int
    patient: str
    day: date | None
    time: Time | None
    mg: F | None
    sizes: dict[str, F | None]
    sizes_refused: bool
    level: F | None
    status: str
    drug: str
    no_dose: bool  # it tells of sizes, a transplant or prior exposure, or nothing, and of no administration
    counted: str = ""
    bsa: F | None = None
    fits: list[F] = field(default_factory=list)
    fitted: F | None = None
    counts: F | None = None

    @property
    def in_error(self) -> bool:
        """Whether nothing that it says may be used."""
        return self.status in IN_ERROR

    @property
    def delivered(self) -> F:
        """Its mg ÷ m²."""
        assert self.mg is not None and self.bsa is not None
        return self.mg / self.bsa


class Answer(NamedTuple):
    """Rows a patient, rows an administration (`line` is where it stands in the file), and the exit code."""

    patients: list[dict[str, str]]
    doses: list[dict[str, str]]
    code: int


def number(text: str) -> F | None:
    """A number as a person may write it, or None."""
    return F(text) if NUMBER.match(text) else None


def printed(value: F | None) -> str:
    """To 0.001, half up, without zeros at the end."""
    if value is None:
        return ""
    thousandths = floor(value * 1000 + F(1, 2))
    return f"{thousandths // 1000}.{thousandths % 1000:03d}".rstrip("0").rstrip(".")


def mosteller(height: F, weight: F) -> F:
    """√(cm × kg ÷ 3600), rounded once, half up, to 0.01 m²."""
    square = height * weight / 3600
    hundredths = isqrt(floor(square * 10000))
    return F(hundredths + ((2 * hundredths + 1) ** 2 <= square * 40000), 100)


def category(total: F) -> str:
    """Where a sum stands; both limits are inclusive."""
    return "below" if total <= LOWER else "between" if total <= UPPER else "above"


def agrees(mg: F, calculated: F) -> bool:
    """Whether mg are a calculated dose: within 5 %, or it rounded to a step or down to whole vials, within 10 %."""
    off = abs(mg - calculated)
    if off * 20 <= calculated:
        return True
    if off * 10 > calculated:
        return False
    rounded = [floor(calculated / step + F(1, 2)) * step for step in STEPS]
    return mg in (*rounded, floor(calculated / VIAL) * VIAL)


def fitting(mg: F, bsa: F, levels: Iterable[F]) -> list[F]:
    """The levels that mg fit, the nearest by ratio first."""

    def ratio(level: F) -> F:
        return max(mg / (level * bsa), level * bsa / mg)

    return sorted((each for each in levels if agrees(mg, each * bsa)), key=lambda level: (ratio(level), -level))


def day_and_time(text: str) -> tuple[date | None, Time | None]:
    """The day as written, and the time of day; midnight sharp is none. With zones times are compared as instants."""
    found = DAY_AND_TIME.match(text)
    if not found:
        return None, None
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None, None
    hours, minutes, seconds = (int(part or 0) for part in found.group(4, 5, 6))
    if hours > 23 or minutes > 59 or seconds > 59:
        return None, None
    second = F(hours * 3600 + minutes * 60 + seconds) + F(f"0.{found[7] or 0}")
    if not second:
        return day, None
    zone = found[8]
    if not zone:
        return day, ("local", second)
    ahead = 0 if zone == "Z" else int(f"{zone[0]}1") * (int(zone[1:3]) * 3600 + int(zone[-2:]) * 60)
    return day, ("instant", day.toordinal() * 86400 + second - ahead)


def edits(one: str, other: str) -> int:
    """The number of letters to insert, delete or replace."""
    before = list(range(len(other) + 1))
    for count, letter in enumerate(one, 1):
        line = [count]
        for place, beside in enumerate(other):
            line.append(min(before[place + 1] + 1, line[-1] + 1, before[place] + (letter != beside)))
        before = line
    return before[-1]


def kind_of_drug(text: str) -> str:
    """Whether a name is `this` drug, `near` one, `empty` or an`other`."""
    name = " ".join(text.split()).lower()
    if not name:
        return "empty"
    base = STRENGTH.sub("", name)
    if name in CODES or base in NAMES:
        return "this"
    return "near" if base == "ino" or any(edits(base, each) <= 2 for each in NAMES) else "other"


def mass(cells: dict[str, str]) -> F | None:
    """The mg of a row: a bare number under `dose_mg`, with mg or mcg behind it under `dose`."""
    if text := cells.get("dose_mg"):
        mg = number(text)
    elif found := MASS.match(cells.get("dose") or ""):
        mg = number(found[1])
        mg = mg and mg / (1 if found[2] == "mg" else 1000)
    else:
        mg = None
    return mg or None


def row_of(place: int, cells: dict[str, str]) -> Row:
    """A row, read; an implausible size is refused, and all sizes of its row with it."""
    day, time = day_and_time(cells["date"])
    stated = {name: cells[name] for name in PLAUSIBLE if cells.get(name)}
    sizes = {name: number(text) for name, text in stated.items()}
    refused = any(
        value is None or not PLAUSIBLE[name][0] <= value <= PLAUSIBLE[name][1] for name, value in sizes.items()
    )
    drug = kind_of_drug(cells["drug"]) if "drug" in cells else "this"

    def says(*names: str) -> bool:
        return any(cells.get(name) for name in names)

    of_dose = says("dose_mg", "dose", "drug", "status", "level_mg_per_m2", "administration_id")
    beside = bool(stated) or says("transplant", "prior_mg_per_m2")
    return Row(
        cells=cells,
        place=place,
        patient=cells["id"],
        day=day,
        time=time,
        mg=mass(cells),
        sizes={} if refused else sizes,
        sizes_refused=refused,
        level=number(cells.get("level_mg_per_m2") or ""),
        status=" ".join((cells.get("status") or "").lower().split()),
        drug=drug,
        no_dose=not of_dose and (beside or not cells["date"]),
    )


def rows_of(text: str) -> list[Row]:
    """The rows of a file that are not blank, ids and all else without blanks around them."""
    found = csv.DictReader(io.StringIO(text))
    cells = [{name: (cell or "").strip() for name, cell in each.items()} for each in found]
    return [row_of(place, each) for place, each in enumerate(cells) if any(each.values())]


def nearest(rows: Sequence[Row], day: date, size: str) -> tuple[date, F] | None:
    """A size of other rows and its date: of the same day, else nearest before, else after; of two, the first."""
    have = [(row.day, value) for row in rows if (value := row.sizes.get(size)) is not None and row.day]
    before = [each for each in have if each[0] <= day]
    if before:
        best = max(each[0] for each in before)
    elif have:
        best = min(each[0] for each in have)
    else:
        return None
    return next(each for each in have if each[0] == best)


def plausible_bsa(height: F | None, weight: F | None) -> F | None:
    """The BSA of two sizes that can be of one person."""
    if not height or not weight or not 8 <= weight / (height / 100) ** 2 <= 100:
        return None
    bsa = mosteller(height, weight)
    return bsa if F("0.3") <= bsa <= 4 else None


def bsa_of(row: Row, rows: Sequence[Row]) -> F | None:
    """The BSA of a dose: its own row's, else the nearest of what other rows state or what their sizes give."""
    own = row.sizes
    if own.get("bsa_m2") is not None:
        return own["bsa_m2"]
    assert row.day is not None
    others = [each for each in rows if each is not row and not each.in_error]
    height, weight, bsa = (nearest(others, row.day, size) for size in ("height_cm", "weight_kg", "bsa_m2"))
    centimetres = own.get("height_cm") or (height and height[1])
    kilograms = own.get("weight_kg") or (weight and weight[1])
    computed = plausible_bsa(centimetres, kilograms)
    if (own.get("weight_kg") and centimetres) or not bsa:
        return computed
    if not centimetres or not weight:
        return bsa[1]
    weighed, stated = weight[0], bsa[0]
    if (weighed <= row.day) != (stated <= row.day):
        return computed if weighed <= row.day else bsa[1]
    nearer = weighed > stated if weighed <= row.day else weighed < stated
    return computed if nearer else bsa[1]


def is_copy(row: Row, of: Row) -> bool:
    """Whether two rows are of one administration: equal, and its id or its time of day too."""
    if (row.day, row.mg, row.level) != (of.day, of.mg, of.level):
        return False
    id_ = row.cells.get("administration_id")
    return bool(id_ and id_ == of.cells.get("administration_id")) or (row.time is not None and row.time == of.time)


def are_bags(one: Row, other: Row, rows: Sequence[Row]) -> bool:
    """Whether two rows of one time, with ids that differ, are two bags of one dose: only their sum fits a level."""
    ids = [row.cells.get("administration_id") or "" for row in (one, other)]
    area = bsa_of(one, rows)
    if not all(ids) or ids[0] == ids[1] or area is None or area != bsa_of(other, rows):
        return False
    assert one.mg is not None and other.mg is not None
    levels = LEVELS if one.level is None else [one.level]
    alone = fitting(one.mg, area, levels) or fitting(other.mg, area, levels)
    return not alone and bool(fitting(one.mg + other.mg, area, levels))


def computable(row: Row) -> bool:
    """Whether a row is an administration of a day and a mass; its BSA is another question."""
    level_reads = not row.cells.get("level_mg_per_m2") or (row.level is not None and row.level > 0)
    given = row.status in ("", "given")
    return (
        row.drug == "this"
        and row.day is not None
        and row.mg is not None
        and given
        and level_reads
        and not row.sizes_refused
    )


def kept_of(rows: Sequence[Row], after: Callable[[Row], bool]) -> list[Row]:
    """The administrations that were given, once each and with a BSA; all others end here."""
    kept: list[Row] = []
    for row in rows:
        if row.no_dose:
            continue
        if row.drug == "other":
            row.counted = "passed over"
        elif row.status in NOT_GIVEN:
            row.counted = "not given"
        elif not row.patient:
            row.counted = "not counted"
        elif not computable(row):
            row.counted = "after transplant" if after(row) else "not counted"
        elif any(is_copy(row, each) and not are_bags(row, each, rows) for each in kept):
            row.counted = "copy"
        else:
            kept.append(row)
    for row in kept:
        row.bsa = bsa_of(row, rows)
        if row.bsa is None:
            row.counted = "after transplant" if after(row) else "not counted"
    return [row for row in kept if row.bsa is not None]


def worth_of(day: Day) -> tuple[bool, F, F]:
    """Says what each dose of a day counts: whether the day is doubtful, the least and the most that it may count."""
    for row in day:
        assert row.mg is not None and row.bsa is not None
        row.fits = fitting(row.mg, row.bsa, LEVELS if row.level is None else [row.level])
    if len(day) > 1 and len({row.bsa for row in day}) == 1 and not any(row.fits for row in day):
        bsa = day[0].bsa
        assert bsa is not None
        stated = {row.level for row in day if row.level is not None}
        whole = fitting(sum((row.mg for row in day if row.mg), F(0)), bsa, stated or LEVELS)
        if whole:
            for row in day:
                row.fitted, row.counts, row.counted = whole[0], whole[0] if row is day[0] else F(0), "level"
            return False, min(whole), max(whole)
    for row in day:
        row.fitted = row.fits[0] if row.fits else None
        row.counts = row.fitted or row.delivered
        row.counted = "level" if row.fits else "delivered"
    least = [min(row.fits, default=row.delivered) for row in day]
    most = [max(row.fits, default=row.delivered) for row in day]
    return len(day) > 1, min(least), sum(most, F(0))


def transplants_of(rows: Sequence[Row]) -> tuple[bool, list[date]]:
    """Whether each date of a transplant reads, and those that do."""
    read = [
        day_and_time(row.cells["transplant"])[0] for row in rows if row.cells.get("transplant") and not row.in_error
    ]
    return None not in read, [day for day in read if day is not None]


def prior_of(rows: Sequence[Row]) -> tuple[bool, F | None]:
    """Whether prior exposure reads and is one, and what it is; None where it is not known."""
    if not any("prior_mg_per_m2" in row.cells for row in rows):
        return True, F(0)
    said = [row.cells["prior_mg_per_m2"].lower() for row in rows if row.cells["prior_mg_per_m2"] and not row.in_error]
    read = {F(0) if each == "none" else None if each == "unknown" else number(each) for each in said}
    reads = all(each == "unknown" or each == "none" or number(each) is not None for each in said)
    return reads and len(read) <= 1, next(iter(read), None)


def patient_row(patient: str, rows: Sequence[Row]) -> dict[str, str]:
    """A patient's row, the rows of the file said how they end; `error` is `yes` where the patient is refused."""
    dates_read, transplants = transplants_of(rows)
    one_prior, prior = prior_of(rows)
    transplant = max(transplants, default=None)

    def after(row: Row) -> bool:
        return transplant is not None and row.day is not None and row.day > transplant

    days: dict[date, Day] = {}
    for row in kept_of(rows, after):
        assert row.day is not None
        days.setdefault(row.day, []).append(row)
    after_sum = low = high = low_delivered = F(0)
    doubtful, before = False, list[Row]()
    for day in days.values():
        doubt, least, most = worth_of(day)
        if after(day[0]):
            after_sum += sum((row.counts for row in day if row.counts), F(0))
            for row in day:
                row.counted = "after transplant"
            continue
        before += day
        doubtful |= doubt
        low, high = low + least, high + most
        delivered = [row.delivered for row in day]
        low_delivered += min(delivered) if doubt else sum(delivered)
    not_counted = sum(row.counted == "not counted" for row in rows)
    if not (dates_read and one_prior):
        return {"id": patient, "not_counted": str(not_counted), "error": "yes"}
    delivered_sum = sum((row.delivered for row in before), F(0))
    unmatched = sum(row.counted == "delivered" for row in before)
    readings = [low, high, low_delivered, delivered_sum] if unmatched else [low, high]
    categories = {category((prior or 0) + reading) for reading in readings}
    if not before and not not_counted and any(row.counted == "after transplant" for row in rows):
        status = "not_applicable"
    elif categories == {"above"}:
        status = "above"
    elif not_counted or prior is None:
        status = "unknown"
    else:
        status = "undecided" if doubtful or len(categories) > 1 else categories.pop()
    dates = sorted(row.day for row in before if row.day)
    total = None if prior is None else prior + sum((row.counts for row in before if row.counts), F(0))
    return {
        "id": patient,
        "doses": str(len(before)),
        "first_date": str(dates[0]) if dates else "",
        "last_date": str(dates[-1]) if dates else "",
        "counted_mg_per_m2": printed(total),
        "delivered_mg_per_m2": printed(delivered_sum),
        "unmatched": str(unmatched),
        "ceiling_status": status,
        "days_to_transplant": str((transplant - dates[-1]).days) if dates and transplant else "",
        "after_transplant_mg_per_m2": printed(after_sum),
        "not_counted": str(not_counted),
        "error": "",
    }


def dose_row(row: Row) -> dict[str, str]:
    """A row of `--doses`."""
    values = {"level_mg_per_m2": printed(row.fitted), "counted_mg_per_m2": printed(row.counts)}
    return {"id": row.patient, "line": str(row.place + 2), "counted": row.counted} | values


def answer(text: str) -> Answer:
    """What the command must say of a file; rows without an id are of no patient."""
    rows = rows_of(text)
    of_patient: dict[str, list[Row]] = {}
    for row in rows:
        of_patient.setdefault(row.patient, []).append(row)
    told = [patient_row(patient, of) for patient, of in of_patient.items()]
    open_ = any(row.counted == "not counted" for row in rows) or any(each["error"] for each in told if each["id"])
    doses = [dose_row(row) for row in rows if not row.no_dose]
    return Answer([each for each in told if each["id"]], doses, 4 if open_ else 0)
