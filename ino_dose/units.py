"""Words for amounts ↔ quantities. The one reader of numbers and the one pint registry.

A person's text becomes a `pint` quantity with an exact `Decimal` magnitude in the unit that its
kind is computed in; pint reads only the unit, because by itself it reads `1,8 mg/m^2` as 18.
Sums and quotients carry a `Fraction`, since mg ÷ m² may never end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Context, Decimal, DivisionByZero, Inexact, InvalidOperation, localcontext
from fractions import Fraction
from functools import cache, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, ParamSpec, TypeVar

import pint

from .errors import InputError, Place

if TYPE_CHECKING:
    Quantity = pint.registry.Quantity[Any]

P = ParamSpec("P")
T = TypeVar("T")
registry: pint.UnitRegistry[Any] = pint.UnitRegistry(None, non_int_type=Decimal)
registry.load_definitions(Path(__file__).with_name("units.txt").read_text("utf-8").splitlines())

MOST_DIGITS = 30
NUMBER = r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?"
AMOUNT = re.compile(rf" *({NUMBER}) *([^ 0-9.,+-][^ ]*) *")
ALONE = re.compile(rf" *({NUMBER}) *")
NOTHING = ("na", "n/a", "nan", "none", "null", "nil", "-", "--", "?", ".", "unknown", "missing", "not known")
"""Words that stand where a number is not known."""
ALONE_LIKE = {
    "cm": "178",
    "m": "1.78",
    "in": "70",
    "kg": "82",
    "lb": "180",
    "g": "9500",
    "m2": "1.82",
    "mg": "1.5",
    "mg/m2": "1.8",
    "%": "5",
}
"""A number alone, to show beside the unit that it has."""
FEET = re.compile(r" *((?:0|[1-9][0-9]*) *ft) *(" + NUMBER + r" *in) *")


class Kind(NamedTuple):
    """A sort of amount: what it is called, how its units are spelled, and an example to show."""

    name: str
    unit: str
    spelled: tuple[str, ...]
    example: str


HEIGHT = Kind("a height", "cm", ("cm", "m", "in", "ft"), "178cm")
WEIGHT = Kind("a weight", "kg", ("kg", "g", "lb"), "82kg")
AREA = Kind("a body surface area", "m**2", ("m2", "m^2", "m²"), "1.82m2")
DOSE = Kind("a dose", "mg", ("mg", "mcg"), "1.5mg")
LEVEL = Kind("a dose level", "mg/m**2", ("mg/m2", "mg/m^2", "mg/m²", "mcg/m2", "mcg/m^2", "mcg/m²"), "1.8mg/m2")
DURATION = Kind("a number of days", "d", ("d",), "28 d")
SHARE = Kind("a percentage", "percent", ("%",), "25%")
VOLUME = Kind("a volume", "mL", ("mL",), "50 mL")
MASS_INDEX = Kind("a body mass index", "kg/m**2", ("kg/m2", "kg/m^2", "kg/m²"), "25 kg/m2")
CONCENTRATION = Kind("a concentration", "mg/mL", ("mg/mL",), "0.25 mg/mL")
KINDS = (HEIGHT, WEIGHT, AREA, DOSE, LEVEL, DURATION, SHARE, VOLUME, CONCENTRATION, MASS_INDEX)
SHOWN = {
    "cm": "cm",
    "kg": "kg",
    "m**2": "m²",
    "mg": "mg",
    "mg/m**2": "mg/m²",
    "d": "d",
    "percent": "%",
    "mL": "mL",
    "mg/mL": "mg/mL",
    "kg/m**2": "kg/m²",
}
_EXACT = Context(prec=200, traps=[Inexact, InvalidOperation, DivisionByZero])


@cache
def _unit(word: str) -> Any:
    return registry.Unit(re.sub(r"m(2|\^2|²)$", "m**2", word))


def exact(function: Callable[P, T]) -> Callable[P, T]:
    """Let `function` compute with 200 digits and stop it at the first digit it would lose."""

    @wraps(function)
    def inner(*args: P.args, **kwargs: P.kwargs) -> T:
        with localcontext(_EXACT):
            return function(*args, **kwargs)

    return inner


def quantity(magnitude: Decimal | Fraction | str, kind: Kind) -> Quantity:
    """A magnitude, already in the unit of `kind`, with that unit."""
    value = Decimal(magnitude) if isinstance(magnitude, str) else magnitude
    return registry.Quantity(value, _unit(kind.unit))


class Numeral(str):
    """A number alone, as it stands under a column that has the unit in its name."""

    unit: str

    def __new__(cls, text: str, unit: str) -> Numeral:
        """`Numeral("178", "cm")` is a height under height_cm."""
        made = super().__new__(cls, text)
        made.unit = unit
        return made


def read(text: str, kind: Kind, place: Place, words: str = "") -> Quantity:
    """What `text` says, in the unit of `kind`: `read("5ft 10in", HEIGHT, …)` is 177.8 cm.

    Raises InputError unless it is one ASCII number of at most 30 digits, with a point if any,
    and one unit that `kind` is written in; a Numeral has its unit already. `words` are what else may stand here.
    """
    if kind is HEIGHT and (feet := FEET.fullmatch(text)):
        return _add_inches(read(feet[1], kind, place), read(feet[2], kind, place), place)
    unit = text.unit if isinstance(text, Numeral) else ""
    match = (ALONE if unit else AMOUNT).fullmatch(text)
    word = unit or (match[2] if match else "")
    problem, sort = "", ""
    if match is None or word not in kind.spelled:
        problem, sort = _what_is_wrong(text, kind, unit)
    elif word == "ft" and "." in match[1]:
        problem, sort = f"{text!r} has a point in its feet: feet are whole, and inches follow", "feet with a point"
    elif sum(map(str.isdigit, match[1])) > MOST_DIGITS:
        problem, sort = f"{text[:40]!r} has more than {MOST_DIGITS} digits", "too many digits"
    if match is None or problem:
        raise InputError(place, problem, f"write it like {_example(kind, unit, text)}{words}", kind=sort)
    return _in_unit_of(kind, Decimal(match[1]), word)


def _example(kind: Kind, unit: str, text: str) -> str:
    """How it is written: as a number where the unit is known, in feet and inches where those were meant."""
    if unit:
        return ALONE_LIKE[unit]
    return "5ft 11in" if kind is HEIGHT and re.search("f(ee|oo)?t|['’′]", text) else kind.example


@exact
def _in_unit_of(kind: Kind, number: Decimal, word: str) -> Quantity:
    return registry.Quantity(number, _unit(word)).to(_unit(kind.unit))


@exact
def _add_inches(feet: Quantity, inches: Quantity, place: Place) -> Quantity:
    if inches.magnitude >= Decimal("30.48"):
        raise InputError(place, "the inches beside feet run from 0 to 11", "write it like 5ft 10in")
    whole: Quantity = feet + inches
    return whole


def _what_is_wrong(text: str, kind: Kind, unit: str = "") -> tuple[str, str]:
    """What is wrong with a text, in its own words and without them; `unit` is known where it stands in a column's name."""
    said, words = repr(text) if len(text) <= 80 else f"{text[:40]!r}…", ", ".join(kind.spelled[:4])
    if not text.strip(" "):
        return f"{kind.name} is empty", "empty"
    if re.search(r"[0-9],[0-9]", text):
        return f"{said} has a comma, which can mean {readings(text)}", "a comma"
    if text.strip(" ").lower() in NOTHING:
        return f"{said} says nothing", "a word for nothing"
    if re.match(r" *#", text):
        return f"{said} is an error of a spreadsheet", "an error of a spreadsheet"
    if ALONE.fullmatch(text):
        return f"{said} has no unit; {kind.name} is given in {words}", "no unit"
    if re.match(r" *-", text):
        return f"{said} is negative", "a negative number"
    if re.match(r" *\.[0-9]", text):
        return f"{said} has no digit before the point", "no digit before the point"
    if re.match(rf" *{NUMBER}[eE][-+]?[0-9]", text):
        return f"{said} has an exponent", "an exponent"
    match = AMOUNT.fullmatch(text)
    if match and unit and match[2] in kind.spelled:
        return f"{said} has a unit, and its column already has {unit}", "a unit beside the column's"
    if match and _of(match[2]):
        return f"{said} is not {kind.name}: {match[2]} is the unit of {_of(match[2])}", f"not {kind.name}"
    if match and (known := [word for word in kind.spelled if word.lower() == match[2].lower()]):
        return f"{said} has the unit {match[2]}, which is written {known[0]}", "a unit in other letters"
    if unit:
        return f"{said} is not one number", "not one number"
    if kind is HEIGHT and re.fullmatch(r" *[0-9]+ *['’′].*", text):
        return f"{said} has no unit: feet and inches are written ft and in", "feet without ft"
    if match:
        return f"{said} has the unit {match[2]!r}; {kind.name} is given in {words}", "another unit"
    return f"{said} is not one number and one unit", "not one number and one unit"


