"""Doses × a start and cycle lengths → the date of each, and which leave the windows of the label."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from . import course as courses
from .course import Course
from .dosing import Dose
from .errors import InputError
from .regimen import Product, Regimen


class Breach(NamedTuple):
    """A dose that is nearer to the one before, or farther from its day, than the label allows."""

    cycle: int
    day: int
    rule: str
    problem: str


def dated(
    doses: Sequence[Dose], regimen: Regimen, course: Course, product: Product
) -> tuple[tuple[Dose, ...], tuple[Breach, ...]]:
    """Each dose with its date, and every breach of the label's windows.

    A dose keeps its day unless the course moves it, or the least spacing pushes it later.
    The spacing is read as a difference of dates: 6 days from a Monday is the next Sunday.
    """
    if course.start is None:
        return tuple(doses), ()
    moved = {(event.cycle, event.day): event for event in course.events if event.on}
    found: list[Dose] = []
    breaches: list[Breach] = []
    for dose in doses:
        cycle, day = dose.prescribed.cycle, dose.prescribed.day
        nominal = _first_day(regimen, course, cycle) + timedelta(day - 1)
        event = moved.get((cycle, day))
        before = next((each.date for each in reversed(found) if each.date and each.state != "omitted"), None)
        earliest = before + timedelta(product.spacing) if before else nominal
        when = event.on if event and event.on else max(nominal, earliest) if dose.state != "omitted" else nominal
        if event and before and when <= before:
            raise InputError(event.place, f"{when} is not after the dose before, on {before}", "check the dates")
        found.append(dose._replace(date=when))
        if dose.state != "omitted":
            breaches += _breaches(dose, when, nominal, before, product)
    return tuple(found), tuple(breaches)


def _breaches(dose: Dose, when: date, nominal: date, before: date | None, product: Product) -> list[Breach]:
    cycle, day = dose.prescribed.cycle, dose.prescribed.day
    found = []
    if before and (when - before).days < product.spacing:
        gap = (when - before).days
        found.append(
            Breach(
                cycle, day, "spacing", f"{gap} days after the dose before, with at least {product.spacing} asked for"
            )
        )
    moved = (when - nominal).days
    if day in product.window_days and abs(moved) > product.window:
        side = "later" if moved > 0 else "earlier"
        found.append(
            Breach(cycle, day, "window", f"{abs(moved)} days {side} than its day, with {product.window} allowed")
        )
    return found


def _first_day(regimen: Regimen, course: Course, cycle: int) -> date:
    assert course.start is not None
    return course.start + timedelta(sum(_length(regimen, course, each) for each in range(1, cycle)))


def _length(regimen: Regimen, course: Course, cycle: int) -> int:
    """Days of a cycle: as the course says, else the shortest that the source states."""
    said = next((event.days for event in course.events if event.what == "length" and event.cycle == cycle), None)
    block = courses.block(regimen, cycle, course.remission or courses.NEVER)
    if said:
        return said
    if block and block.length:
        return block.length[0]
    hint = f"add {{cycle: {cycle}, length: 28 d}} to events, with the length it has"
    raise InputError("--start", f"no source states how long cycle {cycle} of {regimen.id} lasts", hint)


def around_transplant(
    doses: Sequence[Dose], regimen: Regimen, course: Course
) -> tuple[tuple[Dose, ...], tuple[Dose, ...], tuple[Dose, ...]]:
    """Doses before transplant, doses recorded after it, and planned ones that would fall after it.

    A dose recorded after the transplant is refused unless its event says `after transplant: yes`.
    """
    if course.transplant is None or regimen.after_transplant:
        return tuple(doses), (), ()
    late = {(event.cycle, event.day): event for event in course.events if event.day}
    before, apart, left_out = [], [], []
    for dose in doses:
        event = late.get((dose.prescribed.cycle, dose.prescribed.day))
        if event and event.after_transplant:
            apart.append(dose)
        elif dose.date is None or dose.date <= course.transplant:
            before.append(dose)
        elif dose.state == "planned":
            left_out.append(dose)
        elif event:
            problem = f"this dose, on {dose.date}, is after the transplant on {course.transplant}"
            raise InputError(event.place, problem, "correct the dates, or add after transplant: yes")
    return tuple(before), tuple(apart), tuple(left_out)


def days_to_transplant(doses: Sequence[Dose], course: Course) -> int | None:
    """Days from the last dose before transplant to the transplant. No source states how many there should be."""
    last = max((dose.date for dose in doses if dose.date and dose.state != "omitted"), default=None)
    return (course.transplant - last).days if course.transplant and last else None
