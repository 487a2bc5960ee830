"""A plan → the table of its doses, with dates, states and moves where the course has them, and notes below it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import units
from ..counts_and_dates import with_weekday
from ..engine import course_remarks, exposure
from ..engine import plan as plans
from . import page
from .page import Column, Part, Row, Styled, Table, Words

if TYPE_CHECKING:
    from ..engine.dosing import Dose
    from ..engine.exposure import Status
    from ..engine.plan import Judged, Plan
    from ..units import Quantity

Notes = dict[tuple[int, int], list[str]]
"""Sentences on a dose below the table, by its cycle and day."""


def notes(found: Plan) -> Notes:
    """Of each dose that was moved, held, or given otherwise for a reason: what was moved with it, and why."""
    moved = {move.dose.at: [course_remarks.moved(move, found)] for move in found.moves}
    waiting = {each.dose.at: [course_remarks.near(each, found)] for each in found.intervals if each.waits}
    said: Notes = {}
    for dose in found.doses:
        sentences = moved.get(dose.at) or waiting.get(dose.at, [])
        if otherwise := course_remarks.otherwise(dose, with_reason=dose.at not in moved):
            sentences = [otherwise, *sentences]
        if sentences:
            said[dose.at] = sentences
    return said


def parts(found: Plan, notes: Notes) -> Iterator[Part]:
    """The table, and what the marks in it stand for."""
    yield _doses(found, notes)
    weekends = any(dose.date and dose.date.weekday() > 4 for dose in found.doses)
    if weekends:
        yield page.fact(" *", "on a weekend")
    for number, dose in enumerate(sorted(notes)):
        yield page.fact(f" {_mark(number)}", " ".join(notes[dose]))
    if weekends or notes:
        yield page.line()


def _mark(number: int) -> str:
    """a, b, … z, aa, ab, …"""
    return (_mark(number // 26 - 1) if number > 25 else "") + chr(ord("a") + number % 26)


def _doses(found: Plan, notes: Notes) -> Table:
    """A row a dose and a row a cycle; with dates, states and moves where the course has them."""
    if not found.course.lived:
        amounts = ("Level\nmg/m²", "Calculated\nmg", "Dose\nmg", "Cumulative\nmg/m²")
        columns = [Column(title, right=True) for title in ("Cycle", "Day", *amounts)]
        columns.append(Column(f"Against\n{page.limits(found.ceiling)}"))
        return Table(columns, (row for cycle, judged in found.by_cycle for row in _cycle(found, cycle, judged)), gap=2)
    marks = {dose: _mark(number) for number, dose in enumerate(sorted(notes))}
    amounts = ("Level\nmg/m²", "Calc.\nmg", "Dose\nmg", "Sum\nmg/m²")
    dates = (Column("Date"), Column("Moved\ndays", right=True)) if found.course.start else ()
    columns = [Column("Dose"), *dates, Column("State"), *(Column(title, right=True) for title in amounts)]
    columns.append(
        Column(f"Against {page.digits(found.ceiling.lower)}\nto {units.show(found.ceiling.upper, units.LEVEL)}")
    )
    rows = (row for cycle, judged in found.by_cycle for row in _lived(found, cycle, judged, marks))
    return Table(columns, rows, gap=1)


def _cycle(found: Plan, cycle: int, judged: list[Judged]) -> Iterator[Row]:
    for dose, cumulative, status in judged:
        yield Row((str(cycle), str(dose.prescribed.day), *_amounts(dose, cumulative), word(status, found)))
    whole, given = _sums(judged)
    yield Row((str(cycle), "sum", whole, "", given, "", ""), sums=True)


def _lived(found: Plan, cycle: int, judged: list[Judged], marks: dict[tuple[int, int], str]) -> Iterator[Row]:
    for dose, cumulative, status in judged:
        state = f"{dose.state} {marks.get(dose.at, '')}".rstrip()
        yield Row(
            (f"C{cycle} D{dose.prescribed.day}", *_dates(dose), state, *_amounts(dose, cumulative), word(status, found))
        )
    whole, given = _sums(judged)
    blank = ("", "") if found.course.start else ()
    yield Row((f"C{cycle} sum", *blank, "", whole, "", given, "", ""), sums=True)


def _dates(dose: Dose) -> tuple[Words, ...]:
    """The date, a star where it is on a weekend, and by how many days it is off the schedule."""
    if dose.date is None:
        return ()
    shown = with_weekday(dose.date)
    weekend = dose.date.weekday() > 4
    return Styled(f"{shown}*", "yellow") if weekend else shown, f"{dose.moved:+d}" if dose.moved else ""


def _amounts(dose: Dose, cumulative: Quantity | None) -> tuple[Words, ...]:
    level, calculated = page.digits(dose.prescribed.level), page.digits(dose.calculated)
    return level, calculated, Styled(page.digits(dose.dose), "bold"), page.digits(cumulative)


def _sums(judged: list[Judged]) -> tuple[str, str]:
    """mg/m² and mg of a cycle."""
    doses = [dose for dose, _, _ in judged]
    return page.digits(plans.total(doses)), page.digits(units.total((dose.dose for dose in doses), units.DOSE))


def word(status: Status, found: Plan) -> Styled:
    """A status in words that stand out."""
    return Styled(exposure.words(status, found.ceiling), page.STYLES[status])
