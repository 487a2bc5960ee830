"""Prescribed doses × what happened → doses as they were given, omitted, reduced, or are still planned.

What was given counts as the prescribed level when it was within 5 % of the calculated dose, so that
ordinary rounding never makes a breach; any other amount counts as it was given, mg ÷ m² of that cycle.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from .. import units
from ..errors import InputError
from . import body as bodies
from . import dosing
from .body import Body
from .course import NEVER, Course, Event
from .dosing import Dose, Rounding
from .prescription import Line, Prescribed

if TYPE_CHECKING:
    from ..units import Quantity

TOLERANCE: Final = units.quantity("5", units.SHARE)
"""Share of the calculated dose within which a given amount counts as the prescribed level."""


def doses(line: Sequence[Prescribed], body: Body, events: Sequence[Event], rounding: Rounding) -> tuple[Dose, ...]:
    """The line as it was lived: each dose with its state, its cycle's BSA and what it counts.

    Raises InputError for an amount or a size that looks like a slip and was not confirmed.
    """
    at(body, events, NEVER)  # a size in a cycle that is not dosed any more can be a slip too
    recorded = {(event.cycle, event.day): event for event in events if event.what in ("given", "omitted")}
    lived = []
    for prescribed in line:
        event = recorded.get((prescribed.cycle, prescribed.day))
        if event is None and _stopped(prescribed, events):
            continue
        bsa = at(body, events, prescribed.cycle).bsa
        due = dosing.dose(_reduced(prescribed, events), bsa, rounding)
        lived.append(_record(due, event) if event else due)
    return tuple(lived)


def at(body: Body, events: Sequence[Event], cycle: int) -> Body:
    """The body in a cycle: a new weight, height or BSA counts from its cycle on."""
    for event in events:
        if event.cycle <= cycle and event.what in ("weight", "height", "bsa"):
            body = _measured_again(body, event)
    return body


def _measured_again(body: Body, event: Event) -> Body:
    assert event.amount is not None
    if event.what == "bsa":
        if body.formula:
            raise InputError(event.place, "the BSA is computed from height and weight", "write the new weight")
        _plausible(event, event.amount, body.bsa, units.AREA)
        return bodies.stated(event.amount, event.place)
    if body.height is None or body.weight is None or body.formula is None:
        raise InputError(event.place, f"the BSA was stated, so a {event.what} does not change it", "write the new bsa")
    if event.what == "weight":
        _plausible(event, event.amount, body.weight, units.WEIGHT)
    else:
        _plausible(event, event.amount, body.height, units.HEIGHT)
    tall, heavy = (event.amount, body.weight) if event.what == "height" else (body.height, event.amount)
    return bodies.measured(tall, heavy, body.formula, body.sex, event.place)


def _plausible(event: Event, now: Quantity, before: Quantity, kind: units.Kind) -> None:
    if not event.confirmed and not before <= now * 2 <= before * 3:
        problem = f"{kind.name} of {units.show(now, kind)} after {units.show(before, kind)} is not plausible"
        raise InputError(event.place, problem, "correct it, or add confirmed: true")


def reduction(events: Sequence[Event], cycle: int) -> Event | None:
    """The reduction in force in a cycle, if any."""
    return next((event for event in reversed(events) if event.what == "reduce" and event.cycle <= cycle), None)


def _reduced(prescribed: Prescribed, events: Sequence[Event]) -> Prescribed:
    event = reduction(events, prescribed.cycle)
    if event is None or event.amount is None:
        return prescribed
    return prescribed._replace(level=prescribed.level * (100 - event.amount.magnitude) / 100)


def _stopped(prescribed: Prescribed, events: Sequence[Event]) -> bool:
    """Whether the course had ended: not for a dose that was left unrecorded before one that was recorded."""
    here = (prescribed.cycle, prescribed.day)
    later = any((event.cycle, event.day) > here for event in events if event.what in ("given", "omitted"))
    return not later and any(event.what == "stop" and event.cycle <= prescribed.cycle for event in events)


def _record(due: Dose, event: Event) -> Dose:
    if event.what == "omitted":
        none = units.quantity(Decimal(0), units.DOSE)
        return due._replace(
            state="omitted", dose=none, delivered=dosing.per_area(none, due.bsa), counted=units.total([], units.LEVEL)
        )
    if event.amount is None:
        return due._replace(state="given")
    if not event.confirmed and not due.calculated <= event.amount * 2 <= due.calculated * 3:
        shown, expected = (units.show(each, units.DOSE) for each in (event.amount, due.calculated))
        problem = f"{shown} was due as {expected}: outside 50 to 150 %"
        raise InputError(event.place, problem, "correct the amount, or add confirmed: true")
    delivered = dosing.per_area(event.amount, due.bsa)
    counted = due.counted if units.within(event.amount, due.calculated, TOLERANCE) else delivered
    return due._replace(state="given", dose=event.amount, delivered=delivered, counted=counted)


def check(line: Line, course: Course) -> None:
    """Raise InputError for events out of order, recorded twice, or in cycles and on days that the course does not have.

    A stop, a length, a size and a reduction may stand in a cycle without inotuzumab ozogamicin; a stop
    and a length also where it is not decided yet how the cycle is dosed.
    """
    _in_order(course.events)
    days: dict[int, list[int]] = {}
    for prescribed in line.doses:
        days.setdefault(prescribed.cycle, []).append(prescribed.day)
    furthest = max(dose.cycle for doses in (line.doses, *(branch.doses for branch in line.undecided)) for dose in doses)
    for event in course.events:
        last = max(furthest if event.what in ("stop", "length") else max(days), course.cycles or 0)
        if event.cycle > last or (event.day and event.cycle not in days):
            hint = f"it has doses in cycle {', '.join(map(str, days))}"
            raise InputError(event.place, f"cycle {event.cycle} is not in this course", hint + _open(line))
        if event.day and event.day not in days[event.cycle]:
            here = ", ".join(map(str, days[event.cycle]))
            raise InputError(event.place, f"cycle {event.cycle} has no dose on day {event.day}", f"its days are {here}")


def _open(line: Line) -> str:
    """What to write where later cycles are not decided."""
    if not line.undecided:
        return ""
    return "; say before it whether remission came: {cycle: 1, remission: CR}, or remission after: never"


def _in_order(events: Sequence[Event]) -> None:
    seen: dict[tuple[object, ...], Event] = {}
    last = (0, 0)
    largest = Decimal(0)
    for event in events:
        what = "dose" if event.day else event.what
        if earlier := seen.get((what, event.cycle, event.day)):
            line = earlier.place.rpartition(":")[2]
            raise InputError(event.place, f"this was recorded before, on line {line}", "keep one")
        if any(each.what == "stop" for each in seen.values()):
            raise InputError(event.place, "the course was stopped before this", "take it out, or the stop")
        here = (event.cycle, event.day or (last[1] if last[0] == event.cycle else 0))
        if here < last:
            raise InputError(event.place, "this is earlier in the course than the event before it", _ORDER)
        if event.what in FROM_THE_CYCLE_ON and _given(seen.values(), event.cycle):
            problem = (
                f"{event.what} counts for the whole of cycle {event.cycle}, and doses of it were given before this"
            )
            hint = f"write it before them if they were dosed by it, else in cycle {event.cycle + 1}"
            raise InputError(event.place, problem, hint)
        if event.what == "reduce" and event.amount is not None:
            if event.amount.magnitude <= largest:
                raise InputError(event.place, _NO_RISE, f"write more than {units.digits(largest)} %, or take it out")
            largest = event.amount.magnitude
        seen[what, event.cycle, event.day] = event
        last = here


def _given(events: Iterable[Event], cycle: int) -> bool:
    return any(event.what == "given" and event.cycle == cycle for event in events)


FROM_THE_CYCLE_ON: Final = ("weight", "height", "bsa", "reduce")
_ORDER = "write events in the order in which they happened"
_NO_RISE = "a reduced dose is not raised again (BESPONSA label, section 2: it must not be re-escalated)"
