"""`ino-dose verify`: one order against what is due. Expected numbers are worked by hand beside each test."""

from decimal import Decimal
from typing import Any

import pytest
from conftest import Run
from hypothesis import given
from hypothesis import strategies as st

from ino_dose import units
from ino_dose.engine import body as bodies
from ino_dose.engine.course import Course
from ino_dose.files import library
from ino_dose.verify import check
from ino_dose.verify.order import Order

# 180 cm × 80 kg / 3600 is 4, so the Mosteller BSA is exactly 2 m².
TWO = ["--height", "180cm", "--weight", "80kg"]
LABEL_D8 = ["besponsa-label", "--cycle", "2", "--day", "8", "--bsa", "1.82m2"]


def checked(ino: Run, *arguments: str) -> tuple[int, dict[str, Any]]:
    """The exit code and the JSON object."""
    ran = ino("verify", *arguments, "-f", "json")
    assert not ran.err
    return ran.code, ran.json


def test_an_order_that_is_right_agrees_whatever_the_remission(ino):
    code, found = checked(ino, *LABEL_D8, "--dose", "0.91mg")  # 0.5 mg/m² × 1.82 m² on both branches
    assert (code, found["verdict"], found["agrees"]) == (0, "agrees", True)
    assert found["format"] == "ino-dose verify 1"
    assert found["expected"]["level_mg_per_m2"] == Decimal("0.5")
    assert found["expected"]["calculated_mg"] == found["expected"]["dose_mg"] == Decimal("0.91")
    # 1.8 of cycle 1, then day 1 at 0.5 or 0.8, then 0.5
    sums = [branch["cumulative"]["cumulative_mg_per_m2"] for branch in found["branches"]]
    assert sums == [Decimal("2.8"), Decimal("3.1")]


def test_an_order_that_is_wrong_differs_by_so_much(ino):
    code, found = checked(ino, *LABEL_D8, "--dose", "1.46mg", "--remission-after", "1")
    assert (code, found["verdict"], found["agrees"]) == (3, "differs", False)
    assert found["deviation"] == {
        "percent": Decimal("60.44"),  # 0.55 / 0.91 = 0.604395…
        "mg": Decimal("0.55"),
        "mg_per_m2": Decimal("0.302"),  # 1.46 / 1.82 − 0.5 = 0.302197…
    }
    # 1.8 + 0.5 + 1.46 / 1.82 = 3.102197…: counted as ordered, since it is not what is prescribed
    assert found["cumulative"]["counted_as"] == "ordered"
    assert found["cumulative"]["cumulative_mg_per_m2"] == Decimal("3.102")
    assert found["cumulative"]["ceiling_status"] == "between"


@pytest.mark.parametrize(
    ("dose", "agrees"), [("1.05mg", True), ("1.0501mg", False), ("0.95mg", True), ("0.9499mg", False)]
)
def test_the_tolerance_is_inclusive_and_of_the_calculated_dose(ino, dose, agrees):
    code, _ = checked(ino, "ino-vate", "--cycle", "1", "--day", "1", "--bsa", "1.25m2", "--dose", dose)  # due: 1 mg
    assert (code == 0) == agrees


def test_ordinary_rounding_past_the_tolerance_agrees_unless_a_tolerance_is_stated(ino):
    order = ["mrd-mdacc", "--cycle", "1", "--day", "8", "--bsa", "1.8m2", "--dose", "0.5mg"]  # due: 0.54 mg
    code, found = checked(ino, *order)
    assert (code, found["rounded_to_mg"]) == (0, Decimal("0.1"))
    assert found["deviation"]["percent"] == Decimal("-7.407")  # −0.04 / 0.54
    assert found["cumulative"]["counted_mg_per_m2"] == Decimal("0.3")
    assert checked(ino, *order, "--tolerance", "5%")[0] == 3
    assert checked(ino, *order, "--tolerance", "7.5 %")[0] == 0


def test_rounding_that_moves_a_dose_by_more_than_a_tenth_is_a_finding_that_is_named(ino):
    # 0.3 mg/m² × 1.5 m² = 0.45 mg; 0.5 mg is 11.1 % more
    code, found = checked(ino, "mrd-mdacc", "--cycle", "1", "--day", "8", "--bsa", "1.5m2", "--dose", "0.5mg")
    assert (code, found["causes"][0]["kind"]) == (3, "rounded")


@pytest.mark.parametrize(("dose", "right"), [("1.46mg", "without remission"), ("0.91mg", "with remission")])
def test_where_remission_decides_and_was_not_stated_nothing_is_passed(ino, dose, right):
    code, found = checked(ino, "besponsa-label", "--cycle", "2", "--day", "1", "--bsa", "1.82m2", "--dose", dose)
    assert (code, found["verdict"], found["agrees"]) == (3, "undecided", None)
    assert found["expected"] is found["deviation"] is found["cumulative"] is None
    assert f"the order is right {right}" in found["sentence"]
    assert sorted(branch["agrees"] for branch in found["branches"]) == [False, True]


def test_a_cycle_that_only_one_branch_reaches_is_undecided(ino):
    code, found = checked(ino, "besponsa-label", "--cycle", "5", "--day", "1", "--bsa", "1.82m2", "--dose", "0.91mg")
    assert (code, found["verdict"]) == (3, "undecided")
    assert "without remission has no cycle 5" in found["sentence"]


