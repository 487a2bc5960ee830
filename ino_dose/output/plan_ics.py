"""A dated plan → an iCalendar file: an all-day event a dose and one for the transplant, each replaced by its next revision."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event

from .. import __version__, units
from ..engine import plan as plans
from ..engine.plan import Plan
from ..errors import InputError

STAMP = datetime(2020, 1, 1, tzinfo=UTC)
"""The time of revision 0: the next is a second later, whatever the clock says, so that the same input gives the same bytes."""


def text(plan: Plan, revision: int | None = None) -> str:
    """The calendar (RFC 5545): what is given or planned, and as cancelled whatever else of the regimen an earlier file may have had.

    `revision` counts the files of this course, by default the events that were recorded. Raises InputError
    where there are no dates.
    """
    if plan.course.start is None:
        raise InputError("--format", "a calendar needs dates", "add --start with day 1 of cycle 1, as in 2026-12-01")
    if revision is not None and revision < len(plan.course.events):
        problem = f"{revision} is less than the {len(plan.course.events)} events recorded, and would count as older"
        raise InputError("--revision", problem, f"write {len(plan.course.events)} or more")
    calendar = Calendar()
    calendar.add("prodid", f"-//ino-dose//ino-dose {__version__}//EN")
    calendar.add("version", "2.0")
    number = _number(plan, revision)
    for event in _events(plan, revision):
        event.add("sequence", number)
        event.add("dtstamp", STAMP + timedelta(seconds=number))
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return str(calendar.to_ical(), "utf-8")


def _number(plan: Plan, revision: int | None) -> int:
    return len(plan.course.events) if revision is None else revision


def _events(plan: Plan, revision: int | None) -> Iterator[Event]:
    for dose in (*plan.doses, *plan.apart):
        if dose.state == "omitted" or dose.date is None:
            continue
        prescribed, amount = dose.prescribed, units.show(dose.dose, units.DOSE)
        summary = f"Inotuzumab ozogamicin {amount}, cycle {prescribed.cycle} day {prescribed.day}"
        level = units.show(prescribed.level, units.LEVEL)
        described = f"{dose.state}: {level}, {plan.regimen.id}. Check every number."
        yield _event(_uid(plan, *dose.at), dose.date, summary, described)
    for left in plans.not_taken(plan, decided=revision is not None):
        why = "Omitted" if left.omitted else "Not planned"
        summary = f"{why}: inotuzumab ozogamicin, cycle {left.cycle} day {left.day}"
        yield _event(_uid(plan, left.cycle, left.day), left.date, summary, f"{plan.regimen.id}.", "CANCELLED")
    if plan.regimen.after_transplant:
        return
    transplant, uid, last = plan.course.transplant, _uid(plan, "transplant"), plan.doses[-1].date
    if transplant:
        yield _event(uid, transplant, "Stem-cell transplant", f"{plan.regimen.id}.")
    elif last and revision:
        yield _event(uid, last, "Cancelled: stem-cell transplant", f"{plan.regimen.id}.", "CANCELLED")


def _event(uid: str, day: date, summary: str, described: str, status: str = "CONFIRMED") -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("status", status)
    event.add("summary", summary)
    event.add("description", described)
    return event


def _uid(plan: Plan, *place: int | str) -> str:
    """The same for the same dose of the same course, whatever changes later: a calendar then replaces the event.

    A course is told by the patient's id; without one by its start. Never by a size: the UID would give it away.
    """
    course = [plan.patient] if plan.patient else [None, str(plan.course.start)]
    told = json.dumps([*course, plan.regimen.id, *place])
    return f"{hashlib.sha256(told.encode()).hexdigest()[:32]}@ino-dose"


def remarks(plan: Plan, revision: int | None) -> list[str]:
    """What whoever imports the file should know of it."""
    number = _number(plan, revision)
    if revision is None:
        found = [
            f"This is revision {number} of the calendar, by the events. What changes without a new one (a start, a "
            f"transplant, a line that is written anew) needs --revision {number + 1}, or calendars pass it over."
        ]
    else:
        found = [
            f"This is revision {number} of the calendar. From now on write --revision {number + 1} and so on each time, "
            "also where an event is added."
        ]
    if plan.regimen.last_cycle is None:
        found.append(
            f"No source states a last cycle: what an earlier file had after cycle {plan.course.cycles or plan.last_cycle} "
            "is not taken back."
        )
    if not plan.patient:
        found.append(
            "Without --id the events of two patients with this regimen and start cannot be told apart: "
            "a calendar would take one for the other. An id should be a pseudonym."
        )
    return found
