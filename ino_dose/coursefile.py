"""A course file → what it says, each thing with its line: the same texts that options give, and events."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from . import course, dosing, node, shape, units
from .course import NEVER, Event
from .errors import Collected, InputError
from .library import Library
from .node import Node, Record

if TYPE_CHECKING:
    from .units import Quantity


class CourseFile(NamedTuple):
    """What a course file says.

    `texts` holds by option (`--height`) what an option would say, `places` the line of each;
    `received` is the sum of a list of prior exposure in mg/m².
    """

    texts: dict[str, str]
    places: dict[str, str]
    received: Quantity | None
    events: tuple[Event, ...]
    risks: tuple[str, ...]


def read(name: str, books: Library) -> CourseFile:
    """The course in a file, `-` for standard input. Raises InputError with every fault it has."""
    text = sys.stdin.buffer.read(node.LARGEST + 1) if name == "-" else node.load(Path(name))[0]
    faults = Collected()
    found = node.parse(node.decode(text, name), name, faults).record(shape.COURSE)
    patient = found.read("patient", lambda at: at.record(shape.PATIENT), None)
    texts, places = _texts(found, patient)
    file = CourseFile(
        texts,
        places,
        found.read("prior", lambda at: _received(at, books), None),
        found.read("events", lambda at: at.each(_event), ()),
        tuple(sentence for key, sentence in RISKS.items() if _yes(found, key)),
    )
    faults.raise_any()
    return file


RISKS = {
    "prior gemtuzumab": "Gemtuzumab ozogamicin was given before: it carries calicheamicin too, and is not converted "
    "to inotuzumab ozogamicin.",
    "prior transplant": "There was a transplant before: the review names it among the predictors of SOS/VOD.",
}


def _texts(found: Record, patient: Record | None) -> tuple[dict[str, str], dict[str, str]]:
    texts, places = {}, {}
    for record in (found, patient):
        for key, at in record.nodes.items() if record else ():
            if at.scalar is not None:
                option = "REGIMEN" if key == "regimen" else "--" + key.replace(" ", "-")
                texts[option], places[option] = record.text(key) if record else "", at.place
    if patient:
        places["--height, --weight"] = patient.node.place
    return texts, places


def _yes(found: Record, key: str) -> bool:
    return found.text(key) == "yes"


def _received(at: Node, books: Library) -> Quantity | None:
    return None if at.scalar is not None else units.total(at.each(lambda each: _portion(each, books)), units.LEVEL)


def _portion(at: Node, books: Library) -> Quantity:
    """mg/m² of one entry of a list of prior exposure."""
    found = at.record(shape.PRIOR)
    keys = set(found.nodes)
    if keys == {"level"}:
        return units.read(found.text("level"), units.LEVEL, at.place)
    if keys == {"dose", "bsa"}:
        area = units.read(found.text("bsa"), units.AREA, at.place)
        if not area.magnitude:
            raise at.refused("a BSA of 0 is no body", "write the BSA of that day")
        return dosing.per_area(units.read(found.text("dose"), units.DOSE, at.place), area)
    if {"regimen", "cycles"} <= keys <= {"regimen", "cycles", "remission after", "level"}:
        return _cycles_of(at, found, books)
    raise at.refused(
        "this entry cannot be counted",
        "write {level: 1.8 mg/m2}, {dose: 1.5 mg, bsa: 1.95 m2} or {regimen: ID, cycles: 2}",
    )


def _cycles_of(at: Node, found: Record, books: Library) -> Quantity:
    regimen = books.regimen(found.text("regimen"))
    level = units.read(found.text("level"), units.LEVEL, at.place) if "level" in found else None
    asked = course.Course(
        units.NO_LEVEL,
        cycles=found.read("cycles", Node.whole, 1),
        remission=found.read("remission after", remission_after, None),
        level=level,
    )
    try:
        return units.total((dose.level for dose in course.line(regimen, asked).doses), units.LEVEL)
    except InputError as error:
        fault = error.faults[0]
        raise at.refused(fault.problem, fault.hint.replace("--remission-after", "remission after:")) from None


def remission_after(at: Node) -> int:
    """The cycle at whose end remission was documented, or never."""
    return NEVER if at.text() == "never" else at.whole()


def _event(at: Node) -> Event:
    found = at.record(shape.EVENT)
    what = [key for key in found.nodes if key in WHATS]
    day = found.read("day", Node.whole, 0)
    if not what and "on" in found:
        what = ["moved"]
    if len(what) != 1:
        raise at.refused("an event says one thing", "write one of " + ", ".join(WHATS))
    if (what[0] in ("given", "omitted", "moved")) != bool(day):
        raise at.refused(
            f"{what[0]} {'needs a' if not day else 'has no'} day", "write {cycle: 1, day: 8, given: as planned}"
        )
    return Event(
        cycle=found.read("cycle", Node.whole, 1),
        what=what[0],  # type: ignore[arg-type]
        place=at.place,
        day=day,
        amount=_amount(found, what[0]),
        text=found.text(what[0]) if what[0] in ("omitted", "remission", "stop") else "",
        days=int(found.text("length").rstrip("d ") or 0) if what[0] == "length" else 0,
        on=found.read("on", _date, None),
        confirmed="confirmed" in found,
        after_transplant="after transplant" in found,
    )


WHATS = {
    "given": units.DOSE,
    "omitted": None,
    "remission": None,
    "weight": units.WEIGHT,
    "height": units.HEIGHT,
    "bsa": units.AREA,
    "reduce": units.SHARE,
    "length": None,
    "stop": None,
}


def _amount(found: Record, what: str) -> Quantity | None:
    kind, said = WHATS.get(what), found.text(what) if what in found else ""
    if kind is None or said == "as planned":
        return None
    amount = units.read(said, kind, found.nodes[what].place)
    if not amount.magnitude or (what == "reduce" and amount.magnitude >= 100):
        raise found.nodes[what].refused(f"{said!r} cannot be", "write omitted: or stop: with the reason")
    return amount


def _date(at: Node) -> date:
    return units.day(at.text(), at.place)
