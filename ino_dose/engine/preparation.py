"""A dose in mg → vials, the volume to withdraw, and the bag it goes into."""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from .. import units
from . import dosing
from .dosing import Dose, Rounding
from .regimen import Citation, Source, Window

if TYPE_CHECKING:
    from ..units import Quantity


class Rule(NamedTuple):
    """What a label says, in short; it reminds and decides nothing.

    It is named where an event touches it: one of a dose on `days`, whose reason has one of `words`, or that is
    more than `longer` days late; or where a dose is `raised` again after a reduction. `only` is where the
    label holds, empty where it is the US label. A rule that says none of these is shown and never named.
    """

    says: str
    citations: tuple[Citation, ...]
    only: str = ""
    days: tuple[int, ...] = ()
    words: tuple[str, ...] = ()
    longer: int = 0
    raised: bool = False


class Code(NamedTuple):
    """How a system names the drug, and how sure that is."""

    system: str
    code: str
    standing: str


class Product(NamedTuple):
    """What a pharmacy needs to know, each fact with its citations under its own name in `cited`.

    `label` is the id of the regimen that the label states; `vial`: mg that can be withdrawn from one,
    `vial_note` what is to be said of counting it so; `concentration` after reconstitution (mg/mL); `bag`
    (mL) and the `least` and `most` that may be in it (mg/mL); `rounding`: how far (%) a dose may be
    rounded; `spacing`: fewest days between doses; `window`: by how many days some doses may move. `rules`
    are what the label says of treatment beside that, `not_found` what it says that could not be read.
    """

    title: str
    label: str
    vial: Quantity
    concentration: Quantity
    bag: Quantity
    least: Quantity
    most: Quantity
    rounding: Quantity
    spacing: int
    window: Window
    cited: dict[str, tuple[Citation, ...]]
    sources: tuple[Source, ...]
    vial_note: str = ""
    codes: tuple[Code, ...] = ()
    rules: tuple[Rule, ...] = ()
    not_found: tuple[str, ...] = ()


class Preparation(NamedTuple):
    """What a dose takes.

    `most_volume` (mL) is set where the usual bag would be too thin: the largest volume allowed;
    `least_volume` where it would be too strong.
    """

    vials: int
    withdraw: Quantity
    concentration: Quantity
    most_volume: Quantity | None
    least_volume: Quantity | None


@units.exact
def prepare(dose: Quantity, product: Product) -> Preparation:
    """The vials to open, mL to withdraw, mg/mL in the usual bag, and the volume allowed where that is not."""
    least, most = usual(product)
    return Preparation(
        vials(dose, product),
        units.fraction(dose) / units.fraction(product.concentration),
        units.fraction(dose) / units.fraction(product.bag),
        units.fraction(dose) / units.fraction(product.least) if dose < least else None,
        units.fraction(dose) / units.fraction(product.most) if dose > most else None,
    )


@units.exact
def usual(product: Product) -> tuple[Quantity, Quantity]:
    """The least and the most mg for which the usual bag is neither too thin nor too strong."""
    least, most = (units.as_kind(product.bag * each, units.DOSE) for each in (product.least, product.most))
    return least, most


def saved(dose: Dose, rounding: Rounding, product: Product) -> int:
    """Vials that rounding a planned dose down to whole ones saves against rounding it to the step."""
    stepped = dosing.round_half_up(dose.calculated, rounding.step)
    return vials(stepped, product) - vials(dose.due, product)


def unused(dose: Quantity, product: Product) -> Fraction:
    """mg that stay in the vials of a dose."""
    return vials(dose, product) * Fraction(product.vial.magnitude) - Fraction(dose.magnitude)


def vials(dose: Quantity, product: Product) -> int:
    """How many vials hold a dose, by what can be withdrawn from each."""
    return ceil(Fraction(dose.magnitude) / Fraction(product.vial.magnitude))
