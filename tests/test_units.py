"""The one reader of amounts: what is accepted is exact, what could be read in two ways is refused."""

import re
from decimal import Decimal
from fractions import Fraction

import pint
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ino_dose import units
from ino_dose.errors import InputError
from ino_dose.units import AREA, DOSE, DURATION, HEIGHT, KINDS, LEVEL, WEIGHT, Kind

# 1 in = 2.54 cm, 1 ft = 30.48 cm and 1 lb = 0.45359237 kg by definition (international yard and pound, 1959).
ACCEPTED = [
    (HEIGHT, "178cm", "178"),
    (HEIGHT, "178 cm", "178"),
    (HEIGHT, "  178  cm  ", "178"),
    (HEIGHT, "1.78m", "178"),
    (HEIGHT, "70in", "177.8"),
    (HEIGHT, "5ft10in", "177.8"),
    (HEIGHT, "5ft 10in", "177.8"),
    (HEIGHT, "5 ft 10 in", "177.8"),
    (HEIGHT, "5ft 10.5in", "179.07"),
    (HEIGHT, "5ft 11.999in", "182.87746"),
    (HEIGHT, "5ft 0in", "152.4"),
    (HEIGHT, "6ft", "182.88"),
    (WEIGHT, "82kg", "82"),
    (WEIGHT, "82.5 kg", "82.5"),
    (WEIGHT, "3500g", "3.5"),
    (WEIGHT, "180lb", "81.6466266"),
    (WEIGHT, "1lb", "0.45359237"),
    (AREA, "1.82m2", "1.82"),
    (AREA, "1.82 m^2", "1.82"),
    (AREA, "1.82 m²", "1.82"),
    (DOSE, "0.91mg", "0.91"),
    (DOSE, "910mcg", "0.91"),
    (LEVEL, "0.8mg/m2", "0.8"),
    (LEVEL, "0.8 mg/m^2", "0.8"),
    (LEVEL, "0.8 mg/m²", "0.8"),
    (LEVEL, "800mcg/m2", "0.8"),
    (LEVEL, "800 mcg/m²", "0.8"),
    (DURATION, "28 d", "28"),
]


@pytest.mark.parametrize(("kind", "text", "magnitude"), ACCEPTED)
def test_accepted_and_exact(kind: Kind, text: str, magnitude: str) -> None:
    read = units.read(text, kind, "here")
    assert isinstance(read.magnitude, Decimal)
    assert read.magnitude == Decimal(magnitude)
    assert read == units.quantity(magnitude, kind)


