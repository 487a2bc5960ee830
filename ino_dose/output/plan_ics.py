"""A dated plan → an iCalendar file: an all-day event a dose, and nothing that identifies the patient."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, time, timedelta

from icalendar import Calendar, Event

from .. import __version__, units
from ..engine.dosing import Dose
from ..engine.plan import Plan
from ..errors import InputError


def text(plan: Plan) -> str:
    """The calendar (RFC 5545) of the doses that were not omitted. Raises InputError where there are no dates."""
    if plan.course.start is None:
        raise InputError("--format", "a calendar needs dates", "add --start with day 1 of cycle 1, as in 2026-12-01")
    calendar = Calendar()
    calendar.add("prodid", f"-//ino-dose//ino-dose {__version__}//EN")
    calendar.add("version", "2.0")
    given = [dose for dose in plan.doses if dose.state != "omitted"]
    if not given:
        raise InputError("--format", "every dose was omitted, and a calendar holds at least one event", "take -f json")
    for dose in given:
        calendar.add_component(_event(plan, dose))
    return str(calendar.to_ical(), "utf-8")


def _event(plan: Plan, dose: Dose) -> Event:
    assert dose.date is not None
    prescribed, amount = dose.prescribed, units.show(dose.dose, units.DOSE)
    event = Event()
    event.add("uid", f"{_digest(plan, dose)}@ino-dose")
    event.add("dtstamp", datetime.combine(dose.date, time(), UTC))
    event.add("dtstart", dose.date)
    event.add("dtend", dose.date + timedelta(days=1))
    event.add("summary", f"Inotuzumab ozogamicin {amount}, cycle {prescribed.cycle} day {prescribed.day}")
    event.add(
        "description",
        f"{dose.state}: {units.show(prescribed.level, units.LEVEL)}, {plan.regimen.id}. Check every number.",
    )
    event.add("transp", "TRANSPARENT")
    return event


def _digest(plan: Plan, dose: Dose) -> str:
    """The same for the same dose of the same course, whatever changes later: a calendar then replaces the event.

    No more telling than the event itself.
    """
    told = (plan.regimen.id, plan.course.start, plan.body.bsa.magnitude, dose.prescribed.cycle, dose.prescribed.day)
    return hashlib.sha256("|".join(map(str, told)).encode()).hexdigest()[:32]
