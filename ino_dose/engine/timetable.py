"""Doses × a start and cycle lengths → the date of each, and which leave the windows of the label."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple, assert_never

from ..errors import Collected, Field, InputError
from . import course as courses
from . import prescription
from .course import Course, Given, Lasted, Moved, OfDose, Omitted
from .dosing import Dose
from .preparation import Product
from .regimen import Regimen


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
        for each in course.events:
            if isinstance(each, OfDose) and each.on:
                raise InputError(each.place, "a date needs the start beside it", "add start: with day 1 of cycle 1")
        return tuple(doses), ()
    first_days = _first_days(regimen, course, max((dose.prescribed.cycle for dose in doses), default=1))
    found: list[Dose] = []
    breaches: list[Breach] = []
    for dose in doses:
        nominal = first_days[dose.prescribed.cycle] + timedelta(dose.prescribed.day - 1)
        event = dose.event if dose.event and dose.event.on else None
        before = next((each.date for each in reversed(found) if each.date and each.state != "omitted"), None)
        earliest = before + timedelta(product.spacing) if before else nominal
        when = event.on if event and event.on else max(nominal, earliest) if dose.state != "omitted" else nominal
        if event and when < course.start:
            raise InputError(event.place, f"{when} is before the start on {course.start}", "check the dates")
        if event and before and when <= before and dose.state != "omitted":
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


def _first_days(regimen: Regimen, course: Course, last: int) -> dict[int, date]:
    """Day 1 of each cycle from the first on. Raises InputError for every cycle whose length nobody says."""
    assert course.start is not None
    first, day = course.first or 1, course.start
    days, faults = {first: day}, Collected()
    for cycle in range(first, last):
        with faults.here():
            day += timedelta(_length(regimen, course, cycle))
        days[cycle + 1] = day
    faults.raise_any()
    return days


def _length(regimen: Regimen, course: Course, cycle: int) -> int:
    """Days of a cycle: as the course says, else the shortest that the source states."""
    said = next((event for event in course.events if isinstance(event, Lasted) and event.cycle == cycle), None)
    block = prescription.block(regimen, cycle, course.remission or courses.NEVER)
    if said:
        last = block.doses[-1].day if block and block.doses else 0
        if said.days < last:
            problem = f"cycle {cycle} has a dose on day {last} and cannot last {said.days} days"
            raise InputError(
                said.place, problem, "write how many days lie between its day 1 and that of the next cycle"
            )
        return said.days
    if block and block.length:
        return block.length[0]
    hint = f"add {{cycle: {cycle}, length: 28 d}}, with the days it lasts, to the events of a course file"
    raise InputError(Field("start"), f"no source states how long cycle {cycle} of {regimen.id} lasts", hint)


class Parted(NamedTuple):
    """Doses up to the day of transplant, doses recorded after it, and planned ones that would fall after it."""

    before: tuple[Dose, ...]
    apart: tuple[Dose, ...] = ()
    left_out: tuple[Dose, ...] = ()


def around_transplant(doses: Sequence[Dose], regimen: Regimen, course: Course) -> Parted:
    """Doses before transplant and after it; without dates, what follows a dose given after it is after it too.

    A dose given after the transplant is refused unless its event says `after transplant: yes`, and the
    other way round. One that was omitted counts nothing and stays where it is.
    """
    if course.transplant is None or regimen.after_transplant:
        _check_no_claim(course, regimen)
        return Parted(tuple(doses))
    before: list[Dose] = []
    apart: list[Dose] = []
    left_out: list[Dose] = []
    for dose in doses:
        late = dose.date > course.transplant if dose.date else bool(apart)
        match dose.event:
            case Given() as event if late or event.after_transplant:
                _check_claim(dose, event, course.transplant)
                apart.append(dose)
            case Given() | Omitted():
                before.append(dose)
            case None | Moved():
                (left_out if late else before).append(dose)
            case _ as other:
                assert_never(other)
    return Parted(tuple(before), tuple(apart), tuple(left_out))


def _check_claim(dose: Dose, event: Given, transplant: date) -> None:
    """A dose is said to be after the transplant exactly where its date is, if it has one."""
    when = f"this dose, on {dose.date}," if dose.date else "this dose"
    if not event.after_transplant:
        problem = f"{when} is after the transplant on {transplant}"
        raise InputError(event.place, problem, "correct the dates, or add after transplant: yes")
    if dose.date and dose.date <= transplant:
        problem = f"{when} is not after the transplant on {transplant}"
        raise InputError(event.place, problem, "correct the dates, or take out after transplant")


def _check_no_claim(course: Course, regimen: Regimen) -> None:
    if regimen.after_transplant:
        if course.transplant and course.start and course.start < course.transplant:
            problem = f"{regimen.id} is given after transplant, and starts on {course.start}, before it"
            raise InputError(Field("transplant"), problem, "check the dates")
        return
    for event in course.events:
        if isinstance(event, Given) and event.after_transplant:
            raise InputError(event.place, "there is no date of a transplant", "add transplant: with its date")


def days_to_transplant(doses: Sequence[Dose], course: Course) -> int | None:
    """Days from the last dose before transplant to it; None where that is not known or all doses come after.

    No source states how many there should be.
    """
    last = max((dose.date for dose in doses if dose.date and dose.state != "omitted"), default=None)
    if course.transplant is None or last is None or last > course.transplant:
        return None
    return (course.transplant - last).days
