"""Prescribed doses × what happened → doses as they were given, omitted, reduced, or are still planned; the one rule of what a given dose counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final, NamedTuple, assert_never

from .. import units
from ..errors import InputError
from . import body as bodies
from . import dosing
from .body import Body
from .course import (
    NEVER,
    Course,
    Event,
    Given,
    Lasted,
    Measured,
    Moved,
    OfDose,
    Omitted,
    Recorded,
    Reduced,
    Remitted,
    Stopped,
    was_given,
)
from .dosing import Agreement, Dose, Rounding
from .prescription import Line, Prescribed

if TYPE_CHECKING:
    from ..units import Quantity

TOLERANCE: Final = units.quantity("5", units.SHARE)
"""Share of the calculated dose within which a given amount counts as the prescribed level."""


def agreement(
    amount: Quantity, calculated: Quantity, within: Quantity, steps: Iterable[Quantity], vial: Quantity | None = None
) -> Agreement | None:
    """Whether mg agree with a calculated dose, so that they count as the prescribed level; None where they do not.

    They do within a share (%), or where they are exactly the calculated dose rounded half up to a step, or
    down to whole vials, and so moved by at most 10 %: 0.5 mg for 0.54 mg, 7.4 % away, is 0.54 mg in steps of
    0.1 mg, and no error. What does not agree counts as it was given, mg ÷ m². Ordinary rounding then never
    makes a breach.
    """
    if units.within(amount, calculated, within):
        return Agreement()
    if not units.within(amount, calculated, dosing.MOST):
        return None
    for step in steps:
        if dosing.round_half_up(calculated, step) == amount:
            return Agreement(step=step)
    whole = vial is not None and amount == calculated // vial * vial
    return Agreement(vial=vial) if whole else None


class Fit(NamedTuple):
    """A level that mg agree with, and why they do; `ratio` is how far they are from it, as the larger over the smaller."""

    level: Quantity
    why: Agreement
    ratio: Fraction


def fitting(
    amount: Quantity, bsa: Quantity, levels: Iterable[Quantity], steps: Iterable[Quantity], vial: Quantity
) -> tuple[Fit, ...]:
    """The levels (mg/m²) that given mg may have been prescribed as for this BSA, the nearest first; none where they fit none.

    The rule is that of `agreement`. Of two that are as near the higher is first.
    """
    found, given = [], amount.magnitude
    for level in levels:
        if not 9 * level.magnitude * bsa.magnitude <= 10 * given <= 11 * level.magnitude * bsa.magnitude:
            continue  # further off than any rounding: most levels, which need no more than this look
        calculated = dosing.product(level, bsa)
        if why := agreement(amount, calculated, TOLERANCE, steps, vial):
            ratio = Fraction(given) / Fraction(calculated.magnitude)
            found.append(Fit(level, why, max(ratio, 1 / ratio)))
    return tuple(sorted(found, key=lambda fit: (fit.ratio, -fit.level.magnitude)))


def doses(
    line: Sequence[Prescribed],
    body: Body,
    events: Sequence[Event],
    rounding: Rounding,
    vial: Quantity | None = None,
) -> tuple[Dose, ...]:
    """The line as it was lived: each dose with its event, its cycle's BSA and what it counts.

    `vial` is the mg that can be withdrawn from one: what was given may have been rounded down to whole ones.
    Raises InputError for an amount or a size that looks like a slip and was not confirmed.
    """
    sizes = [event for event in events if isinstance(event, Measured)]
    cuts = [event for event in events if isinstance(event, Reduced)]
    at(body, sizes, NEVER)  # a size in a cycle that is not dosed any more can be a slip too
    areas = {cycle: at(body, sizes, cycle).bsa for cycle in {prescribed.cycle for prescribed in line}}
    written = {(event.cycle, event.day): event for event in events if isinstance(event, OfDose)}
    last = max((day for day, event in written.items() if isinstance(event, Recorded)), default=(0, 0))
    stop = next((event.cycle for event in events if isinstance(event, Stopped)), NEVER)
    lived = []
    for prescribed in line:
        day = (prescribed.cycle, prescribed.day)
        if prescribed.cycle >= stop and day > last:
            continue  # what was left unrecorded before a dose that was recorded is asked about, not forgotten
        share = share_below(cuts, prescribed.cycle)
        reduced = prescribed._replace(level=prescribed.level * (100 - share) / 100) if share else prescribed
        due = dosing.dose(reduced, areas[prescribed.cycle], rounding)
        lived.append(_recorded(due, written.get(day), (*dosing.ORDINARY, rounding.step), vial))
    return tuple(lived)


def at(body: Body, events: Sequence[Event], cycle: int) -> Body:
    """The body in a cycle: a new weight, height or BSA counts from its cycle on."""
    for event in events:
        if isinstance(event, Measured) and event.cycle <= cycle:
            body = _measured_again(body, event)
    return body


def _measured_again(body: Body, event: Measured) -> Body:
    if event.what == "bsa":
        if body.formula:
            raise InputError(event.place, "the BSA is computed from height and weight", "write the new weight")
        _plausible(event, body.bsa, units.AREA)
        return bodies.stated(event.size, event.place)
    if body.height is None or body.weight is None or body.formula is None:
        raise InputError(event.place, f"the BSA was stated, so a {event.what} does not change it", "write the new bsa")
    if event.what == "weight":
        _plausible(event, body.weight, units.WEIGHT)
    else:
        _plausible(event, body.height, units.HEIGHT)
    tall, heavy = (event.size, body.weight) if event.what == "height" else (body.height, event.size)
    return bodies.measured(tall, heavy, body.formula, body.sex, event.place)


def _plausible(event: Measured, before: Quantity, kind: units.Kind) -> None:
    now = event.size
    if not event.confirmed and not before <= now * 2 <= before * 3:
        problem = f"{kind.name} of {units.show(now, kind)} after {units.show(before, kind)} is not plausible"
        raise InputError(event.place, problem, "correct it, or add confirmed: true")


def share_below(events: Sequence[Event], cycle: int) -> Decimal:
    """Per cent by which the doses of a cycle are below the schedule's level, 0 where no reduction is in force."""
    shares = [event.share.magnitude for event in events if isinstance(event, Reduced) and event.cycle <= cycle]
    return shares[-1] if shares else Decimal(0)


