"""Orders with one slip each: it is named first. Every dose is worked by hand beside it.

180 cm and 80 kg make a Mosteller BSA of √(180 × 80 / 3600) = √4 = 2 m².
"""

import re
from decimal import Decimal

import pytest
from conftest import Run

TWO = "--height 180cm --weight 80kg"
BODY = "--bsa 1.82m2"
D1 = f"ino-vate --cycle 1 --day 1 {TWO}"  # due: 0.8 mg/m² × 2 m² = 1.6 mg

SLIPS = {
    # the label after remission: 0.5 mg/m² on day 1 of cycle 2, 1 mg; without it 0.8, 1.6 mg
    "other_branch": [f"besponsa-label --cycle 2 --day 1 {TWO} --remission-after 1 --dose 1.6mg"],
    # day 8 of cycle 1: 0.5 mg/m², 1 mg; day 1: 0.8 mg/m², 1.6 mg; in steps of 0.1 mg at 1.82 m²: 1.456 → 1.5 mg
    "other_day": [
        f"ino-vate --cycle 1 --day 8 {TWO} --dose 1.6mg",
        f"ino-vate --cycle 1 --day 8 {BODY} --dose 1.5mg",
        f"ino-vate --cycle 1 --day 8 {BODY} --dose 1.456mg",
    ],
    # day 1 of cycle 3: 0.3 mg/m², 0.6 mg; of cycle 1: 0.6 mg/m², 1.2 mg
    "other_cycle": [f"mrd-mdacc --cycle 3 --day 1 {TWO} --dose 1.2mg"],
    # day 1 of every cycle: 0.5 of the levels 0.3, 0.4, 0.5 and 0.6; 0.6 × 1.82 = 1.092 mg
    "other_level": [f"post-hsct-maintenance --cycle 1 --day 1 {BODY} --level 0.5mg/m2 --dose 1.09mg"],
    # 0.3 mg/m² × 1.5 m² = 0.45 mg → 0.5 mg, 11.1 % more
    "rounded": ["mrd-mdacc --cycle 1 --day 8 --bsa 1.5m2 --dose 0.5mg"],
    # 0.8 mg/m² × 1.82 m² = 1.456 mg
    "level_as_dose": [f"ino-vate --cycle 1 --day 1 {BODY} --dose 0.8mg"],
    # 0.8 + 0.5 + 0.5 = 1.8 mg/m² × 2 m²
    "whole_cycle": [f"{D1} --dose 3.6mg"],
    "tenfold": [f"{D1} --dose 16mg", f"ino-vate --cycle 1 --day 1 {BODY} --dose 14.6mg"],
    "tenth": [f"{D1} --dose 0.16mg", f"ino-vate --cycle 1 --day 1 {BODY} --dose 0.15mg"],
    "thousandth": [f"{D1} --dose 1.6mcg"],
    # √(200 × 98 / 3600) = 2.3333 → 2.33 m², 1.864 mg; 0.8 × 2 = 1.6 mg
    "bsa_cap": ["ino-vate --cycle 1 --day 1 --height 200cm --weight 98kg --dose 1.6mg"],
    # 80 kg / 0.45359237 = 176.4 → 176: √(180 × 176 / 3600) = √8.8 = 2.9665 → 2.97 m², 2.376 mg;
    # of a BSA alone: 1.82 × √(1 / 0.45359237) = 1.82 × 1.48480 = 2.7023 → 2.7 m², 0.5 × 2.7 = 1.35 mg
    "pounds_as_kg": [f"{D1} --dose 2.38mg", f"ino-vate --cycle 1 --day 8 {BODY} --dose 1.35mg"],
    # 80 lb = 36.2874 kg: √(180 × 36.2874 / 3600) = √1.81437 = 1.34699 → 1.35 m², 1.08 mg
    "kg_as_pounds": [f"{D1} --dose 1.08mg"],
    # 180 cm / 2.54 = 70.87 → 71: √(71 × 80 / 3600) = √1.57778 = 1.25610 → 1.26 m², 1.008 mg;
    # on day 8 0.5 × 1.26 = 0.63 mg
    "inches_as_cm": [f"ino-vate --cycle 1 --day 8 {TWO} --dose 0.63mg"],
    # 180 in = 457.2 cm: √(457.2 × 80 / 3600) = √10.16 = 3.18748 → 3.19 m², 2.552 mg
    "cm_as_inches": [f"{D1} --dose 2.55mg"],
    # √(71 × 176 / 3600) = √3.47111 = 1.86309 → 1.86 m², 0.8 × 1.86 = 1.488 mg
    "inches_and_pounds": [f"{D1} --dose 1.49mg"],
    # Du Bois: 0.007184 × 180^0.725 × 80^0.425 = 0.007184 × 43.1591 × 6.43892 = 1.99642 → 2 m²; swapped
    # 0.007184 × 80^0.725 × 180^0.425 = 0.007184 × 23.9740 × 9.08847 = 1.56530 → 1.57 m², 1.256 mg
    "swapped": [f"{D1} --formula du-bois --dose 1.26mg"],
    # 0.8 × 1.7 = 1.36 mg
    "stated_bsa": [f"{D1} --stated-bsa 1.7m2 --dose 1.36mg"],
    # 1.456 mg is between 1 and 2 vials of 0.9 mg, and of 1 mg
    "vial": [f"ino-vate --cycle 1 --day 1 {BODY} --dose 1.8mg", f"ino-vate --cycle 1 --day 1 {BODY} --dose 1mg"],
    # 160 cm and 150 kg: Mosteller 2.5820 → 2.58 m² (2.064 mg), Du Bois 2.3944 → 2.39 m² (1.912 mg)
    "formula": ["ino-vate --cycle 1 --day 1 --height 160cm --weight 150kg --dose 1.91mg"],
    # day 1 of cycle 1: 0.6 mg/m² here, 0.8 mg/m² of the label, 1.6 mg
    "other_regimen": [f"mrd-mdacc --cycle 1 --day 1 {TWO} --dose 1.6mg"],
    # 96.8 kg: √(180 × 96.8 / 3600) = √4.84 = 2.2 m², 1.76 mg
    "older_weight": [f"{D1} --dose 1.76mg"],
    "digits": [f"ino-vate --cycle 1 --day 1 {BODY} --dose 1.64mg"],  # 1.46 mg
    "per_kg": [f"{D1} --dose 64mg"],  # 0.8 mg × 80
    # after remission 0.5 mg/m² × 2 m² = 1 mg; without 1.6 mg, and ten times that
    "other_branch+tenfold": [f"besponsa-label --cycle 2 --day 1 {TWO} --remission-after 1 --dose 16mg"],
}


