"""Doses × a start, cycle lengths and delays → the date of each, what was moved by how much, and what came too near."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from ..counts_and_dates import with_weekday
from ..errors import Collected, Field, InputError
from . import course as courses
from . import prescription
from .course import Course, Lasted, OfDose
from .dosing import Dose
from .preparation import Product
from .regimen import Block, Regimen, Window

NO_LENGTH: Final = "no length of a cycle is stated"
FARTHEST: Final = 180
"""Days from its day past which a date is taken for a slip, as in the year, unless it is confirmed."""


class Move(NamedTuple):
    """A dose that was recorded, or is arranged, on another date than its day.

    `days` is how much later, negative for earlier, counted from its day as already moved. `carried` is what
    is as many days later with it: the rest of the course, or where no source states a `window` for such a
    dose, the rest of its cycle.
    """

    dose: Dose
    days: int
    carried: Literal["course", "cycle", ""]
    window: Window | None

    @property
    def allowed(self) -> bool:
        """Whether a source lets a dose of this day move as far, or says nothing of it."""
        return self.window is None or abs(self.days) <= self.window.within


class Interval(NamedTuple):
    """Days from the dose before, where they are fewer than scheduled, or a dose waits for as many as are asked for."""

    dose: Dose
    before: Dose
    days: int
    scheduled: int
    waits: int


class Cycles(NamedTuple):
    """The first days of two cycles that are nearer to each other than the shortest length that a source states."""

    earlier: int
    later: int
    days: int
    shortest: int


class Timetable(NamedTuple):
    """Each dose with its date, and every move, short interval and short cycle, in order."""

    doses: tuple[Dose, ...]
    moves: tuple[Move, ...] = ()
    intervals: tuple[Interval, ...] = ()
    cycles: tuple[Cycles, ...] = ()


def dated(doses: Sequence[Dose], regimen: Regimen, course: Course, product: Product) -> Timetable:
    """The dates of doses.

    A dose falls on its day of the cycle. Another date of a day 1, earlier or later, moves the cycle and
    every later one; a later date of another dose moves all that follows where it is past its window, and
    its own cycle where no window is stated. So no delay makes the course denser. Within the window a dose
    moves the next one only, and only where the least spacing asks for it. What has a date keeps it.

    The spacing is read as a difference of dates: 6 days from a Monday is the next Sunday.
    """
    if course.start is None:
        for each in course.events:
            if isinstance(each, OfDose) and each.on:
                raise InputError(each.place, "a date needs the start beside it", "add start: with day 1 of cycle 1")
        return Timetable(tuple(doses))
    faults = Collected()
    begins = first_days(regimen, course, max((dose.prescribed.cycle for dose in doses), default=1), faults)
    faults.raise_any()
    found: list[Dose] = []
    moves: list[Move] = []
    intervals: list[Interval] = []
    begun: dict[int, date] = {}
    before: Dose | None = None
    late, late_in_cycle, cycle = timedelta(), timedelta(), 0
    for dose in doses:
        day = dose.prescribed.day
        if dose.prescribed.cycle != cycle:
            cycle, late_in_cycle = dose.prescribed.cycle, timedelta()
            begun[cycle] = begins[cycle] + late
        scheduled = begins[cycle] + timedelta(day - 1)
        due = scheduled + late + late_in_cycle
        when = _when(dose, due, course.start, before, _asked(scheduled, before, product.spacing))
        dose = dose._replace(date=when, moved=(when - scheduled).days)
        found.append(dose)
        if dose.event and dose.event.on and when != due:
            move = _move(dose, (when - due).days, regimen.window, product.window)
            moves.append(move)
            late += when - due if move.carried == "course" else timedelta()
            late_in_cycle += when - due if move.carried == "cycle" else timedelta()
        if day == 1:
            begun[cycle] = when
        if dose.state != "omitted":
            if before and (near := _interval(dose, before, (when - due).days)):
                intervals.append(near)
            before = dose
    return Timetable(tuple(found), tuple(moves), tuple(intervals), tuple(_short_cycles(begun, regimen, course)))


def _asked(scheduled: date, before: Dose | None, spacing: int) -> int:
    """The least days between two doses, which are never more than the schedule itself has."""
    if before is None or before.date is None:
        return spacing
    return min(spacing, (scheduled - before.date).days + (before.moved or 0))


def _when(dose: Dose, due: date, start: date, before: Dose | None, spacing: int) -> date:
    """The date of a dose: as it was written down, else its day, or as much later as the least spacing asks for."""
    last = before.date if before and dose.state != "omitted" else None
    if not (dose.event and dose.event.on):
        return max(due, last + timedelta(spacing)) if last else due
    when = dose.event.on
    if abs(when - due).days > FARTHEST and not dose.event.confirmed:
        problem = f"{with_weekday(when)} is {abs(when - due).days} days from its day, {with_weekday(due)}"
        raise InputError(dose.event.place, problem, "correct the date, or add confirmed: true")
    if when < start:
        raise InputError(
            dose.event.place, f"{with_weekday(when)} is before the start on {with_weekday(start)}", "check the dates"
        )
    if last and when <= last:
        problem = f"{with_weekday(when)} is not after the dose before, on {with_weekday(last)}"
        raise InputError(dose.event.place, problem, "check the dates")
    return when


def _move(dose: Dose, days: int, *windows: Window | None) -> Move:
    """What a date other than the day as already moved takes with it."""
    day = dose.prescribed.day
    if day == 1:
        return Move(dose, days, "course", None)
    window = next((each for each in windows if each and day in each.days), None)
    if days < 0:
        return Move(dose, days, "", window)
    if window is None:
        return Move(dose, days, "cycle", None)
    return Move(dose, days, "course" if days > window.within else "", window)


def _interval(dose: Dose, before: Dose, later: int) -> Interval | None:
    """The days since the dose before, where there is something to say of them; `later` is how far it is off its day."""
    assert dose.date and before.date
    days = (dose.date - before.date).days
    scheduled = days - (dose.moved or 0) + (before.moved or 0)
    waits = 0 if dose.event and dose.event.on else later
    return Interval(dose, before, days, scheduled, waits) if waits or days < scheduled else None


def _short_cycles(begun: dict[int, date], regimen: Regimen, course: Course) -> Iterator[Cycles]:
    for (earlier, first), (later, next_first) in pairwise(begun.items()):
        blocks = [_block(regimen, course, each) for each in range(earlier, later)]
        shortest = [block.length[0] for block in blocks if block and block.length]
        days = (next_first - first).days
        if len(shortest) == len(blocks) and days < sum(shortest):
            yield Cycles(earlier, later, days, sum(shortest))


def first_days(regimen: Regimen, course: Course, last: int, faults: Collected) -> dict[int, date]:
    """Day 1 of each cycle from the first on, as scheduled.

    A cycle whose length nobody says is a fault, and the next one is then on the same day.
    """
    assert course.start is not None
    first, day = course.first or 1, course.start
    days = {first: day}
    said = {event.cycle: event for event in course.events if isinstance(event, Lasted)}
    for cycle in range(first, last):
        with faults.here():
            day += timedelta(_length(regimen, course, cycle, said.get(cycle)))
        days[cycle + 1] = day
    return days


def _length(regimen: Regimen, course: Course, cycle: int, said: Lasted | None) -> int:
    """Days of a cycle: as the course says, else the shortest that the source states."""
    block = _block(regimen, course, cycle)
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
    problem = f"no source states how long cycle {cycle} of {regimen.id} lasts"
    raise InputError(Field("start"), problem, hint, kind=NO_LENGTH)


def without_length(regimen: Regimen, course: Course, last: int) -> list[int]:
    """The cycles before the last of which nobody says how long they last."""
    said = {event.cycle for event in course.events if isinstance(event, Lasted)}
    blocks = {cycle: _block(regimen, course, cycle) for cycle in range(course.first or 1, last) if cycle not in said}
    return [cycle for cycle, block in blocks.items() if not (block and block.length)]


def _block(regimen: Regimen, course: Course, cycle: int) -> Block | None:
    """How this course's remission has a cycle dosed."""
    return prescription.block(regimen, cycle, course.remission or courses.NEVER)


def without(dates: Timetable, left_out: Sequence[Dose]) -> Timetable:
    """What is said of the dates, apart from doses that are left out."""
    gone = {dose.at for dose in left_out}
    cycles = {dose.prescribed.cycle for dose in dates.doses if dose.at not in gone}
    return Timetable(
        dates.doses,
        tuple(each for each in dates.moves if each.dose.at not in gone),
        tuple(each for each in dates.intervals if each.dose.at not in gone),
        tuple(each for each in dates.cycles if each.later in cycles),
    )
