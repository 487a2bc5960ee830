"""A course file → what it says, each thing with its line: the same texts that options give, and events."""

from __future__ import annotations

import re
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from .. import errors, request, units
from ..engine import body as bodies
from ..engine import course as courses
from ..engine import dosing, prescription
from ..engine.course import Event, What
from ..errors import Collected, InputError
from ..request import CourseFile
from . import regimen_file, schema, text_file, yaml_node
from .library import Library
from .yaml_node import Node, Record

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..units import Kind, Quantity


def read(name: str, books: Library) -> CourseFile:
    """The course in a file, `-` for standard input. Raises InputError with every fault it has."""
    faults = Collected()
    found = yaml_node.parse(_text(name), name, faults, schema.of("course")).record()
    patient = found.read("patient", Node.record, None)
    texts, places = _texts(found, patient)
    file = CourseFile(
        texts,
        places,
        found.read("prior", lambda at: _received(at, books), None),
        found.read("events", lambda at: at.each(_event), ()),
        tuple(sentence for key, sentence in RISKS.items() if found.text(key) == "yes"),
    )
    faults.raise_any()
    for event in file.events:
        if event.what == "remission":
            places.setdefault("--remission-after", event.place)
    return file


def _text(name: str) -> str:
    if name != "-":
        return text_file.load(Path(name))[1]
    if sys.stdin is None:
        raise InputError(name, "standard input is closed", "write a file's name, or pipe the course into this")
    return text_file.decode(sys.stdin.buffer.read(text_file.LARGEST + 1), name)


RISKS = {
    "prior gemtuzumab": "Gemtuzumab ozogamicin was given before: it carries calicheamicin too, and is not converted "
    "to inotuzumab ozogamicin.",
    "prior transplant": "There was a transplant before: the review names it among the predictors of SOS/VOD.",
}


def _texts(found: Record, patient: Record | None) -> tuple[dict[str, str], dict[str, str]]:
    texts, places = {}, {}
    for record in (found, patient):
        for key, at in record.nodes.items() if record else ():
            if not record or key in ("patient", "events") or (key == "prior" and at.kind != "value"):
                continue
            if text := record.text(key):
                option = "REGIMEN" if key == "regimen" else "--" + key.replace(" ", "-")
                texts[option], places[option] = text, at.place
                with at.faults.here():
                    request.value(option, text, at.place)
    if patient:
        places["--height, --weight"] = patient.node.place
    return texts, places


def _received(at: Node, books: Library) -> Quantity | None:
    return None if at.scalar is not None else units.total(at.each(lambda each: _portion(each, books)), units.LEVEL)


def _portion(at: Node, books: Library) -> Quantity:
    """mg/m² of one entry of a list of prior exposure."""
    found = at.record()
    keys = set(found.nodes)
    if keys == {"level"}:
        return units.read(found.text("level"), units.LEVEL, at.place)
    if keys == {"dose", "bsa"}:
        area = bodies.stated(units.read(found.text("bsa"), units.AREA, at.place), at.place).bsa
        return dosing.per_area(units.read(found.text("dose"), units.DOSE, at.place), area)
    if {"regimen", "cycles"} <= keys <= {"regimen", "cycles", "remission after", "level"}:
        return _cycles_of(at, found, books)
    raise at.refused(
        "this entry cannot be counted",
        "write {level: 1.8 mg/m2}, {dose: 1.5 mg, bsa: 1.95 m2} or {regimen: ID, cycles: 2}",
    )


def _cycles_of(at: Node, found: Record, books: Library) -> Quantity:
    received = courses.Course(
        units.NO_LEVEL,
        cycles=found.read("cycles", Node.whole, 1),
        remission=found.read("remission after", regimen_file.remission_after, None),
        level=units.read(found.text("level"), units.LEVEL, at.place) if "level" in found else None,
    )
    try:
        with errors.placed(dict.fromkeys(("REGIMEN", "--cycles", "--remission-after", "--level"), at.place)):
            doses = prescription.line(books.regimen(found.text("regimen")), received).doses
    except InputError as error:
        raise InputError.of(fault._replace(hint=_as_keys(fault.hint)) for fault in error.faults) from None
    return units.total((dose.level for dose in doses), units.LEVEL)


def _as_keys(hint: str) -> str:
    """What to write in a file, where the engine says what option to write."""
    return re.sub("--([a-z-]+)", lambda option: option[1].replace("-", " ") + ":", hint)


def _event(at: Node) -> Event:
    found = at.record()
    what = _what(at, found)
    return Event(
        cycle=found.read("cycle", Node.whole, 1),
        what=what,
        place=at.place,
        day=found.read("day", Node.whole, 0),
        amount=found.read(what, _amount(what), None) if WHATS.get(what) else None,
        text=found.text(what) if what in ("omitted", "remission", "stop") else "",
        days=found.read("length", _days, 0),
        on=found.read("on", _date, None),
        confirmed=found.text("confirmed") == "true",
        after_transplant=found.text("after transplant") == "yes",
    )


def _what(at: Node, found: Record) -> What:
    """The one thing that an event says; a day alone with a date moves that dose."""
    said: list[What] = [what for what in WHATS if what in found] or (["moved"] if "on" in found else [])
    if len(said) != 1:
        raise at.refused("an event says one thing", "write one of " + ", ".join(WHATS))
    (what,) = said
    if (what in ("given", "omitted", "moved")) != ("day" in found):
        has = "has no day" if "day" in found else "needs a day"
        raise at.refused(f"{what} {has}", "write {cycle: 1, day: 8, given: as planned}, or {cycle: 2, weight: 76 kg}")
    for key, whats in BESIDE.items():
        if key in found and what not in whats:
            raise found.nodes[key].refused(f"{key!r} says nothing beside {what!r}", "take it out")
    return what


WHATS: dict[What, Kind | None] = {
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
BESIDE = {
    "on": ("given", "omitted", "moved"),
    "confirmed": ("given", "weight", "height", "bsa"),
    "after transplant": ("given",),
}
"""What may stand beside which event."""


def _amount(what: What) -> Callable[[Node], Quantity | None]:
    """The reader of a dose that was given, a new size, or a reduction; None for what was given as planned."""

    def read(at: Node) -> Quantity | None:
        if what == "given" and at.scalar == "as planned":
            return None
        kind = WHATS[what]
        assert kind is not None
        amount = units.read(at.text(), kind, at.place)
        if what == "given" and not amount.magnitude:
            raise at.refused("0 mg is no dose", "write omitted: with the reason")
        if what == "reduce" and not 0 < amount.magnitude < 100:
            raise at.refused(f"{at.text()!r} is no reduction", "write a part, as in 25 %, or omitted: or stop:")
        return amount

    return read


def _days(at: Node) -> int:
    return units.days(at.text(), at.place)


def _date(at: Node) -> date:
    return units.day(at.text(), at.place)
