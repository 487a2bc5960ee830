"""What a person asked for, as options, a course file or a row → body, course, rounding step. Texts are read here, once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from . import errors, units
from .engine import body as bodies
from .engine import bsa_formulas
from .engine import course as courses
from .engine.body import Body
from .engine.bsa_formulas import Formula
from .engine.course import Course, Event
from .engine.dosing import Rounding
from .engine.preparation import Product
from .errors import InputError

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


class Asked(NamedTuple):
    """Everything a plan is made from, apart from what is in files of facts."""

    regimen: str
    body: Body
    course: Course
    rounding: Rounding
    patient: str | None


Texts = Mapping[str, str | None]
KINDS = {
    "--height": units.HEIGHT,
    "--weight": units.WEIGHT,
    "--bsa": units.AREA,
    "--prior": units.LEVEL,
    "--level": units.LEVEL,
    "--round-to": units.DOSE,
}
WORDS = {"--prior": ("none", "unknown"), "--round-to": ("vial",)}


def together(options: Texts, file: CourseFile | None, product: Product) -> Asked:
    """What options and a course file say together, each by the option's name; they may not contradict each other."""
    said = {option: text for option, text in options.items() if text is not None}
    if file is None:
        return _read(said, None, product)
    _check_same(said, file)
    with errors.placed(file.places):
        return _read(file.texts | said, file, product)


def _check_same(said: Mapping[str, str], file: CourseFile) -> None:
    for option, text in said.items():
        there = file.texts.get(option)
        if there is not None and value(option, text, option) != value(option, there, file.places[option]):
            raise InputError(
                option, f"{text} contradicts {there} in the course file ({file.places[option]})", "keep one"
            )
        if option == "--prior" and file.received is not None:
            raise InputError(option, "the course file lists what was received before", "keep one")


def value(option: str, text: str, place: str) -> object:
    """What the text of an option says, read at the place where it stands: 180 cm and 1.8 m are the same."""
    if option in KINDS and text not in WORDS.get(option, ()):
        return units.read(text, KINDS[option], place)
    if option in ("--start", "--transplant"):
        return units.day(text, place)
    if option == "--cycles":
        return _whole(text, place)
    return _remission(text, place) if option == "--remission-after" else text


def _read(said: Mapping[str, str], file: CourseFile | None, product: Product) -> Asked:
    if "REGIMEN" not in said:
        raise InputError("REGIMEN", "is missing", "name one, or a course file with --course FILE")
    get = said.get
    asked = course(
        get("--prior"),
        get("--cycles"),
        _after(said, file),
        get("--hsct") == "yes",
        get("--level"),
    )
    asked = asked._replace(start=_day(get("--start"), "--start"), transplant=_day(get("--transplant"), "--transplant"))
    if asked.transplant:
        if said.get("--hsct") == "no":
            raise InputError("--hsct", "no transplant is planned here, and one has its date", "keep one")
        asked = asked._replace(hsct=True)
    if file:
        asked = asked._replace(events=file.events, risks=file.risks)
    if file and file.received is not None:
        asked = asked._replace(prior=file.received, prior_stated=True)
    return Asked(
        said["REGIMEN"],
        body(get("--height"), get("--weight"), get("--bsa"), get("--formula"), get("--sex")),
        asked,
        rounding(said.get("--round-to", "0.01mg"), product),
        text(get("--id"), "--id"),
    )


def _after(said: Mapping[str, str], file: CourseFile | None) -> str | None:
    """Remission as an option says it, or as an event of the course file does; they may not differ."""
    told = said.get("--remission-after")
    events = [event for event in file.events if event.what == "remission"] if file else []
    for event in events:
        if (told := told or str(event.cycle)) != str(event.cycle):
            before = "never came" if told == "never" else f"came after cycle {told}"
            raise InputError(event.place, f"it was said before that remission {before}", "keep one")
    return told


def _day(said: str | None, place: str) -> date | None:
    return None if said is None else units.day(said, place)


