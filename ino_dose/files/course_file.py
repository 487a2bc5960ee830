"""A course file → what it says, each thing with its line: the same texts that options give, and events."""

from __future__ import annotations

import re
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from .. import counts_and_dates, errors, request, units
from ..engine import course as courses
from ..engine import dosing, prescription
from ..engine.course import Event, Given, Lasted, Measured, Moved, Omitted, Reduced, Remitted, Stopped
from ..errors import Collected, InputError
from ..request import CourseFile
from . import regimen_file, schema, text_file, yaml_node, yaml_text
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
        _written(found),
    )
    faults.raise_any()
    for event in file.events:
        if isinstance(event, Remitted):
            places.setdefault("remission after", event.place)
    return file


def _written(found: Record) -> dict[str, str | tuple[str, ...]]:
    """The lists of a course file as they can be written again, entry by entry."""
    lists = {key: found.nodes[key] for key in ("prior", "events") if key in found and found.nodes[key].kind == "list"}
    return {key: tuple(map(yaml_text.flow, at.entries)) for key, at in lists.items()}


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
                texts[key], places[key] = text, at.place
                with at.faults.here():
                    request.value(key, text, at.place)
    if patient:
        places["height, weight"] = patient.node.place
    return texts, places


def _received(at: Node, books: Library) -> tuple[Quantity, str] | None:
    if at.scalar is not None:
        return None
    portions = at.each(lambda each: _portion(each, books))
    level = units.total((portion for portion, _ in portions), units.LEVEL)
    worked = " + ".join(working for _, working in portions)
    return level, worked if worked != units.show(level, units.LEVEL) else ""


def _portion(at: Node, books: Library) -> tuple[Quantity, str]:
    """mg/m² of one entry of a list of prior exposure, and its working."""
    found = at.record()
    keys = set(found.nodes)
    if keys == {"level"}:
        level = units.read(found.text("level"), units.LEVEL, at.place)
        return level, units.show(level, units.LEVEL)
    if keys == {"dose", "bsa"}:
        dose, area = request.received(found.text("dose"), found.text("bsa"), at.place)
        return dosing.per_area(dose, area), request.divided(dose, area)
    if {"regimen", "cycles"} <= keys <= {"regimen", "cycles", "remission after", "level"}:
        level = _cycles_of(at, found, books)
        return (
            level,
            f"{units.show(level, units.LEVEL)} of {found.text('regimen')} through cycle {found.text('cycles')}",
        )
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
    here = dict.fromkeys(("regimen", "cycles", "remission after", "level"), at.place)
    with errors.on(errors.keys(here)):
        doses = prescription.line(books.regimen(found.text("regimen")), received).doses
    return units.total((dose.level for dose in doses), units.LEVEL)


def _event(at: Node) -> Event:
    found = at.record()
    what = _what(at, found)
    cycle, day = found.read("cycle", Node.whole, 1), found.read("day", Node.whole, 0)
    return READERS[what](found, cycle, day)


def _what(at: Node, found: Record) -> str:
    """The one thing that an event says; a day alone with a date moves that dose."""
    said = [key for key in READERS if key in found] or (["moved"] if "on" in found else [])
    if len(said) != 1:
        raise at.refused(
            "an event says one thing", "write one of " + ", ".join(key for key in READERS if key != "moved")
        )
    (what,) = said
    if (what in OF_DOSE) != ("day" in found):
        has = "has no day" if "day" in found else "needs a day"
        raise at.refused(f"{what} {has}", "write {cycle: 1, day: 8, given: as planned}, or {cycle: 2, weight: 76 kg}")
    for key, whats in BESIDE.items():
        if key in found and what not in whats:
            reasons = key == "because" and what in ("omitted", "held", "stop")
            hint = f"write the reason behind {what}:" if reasons else "take it out"
            raise found.nodes[key].refused(f"{key!r} says nothing beside {what!r}", hint)
    return what


