"""What is true of a patient's treatment, as frozen nouns: the course, and a type for each kind of event in it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, assert_never

if TYPE_CHECKING:
    from ..units import Quantity

NEVER: Final = 10**6
"""A cycle no course reaches: remission after it is no remission."""


class Given(NamedTuple):
    """A dose that was given: `amount` in mg, None for as planned.

    `why` it was given otherwise or on another date; `confirmed` lets an amount or a date stand that looks
    like a slip; `after_transplant` a dose after transplant.
    """

    cycle: int
    day: int
    place: str
    amount: Quantity | None = None
    on: date | None = None
    why: str = ""
    confirmed: bool = False
    after_transplant: bool = False


class Omitted(NamedTuple):
    """A dose that was not given, and why; `confirmed` lets a date stand that looks like a slip."""

    cycle: int
    day: int
    place: str
    why: str
    on: date | None = None
    confirmed: bool = False


class Moved(NamedTuple):
    """A dose that is to be given on another date, and why; `confirmed` as above."""

    cycle: int
    day: int
    place: str
    on: date | None
    why: str = ""
    confirmed: bool = False


class Measured(NamedTuple):
    """A new weight (kg), height (cm) or BSA (m²), which counts from this cycle on."""

    cycle: int
    place: str
    what: Literal["weight", "height", "bsa"]
    size: Quantity
    confirmed: bool = False


class Reduced(NamedTuple):
    """Doses from this cycle on by a share (%) below the schedule's level, and why."""

    cycle: int
    place: str
    share: Quantity
    why: str = ""


class Remitted(NamedTuple):
    """CR or CRi documented at the end of this cycle."""

    cycle: int
    place: str
    response: str


class Lasted(NamedTuple):
    """How many days lie between day 1 of this cycle and that of the next."""

    cycle: int
    place: str
    days: int


class Stopped(NamedTuple):
    """The course ends in this cycle, and why."""

    cycle: int
    place: str
    why: str


Recorded = Given | Omitted
"""What became of a dose."""
OfDose = Given | Omitted | Moved
OfCycle = Measured | Reduced | Remitted | Lasted | Stopped
Event = OfDose | OfCycle
"""Something that happened in a cycle, or is arranged for it; `place` is where it was written down."""


def was_given(event: Event) -> bool:
    """Whether a dose went into the patient."""
    match event:
        case Given():
            return True
        case Omitted() | Moved() | Measured() | Reduced() | Remitted() | Lasted() | Stopped():
            return False
        case _ as other:
            assert_never(other)


class Course(NamedTuple):
    """What is true of a patient's treatment.

    `prior` (mg/m²) is inotuzumab ozogamicin received before, None where it is unknown; `prior_worked` is
    its working, where it was not stated as one number. `recorded`: what was given in this course is written
    down, so that `prior` is surely what came before it.
    `remission` is the cycle at whose end CR/CRi was documented, NEVER, or None where not stated.
    `first` is the cycle to plan from, None for the regimen's own first: what was given in those before it
    is in `prior`. `cycles` is the last cycle to plan, None for all the regimen gives.
    `events` are in order; `start` is day 1 of the first cycle. `risks` are only repeated, never counted.
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
    first: int | None = None
    prior_worked: str = ""
    recorded: bool = False

    @property
    def lived(self) -> bool:
        """Whether it has dates, or anything happened in it."""
        return self.start is not None or bool(self.events)

    @property
    def stop(self) -> Stopped | None:
        """Where the course was stopped, if it was."""
        return next((event for event in self.events if isinstance(event, Stopped)), None)