def _recorded(due: Dose, event: OfDose | None, steps: Sequence[Quantity], vial: Quantity | None) -> Dose:
    """A due dose with what became of it."""
    match event:
        case None | Moved():
            return due._replace(event=event)
        case Omitted():
            none = units.quantity(Decimal(0), units.DOSE)
            delivered = dosing.per_area(none, due.bsa)
            return due._replace(event=event, dose=none, delivered=delivered, counted=units.total([], units.LEVEL))
        case Given():
            return _given(due._replace(event=event), event, steps, vial)
        case _ as other:
            assert_never(other)


def _given(due: Dose, event: Given, steps: Sequence[Quantity], vial: Quantity | None) -> Dose:
    if event.amount is None:
        return due
    finest = dosing.ORDINARY[0]
    half = dosing.round_half_up(due.calculated / 2 - finest / 2, finest)  # of 1.405 mg 0.7 mg
    if not event.confirmed and not half <= event.amount <= due.calculated * 3 / 2:
        shown, expected = (units.show(each, units.DOSE) for each in (event.amount, due.calculated))
        problem = f"{shown} was due as {expected}: outside 50 to 150 %"
        raise InputError(event.place, problem, "correct the amount, or add confirmed: true")
    delivered = dosing.per_area(event.amount, due.bsa)
    agrees = agreement(event.amount, due.calculated, TOLERANCE, steps, vial)
    counted = due.counted if agrees else delivered
    return due._replace(dose=event.amount, delivered=delivered, counted=counted, agrees=agrees)


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
        day = event.day if isinstance(event, OfDose) else 0
        last = max(furthest if isinstance(event, Stopped | Lasted) else max(days), course.cycles or 0)
        if event.cycle > last or (day and event.cycle not in days):
            hint = f"it has doses in cycle {', '.join(map(str, days))}"
            raise InputError(event.place, f"cycle {event.cycle} is not in this course", hint, _open(line))
        if day and day not in days[event.cycle]:
            here = ", ".join(map(str, days[event.cycle]))
            raise InputError(event.place, f"cycle {event.cycle} has no dose on day {day}", f"its days are {here}")


def _open(line: Line) -> str:
    """What to write where later cycles are not decided."""
    if not line.undecided:
        return ""
    return "; say before it whether remission came: {cycle: 1, remission: CR}, or remission after: never"


def _in_order(events: Sequence[Event]) -> None:
    seen: dict[tuple[object, ...], Event] = {}
    last = (0, 0)
    given_in: set[int] = set()
    stopped = reduced = False
    for event in events:
        name = _name(event)
        if earlier := seen.get(name):
            line = earlier.place.rpartition(":")[2]
            raise InputError(event.place, f"this was recorded before, on line {line}", "keep one")
        if stopped:
            raise InputError(event.place, "the course was stopped before this", "take it out, or the stop")
        day = event.day if isinstance(event, OfDose) else last[1] if last[0] == event.cycle else 0
        if (event.cycle, day) < last and not isinstance(event, Lasted):
            problem = "this is earlier in the course than the event before it"
            raise InputError(event.place, problem, "write events in the order in which they happened")
        if isinstance(event, Measured | Reduced) and event.cycle in given_in:
            raise _behind_doses(event)
        if isinstance(event, Reduced) and not event.share.magnitude and not reduced:
            raise InputError(event.place, "0 % is no reduction, and there was none before", "take it out")
        if was_given(event):
            given_in.add(event.cycle)
        stopped, reduced = isinstance(event, Stopped), reduced or isinstance(event, Reduced)
        seen[name] = event
        last = last if isinstance(event, Lasted) else (event.cycle, day)


def _name(event: Event) -> tuple[object, ...]:
    """What there is only one of: something about a dose, or one kind of thing in a cycle."""
    match event:
        case Given() | Omitted() | Moved():
            return ("dose", event.cycle, event.day)
        case Measured():
            return (event.what, event.cycle)
        case Reduced() | Remitted() | Lasted() | Stopped():
            return (type(event), event.cycle)
        case _ as other:
            assert_never(other)


def _behind_doses(event: Measured | Reduced) -> InputError:
    """The refusal of what counts for a whole cycle behind a dose that was given in it."""
    what = event.what if isinstance(event, Measured) else "reduce"
    problem = f"{what} counts for the whole of cycle {event.cycle}, and doses of it were given before this"
    hint = f"write it before them if they were dosed by it, else in cycle {event.cycle + 1}"
    return InputError(event.place, problem, hint)
