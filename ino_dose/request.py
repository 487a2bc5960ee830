"""What a person asked for, as options, a course file or a row → body, course, rounding. Texts are read here, once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from . import counts_and_dates, errors, units
from .engine import body as bodies
from .engine import course as courses
from .engine import dosing
from .engine.body import Body
from .engine.bsa_formulas import FORMULAS, Formula
from .engine.course import Course, Event, Remitted
from .engine.dosing import Rounding
from .engine.preparation import Product
from .errors import Field, InputError, Place

if TYPE_CHECKING:
    from .units import Quantity

AMOUNT_FIELDS = {
    "height": units.HEIGHT,
    "weight": units.WEIGHT,
    "bsa": units.AREA,
    "level": units.LEVEL,
    "round to": units.DOSE,
}
"""The fields that are amounts."""
ALLOWED_WORDS = {"round to": ("vial",)}
STEP = "0.01mg"
"""The rounding step where none is asked for."""
Texts = Mapping[str, str | None]
"""What was said of each field (`remission after`), by its plain name."""
Said = Mapping[str, str | tuple[str, ...]]
"""The same, and the entries of lists line by line."""


class CourseFile(NamedTuple):
    """What a course file says.

    `texts` holds what an option would say too, `places` the line of each; `received` is a list of prior
    exposure: its sum in mg/m² and its working. `written` is, line by line, what no option says.
    """

    texts: dict[str, str]
    places: dict[str, str]
    received: tuple[Quantity, str] | None
    events: tuple[Event, ...]
    risks: tuple[str, ...]
    written: Said


class Request(NamedTuple):
    """Everything a plan is made from, apart from what is in files of facts; `said` is all of it as it was said."""

    said: Said
    regimen: str
    body: Body
    course: Course
    rounding: Rounding
    patient: str | None


def together(options: Texts, file: CourseFile | None, product: Product) -> Request:
    """What options and a course file say together; they may not contradict each other."""
    if file and options.get("from cycle") is not None:
        problem = "does not go with a course file, which says what was given"
        raise InputError(Field("from cycle"), problem, "leave out ", Field("from cycle"))
    said = {field: text for field, text in options.items() if text is not None}
    if file is None:
        return _read(said, None, product)
    _check_same(said, file)
    with errors.on(errors.keys(file.places)):
        return _read(file.texts | said, file, product)


def _check_same(said: Mapping[str, str], file: CourseFile) -> None:
    for field, text in said.items():
        there = file.texts.get(field)
        if there is not None and value(field, text, Field(field)) != value(field, there, file.places[field]):
            problem = f"{text} contradicts {there} in the course file ({file.places[field]})"
            raise InputError(Field(field), problem, "keep one")
        if field == "prior" and file.received is not None:
            raise InputError(Field(field), "the course file lists what was received before", "keep one")


def value(field: str, text: str, place: Place) -> object:
    """What the text of a field says, read at the place where it stands: 180 cm and 1.8 m are the same."""
    if field == "prior":
        return prior(text, place)
    if field in AMOUNT_FIELDS and text not in ALLOWED_WORDS.get(field, ()):
        return units.read(text, AMOUNT_FIELDS[field], place)
    if field in ("start", "transplant"):
        return counts_and_dates.day(text, place)
    if field == "cycles":
        return _cycle(text, place)
    return _remission(text, place) if field == "remission after" else text


def _read(said: Mapping[str, str], file: CourseFile | None, product: Product) -> Request:
    if "regimen" not in said:
        raise InputError(Field("regimen"), "is missing", "name one, or a course file with --course FILE")
    get = said.get
    found = course(
        get("prior"), get("cycles"), _after(said, file), get("hsct") == "yes", get("level"), get("from cycle")
    )
    found = found._replace(start=_day(said, "start"), transplant=_day(said, "transplant"))
    if found.transplant:
        if get("hsct") == "no":
            raise InputError(Field("hsct"), "no transplant is planned here, and one has its date", "keep one")
        found = found._replace(hsct=True)
    if file:
        found = found._replace(events=file.events, risks=file.risks, recorded=True)
    if file and file.received is not None:
        found = found._replace(prior=file.received[0], prior_worked=file.received[1], prior_stated=True)
    return Request(
        {**said, **(file.written if file else {})},
        said["regimen"],
        body(get("height"), get("weight"), get("bsa"), get("formula"), get("sex")),
        found,
        rounding(get("round to"), product),
        text(get("id"), Field("id")),
    )


def _after(said: Mapping[str, str], file: CourseFile | None) -> str | None:
    """Remission as an option says it, or as an event of the course file does; they may not differ."""
    told = said.get("remission after")
    for event in file.events if file else ():
        if isinstance(event, Remitted) and (told := told or str(event.cycle)) != str(event.cycle):
            before = "never came" if told == "never" else f"came after cycle {told}"
            raise InputError(event.place, f"it was said before that remission {before}", "keep one")
    return told


def _day(said: Mapping[str, str], field: str) -> date | None:
    return counts_and_dates.day(said[field], Field(field)) if field in said else None


def _cycle(said: str, place: Place, more: str = "") -> int:
    return counts_and_dates.whole(said, place, "a cycle", f"write the cycle's number, as in 3{more}")


def body(
    height: str | None, weight: str | None, bsa: str | None = None, formula: str | None = None, sex: str | None = None
) -> Body:
    """The body that doses are computed from: height and weight by a formula, or the BSA that is stated."""
    if sex not in (None, "f", "m"):
        raise InputError(Field("sex"), f"{sex!r} is neither f nor m", "write f or m, or leave it out", kind=_NEITHER)
    if bsa is None:
        return bodies.measured(*sizes(height, weight), _formula(formula or "mosteller"), sex)
    for field, given in (("height", height), ("weight", weight), ("formula", formula)):
        if given is not None:
            problem = "does not go with the BSA, which is used as stated"
            raise InputError(Field(field), problem, "leave out ", Field(field), " or ", Field("bsa"))
    return bodies.stated(units.read(bsa, units.AREA, Field("bsa")))


def course(
    before: str | None = None,
    cycles: str | None = None,
    remission_after: str | None = None,
    hsct: bool = False,
    level: str | None = None,
    from_cycle: str | None = None,
) -> Course:
    """What is true of the treatment, as far as it was stated."""
    if from_cycle is not None and before is None:
        raise needs_prior()
    return Course(
        prior=prior(before),
        prior_stated=before is not None,
        prior_worked=_worked(before or ""),
        first=None if from_cycle is None else _cycle(from_cycle, Field("from cycle")),
        cycles=None if cycles is None else _cycle(cycles, Field("cycles")),
        remission=None if remission_after is None else _remission(remission_after, Field("remission after")),
        hsct=hsct,
        level=None if level is None else units.read(level, units.LEVEL, Field("level")),
    )


def needs_prior() -> InputError:
    """The refusal of a course that is under way where nobody says what came before."""
    problem = "needs what was received before, the earlier cycles of this course among it"
    return InputError(Field("from cycle"), problem, "add ", Field("prior", "1.8mg/m2"), ", none or unknown")


def yes(said: str | None, place: Place) -> bool:
    """Whether a column says yes: yes or no, true or false; not stated counts as no."""
    if said is None or said.lower() in ("no", "false"):
        return False
    if said.lower() not in ("yes", "true"):
        raise InputError(place, f"{said!r} is neither yes nor no", "write yes or no", kind=_NEITHER)
    return True


_PRIOR = Field("prior")
_NEITHER = "neither of the two that can stand here"


def rounding(said: str | None = None, product: Product | None = None) -> Rounding:
    """How doses are rounded: to a step in mg, or `vial`: down to whole vials where that is near enough."""
    if said == "vial" and product:
        return Rounding(units.quantity("0.01", units.DOSE), product.vial, product.rounding)
    amount = units.read(said or STEP, units.DOSE, Field("round to"))
    if not amount.magnitude:
        raise InputError(Field("round to"), "a step of 0 rounds to nothing", "write it like 0.05mg")
    return Rounding(amount)


def text(said: str | None, place: Place) -> str | None:
    """A text that is only echoed, as long as it is text."""
    try:
        (said or "").encode()
    except UnicodeEncodeError:
        raise InputError(place, "is not UTF-8 text", "write it in UTF-8") from None
    return said


def sizes(height: str | None, weight: str | None) -> tuple[Quantity, Quantity]:
    """Height and weight, both of which are needed."""
    if height is None or weight is None:
        missing = [name for name, said in (("height", height), ("weight", weight)) if said is None]
        raise InputError(
            Field(", ".join(missing)),
            "are missing" if len(missing) > 1 else "is missing",
            "write ",
            *(Field("height", "178cm"), " and ", Field("weight", "82kg"), ", or ", Field("bsa", "1.82m2")),
        )
    return units.read(height, units.HEIGHT, Field("height")), units.read(weight, units.WEIGHT, Field("weight"))


def _formula(name: str) -> Formula:
    if name not in FORMULAS:
        hint = "write one of " + ", ".join(FORMULAS)
        raise InputError(Field("formula"), f"there is no formula {name!r}", hint, kind="there is no such formula")
    return FORMULAS[name]


def prior(said: str | None, place: Place = _PRIOR) -> Quantity | None:
    """Exposure before in mg/m²; None where it is said to be unknown, 0 where it is none or not stated.

    `1.45mg@1.6m2` is mg at the BSA of that day, divided exactly.
    """
    if said == "unknown":
        return None
    if said is None or said == "none":
        return units.NO_LEVEL
    if "@" in said and not isinstance(said, units.Numeral):
        return dosing.per_area(*_given_at(said, place))
    return units.read(said, units.LEVEL, place, ", 1.45mg@1.6m2, none or unknown")


def _given_at(said: str, place: Place) -> tuple[Quantity, Quantity]:
    dose, _, area = said.partition("@")
    try:
        return received(dose, area, place)
    except InputError as error:
        (fault,) = error.faults
        hint = "write it like 1.45mg@1.6m2, mg at the BSA of that day"
        raise InputError(place, fault.problem, hint, kind=fault.kind) from None


def received(dose: str, area: str, place: Place) -> tuple[Quantity, Quantity]:
    """A dose in mg that was received, and the BSA of that day in m²."""
    amount = units.read(dose, units.DOSE, place)
    if not amount.magnitude:
        raise InputError(place, "0 mg is no dose", "leave it out")
    return amount, bodies.stated(units.read(area, units.AREA, place), place).bsa


def divided(dose: Quantity, area: Quantity) -> str:
    """The working of mg/m²: `1.45 mg ÷ 1.6 m²`."""
    return f"{units.show(dose, units.DOSE)} ÷ {units.show(area, units.AREA)}"


def _worked(said: str) -> str:
    return divided(*_given_at(said, _PRIOR)) if "@" in said else ""


def _remission(said: str, place: Place) -> int:
    return courses.NEVER if said == "never" else _cycle(said, place, ", or never")
