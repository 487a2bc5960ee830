"""Height and weight → body surface area (BSA), by a named formula with its paper.

Every formula takes centimetres and kilograms and gives m², unrounded; the BSA that is used is
rounded once, half up, to 0.01 m².
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from typing import TYPE_CHECKING, NamedTuple

from .. import units

if TYPE_CHECKING:
    from ..units import Quantity

_ROOTS = Context(prec=100, rounding=ROUND_HALF_UP)
HUNDREDTH = Decimal("0.01")
D = Decimal


class Formula(NamedTuple):
    """A published formula: cm and kg → m², who published it, and a caution if it needs one.

    `by_sex`: one equation for women and one for men, so that the sex must be stated.
    """

    id: str
    name: str
    paper: str
    area: Callable[[Decimal, Decimal, str | None], Decimal]
    caution: str = ""
    by_sex: bool = False


def mosteller(height: Decimal, weight: Decimal, sex: str | None = None) -> Decimal:
    """√(H × W / 3600)."""
    return (height * weight / 3600).sqrt()


def boyd(height: Decimal, weight: Decimal, sex: str | None = None) -> Decimal:
    """0.0003207 × H^0.3 × G^(0.7285 − 0.0188 log₁₀ G), the weight G in grams."""
    grams = weight * 1000
    return D("0.0003207") * height ** D("0.3") * grams ** (D("0.7285") - D("0.0188") * grams.log10())


def livingston_lee(height: Decimal, weight: Decimal, sex: str | None = None) -> Decimal:
    """0.1173 × W^0.6466, below 10 kg 0.1037 × W^0.6724; the height plays no part."""
    if weight < 10:
        return D("0.1037") * weight ** D("0.6724")
    return D("0.1173") * weight ** D("0.6466")


def schlich(height: Decimal, weight: Decimal, sex: str | None) -> Decimal:
    """Women 0.000975482 × W^0.46 × H^1.08, men 0.000579479 × W^0.38 × H^1.24."""
    if sex == "f":
        return D("0.000975482") * weight ** D("0.46") * height ** D("1.08")
    return D("0.000579479") * weight ** D("0.38") * height ** D("1.24")


def _power(factor: str, of_height: str, of_weight: str) -> Callable[[Decimal, Decimal, str | None], Decimal]:
    def area(height: Decimal, weight: Decimal, sex: str | None = None) -> Decimal:
        return D(factor) * height ** D(of_height) * weight ** D(of_weight)

    area.__doc__ = f"{factor} × H^{of_height} × W^{of_weight}."
    return area


FORMULAS = {
    formula.id: formula
    for formula in (
        Formula(
            "mosteller",
            "Mosteller",
            "Mosteller RD. Simplified calculation of body-surface area. N Engl J Med 1987;317(17):1098. "
            "doi:10.1056/NEJM198710223171717",
            mosteller,
        ),
        Formula(
            "du-bois",
            "Du Bois",
            "Du Bois D, Du Bois EF. A formula to estimate the approximate surface area if height and weight be known. "
            "Arch Intern Med 1916;17(6):863-871. doi:10.1001/archinte.1916.00080130010002",
            _power("0.007184", "0.725", "0.425"),
        ),
        Formula(
            "haycock",
            "Haycock",
            "Haycock GB, Schwartz GJ, Wisotsky DH. Geometric method for measuring body surface area: a height-weight "
            "formula validated in infants, children, and adults. J Pediatr 1978;93(1):62-66. "
            "doi:10.1016/s0022-3476(78)80601-5",
            _power("0.024265", "0.3964", "0.5378"),
        ),
        Formula(
            "gehan-george",
            "Gehan-George",
            "Gehan EA, George SL. Estimation of human body surface area from height and weight. "
            "Cancer Chemother Rep 1970;54:225-235",
            _power("0.0235", "0.42246", "0.51456"),
        ),
        Formula(
            "boyd",
            "Boyd",
            "Boyd E. The growth of the surface area of the human body. University of Minnesota, Institute of Child "
            "Welfare, Monograph Series No. X. London: Oxford University Press; 1935",
            boyd,
        ),
        Formula(
            "fujimoto",
            "Fujimoto",
            "Fujimoto S, Watanabe T, Sakamoto A et al. Studies on the physical surface area of Japanese. 18. Calculation "
            "formulae in three stages over all ages. Nippon Eiseigaku Zasshi 1968;5:443-450",
            _power("0.008883", "0.663", "0.444"),
        ),
        Formula(
            "takahira",
            "Takahira",
            "Takahira 1925 (the paper itself was not found; later authors give the formula beside Fujimoto's)",
            _power("0.007241", "0.725", "0.425"),
        ),
        Formula(
            "shuter-aslani",
            "Shuter-Aslani",
            "Shuter B, Aslani A. Body surface area: Du Bois and Du Bois revisited. Eur J Appl Physiol "
            "2000;82(3):250-254. doi:10.1007/s004210050679",
            _power("0.00949", "0.655", "0.441"),
        ),
        Formula(
            "livingston-lee",
            "Livingston-Lee",
            "Livingston EH, Lee S. Body surface area prediction in normal-weight and obese patients. "
            "Am J Physiol Endocrinol Metab 2001",
            livingston_lee,
            "The Livingston-Lee formula uses the weight alone.",
        ),
        Formula(
            "schlich",
            "Schlich",
            "Schlich E, Schumm M, Schlich M. 3-D-Body-Scan als anthropometrisches Verfahren zur Bestimmung der "
            "spezifischen Körperoberfläche. Ernährungs Umschau 2010;57:178-183",
            schlich,
            "The Schlich formula is for adults only; it must not be used in children.",
            by_sex=True,
        ),
    )
}


def area(formula: Formula, height: Quantity, weight: Quantity, sex: str | None = None) -> Quantity:
    """The BSA by one formula, to 0.01 m² half up: 182.5 cm and 65.7 kg are exactly 1.825, so 1.83 m²."""
    with localcontext(_ROOTS):
        square_metres = formula.area(height.magnitude, weight.magnitude, sex)
        return units.quantity(square_metres.quantize(HUNDREDTH), units.AREA)
