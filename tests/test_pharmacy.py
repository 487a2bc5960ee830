"""The pharmacy's side of a dose: vials, mL, the bag and its edges, rounding down to whole vials."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from conftest import Run
from hypothesis import given
from hypothesis import strategies as st

from ino_dose import units
from ino_dose.engine import dosing, preparation
from ino_dose.files import library

FACTS = library.product()


def mg(amount: str) -> Any:
    return units.quantity(amount, units.DOSE)


@pytest.mark.parametrize(
    ("dose", "vials", "withdraw", "bag"),
    [
        ("0.9", 1, "3.6", "0.018"),  # all that can be withdrawn of one vial, of which 1 mg is labelled in the EU
        ("0.91", 2, "3.64", "0.0182"),
        ("1", 2, "4", "0.02"),
        ("1.8", 2, "7.2", "0.036"),
        ("1.81", 3, "7.24", "0.0362"),
        ("3.6", 4, "14.4", "0.072"),
        ("0.5", 1, "2", "0.01"),
        ("0.01", 1, "0.04", "0.0002"),
    ],
)
def test_vials_volume_and_bag(dose: str, vials: int, withdraw: str, bag: str) -> None:
    """Vials of 0.9 mg, 0.25 mg/mL, a bag of 50 mL."""
    made = preparation.prepare(mg(dose), FACTS)
    assert made.vials == vials
    assert made.withdraw.magnitude == Fraction(withdraw)
    assert made.concentration.magnitude == Fraction(bag)


@pytest.mark.parametrize(
    ("dose", "most", "least"),
    [
        ("0.49", "49", None),  # 0.49 / 50 = 0.0098 mg/mL; 0.49 / 0.01 = 49 mL
        ("0.5", None, None),  # exactly 0.01 mg/mL
        ("5", None, None),  # exactly 0.1 mg/mL
        ("5.01", None, "50.1"),  # 5.01 / 0.1 = 50.1 mL
    ],
)
def test_the_edges_of_the_bag(dose: str, most: str | None, least: str | None) -> None:
    made = preparation.prepare(mg(dose), FACTS)
    found = [volume and volume.magnitude for volume in (made.most_volume, made.least_volume)]
    assert found == [each and Fraction(each) for each in (most, least)]


@pytest.mark.parametrize(
    ("bsa", "dose", "warned"),
    [
        ("1.63", "0.49", True),  # 0.3 × 1.63 = 0.489
        ("1.64", "0.49", True),  # 0.492
        ("1.65", "0.5", False),  # 0.495, a tie: the printed dose is judged, not the calculated one
        ("1.66", "0.5", False),  # 0.498
    ],
)
def test_the_printed_dose_is_judged(bsa: str, dose: str, warned: bool, ino: Run) -> None:
    found = ino("plan", "mrd-mdacc", "--bsa", f"{bsa}m2", "--cycles", "1", "-f", "json").json
    assert found["doses"][1]["dose_mg"] == Decimal(dose)
    assert found["warnings"] == (["0.49 mg in a 50 mL bag is under 0.01 mg/mL: take at most 49 mL."] if warned else [])


def test_a_dose_that_was_given_is_not_warned_about(tmp_path: Path, ino: Run) -> None:
    file = tmp_path / "course.yaml"
    given = "".join(f"  - {{cycle: 1, day: {day}, given: as planned}}\n" for day in (1, 8))
    file.write_text(f"regimen: mrd-mdacc\npatient: {{bsa: 1.2 m2}}\ncycles: 1\nevents:\n{given}", "utf-8")
    assert ino("plan", "--course", str(file), "-f", "json").json["warnings"] == []


@pytest.mark.parametrize(
    ("calculated", "rounded"),
    [
        ("0.9", "0.9"),
        ("0.95", "0.9"),  # 5.26 % less
        ("0.999", "0.9"),  # 9.91 % less
        ("1", "0.9"),  # exactly 10 % less
        ("1.001", "1"),  # 10.09 % less: to the step instead
        ("0.825", "0.83"),  # no whole vial in it
        ("0.899", "0.9"),  # to the step; never up to a vial
        ("0.894", "0.89"),
        ("1.8", "1.8"),
        ("1.9", "1.8"),  # 5.26 % less
        ("2", "1.8"),  # exactly 10 % less
        ("2.01", "2.01"),
        ("2.69", "2.69"),  # two vials are 33 % less
        ("3.6", "3.6"),
    ],
)
def test_rounding_to_vials_goes_down_by_at_most_ten_percent(calculated: str, rounded: str) -> None:
    rounding = dosing.Rounding(mg("0.01"), FACTS.vial, FACTS.rounding)
    assert dosing.rounded(mg(calculated), rounding).magnitude == Decimal(rounded)


@given(st.integers(1, 700_000))
def test_rounding_to_vials_never_takes_more_than_the_step_would(ten_thousandths: int) -> None:
    calculated = mg(str(Decimal(ten_thousandths) / 10_000))
    stepped = dosing.round_half_up(calculated, mg("0.01"))
    rounded = dosing.rounded(calculated, dosing.Rounding(mg("0.01"), FACTS.vial, FACTS.rounding))
    assert rounded == stepped or (rounded <= calculated and rounded * 10 >= calculated * 9)
    assert preparation.vials(rounded, FACTS) <= preparation.vials(stepped, FACTS)


def test_vials_saved_deviation_and_delivered_are_shown(ino: Run) -> None:
    """0.5 × 1.98 = 0.99 mg: one vial of 0.9 instead of two, 9.09 % less; 0.8 × 1.98 = 1.584 stays, in two vials.
    Delivered: (1.58 + 0.9 + 0.9) / 1.98 = 1.7070…; the sum counts what was prescribed, 1.8."""
    options = ("plan", "besponsa-label", "--bsa", "1.98m2", "--cycles", "1", "--round-to", "vial")
    found = ino(*options, "-f", "json").json
    assert [dose["dose_mg"] for dose in found["doses"]] == [Decimal(each) for each in ("1.58", "0.9", "0.9")]
    assert found["doses"][1]["deviation_percent"] == Decimal("-9.091")
    assert found["product"]["vials"] == 4
    assert found["product"]["vials_saved"] == 2
    assert found["total"]["delivered_mg_per_m2"] == Decimal("1.707")
    assert found["total"]["level_mg_per_m2"] == Decimal("1.8")
    out = ino(*options).out
    assert "deliver 1.707 mg/m²" in out
    row = next(line.split() for line in out[out.index("Vials") :].splitlines() if line.split()[:2] == ["1", "8"])
    assert row == ["1", "8", "0.9", "-9.091", "1", "3.6", "0.018", "1"]
    assert "[hopa] Fahrenbruch" in out


def test_rounding_to_vials_saves_nothing_where_the_step_needs_no_more(ino: Run) -> None:
    """0.5 × 1.8 = 0.9 mg is one vial either way."""
    found = ino("plan", "besponsa-label", "--bsa", "1.8m2", "--cycles", "1", "--round-to", "vial", "-f", "json").json
    assert found["product"]["vials_saved"] == 0


def test_the_facts_have_sources() -> None:
    assert set(FACTS.cited) == {"vial", "eu vial", "concentration", "bag", "rounding", "spacing", "window"}
    ids = {source.id for source in FACTS.sources}
    for citations in FACTS.cited.values():
        assert citations and {citation.source for citation in citations} <= ids


def test_the_vial_of_the_eu_is_counted_as_it_is_labelled_and_that_is_said(ino: Run) -> None:
    """0.6 × 1.62 = 0.972, 0.97 mg: of vials of 0.9 mg two, of 1 mg one; 0.49 mg one. Unused 2.7 - 1.46, 2 - 1.46 mg."""
    plan = ["plan", "mrd-mdacc", "--bsa", "1.62m2", "--cycles", "1", "--prior", "none"]
    us, eu = (ino(*plan, *vial, "-f", "json").json for vial in ([], ["--vial", "eu"]))
    assert [dose["vials"] for dose in us["doses"]] == [2, 1]
    assert [dose["vials"] for dose in eu["doses"]] == [1, 1]
    assert [(each["product"]["vial_mg"], each["product"]["unused_mg"]) for each in (us, eu)] == [
        (Decimal("0.9"), Decimal("1.24")),
        (Decimal("1"), Decimal("0.54")),
    ]
    assert [each for each in eu["warnings"] if "counted as it is labelled" in each]
    assert not [each for each in us["warnings"] if "labelled" in each]
    assert "\n In all 2 vials; 0.54 mg stay in them, each dose from vials of its own.\n" in (
        ino(*plan, "--pharmacy", "--vial", "eu").out
    )


def test_whole_vials_are_those_of_the_place(ino: Run) -> None:
    """0.6 × 1.7 = 1.02 mg: down to one vial of 1 mg is 1.96 % less; of 0.9 mg it is 11.8 %, too far."""
    plan = [
        "plan",
        "mrd-mdacc",
        "--bsa",
        "1.7m2",
        "--cycles",
        "1",
        "--prior",
        "none",
        "--round-to",
        "vial",
        "-f",
        "json",
    ]
    doses = [ino(*plan, *vial).json["doses"][0]["dose_mg"] for vial in ([], ["--vial", "eu"])]
    assert doses == [Decimal("1.02"), Decimal("1")]
