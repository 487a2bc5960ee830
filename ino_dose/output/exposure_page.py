"""Exposure before transplant → what a person reads: one patient's administrations, or a group in a picture."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from .. import units
from ..counts_and_dates import with_weekday
from ..engine import dosing, exposure, remarks
from ..records import group
from ..records.record import COUNTINGS
from . import page
from .page import Column, Part, Row, Styled

if TYPE_CHECKING:
    from ..engine.exposure import Ceiling
    from ..records.counting import Counter, Levels
    from ..records.exposures import Reading
    from ..records.group import Group
    from ..records.patient import Rules
    from ..records.record import Counted, Exposure

WIDTH, NAMES = 24, 100
CALLED = {"three_quarters": "three quarters"}


def of_patient(found: Exposure, rules: Rules) -> Iterator[Part]:
    """One patient: each division, the level that it agrees with, the sum, and where it stands."""
    counter = rules.counter
    ceiling = counter.ceiling
    yield page.line(Styled("Inotuzumab ozogamicin", "bold"), f" · {found.patient}: what was given")
    if found.status is None:
        yield page.line()
        yield page.fact("Refused", Styled(found.error, "bold red"))
        return
    if found.prior is None or found.prior:
        yield page.line()
        yield page.fact("Prior", "unknown" if found.prior is None else f"{units.digits(found.prior)} mg/m²")
    yield _table(found, ceiling)
    notes = [f"{row.record.place}: {row.reason}" for row in found.rows if row.counted != "level"]
    yield page.Points("Records that do not count as a level", notes)
    yield from _sums(found, ceiling)
    yield page.line()
    yield page.Points("Warnings", found.warnings, "yellow")
    yield page.Points("Assumptions", [_assumed(counter.levels), BSA.format(rules.sizes.formula.name)])


BSA = (
    "The BSA is by the {} formula from the sizes of the day, the last before it, or else the next, or as it is stated."
)


def _assumed(levels: Levels) -> str:
    return f"A dose counts as the level that its mg agree with, of {levels}, else as mg ÷ m² of its day."


def _table(found: Exposure, ceiling: Ceiling) -> page.Table:
    titles = ("Dose\nmg", "BSA\nm²", "mg ÷ m²\nmg/m²", "Counts\nmg/m²", "× BSA\nmg", "Sum\nmg/m²")
    columns = [Column("Date"), *(Column(title, right=True) for title in titles)]
    columns.append(Column(f"Against\n{page.limits(ceiling)}"))
    total, rows = found.prior, list[Row]()
    for row in found.rows:
        adds = row.counted in ("level", "delivered")
        total = None if total is None else total + Fraction(row.value or 0) if adds else total
        rows.append(_row(row, total, adds, ceiling))
    return page.Table(columns, rows, gap=1)


def _row(row: Counted, total: Fraction | None, adds: bool, ceiling: Ceiling) -> Row:
    record, level, bsa = row.record, row.level, row.bsa
    cells = (
        with_weekday(record.day) if record.day else "no date",
        "" if record.dose is None else page.digits(record.dose),
        "" if bsa is None else page.digits(bsa),
        "" if row.delivered is None else units.digits(units.thousandths(row.delivered)),
        Styled(units.digits(row.value), "bold") if adds and row.value is not None else "",
        "" if level is None or bsa is None or not adds else page.digits(dosing.product(level, bsa)),
    )
    if not adds:
        return Row((*cells, "", row.counted))
    if total is None:
        return Row((*cells, "?", Styled("unknown", page.STYLES["unknown"])))
    status = exposure.status(units.quantity(total, units.LEVEL), ceiling)
    return Row((*cells, units.digits(total), Styled(exposure.words(status, ceiling), page.STYLES[status])))


def _sums(found: Exposure, ceiling: Ceiling) -> Iterator[Part]:
    assert found.status
    if found.counted is not None:
        words = Styled(exposure.words(found.status, ceiling, at_length=True), page.STYLES[found.status])
        yield page.fact("Total", Styled(f"{units.digits(found.counted)} mg/m²", "bold"), " before transplant: ", words)
    else:
        yield page.fact("Total", Styled("unknown", page.STYLES["unknown"]), ": prior exposure is")
    delivered = units.digits(units.thousandths(found.delivered))
    doses = "1 dose; its" if found.doses == 1 else f"{found.doses} doses; their"
    yield page.fact("", f"{doses} mg ÷ m² sum to {delivered} mg/m²")
    if found.transplant:
        days = found.days_to_transplant
        said = "" if days is None else f", {days} d after the last dose"
        yield page.fact("HSCT", f"{with_weekday(found.transplant)}{said}")
        if found.after:
            yield page.fact("", f"{units.digits(found.after)} mg/m² after it")
    else:
        yield page.fact("HSCT", "none is stated; the comparison matters if one follows")


def of_group(found: Group, reading: Reading, counter: Counter) -> Iterator[str]:
    """A group in lines: rows by how they ended, patients by category with a bar, quantiles, and what was taken for granted."""
    yield _rows(reading)
    patients, most = found.statuses.total(), max(found.statuses.values(), default=1)
    yield f"{patients} patient{'s' * (patients != 1)}"
    for status in (*group.STATUSES, "refused", group.NO_DOSE):
        if count := found.statuses[status]:
            bar = "━" * max(1, round(Fraction(WIDTH * count, most)))
            yield f"  {status.replace('_', ' '):<14} {count:>7}  {bar}"
    for what, values in (("mg/m² before transplant", found.exposures), ("days to transplant", found.days)):
        if values:
            shown = (
                f"{CALLED.get(name, name)} {units.digits(units.thousandths(value))}"
                for name, value in group.quantiles(values).items()
            )
            yield f"{what}, of {values.total()}: {', '.join(shown)}"
    if reading.untreated:
        who = "patient" if reading.untreated == 1 else "patients"
        yield f"{reading.untreated} {who} without inotuzumab ozogamicin left out."
    if reading.unused:
        said = f"{len(reading.unused)} of the transplants that were named, by patient or by code, are in no record"
        yield f"{said}: {', '.join(sorted(reading.unused)[:NAMES])}."
    names = sorted(reading.histories.passed.items(), key=lambda each: (-each[1], each[0]))
    if names:
        more = f", and {len(names) - NAMES} other names" if len(names) > NAMES else ""
        yield f"Passed over, of other drugs: {', '.join(f'{name} {count}' for name, count in names[:NAMES])}{more}."
    yield _assumed(counter.levels)
    if reading.without_prior:
        yield f"{remarks.NO_PRIOR}."


def _rows(reading: Reading) -> str:
    """How the administrations ended; the numbers add up."""
    ended, informed = reading.ended, reading.histories.informed
    counted = ended["level"] + ended["delivered"]
    said = [f"{counted} counted ({ended['level']} as a level, {ended['delivered']} as mg ÷ m²)"]
    said += [f"{ended[name]} {name}" for name in COUNTINGS[2:] if ended[name]]
    beside = f"; beside them {informed} of sizes, transplants or prior exposure" if informed else ""
    return f"{ended.total()} administrations: {', '.join(said)}{beside}"
