"""What happened in a course → sentences: what was left open, moved, came too near, was reduced, and what the label says of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from .. import units
from ..counts_and_dates import with_weekday
from . import administration
from .course import Given, OfCycle, OfDose, Omitted, Reduced, Stopped
from .prescription import Prescribed

if TYPE_CHECKING:
    from .dosing import Dose
    from .plan import Plan
    from .preparation import Rule
    from .regimen import Citation, Source
    from .timetable import Cycles, Interval, Move

INTERRUPTED: Final = 7
"""Days of delay within a cycle from which on the person is told of the table in the label that nobody could read."""


def warnings(plan: Plan) -> list[str]:
    """What a person should look at in what happened."""
    return [
        *_unrecorded(plan),
        *(moved(move, plan) for move in plan.moves if move.carried or not move.allowed),
        *(near(each, plan) for each in plan.intervals),
        *map(_short, plan.short_cycles),
        *_interrupted(plan),
        *_reductions(plan.course.events),
        *_label(plan),
    ]


def assumptions(plan: Plan) -> list[str]:
    """Doses that were moved as far as a source allows, and nothing with them; and which were recorded without a date."""
    found = [moved(move, plan) for move in plan.moves if move.allowed and not move.carried]
    undated = [_place(dose.prescribed) for dose in plan.doses if isinstance(dose.event, Given) and not dose.event.on]
    if undated and plan.course.start:
        found.append(f"Given without a date, and dated by the schedule: {_listed(undated)}.")
    return found


def _unrecorded(plan: Plan) -> Iterator[str]:
    recorded = [index for index, dose in enumerate(plan.doses) if dose.state != "planned"]
    for dose in plan.doses if plan.course.stop or plan.apart else plan.doses[: max(recorded, default=0)]:
        if dose.state == "planned":
            yield f"The dose {where(dose)} was not recorded, though the course went on: was it given or omitted?"


def moved(move: Move, plan: Plan) -> str:
    """By how many days a dose was moved, what is moved with it, why, and how far a source lets it."""
    dose, days, event = move.dose, _days(move.days), move.dose.event
    side, after, later = ("late", "after", "later") if move.days > 0 else ("early", "before", "earlier")
    was = "is" if dose.state == "planned" else "was"
    found = f"{name(dose)} {was} {days} {side}"
    if isinstance(event, Omitted):
        found = f"{name(dose)} was omitted {days} {after} its day"
    cycle, to_come = dose.prescribed.cycle, [each.prescribed.cycle for each in plan.doses if each.at > dose.at]
    if move.carried == "course" and (to_come or plan.undecided):
        found += f"; what follows is {days} {later}"
    if move.carried == "cycle" and cycle in to_come:
        found += f"; the rest of cycle {cycle} is {days} {later}"
    if event and event.why:
        found += f" ({event.why})"
    if move.carried == "cycle" and (cycle + 1 in to_come or plan.undecided):
        found += ". No source states by how much it may move, so no later cycle was moved with it: "
        return f"{found}is cycle {cycle + 1} to be later too?"
    if move.window and not move.allowed:
        of = plan.regimen if move.window is plan.regimen.window or not plan.product else plan.product
        said = stated(move.window.citations, of.sources)
        found += f". Its window is {_days(move.window.within)}: {said}"
    return f"{found}."


def near(found: Interval, plan: Plan) -> str:
    """A dose that is nearer to the one before than is asked for or scheduled, or waits so that it is not."""
    dose, product = found.dose, plan.product
    assert product and dose.date
    was = "is" if dose.state == "planned" else "was"
    after = f"{_days(found.days)} after {_place(found.before.prescribed)}"
    asked = f"at least {product.spacing} are asked for by {stated(product.cited['spacing'], product.sources)}"
    nearer = f", {found.scheduled} by the schedule" if found.days < found.scheduled else ""
    if found.waits:
        when = f"{_days(found.waits)} later, on {with_weekday(dose.date)}"
        return f"{name(dose)} {was} {when}, to be {after}{nearer}: {asked}."
    return f"{name(dose)} {was} {after}{nearer}{'; ' + asked if found.days < product.spacing else ''}."


def _short(found: Cycles) -> str:
    return (
        f"Cycle {found.later} begins {_days(found.days)} after cycle {found.earlier}; "
        f"the shortest that its source states is {found.shortest}."
    )


def _interrupted(plan: Plan) -> Iterator[str]:
    """The table of the label on interruptions within a cycle, which no source that could be read has.

    A first dose that is late is no interruption: its cycle begins late.
    """
    first = _first_days(plan)
    late = [each.dose.prescribed for each in plan.moves if each.days >= INTERRUPTED]
    long = [_place(each) for each in late if each.day > first.get(each.cycle, 1)]
    if long:
        yield (
            f"For {_listed(long)}: the BESPONSA label has a table of interruptions within a cycle that could not be "
            f"read; after {INTERRUPTED} days or more it may ask to omit a dose. Read it there."
        )


def _reductions(events: Iterable[OfDose | OfCycle]) -> Iterator[str]:
    for event in events:
        if isinstance(event, Reduced):
            why = f": {event.why}" if event.why else ""
            share = units.digits(event.share.magnitude)
            below = f"{share} % below the schedule's level" if event.share.magnitude else "the schedule's level again"
            yield f"From cycle {event.cycle} on doses are {below}{why}."


def _label(plan: Plan) -> Iterator[str]:
    """What the label says where an event touches it: it reminds, and decides nothing."""
    if plan.product is None:
        return
    late = {each.dose.at: each.days for each in plan.moves}
    raised = list(_raised(plan))
    longest = max((rule.longer for rule in plan.product.rules), default=0)
    first = _first_days(plan)
    for rule in plan.product.rules:
        touched = [_place(event) for event in plan.course.events if _touches(event, rule, late, first)]
        if touched := raised if rule.raised else touched:
            said = stated(rule.citations[:1], plan.product.sources)
            yield f"{rule.only or 'US'} label, for {_listed(touched)}: {rule.says.removesuffix('.')} ({said})."
    for move in plan.moves:
        if move.days > longest > 0 and move.dose.event and not move.dose.event.why:
            yield (
                f"{name(move.dose)} is {_days(move.days)} late without a reason; "
                "where one is written, what the label says of it is shown."
            )


def _first_days(plan: Plan) -> dict[int, int]:
    """The day of the first dose of each cycle."""
    return {dose.prescribed.cycle: dose.prescribed.day for dose in reversed((*plan.doses, *plan.apart))}


def _touches(event: OfDose | OfCycle, rule: Rule, late: dict[tuple[int, int], int], first: dict[int, int]) -> bool:
    """Whether an event is one that a rule is about; day 1 of a rule is the `first` dose of a cycle."""
    why = event.why if isinstance(event, OfDose | Reduced | Stopped) else ""
    if not any(re.search(rf"(?<!\bno )(?<!\w){re.escape(word)}(?!\w)", why, re.IGNORECASE) for word in rule.words):
        return False
    if not rule.days and not rule.longer:
        return not isinstance(event, Reduced) or bool(event.share.magnitude)
    if not isinstance(event, OfDose):
        return False
    if rule.days and (1 if event.day == first.get(event.cycle) else event.day) not in rule.days:
        return False
    days = late.get((event.cycle, event.day), 0)
    return days > rule.longer or (isinstance(event, Omitted) and not rule.longer)


def _raised(plan: Plan) -> Iterator[str]:
    """Where a dose is above the reduction that was in force."""
    for before, event in pairwise(each for each in plan.course.events if isinstance(each, Reduced)):
        if event.share < before.share:
            yield f"cycle {event.cycle}"
    for dose in plan.doses:
        amount = dose.event.amount if isinstance(dose.event, Given) else None
        if amount is None or dose.agrees or amount <= dose.calculated:
            continue
        if administration.share_below(plan.course.events, dose.prescribed.cycle):
            yield _place(dose.prescribed)


def otherwise(dose: Dose, with_reason: bool) -> str:
    """That a dose was not given, or other mg than were due, and why."""
    event = dose.event
    why = event.why if event and with_reason else ""
    if isinstance(event, Omitted):
        return f"{name(dose)} was not given: {why}." if why else ""
    if isinstance(event, Given) and event.amount is not None and dose.agrees is None:
        given, due = units.show(dose.dose, units.DOSE), units.show(dose.calculated, units.DOSE)
        counts = f"counts {units.show(dose.counted, units.LEVEL)}"
        return f"{name(dose)}: {given} given of {due}{why and f' ({why})'}, {counts}."
    return f"{name(dose)}: {why}." if why else ""


def where(dose: Dose) -> str:
    """`in cycle 1 on day 8`."""
    return f"in cycle {dose.prescribed.cycle} on day {dose.prescribed.day}"


def name(dose: Dose) -> str:
    """`Cycle 1 day 8`."""
    return f"Cycle {dose.prescribed.cycle} day {dose.prescribed.day}"


def _place(event: OfDose | OfCycle | Prescribed) -> str:
    return f"cycle {event.cycle}" + (f" day {event.day}" if isinstance(event, OfDose | Prescribed) else "")


def _listed(places: Sequence[str]) -> str:
    return places[0] if len(places) == 1 else f"{', '.join(places[:-1])} and {places[-1]}"


def _days(number: int) -> str:
    return f"{abs(number)} day{'s' * (abs(number) != 1)}"


def stated(citations: Iterable[Citation], sources: Iterable[Source]) -> str:
    """Who states something, and where; the sources of a product are not those of a regimen."""
    cites = {source.id: source.cite for source in sources}
    return "; ".join(f"{cites[citation.source]}, {citation.spot}" for citation in citations)
