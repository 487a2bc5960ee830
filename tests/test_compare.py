"""Regimens side by side: sums and crossings worked by hand, and what a person asks for."""

import csv
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import Run

from ino_dose.files import library


def branches(ran: Any) -> dict[tuple[str, str | None, Decimal | None], dict[str, Any]]:
    """The branches of every regimen by id, remission and level."""
    return {
        (each["id"], branch["when"], branch["level_mg_per_m2"]): branch
        for each in ran.json
        for branch in each["branches"]
    }


# Cumulative mg/m² by cycle, where 2.7 and 3.6 are first passed, and the last whole cycle within each.
WORKED = {
    # 0.8 + 0.5 + 0.5 = 1.8; 0.5 × 3 = 1.5 a cycle; 1.8 + 0.5 = 2.3, + 0.5 = 2.8 on day 8; 3.3 + 0.5 = 3.8
    ("besponsa-label", "remission", None): ("1.8 3.3 4.8 6.3 7.8 9.3", (2, 8), (3, 1), 1, 2),
    # 3 × 1.8, then the label's stop; 1.8 + 0.8 = 2.6, + 0.5 = 3.1; 3.6 + 0.8 = 4.4
    ("besponsa-label", "no remission", None): ("1.8 3.6 5.4", (2, 8), (3, 1), 1, 2),
    # 1.8, then 1.3 a cycle: 3.1, 4.4, 5.7
    ("mini-hyper-cvd-ino-v1", None, None): ("1.8 3.1 4.4 5.7", (2, 3), (3, 3), 1, 2),
    ("mini-hyper-cvd-ino-v2", None, None): ("1.3 2.3 3.3 4.3", (3, 3), (4, 3), 2, 3),
    ("mini-hyper-cvd-ino-v3", None, None): ("0.9 1.5 2.1 2.7", None, None, 4, 4),
    # 0.9 + 3 × 0.6 = 2.7; + 0.3 = 3.0; 3.3 + 0.3 = 3.6; + 0.3 = 3.9
    ("mrd-mdacc", None, None): ("0.9 1.5 2.1 2.7 3.3 3.9", (5, 1), (6, 8), 4, 5),
    ("hyper-cvad-blina-ino", None, None): ("0.6 1.2 1.8 2.4", None, None, 8, 8),
    # 1.8 + 1 + 1 = 3.8
    ("ino-bosutinib", "remission", None): ("1.8 2.8 3.8 4.8 5.8 6.8", (2, 1), (3, 1), 1, 2),
    ("ino-bosutinib", "no remission", None): ("1.8", None, None, 1, 1),
    # no last cycle stated: shown until 3.6 is passed
    ("nhl-phase-1", None, None): ("1.8 3.6 5.4", (2, 1), (3, 1), 1, 2),
    ("kantarjian-2013-single", None, Decimal("1.3")): ("1.3 2.6 3.9", (3, 1), (3, 1), 2, 2),
}


def test_sums_and_crossings_are_those_worked_by_hand(ino: Run) -> None:
    found = branches(ino("compare", "-f", "json"))
    for key, (sums, lower, upper, within_lower, within_upper) in WORKED.items():
        branch = found[key]
        assert [cycle["cumulative_mg_per_m2"] for cycle in branch["cycles"]] == [Decimal(each) for each in sums.split()]
        for side, day, within in (("lower", lower, within_lower), ("upper", upper, within_upper)):
            assert branch["first_over"][side] == (day and {"cycle": day[0], "day": day[1]}), key
            assert branch["last_cycle_within"][side] == within, key


def test_every_regimen_is_one_object_and_what_is_incomplete_has_no_branch(ino: Run) -> None:
    listed, compared = ino("regimens", "-f", "json").json, ino("compare", "-f", "json").json
    assert sorted(each["id"] for each in compared) == sorted(each["id"] for each in listed)
    assert all(bool(each["branches"]) == (each["status"] == "complete") for each in compared)


def test_prior_exposure_shifts_the_crossings(ino: Run) -> None:
    """0.9 + 1.8 = 2.7 is within; + 0.5 = 3.2 passes 2.7 on day 1 of cycle 2; + 0.5 = 3.7 passes 3.6 on day 8."""
    ran = ino("compare", "besponsa-label", "--prior", "0.9mg/m2", "-f", "json")
    branch = branches(ran)["besponsa-label", "remission", None]
    assert branch["first_over"] == {"lower": {"cycle": 2, "day": 1}, "upper": {"cycle": 2, "day": 8}}
    assert branch["last_cycle_within"] == {"lower": 1, "upper": 1}


def test_unknown_prior_exposure_is_never_a_pass(ino: Run) -> None:
    found = branches(ino("compare", "--prior", "unknown", "-f", "json"))
    assert found["mini-hyper-cvd-ino-v3", None, None]["status"] == "unknown"
    assert {branch["status"] for branch in found.values()} == {"unknown", "above", "not_applicable"}