def readings(text: str) -> str:
    """What a comma can mean: `82,5kg` is 82.5kg or 825kg, `0,8` is 0.8 or 8."""
    bare = text.strip(" ")
    thousands = re.sub("^0+(?=[0-9])", "", bare.replace(",", ""))
    if bare.count(",") > 1:
        return thousands
    return f"{bare.replace('.', '').replace(',', '.')} or {thousands}"


def _of(word: str) -> str:
    return " or ".join(kind.name for kind in KINDS if word in kind.spelled)


def fraction(amount: Quantity) -> Quantity:
    """The same amount with a magnitude that can be divided and summed without end."""
    if isinstance(amount.magnitude, Fraction):
        return amount
    return registry.Quantity(Fraction(amount.magnitude), amount.units)


def total(amounts: Iterable[Quantity], kind: Kind) -> Quantity:
    """The exact sum of amounts of one kind; nothing sums to zero."""
    return sum((fraction(each) for each in amounts), quantity(Fraction(0), kind))


def as_kind(amount: Quantity, kind: Kind) -> Quantity:
    """The amount in the unit of its kind. Raises pint's error where it is of another."""
    unit = _unit(kind.unit)
    return amount if amount.units == unit else amount.to(unit)


def within(amount: Quantity, of: Quantity, share: Quantity) -> bool:
    """Whether an amount is at most a share (%) away from another, up or down."""
    return abs(deviation(amount, of)) <= Fraction(share.magnitude)