@pytest.mark.parametrize(
    ("regimen", "cycle", "day", "nearest"),
    [
        ("mrd-mdacc", "2", "9", {"of": "days", "scheduled": [1, 8], "nearest": [8]}),
        ("mrd-mdacc", "7", "1", {"of": "cycles", "scheduled": [1, 2, 3, 4, 5, 6], "nearest": [6]}),
        ("hyper-cvad-blina-ino", "3", "1", {"of": "cycles", "scheduled": [2, 4, 6, 8], "nearest": [2, 4]}),
        ("hyper-cvad-blina-ino", "1", "1", {"of": "cycles", "scheduled": [2, 4, 6, 8], "nearest": [2]}),
    ],
)
def test_a_day_or_cycle_that_is_not_there_is_a_finding_that_names_the_nearest(ino, regimen, cycle, day, nearest):
    order = [regimen, "--cycle", cycle, "--day", day, *TWO, "--dose", "0.6mg"]
    code, found = checked(ino, *order)
    assert (code, found["verdict"], found["agrees"]) == (3, "not_scheduled", False)
    assert found["expected"] is found["deviation"] is None
    assert found["nearest"] == nearest


def test_prior_exposure_counts_and_unknown_prior_is_never_passed(ino):
    _, found = checked(ino, *LABEL_D8, "--dose", "0.91mg", "--remission-after", "1", "--prior", "1mg/m2")
    assert found["cumulative"]["cumulative_mg_per_m2"] == Decimal("3.8")  # 1 + 2.8
    assert found["cumulative"]["ceiling_status"] == "above"
    _, found = checked(ino, *LABEL_D8, "--dose", "0.91mg", "--remission-after", "1", "--prior", "unknown")
    assert found["cumulative"]["cumulative_mg_per_m2"] is None
    assert found["cumulative"]["ceiling_status"] == "unknown"


def test_a_bsa_on_the_order_that_is_off_is_pointed_out_even_where_the_dose_agrees(ino):
    code, found = checked(
        ino, "ino-vate", "--cycle", "1", "--day", "1", *TWO, "--dose", "1.6mg", "--stated-bsa", "1.8m2"
    )
    assert code == 0
    assert "The order states BSA 1.8 m², which is 10 % off the 2 m² used here." in found["warnings"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"--dose": None}, "--dose: is missing"),
        ({"--cycle": None}, "--cycle: is missing"),
        ({"--dose": "0.5mg/m2"}, "mg/m2 is the unit of a dose level"),
        ({"--dose": "0,91mg"}, "comma"),
        ({"--dose": "0mg"}, "an order of 0 mg"),
        ({"--cycle": "two"}, "not a whole number"),
        ({"--day": "-8"}, "not a whole number"),
        ({"--tolerance": "5"}, "has no unit"),
        ({"--tolerance": "60%"}, "more than 50 %"),
        ({"--stated-bsa": "1.8"}, "no unit"),
        ({"--remission-after": "1"}, "do not depend on remission"),
    ],
)
def test_what_cannot_be_used_is_refused_with_nothing_on_standard_output(ino, change, said):
    given = {"--cycle": "1", "--day": "8", "--bsa": "1.82m2", "--dose": "0.55mg"} | change
    words = [word for option, value in given.items() if value is not None for word in (option, value)]
    ran = ino("verify", "mrd-mdacc", *words)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_a_person_reads_the_verdict_first(ino):
    ran = ino("verify", *LABEL_D8, "--dose", "1.46mg", "--remission-after", "1")
    assert ran.code == 3
    lines = ran.out.splitlines()
    assert lines[3] == "The order differs: 1.46 mg is 0.55 mg (60.44 %) above the 0.91 mg due."
    assert lines[5] == "What would explain it"
    assert "It fits day 1 of this cycle" in lines[6]


PLANNED = [regimen for regimen in library.at().all()[0] if not regimen.incomplete and not regimen.choice]


@given(
    regimen=st.sampled_from(PLANNED),
    hundredths=st.integers(30, 400),
    thousandths=st.integers(-49, 49),
    pick=st.randoms(use_true_random=False),
)
def test_whatever_is_due_agrees_and_what_is_far_off_differs(regimen, hundredths, thousandths, pick):
    block = pick.choice([block for block in regimen.blocks if block.doses])
    dose = pick.choice(block.doses)
    stated = {None: None, "remission": block.cycles[0] - 1, "no remission": 10**6}[block.condition]
    remission = 1 if stated is None and regimen.remission_adapted else stated
    bsa = units.quantity(Decimal(hundredths) / 100, units.AREA)
    due = dose.level.magnitude * bsa.magnitude

    def verdict(amount: Decimal) -> str:
        order = Order(block.cycles[0], dose.day, units.quantity(amount, units.DOSE))
        course = Course(prior=units.NO_LEVEL, remission=remission)
        return check.recompute(regimen, bodies.stated(bsa), course, library.ceiling(), order).verdict

    assert verdict(due * (1000 + thousandths) / 1000) == "agrees"
    assert verdict(due * (1000 + 1101 + thousandths) / 1000) == "differs"


def test_a_cycle_past_any_course_is_refused_by_the_option_that_verify_has(ino: Run) -> None:
    ran = ino("verify", "nhl-phase-1", "--cycle", "300", "--day", "1", "--bsa", "1.82m2", "--dose", "1mg")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "--cycle: 300 cycles are more than any course has; write 99 or less\n"
