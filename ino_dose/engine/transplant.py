"""Doses × the day of transplant → those before it, those given after it, and those that would have fallen after it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple, assert_never

from ..counts_and_dates import with_weekday
from ..errors import Field, InputError
from .course import Course, Given, Moved, Omitted
from .dosing import Dose
from .regimen import Regimen


class Parted(NamedTuple):
    """Doses up to the day of transplant, doses recorded after it, and planned ones that would fall after it."""

    before: tuple[Dose, ...]
    apart: tuple[Dose, ...] = ()
    left_out: tuple[Dose, ...] = ()


def around(doses: Sequence[Dose], regimen: Regimen, course: Course) -> Parted:
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
    when = f"this dose, on {with_weekday(dose.date)}," if dose.date else "this dose"
    if not event.after_transplant:
        problem = f"{when} is after the transplant on {with_weekday(transplant)}"
        raise InputError(event.place, problem, "correct the dates, or add after transplant: yes")
    if dose.date and dose.date <= transplant:
        problem = f"{when} is not after the transplant on {with_weekday(transplant)}"
        raise InputError(event.place, problem, "correct the dates, or take out after transplant")


def _check_no_claim(course: Course, regimen: Regimen) -> None:
    if regimen.after_transplant:
        if course.transplant and course.start and course.start < course.transplant:
            problem = f"{regimen.id} is given after transplant, and starts on {with_weekday(course.start)}, before it"
            raise InputError(Field("transplant"), problem, "check the dates")
        return
    for event in course.events:
        if isinstance(event, Given) and event.after_transplant:
            raise InputError(event.place, "there is no date of a transplant", "add transplant: with its date")


def days_to(doses: Sequence[Dose], course: Course) -> int | None:
    """Days from the last dose before transplant to it; None where that is not known or all doses come after.

    No source states how many there should be.
    """
    last = max((dose.date for dose in doses if dose.date and dose.state != "omitted"), default=None)
    if course.transplant is None or last is None or last > course.transplant:
        return None
    return (course.transplant - last).days
