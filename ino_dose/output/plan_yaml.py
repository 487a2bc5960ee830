"""What a plan was asked for → a course file to go on from: all that was said, and the planned doses as comments to fill in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import units
from ..counts_and_dates import with_weekday
from ..engine import timetable
from ..engine.course import Event, OfDose
from ..errors import Field, InputError
from ..files import yaml_node, yaml_text

if TYPE_CHECKING:
    from ..engine.dosing import Dose
    from ..engine.plan import Plan
    from ..request import Said

PATIENT = ("id", "height", "weight", "bsa", "formula", "sex")
COURSE = (
    "start",
    "transplant",
    "hsct",
    "cycles",
    "remission after",
    "level",
    "round to",
    "prior gemtuzumab",
    "prior transplant",
)
HOW = """\
  # What is planned. Take "# " away, from events: too, and write what happened: given: 0.9 mg, or held: and
  # the reason; on: and another date, because: and why. Each stands in the order in which it happened.
"""


def text(found: Plan, said: Said) -> str:
    """The course file. Raises InputError for what a course file cannot say."""
    if "from cycle" in said:
        problem = "a course file says what was given in every cycle, from the first on"
        raise InputError(
            Field("from cycle"), problem, "leave out ", Field("from cycle"), ", and write the cycles before as events"
        )
    return "".join(f"{line}\n" for line in _lines(found, said))


def _lines(found: Plan, said: Said) -> Iterator[str]:
    yield f"regimen: {_value(said, 'regimen')}"
    yield "patient:"
    yield from (f"  {key}: {_value(said, key)}" for key in PATIENT if key in said)
    yield from _prior(said)
    yield from (f"{key}: {_value(said, key)}" for key in COURSE if key in said)
    if "start" not in said:
        yield "# start: 2026-12-01  # day 1 of the first cycle, for dates"
    yield from _events(found, said.get("events", ()), "start" in said)


def _prior(said: Said) -> Iterator[str]:
    if "prior" not in said:
        yield "# prior: none  # it was not stated: none, unknown, 1.8 mg/m2, or 1.45 mg @ 1.6 m2"
    elif isinstance(said["prior"], str):
        yield f"prior: {_value(said, 'prior')}"
    else:
        yield "prior:"
        yield from (f"  - {entry}" for entry in said["prior"])


def _events(found: Plan, written: str | tuple[str, ...], dated: bool) -> Iterator[str]:
    """Events as they were written, and between them, as comments, the doses of which nothing was."""
    lengths = []
    if dated and found.course.start is None:
        lengths = timetable.without_length(found.regimen, found.course, found.last_cycle)
    planned = [dose for dose in found.doses if dose.event is None]
    head = "" if written else "# "
    yield f"{head}events:"
    if planned:
        yield from HOW.rstrip().split("\n")
    for cycle in lengths:
        yield f"  # - {{cycle: {cycle}, length: ... d}}  # no source states how many days it lasts"
    for event, line in zip(found.course.events, written, strict=True):
        while planned and _before(planned[0], event):
            yield _commented(planned.pop(0))
        yield f"  - {line}"
    yield from map(_commented, planned)


def _before(dose: Dose, event: Event) -> bool:
    """Whether a dose belongs before an event."""
    return dose.at < (event.cycle, event.day) if isinstance(event, OfDose) else dose.prescribed.cycle < event.cycle


def _commented(dose: Dose) -> str:
    when = f"{with_weekday(dose.date)}, " if dose.date else ""
    place = f"cycle: {dose.prescribed.cycle}, day: {dose.prescribed.day}"
    return f"  # - {{{place}, given: as planned}}  # {when}{units.show(dose.due, units.DOSE)}"


def _value(said: Said, key: str) -> str:
    value = said[key]
    assert isinstance(value, str)
    if not (value.isprintable() and value.strip()):
        raise InputError(Field(key), "is nothing that a course file can hold", "write plain text")
    if len(value) > yaml_node.LONGEST_VALUE:
        problem = f"has more than {yaml_node.LONGEST_VALUE} characters, and a course file takes no more"
        raise InputError(Field(key), problem, "shorten it")
    return yaml_text.quoted(value) if key == "id" else yaml_text.plain(value)
