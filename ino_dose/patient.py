"""A patient in words → body and course: one reading for the options of a command and the rows of a cohort."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from . import body as bodies
from . import units
from .course import NEVER, Course
from .errors import InputError

if TYPE_CHECKING:
    from .body import Body, Formula
    from .units import Quantity


def body(height: str | None, weight: str | None, bsa: str | None, formula: str | None, sex: str | None) -> Body:
    """The body of someone whose BSA is stated, or who was measured and weighed."""
    if sex not in (None, "f", "m"):
        raise InputError("--sex", f"{sex!r} is neither f nor m", "write f or m")
    if bsa is not None:
        for option, value in (("--height", height), ("--weight", weight), ("--formula", formula)):
            if value is not None:
                raise InputError(
                    option, "does not go with --bsa, which is used as stated", f"leave out {option} or --bsa"
                )
        return bodies.stated(units.read(bsa, units.AREA, "--bsa"))
    chosen = _formula(formula or "mosteller")
    return bodies.measured(*sizes(height, weight), chosen, sex)


def sizes(height: str | None, weight: str | None) -> tuple[Quantity, Quantity]:
    """Height (cm) and weight (kg), both of them."""
    if height is None or weight is None:
        missing = " and ".join(name for name, value in (("--height", height), ("--weight", weight)) if value is None)
        raise InputError(missing, "is missing", "write --height 178cm --weight 82kg, or --bsa 1.82m2")
    return units.read(height, units.HEIGHT, "--height"), units.read(weight, units.WEIGHT, "--weight")


def _formula(name: str) -> Formula:
    if name not in bodies.FORMULAS:
        raise InputError("--formula", f"there is no formula {name!r}", "write one of " + ", ".join(bodies.FORMULAS))
    return bodies.FORMULAS[name]


def course(prior: str | None, cycles: str | None, remission_after: str | None, hsct: bool, level: str | None) -> Course:
    """What is true of the treatment; None is not stated."""
    return Course(
        prior=exposure(prior),
        prior_stated=prior is not None,
        cycles=None if cycles is None else _cycles(cycles),
        remission=_remission(remission_after),
        hsct=hsct,
        level=None if level is None else units.read(level, units.LEVEL, "--level"),
    )


def exposure(prior: str | None) -> Quantity | None:
    """Prior exposure in mg/m²: None where it is unknown, nothing where it is `none` or not stated."""
    if prior == "unknown":
        return None
    return units.NO_LEVEL if prior in (None, "none") else units.read(prior, units.LEVEL, "--prior")


def _cycles(text: str) -> int:
    if not re.fullmatch("0|[1-9][0-9]{0,5}", text):
        raise InputError("--cycles", f"{text!r} is not a cycle", "write the cycle's number")
    return int(text)


def _remission(text: str | None) -> int | None:
    if text is None:
        return None
    if text == "never":
        return NEVER
    if not (text.isascii() and text.isdigit() and len(text) < 4 and not text.startswith("0")):
        raise InputError("--remission-after", f"{text!r} is not a cycle", "write the cycle's number, or never")
    return int(text)


def yes(hsct: str | None) -> bool:
    """Whether a transplant is planned: yes or no, true or false; not stated counts as no."""
    if hsct is None or hsct.lower() in ("no", "false"):
        return False
    if hsct.lower() not in ("yes", "true"):
        raise InputError("--hsct", f"{hsct!r} is neither yes nor no", "write yes or no")
    return True


def step(text: str) -> Quantity:
    """The rounding step of a dose, in mg."""
    found = units.read(text, units.DOSE, "--round-to")
    if not found.magnitude:
        raise InputError("--round-to", "a step of 0 rounds to nothing", "write it like 0.05mg")
    return found