@pytest.mark.parametrize(("kind", "order"), [(kind, order) for kind, orders in SLIPS.items() for order in orders])
def test_a_slip_is_named_first(ino: Run, kind: str, order: str) -> None:
    ran = ino("verify", *order.split(), "-f", "json")
    assert ran.code == 3
    assert ran.json["causes"][0]["kind"] == kind


def test_the_working_can_be_followed(ino: Run) -> None:
    ran = ino("verify", *f"ino-vate --cycle 1 --day 8 {BODY} --dose 1.5mg".split(), "-f", "json")
    first = ran.json["causes"][0]
    assert first["sentence"] == ("It fits day 1 of this cycle: 0.8 mg/m² × 1.82 m² = 1.456 mg, rounded to 0.1 mg.")
    assert (first["dose_mg"], first["rounded_to_mg"]) == (Decimal("1.456"), Decimal("0.1"))


def test_slips_of_one_working_share_a_sentence(ino: Run) -> None:
    order = f"besponsa-label --cycle 2 --day 1 {TWO} --remission-after 1 --dose 1.6mg"
    first = ino("verify", *order.split(), "-f", "json").json["causes"][0]
    assert first["alike"][0] == "other_cycle"
    assert first["sentence"].startswith("It fits this day without remission, day 1 of cycle 1 or this day of ")


def test_the_weight_that_would_explain_an_order_is_said(ino: Run) -> None:
    first = ino("verify", *f"{D1} --dose 1.76mg -f json".split()).json["causes"][0]
    low, high = map(Decimal, re.findall(r"[0-9.]+", first["sentence"])[:2])
    assert low <= Decimal("96.8") <= high < low + 3
    assert "80 kg is used" in first["sentence"]


def test_a_bsa_on_the_order_tells_slips_apart(ino: Run) -> None:
    # 0.8 mg/m² × 2 m² = 1.6 mg, where 2.33 m² is due (200 cm, 98 kg): a cap, or any other way to 2 m²
    order = [
        "ino-vate",
        "--cycle",
        "1",
        "--day",
        "1",
        "--height",
        "200cm",
        "--weight",
        "98kg",
        "--dose",
        "1.6mg",
        "-f",
        "json",
    ]
    first = ino("verify", *order, "--stated-bsa", "2m2").json["causes"][0]
    assert (first["kind"], first["alike"]) == ("bsa_cap", ["stated_bsa"])


def test_where_nothing_fits_it_says_so(ino: Run) -> None:
    # 5.37 mg is 3.36 × the 1.6 mg due: no level, no unit, no power of ten, no weight within 30 %
    ran = ino("verify", *f"{D1} --dose 5.37mg".split())
    assert ran.code == 3
    assert "No slip that is known here reproduces this order." in ran.out


def test_an_order_for_a_day_that_is_not_there_may_fit_another(ino: Run) -> None:
    found = ino("verify", *f"ino-vate --cycle 1 --day 9 {TWO} --dose 1mg -f json".split()).json
    assert found["verdict"] == "not_scheduled"
    assert found["causes"][0]["sentence"].startswith("It fits day 8 of this cycle")