REFUSED = [
    (WEIGHT, "82,5kg", "has a comma"),
    (LEVEL, "1,8mg/m2", "has a comma"),
    (WEIGHT, "1,000kg", "has a comma"),
    (WEIGHT, "82", "has no unit"),
    (WEIGHT, " 82.5 ", "has no unit"),
    (LEVEL, "0.8", "has no unit"),
    (LEVEL, "0.8MG/M2", "which is written mg/m2"),
    (LEVEL, "0.8Mg/m2", "which is written mg/m2"),
    (WEIGHT, "82KG", "which is written kg"),
    (WEIGHT, "82Kg", "which is written kg"),
    (HEIGHT, "178CM", "which is written cm"),
    (WEIGHT, "82cm", "is not a weight: cm is the unit of a height"),
    (HEIGHT, "178kg", "is not a height: kg is the unit of a weight"),
    (LEVEL, "0.8mg", "is not a dose level: mg is the unit of a dose"),
    (DOSE, "0.8mg/m2", "is not a dose: mg/m2 is the unit of a dose level"),
    (AREA, "1.8m", "is not a body surface area: m is the unit of a height"),
    (HEIGHT, "1.8m2", "is not a height: m2 is the unit of a body surface area"),
    (WEIGHT, "nan", "says nothing"),
    (HEIGHT, "#N/A", "is an error of a spreadsheet"),
    (WEIGHT, "#DIV/0! kg", "is an error of a spreadsheet"),
    (WEIGHT, "nankg", "is not one number and one unit"),
    (WEIGHT, "inf kg", "is not one number and one unit"),
    (WEIGHT, "Infinity", "is not one number and one unit"),
    (WEIGHT, "-82kg", "is negative"),
    (WEIGHT, "+82kg", "is not one number and one unit"),
    (WEIGHT, "− 82kg", "is not one number and one unit"),
    (WEIGHT, "8.2e1kg", "has an exponent"),
    (WEIGHT, "82E0 kg", "has an exponent"),
    (LEVEL, "0.8mg/m2*2", "has the unit 'mg/m2*2'"),
    (LEVEL, "2*0.8mg/m2", "has the unit '*0.8mg/m2'"),
    (LEVEL, "(0.8)mg/m2", "is not one number and one unit"),
    (LEVEL, "0.8mg/m2+0.5mg/m2", "has the unit"),
    (LEVEL, "0.8 mg / m2", "is not one number and one unit"),
    (LEVEL, "0.8 mg m-2", "is not one number and one unit"),
    (LEVEL, "0.8mg/m3", "has the unit 'mg/m3'"),
    (LEVEL, "0.8mg/kg", "has the unit 'mg/kg'"),
    (LEVEL, "0.8 to 0.9 mg/m2", "is not one number and one unit"),
    (WEIGHT, ".5kg", "has no digit before the point"),
    (WEIGHT, "82.kg", "is not one number and one unit"),
    (WEIGHT, "082kg", "is not one number and one unit"),
    (WEIGHT, "1_000kg", "has the unit '_000kg'"),
    (WEIGHT, "1 000kg", "is not one number and one unit"),
    (WEIGHT, "0x52kg", "has the unit 'x52kg'"),
    (WEIGHT, "٨٢kg", "is not one number and one unit"),
    (WEIGHT, "８２kg", "is not one number and one unit"),
    (WEIGHT, "8²kg", "has the unit '²kg'"),
    (WEIGHT, "82kg 3", "is not one number and one unit"),
    (WEIGHT, "82kgkg", "has the unit 'kgkg'"),
    (WEIGHT, "82kg\n", "has the unit"),
    (WEIGHT, "82\u00a0kg", "has the unit"),
    (WEIGHT, "82\tkg", "has the unit"),
    (WEIGHT, "82stone", "has the unit 'stone'"),
    (DOSE, "1.5µg", "has the unit 'µg'"),
    (DOSE, "0.0015g", "g is the unit of a weight"),
    (WEIGHT, "", "is empty"),
    (WEIGHT, "   ", "is empty"),
    (WEIGHT, "kg", "is not one number and one unit"),
    (HEIGHT, "5ft 12in", "the inches beside feet run from 0 to 11"),
    (HEIGHT, "5.5ft 6in", "is not one number and one unit"),
    (HEIGHT, "5ft 6cm", "is not one number and one unit"),
    (HEIGHT, "10in 5ft", "is not one number and one unit"),
    (HEIGHT, "5'10\"", "feet and inches are written ft and in"),
    (HEIGHT, "5ft -1in", "is not one number and one unit"),
    (DURATION, "28min", "has the unit 'min'"),
]


@pytest.mark.parametrize(("kind", "text", "because"), REFUSED)
def test_refused_with_a_place_a_reason_and_what_to_write(kind: Kind, text: str, because: str) -> None:
    with pytest.raises(InputError) as refused:
        units.read(text, kind, "--weight")
    (fault,) = refused.value.faults
    assert fault.place == "--weight"
    assert because in fault.problem
    assert fault.hint.startswith("write it like ")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_example_that_a_refusal_shows_can_be_written(kind: Kind) -> None:
    assert units.read(kind.example, kind, "here").magnitude > 0


@pytest.mark.parametrize("number", ["1" * 30, "0." + "1" * 29, "1" * 15 + "." + "1" * 15])
def test_thirty_digits_are_kept_to_the_last(number: str) -> None:
    assert units.read(number + "mg", DOSE, "here").magnitude == Decimal(number)
    assert Fraction(units.read(number + "lb", WEIGHT, "here").magnitude) == Fraction(number) * Fraction("0.45359237")


@pytest.mark.parametrize("number", ["1" * 31, "0." + "1" * 30, "0." + "0" * 30, "1" * 16 + "." + "1" * 15])
def test_thirty_one_digits_are_refused(number: str) -> None:
    with pytest.raises(InputError, match="more than 30 digits"):
        units.read(number + "mg", DOSE, "here")


def test_mg_and_mg_per_m2_cannot_be_added() -> None:
    with pytest.raises(pint.DimensionalityError):
        units.read("1mg", DOSE, "here") + units.read("1mg/m2", LEVEL, "here")


def test_108_mg_six_times_is_not_compared_with_550_mg_per_m2() -> None:
    """A public calculator calls 6 × 108 mg, 648, past a limit of 550 mg/m². At 1.8 m² it is 360 mg/m²."""
    limit = units.read("550mg/m2", LEVEL, "here")
    given_mg = 6 * units.read("108mg", DOSE, "here")
    with pytest.raises(pint.DimensionalityError):
        assert given_mg > limit
    exposure = given_mg / units.read("1.8m2", AREA, "here")
    assert exposure == units.read("360mg/m2", LEVEL, "here")
    assert exposure < limit


