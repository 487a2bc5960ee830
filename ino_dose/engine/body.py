"""Height, weight or a stated BSA → a patient's size; what no body can be is refused before it reaches a dose."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from .. import units
from ..errors import Field, InputError, Place
from . import bsa_formulas
from .bsa_formulas import FORMULAS, D, Formula
from .regimen import Citation, Source

if TYPE_CHECKING:
    from ..units import Quantity


class Step(NamedTuple):
    """A body mass index (kg/m²) that no child passes up to a height (cm), as far as growth references go."""

    to: Quantity
    above: Quantity
    citations: tuple[Citation, ...]


class Growth(NamedTuple):
    """From which body mass index on the person is asked whether pounds were typed as kilograms, by height alone.

    `basis` says how the figures were chosen. `steps` are in order of height; `always` (kg/m²) is asked
    about at any height, itself included.
    """

    title: str
    basis: str
    steps: tuple[Step, ...]
    always: Quantity
    citations: tuple[Citation, ...]
    sources: tuple[Source, ...]

    def question(self, height: Quantity, index: Fraction) -> int:
        """Which question a height and a body mass index raise: 0 none, n that of the nth step, one more that of `always`."""
        for n, step in enumerate(self.steps, 1):
            if height.magnitude <= step.to.magnitude:
                if index > Fraction(step.above.magnitude):
                    return n
                break
        return len(self.steps) + 1 if index >= Fraction(self.always.magnitude) else 0

    def asked(self, question: int, index: str) -> str:
        """The sentence of a question, for a body mass index that is shown in kg/m²."""
        if question > len(self.steps):
            why = f"{units.digits(self.always.magnitude)} or more"
        else:
            step = self.steps[question - 1]
            above, to = units.digits(step.above.magnitude), units.show(step.to, units.HEIGHT)
            why = f"above {above}, +3 SD of the growth references for heights up to {to}"
        return f"BMI {index} kg/m² is {why}: were pounds typed as kilograms?"


STATED = Field("bsa")
MEASURED = Field("height, weight")


class Body(NamedTuple):
    """A patient's size: the BSA that doses are computed from, and what it was computed from.

    `height` (cm), `weight` (kg) and `formula` are None where the BSA itself was stated.
    """

    bsa: Quantity
    height: Quantity | None = None
    weight: Quantity | None = None
    formula: Formula | None = None
    sex: str | None = None


def areas(height: Quantity, weight: Quantity, sex: str | None = None) -> dict[str, Quantity | None]:
    """The BSA by every formula; None where a formula needs the sex. The body itself must be plausible."""
    measured(height, weight, FORMULAS["mosteller"])
    return {
        id: None if formula.by_sex and sex is None else bsa_formulas.area(formula, height, weight, sex)
        for id, formula in FORMULAS.items()
    }


def stated(bsa: Quantity, place: Place = STATED) -> Body:
    """The body of someone whose BSA is given: it is used as it stands."""
    _between(bsa.magnitude, "a BSA", place, lambda: units.show(bsa, units.AREA))
    return Body(bsa)


def measured(
    height: Quantity, weight: Quantity, formula: Formula, sex: str | None = None, place: Place = MEASURED
) -> Body:
    """The body of someone who was measured and weighed; implausible sizes are refused."""
    if formula.by_sex and sex is None:
        problem = f"{formula.id} has one equation for women and one for men"
        raise InputError(Field("formula"), problem, "add ", Field("sex", "f"), " or ", Field("sex", "m"))
    try:
        check(height, weight, place)
    except InputError as error:
        raise _with_swap(error, height, weight) from None
    bsa = bsa_formulas.area(formula, height, weight, sex)
    _between(bsa.magnitude, "a BSA", place, lambda: f"{units.show(bsa, units.AREA)} by {formula.name}")
    return Body(bsa, height, weight, formula, sex)


def check(height: Quantity, weight: Quantity, place: Place) -> None:
    """Refuse what no patient is: outside 30 to 250 cm, 1 to 400 kg, or a BMI of 8 to 100 kg/m²."""
    _between(height.magnitude, "a height", place, lambda: units.show(height, units.HEIGHT))
    _between(weight.magnitude, "a weight", place, lambda: units.show(weight, units.WEIGHT))
    index = bmi(height, weight)
    _between(index, "a BMI", place, lambda: OF_BMI.format(units.half_up(index, 1)))


def bmi(height: Quantity, weight: Quantity) -> Fraction:
    """Body mass index in kg/m², exactly."""
    return Fraction(weight.magnitude) / (Fraction(height.magnitude) / 100) ** 2


PLAUSIBLE = {"a height": ("30", "250"), "a weight": ("1", "400"), "a BSA": ("0.3", "4"), "a BMI": ("8", "100")}
_BOUNDS = {what: (Fraction(least), Fraction(most)) for what, (least, most) in PLAUSIBLE.items()}
_UNIT_OF = {"a height": " cm", "a weight": " kg", "a BSA": " m²", "a BMI": ""}
OF_BMI = "{} kg/m² from height and weight"
LARGE = D("2.5")
"""BSA in m² above which it is remarked on."""


def _between(value: Decimal | Fraction, what: str, place: Place, shown: Callable[[], str]) -> None:
    least, most = _BOUNDS[what]
    if not least <= Fraction(value) <= most:
        raise implausible(what, shown(), place)


def implausible(what: str, shown: str, place: Place = MEASURED) -> InputError:
    """The refusal of a size that no patient has."""
    least, most = PLAUSIBLE[what]
    problem = f"{shown} is not plausible: {what} is taken from {least} to {most}{_UNIT_OF[what]}"
    return InputError(place, problem, "check the numbers and their units", kind=f"{what} that is not plausible")


def swapped(error: InputError, tall: str, heavy: str) -> InputError:
    """The same refusal, asking whether height and weight changed places."""
    (fault,) = error.faults
    hint = f"were height and weight swapped? {tall} and {heavy} would do"
    return InputError(fault.place, fault.problem, hint, kind="height and weight swapped")


def _with_swap(error: InputError, height: Quantity, weight: Quantity) -> InputError:
    """√(H × W) is the same when the two are swapped, so the person is asked."""
    tall, heavy = (
        units.quantity(each.magnitude, kind) for each, kind in ((weight, units.HEIGHT), (height, units.WEIGHT))
    )
    try:
        check(tall, heavy, "")
    except InputError:
        return error
    return swapped(error, units.show(tall, units.HEIGHT), units.show(heavy, units.WEIGHT))


def cautions(body: Body, growth: Growth | None) -> list[str]:
    """What about this size a person should look at again; without growth references the body mass index is not judged."""
    found = []
    if growth and body.height is not None and body.weight is not None:
        index = bmi(body.height, body.weight)
        if question := growth.question(body.height, index):
            found.append(growth.asked(question, str(units.half_up(index, 1))))
    if body.bsa.magnitude > LARGE:
        shown, large = units.show(body.bsa, units.AREA), units.digits(LARGE)
        found.append(
            f"BSA {shown} is above {large} m²: were pounds typed as kilograms? It is used in full, without a cap."
        )
    if body.formula and body.formula.caution:
        found.append(body.formula.caution)
    return found