def test_for_transplant_courses_are_cut_and_most_room_comes_first(ino: Run) -> None:
    """The label's 2 cycles with remission leave 3.6 - 3.3 = 0.3; v3 leaves 3.6 - 2.7 = 0.9; MRD is 0.3 over."""
    ran = ino("compare", "mrd-mdacc", "besponsa-label", "mini-hyper-cvd-ino-v3", "--hsct", "-f", "json")
    assert [each["id"] for each in ran.json] == ["mini-hyper-cvd-ino-v3", "besponsa-label", "mrd-mdacc"]
    room = [branch["remaining_mg_per_m2"]["upper"] for branch in branches(ran).values()]
    assert room == [Decimal("0.9"), Decimal("0.3"), Decimal(0), Decimal("-0.3")]


def test_with_a_bsa_each_cycle_has_its_mg(ino: Run) -> None:
    """0.6 × 1.85 = 1.11, 0.3 × 1.85 = 0.555 → 0.56; 1.67 in cycle 1, then 2 × 0.56 = 1.12."""
    ran = ino("compare", "mrd-mdacc", "--bsa", "1.85m2", "-f", "csv")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert [row["dose_mg"] for row in rows] == ["1.67", "1.12", "1.12", "1.12", "1.12", "1.12"]


def test_two_regimens_differ_on_these_days(ino: Run) -> None:
    """The same mg/m² on day 2 of one and on day 1 of the other; day 8 of cycles 1 to 4 is the same."""
    printed = ino("compare", "mini-hyper-cvd-ino-v3", "mrd-mdacc").out
    table = printed[printed.index("mini-hyper-cvd-ino-v3 | mrd-mdacc") :]
    days = [line.split() for line in table.splitlines() if line.strip()[:1].isdigit()]
    first_four = [["1", "1", "none", "0.6"], ["1", "2", "0.6", "none"]]
    for cycle in "234":
        first_four += [[cycle, "1", "none", "0.3"], [cycle, "2", "0.3", "none"]]
    last_two = [[cycle, day, "none", "0.3"] for cycle in "56" for day in "18"]
    assert days == first_four + last_two


def test_a_course_without_a_stated_last_cycle_is_not_said_to_have_no_later_doses(ino: Run) -> None:
    """1.8, 3.6, 5.4: what is shown ends with cycle 3, and what follows it no source states."""
    printed = ino("compare", "mrd-mdacc", "nhl-phase-1").out
    days = [line.split() for line in printed.splitlines() if line.strip()[:1].isdigit()]
    assert [day for day in days if day[0] in "34"] == [
        ["3", "1", "0.3", "1.8"],
        ["3", "8", "0.3", "none"],
        ["4", "1", "0.3", "…"],
        ["4", "8", "0.3", "…"],
    ]


def test_sos_rates_with_different_denominators_are_in_different_columns(ino: Run) -> None:
    """Review, Table 1: 11 % of the INO-VATE patients; Subgroups analyses: 23 % of those transplanted."""
    (line,) = [line for line in ino("compare", "ino-vate").out.splitlines() if line.startswith(" ino-vate, CR")]
    assert line.split()[-2:] == ["11", "23"]


@pytest.mark.parametrize("arguments", [["ino-vat"], ["ino-vate", "--bsa", "18m2"], ["--height", "178cm"]])
def test_what_cannot_be_compared_is_refused(arguments: list[str], ino: Run) -> None:
    ran = ino("compare", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err


def test_two_regimens_without_a_stated_dose_leave_nothing_to_compare(ino: Run) -> None:
    one, other = [each.id for each in library.at().all()[0] if each.incomplete][:2]
    table = ino("compare", one, other)
    assert table.code == 0 and f"not compared: {one}, {other}" in table.out
    header = "id,when,chosen_level_mg_per_m2,cycle,level_mg_per_m2,dose_mg,cumulative_mg_per_m2,ceiling_status\n"
    assert ino("compare", one, "-f", "csv").out == header
    assert [each["branches"] for each in ino("compare", one, other, "-f", "json").json] == [[], []]


def test_a_regimen_named_twice_is_compared_once_and_two_of_one_id_are_refused(ino: Run, tmp_path: Path) -> None:
    assert ino("compare", "mrd-mdacc", "mrd-mdacc").out == ino("compare", "mrd-mdacc").out
    copy = tmp_path / "mrd-mdacc.yaml"
    copy.write_bytes(library.at().files["mrd-mdacc"].read_bytes())
    ran = ino("compare", "mrd-mdacc", str(copy))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"{copy}: another regimen here has the id mrd-mdacc; give the file another name\n"