def test_the_registry_knows_no_prefixes() -> None:
    """With prefixes `min` is a milli-inch and `Mg` a tonne."""
    for word in ("min", "Mg", "kmg", "millimeter", "MG", "hour"):
        with pytest.raises(pint.UndefinedUnitError):
            units.registry.Unit(word)


IN_ITS_KIND = {
    "cm": "1", "m": "100", "in": "2.54", "ft": "30.48", "kg": "1", "g": "0.001", "lb": "0.45359237",
    "m2": "1", "m^2": "1", "m²": "1", "mg": "1", "mcg": "0.001", "mg/m2": "1", "mg/m^2": "1", "mg/m²": "1",
    "mcg/m2": "0.001", "mcg/m^2": "0.001", "mcg/m²": "0.001", "d": "1",
}  # fmt: skip


def meant(text: str) -> Fraction:
    """What an accepted text says, worked out without the reader: every number times its unit, added up."""
    parts = re.findall(r"([0-9.]+) *([^ 0-9.][^ ]*?)(?= *$| *[0-9.]+ *in *$)", text)
    assert "".join(number + unit for number, unit in parts) == text.replace(" ", "")
    return sum((Fraction(number) * Fraction(IN_ITS_KIND[unit]) for number, unit in parts), Fraction(0))


NUMBERS = st.from_regex(r"-?[0-9]{0,4}[.,]?[0-9]{0,4}([eE]-?[0-9])?", fullmatch=True)
WORDS = st.sampled_from([*IN_ITS_KIND, "", "MG", "Kg", "µg", "mg/m2*2", "in 3", "ft 6in", "ft 11.5in", "²"])
NEARLY = st.builds("".join, st.tuples(NUMBERS, st.sampled_from(["", " ", "  ", "\t"]), WORDS))


@given(text=st.text() | NEARLY, kind=st.sampled_from(KINDS))
@example(text="5ft 6in", kind=HEIGHT)
@example(text="5ft6in", kind=HEIGHT)
@example(text="0m2", kind=AREA)
def test_any_text_is_refused_or_exactly_the_number_in_it(text: str, kind: Kind) -> None:
    try:
        read = units.read(text, kind, "here")
    except InputError:
        return
    assert isinstance(read.magnitude, Decimal)
    assert Fraction(read.magnitude) == meant(text)


@given(value=st.decimals(allow_nan=False, allow_infinity=False, places=12, min_value=0, max_value=10**12))
def test_what_is_shown_can_be_read_again(value: Decimal) -> None:
    shown = units.show(units.quantity(value, LEVEL), LEVEL)
    assert units.read(shown, LEVEL, "here").magnitude == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("1.80"), "1.8"),
        (Decimal("1E+2"), "100"),
        (Decimal("0E-7"), "0"),
        (Decimal("-0.00"), "0"),
        (Decimal("100"), "100"),
        (Decimal("0.5"), "0.5"),
        (Fraction(9, 8), "1.125"),
        (Fraction(1, 3), "0.333"),
        (Fraction(2, 3), "0.667"),
        (Fraction(-2, 3), "-0.667"),
        (Fraction(1, 30000), "0"),
        (Fraction(-1, 30000), "0"),
        (Fraction(27, 10), "2.7"),
    ],
)
def test_digits_are_plain_exact_and_without_idle_zeros(value: Decimal | Fraction, text: str) -> None:
    assert units.digits(value) == text


@pytest.mark.parametrize(
    ("quotient", "shown"),
    [("0.0005", "0.001"), ("0.00049", "0"), ("2.3345", "2.335"), ("-0.0005", "-0.001"), ("-1.2344", "-1.234")],
)
def test_thousandths_round_half_up(quotient: str, shown: str) -> None:
    assert units.thousandths(Fraction(quotient)) == Decimal(shown)


def test_within_is_exact_where_28_digits_are_not_enough() -> None:
    calculated, share = units.read("7.2mg", units.DOSE, ""), units.read("5%", units.SHARE, "")
    assert units.within(units.read("6.84mg", units.DOSE, ""), calculated, share)  # 7.2 × 0.95
    assert not units.within(units.read("6.83999999999999999999999999999mg", units.DOSE, ""), calculated, share)
