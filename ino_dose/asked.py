"""What a person asked for, as options or columns → body, course, rounding step. Texts are read here, once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from . import body as bodies
from . import course as courses
from . import units
from .errors import InputError

if TYPE_CHECKING:
    from .body import Body, Formula
    from .course import Course
    from .units import Quantity


def body(
    height: str | None, weight: str | None, bsa: str | None = None, formula: str | None = None, sex: str | None = None
) -> Body:
    """The body that doses are computed from: height and weight by a formula, or the BSA that is stated."""
    if bsa is None:
        return bodies.measured(*sizes(height, weight), _formula(formula or "mosteller"), sex)
    for option, value in (("--height", height), ("--weight", weight), ("--formula", formula)):
        if value is not None:
            problem = "does not go with --bsa, which is used as stated"
            raise InputError(option, problem, f"leave out {option} or --bsa")
    return bodies.stated(units.read(bsa, units.AREA, "--bsa"))


def course(
    prior: str | None = None,
    cycles: str | None = None,
    remission_after: str | None = None,
    hsct: bool = False,
    level: str | None = None,
) -> Course:
    """What is true of the treatment, as far as it was stated."""
    return courses.Course(
        prior=_prior(prior),
        prior_stated=prior is not None,
        cycles=None if cycles is None else _cycle(cycles, "--cycles"),
        remission=_remission(remission_after),
        hsct=hsct,
        level=None if level is None else units.read(level, units.LEVEL, "--level"),
    )


def step(said: str) -> Quantity:
    """The rounding step of a dose in mg, which is not 0."""
    amount = units.read(said, units.DOSE, "--round-to")
    if not amount.magnitude:
        raise InputError("--round-to", "a step of 0 rounds to nothing", "write it like 0.05mg")
    return amount


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
        raise InputError(missing, "is missing", "write --height 178cm --weight 82kg, or --bsa 1.82m2")
    return units.read(height, units.HEIGHT, "--height"), units.read(weight, units.WEIGHT, "--weight")


def _formula(name: str) -> Formula:
    if name not in bodies.FORMULAS:
        raise InputError("--formula", f"there is no formula {name!r}", "write one of " + ", ".join(bodies.FORMULAS))
    return bodies.FORMULAS[name]


def _prior(said: str | None) -> Quantity | None:
    if said == "unknown":
        return None
    return units.NO_LEVEL if said is None or said == "none" else units.read(said, units.LEVEL, "--prior")


def _remission(said: str | None) -> int | None:
    if said is None:
        return None
    if said == "never":
        return courses.NEVER
    return _cycle(said, "--remission-after", ", or never")


def _cycle(said: str, place: str, otherwise: str = "") -> int:
    """A cycle's number in ASCII digits; `int` alone reads `0_3` as 3."""
    if not re.fullmatch("[1-9][0-9]{0,2}", said):
        raise InputError(place, f"{said!r} is not a cycle", f"write the cycle's number, as in 3{otherwise}")
    return int(said)