def _whole(said: str | None, place: str, more: str = "") -> int | None:
    if said is None:
        return None
    if not re.fullmatch("[1-9][0-9]{0,2}", said):
        raise InputError(place, f"{said!r} is not a cycle", f"write the cycle's number, as in 3{more}")
    return int(said)


def body(
    height: str | None, weight: str | None, bsa: str | None = None, formula: str | None = None, sex: str | None = None
) -> Body:
    """The body that doses are computed from: height and weight by a formula, or the BSA that is stated."""
    if sex not in (None, "f", "m"):
        raise InputError("--sex", f"{sex!r} is neither f nor m", "write f or m, or leave it out")
    if bsa is None:
        return bodies.measured(*sizes(height, weight), _formula(formula or "mosteller"), sex)
    for option, value in (("--height", height), ("--weight", weight), ("--formula", formula)):
        if value is not None:
            problem = "does not go with --bsa, which is used as stated"
            raise InputError(option, problem, f"leave out {option} or --bsa")
    return bodies.stated(units.read(bsa, units.AREA, "--bsa"))


def course(
    before: str | None = None,
    cycles: str | None = None,
    remission_after: str | None = None,
    hsct: bool = False,
    level: str | None = None,
) -> Course:
    """What is true of the treatment, as far as it was stated."""
    return courses.Course(
        prior=prior(before),
        prior_stated=before is not None,
        cycles=_whole(cycles, "--cycles"),
        remission=_remission(remission_after, "--remission-after"),
        hsct=hsct,
        level=None if level is None else units.read(level, units.LEVEL, "--level"),
    )


def yes(said: str | None, place: str) -> bool:
    """Whether a column says yes: yes or no, true or false; not stated counts as no."""
    if said is None or said.lower() in ("no", "false"):
        return False
    if said.lower() not in ("yes", "true"):
        raise InputError(place, f"{said!r} is neither yes nor no", "write yes or no")
    return True


def rounding(said: str, product: Product | None = None) -> Rounding:
    """How doses are rounded: to a step in mg, or `vial`: down to whole vials where that is near enough."""
    if said == "vial" and product:
        return Rounding(units.quantity("0.01", units.DOSE), product.vial, product.rounding)
    amount = units.read(said, units.DOSE, "--round-to")
    if not amount.magnitude:
        raise InputError("--round-to", "a step of 0 rounds to nothing", "write it like 0.05mg")
    return Rounding(amount)


def text(said: str | None, place: str) -> str | None:
    """A text that is only echoed, as long as it is text."""
    try:
        (said or "").encode()
    except UnicodeEncodeError:
        raise InputError(place, "is not UTF-8 text", "write it in UTF-8") from None
    return said


def sizes(height: str | None, weight: str | None) -> tuple[Quantity, Quantity]:
    """Height and weight, both of which are needed."""
    if height is None or weight is None:
        missing = " and ".join(name for name, value in (("--height", height), ("--weight", weight)) if value is None)
        raise InputError(
            missing,
            "are missing" if " and " in missing else "is missing",
            "write --height 178cm --weight 82kg, or --bsa 1.82m2",
        )
    return units.read(height, units.HEIGHT, "--height"), units.read(weight, units.WEIGHT, "--weight")


def _formula(name: str) -> Formula:
    if name not in bsa_formulas.FORMULAS:
        raise InputError(
            "--formula", f"there is no formula {name!r}", "write one of " + ", ".join(bsa_formulas.FORMULAS)
        )
    return bsa_formulas.FORMULAS[name]


def prior(said: str | None) -> Quantity | None:
    """Exposure before in mg/m²; None where it is said to be unknown, 0 where it is none or not stated."""
    if said == "unknown":
        return None
    return units.NO_LEVEL if said is None or said == "none" else units.read(said, units.LEVEL, "--prior")


def _remission(said: str | None, place: str) -> int | None:
    return courses.NEVER if said == "never" else _whole(said, place, ", or never")
