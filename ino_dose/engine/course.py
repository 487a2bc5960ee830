"""What is true of a patient's treatment, as frozen nouns: the course and what happened in it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from ..units import Quantity

NEVER: Final = 10**6
"""A cycle no course reaches: remission after it is no remission."""
What = Literal["given", "omitted", "moved", "weight", "height", "bsa", "reduce", "remission", "length", "stop"]


class Event(NamedTuple):
    """Something that happened in a cycle, or is arranged for it.

    `amount` is the mg given (None: as planned), or a new weight (kg), height (cm), BSA (m²), or a
    reduction (%). `text` is a reason or a remark; `days` a cycle's length; `on` the day of a dose.
    `confirmed` lets an amount stand that looks like a slip; `after_transplant` a dose after transplant.
    """

    cycle: int
    what: What
    place: str
    day: int = 0
    amount: Quantity | None = None
    text: str = ""
    days: int = 0
    on: date | None = None
    confirmed: bool = False
    after_transplant: bool = False


class Course(NamedTuple):
    """What is true of a patient's treatment.

    `prior` (mg/m²) is inotuzumab ozogamicin received before, None where it is unknown.
    `remission` is the cycle at whose end CR/CRi was documented, NEVER, or None where not stated.
    `cycles` is the last cycle to plan, None for all the regimen gives.
    `events` are in order; `start` is day 1 of cycle 1. `risks` are only repeated, never counted.
    """

    prior: Quantity | None
    prior_stated: bool = True
    cycles: int | None = None
    remission: int | None = None
    hsct: bool = False
    level: Quantity | None = None
    events: tuple[Event, ...] = ()
    start: date | None = None
    transplant: date | None = None
    risks: tuple[str, ...] = ()