def _given(found: Record, cycle: int, day: int) -> Event:
    amount = found.read("given", _dose_given, None)
    after = found.text("after transplant") == "yes"
    return Given(cycle, day, found.node.place, amount, _on(found), _why(found), _confirmed(found), after)


def _dose_given(at: Node) -> Quantity | None:
    if at.scalar == "as planned":
        return None
    try:
        amount = at.amount(units.DOSE)
    except InputError as error:
        hint = "write the mg, as in 0.7 mg, or as planned; what was not given is held: and the reason"
        raise at.refused(error.faults[0].problem, hint) from None
    if not amount.magnitude:
        raise at.refused("0 mg is no dose", "write held: with the reason")
    return amount


def _confirmed(found: Record) -> bool:
    return found.text("confirmed") == "true"


def _on(found: Record) -> date | None:
    return found.read("on", lambda at: counts_and_dates.day(at.text(), at.place), None)


def _why(found: Record, key: str = "because") -> str:
    """A reason in the person's words; `held: no` and `held: 0.9 mg` would say what they do not mean."""

    def reason(at: Node) -> str:
        if NO_REASON.fullmatch(re.sub(r"[^\w/%]+|_", "", at.prose().lower())):
            raise at.refused(f"{at.text()!r} is no reason", f"write why, as in {key}: bilirubin, or take it out")
        return at.prose().strip()

    return found.read(key, reason, "")


def _omitted(key: str) -> Callable[[Record, int, int], Event]:
    return lambda found, cycle, day: Omitted(
        cycle, day, found.node.place, _why(found, key), _on(found), _confirmed(found)
    )


def _measured(what: Literal["weight", "height", "bsa"], kind: Kind) -> Callable[[Record, int, int], Event]:
    def read(found: Record, cycle: int, day: int) -> Event:
        return Measured(cycle, found.node.place, what, found.amount(what, kind), _confirmed(found))

    return read


def _reduced(found: Record, cycle: int, day: int) -> Event:
    return Reduced(cycle, found.node.place, found.read("reduce", _share, units.quantity("1", units.SHARE)), _why(found))


def _share(at: Node) -> Quantity:
    share = at.amount(units.SHARE)
    if not share.magnitude < 100:
        raise at.refused(f"{at.text()!r} is no reduction", "write a part, as in 25 %, or held: or stop:")
    return share


def _lasted(found: Record, cycle: int, day: int) -> Event:
    return Lasted(cycle, found.node.place, found.read("length", Node.days, 1))


NO_REASON = re.compile("(yes|no|y|n|true|false|on|off|none|null|na|n/a|given|asplanned|[0-9]*(mg|mcg|g|%)?(/m2)?)")
"""What says nothing of why, without blanks and points: a bare answer, an amount, a number, a date."""
READERS: dict[str, Callable[[Record, int, int], Event]] = {
    "given": _given,
    "omitted": _omitted("omitted"),
    "held": _omitted("held"),
    "moved": lambda found, cycle, day: Moved(cycle, day, found.node.place, _on(found), _why(found), _confirmed(found)),
    "remission": lambda found, cycle, day: Remitted(cycle, found.node.place, found.text("remission")),
    "weight": _measured("weight", units.WEIGHT),
    "height": _measured("height", units.HEIGHT),
    "bsa": _measured("bsa", units.AREA),
    "reduce": _reduced,
    "length": _lasted,
    "stop": lambda found, cycle, day: Stopped(cycle, found.node.place, _why(found, "stop")),
}
"""What an event can say, by its key, and how it is read; `moved` has no key but `on:` alone."""
OF_DOSE = ("given", "omitted", "held", "moved")
BESIDE = {
    "on": OF_DOSE,
    "because": ("given", "moved", "reduce"),
    "confirmed": (*OF_DOSE, "weight", "height", "bsa"),
    "after transplant": ("given",),
}
"""What may stand beside which event."""
