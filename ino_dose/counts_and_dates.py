"""Words for whole numbers, days and dates → those."""

from __future__ import annotations

import re
from datetime import date

from . import units
from .errors import InputError, Place
from .units import DURATION

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
"""In English whatever the locale: the same input gives the same bytes."""


def whole(said: str, place: Place, called: str, hint: str, least: int = 1, digits: int = 3) -> int:
    """A whole number of so many digits, written plainly: `called` says what it is."""
    if not re.fullmatch(rf"0|[1-9][0-9]{{0,{digits - 1}}}", said) or int(said) < least:
        raise InputError(place, f"{said!r} is not {called}", hint, kind=f"not {called}")
    return int(said)


def days(said: str, place: Place) -> int:
    """A number of days, 1 to 99 and whole."""
    number = units.read(said, DURATION, place).magnitude
    if number not in range(1, 100):
        problem = f"{said!r} is not 1 to 99 whole days"
        raise InputError(place, problem, f"write it like {DURATION.example}", kind="not 1 to 99 whole days")
    return int(number)


def day(said: str, place: Place) -> date:
    """A date that exists, written year-month-day, in this century or those beside it: 0202 and 9999 are slips."""
    try:
        if not re.fullmatch(r"(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}", said):
            raise ValueError
        return date.fromisoformat(said)
    except ValueError:
        hint = "write year-month-day, as in 2026-12-01, from 1900 to 2199"
        raise InputError(place, f"{said!r} is not a date", hint, kind="not a date") from None


def with_weekday(day: date) -> str:
    """A date as people read it: `Tue 2026-12-01`."""
    return f"{WEEKDAYS[day.weekday()]} {day}"