def deviation(amount: Quantity, of: Quantity) -> Fraction:
    """How far an amount is from another, in per cent of that, signed."""
    whole = Fraction(of.to(amount.units).magnitude)
    return 100 * (Fraction(amount.magnitude) - whole) / whole


NO_LEVEL = quantity("0", LEVEL)


def decimal(value: Decimal | Fraction) -> Decimal:
    """The number as it is printed: exact where its decimals end, else to 0.001, half up."""
    if isinstance(value, Decimal):
        return value
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest > 1:
        return thousandths(value)
    with localcontext(_EXACT):
        return Decimal(value.numerator) / Decimal(value.denominator)


def thousandths(value: Fraction) -> Decimal:
    """A quotient to 0.001, half up (half away from zero below it)."""
    return half_up(value, 3)


def cut(value: Fraction) -> Decimal:
    """What is left, to 0.001 and never more than it is."""
    return Decimal(value * 1000 // 1).scaleb(-3, _EXACT)


def half_up(value: Fraction, places: int) -> Decimal:
    """A quotient to so many decimal places, half up (half away from zero below it)."""
    doubled = (2 * 10**places * abs(value) + 1) // 2
    return Decimal(doubled).scaleb(-places, _EXACT).copy_sign(Decimal(value.numerator))


def digits(value: Decimal | Fraction) -> str:
    """Plain decimal text: no exponent, a leading zero, no trailing zero."""
    text = f"{decimal(value):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def show(amount: Quantity, kind: Kind) -> str:
    """An amount as it may stand in a chart: `1.8 mg/m²`, `0.91 mg`."""
    return f"{digits(amount.magnitude)} {SHOWN[kind.unit]}"
