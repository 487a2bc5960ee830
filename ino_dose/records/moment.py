"""When something was, as it is written → its day, and the time on it, to be compared and sorted."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from .. import counts_and_dates
from ..errors import Field, InputError

TIME = re.compile(
    r"[T ]([01]?[0-9]|2[0-3]):?([0-5][0-9])(?::?([0-5][0-9]|60)(?:\.([0-9]+))?)? ?"
    r"(?:(Z)|([+-])([01][0-9]|2[0-3]):?([0-5][0-9])?)?",
    re.ASCII,
)

DAY = 24 * 60


class Moment(NamedTuple):
    """A day as it is written, and the time on it, empty where none is known: 00:00 is what systems write for a day alone.

    Times with a zone are the same where they are the same instant. `fault` is why there is no day.
    """

    day: date | None
    time: str = ""
    fault: InputError | None = None


def read(text: str) -> Moment:
    """A day, which a time may follow; or why there is none."""
    try:
        day = counts_and_dates.day(text[:10], Field("date"))
    except InputError as error:
        if not text:
            return Moment(None, "", InputError(Field("date"), "is empty", "write year-month-day, as in 2026-12-01"))
        (fault,) = error.faults
        return Moment(None, "", InputError(Field("date"), f"{text!r} is not a date", fault.hint))
    found = TIME.fullmatch(text, 10)
    if len(text) > 10 and not found:
        problem, hint = f"{text!r} is not a date with a time", "write it like 2026-12-01T08:30+01:00, or the date alone"
        return Moment(None, "", InputError(Field("date"), problem, hint))
    return Moment(day, _time(found) if found else "")


def _time(found: re.Match[str]) -> str:
    """The time of day, to be compared and sorted: minutes, of universal time where there is a zone, and seconds."""
    hour, minute, second, rest, zulu, sign, hours, minutes = found.groups(default="")
    seconds = f"{second or '00'}.{rest}".rstrip("0").rstrip(".") if rest else second or "00"
    at = 60 * int(hour) + int(minute)
    if not at and seconds == "00":
        return ""
    if not zulu and not sign:
        return f"{at:04}:{seconds}"
    ahead = 0 if zulu else int(f"{sign}1") * (60 * int(hours) + int(minutes or 0))
    return f"{at - ahead + DAY:04}:{seconds} UTC"
