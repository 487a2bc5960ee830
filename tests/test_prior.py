"""Prior exposure as mg at the BSA of that day, and what is asked where a first cycle comes on top of it."""

from decimal import Decimal
from pathlib import Path

import pytest
from conftest import Run

PLAN = ["plan", "mrd-mdacc", "--bsa", "2m2", "--cycles", "1"]
LIKE = "write it like 1.45mg@1.6m2, mg at the BSA of that day"
ON_TOP = (
    "Cycle 1 of this plan comes on top of 0.90625 mg/m² received before; "
    "if that was an earlier cycle of this course, plan it from the cycle that is next."
)


@pytest.mark.parametrize("said", ["1.45mg@1.6m2", "1.45 mg @ 1.6 m²", "1450mcg@1.6m^2"])
def test_mg_at_a_bsa_are_divided_exactly_and_shown_as_the_division(said: str, ino: Run) -> None:
    """1.45 / 1.6 = 0.90625; with 0.6 and 0.3 of cycle 1 it is 1.80625."""
    found = ino(*PLAN, "--prior", said, "-f", "json").json
    assert found["course"]["prior_mg_per_m2"] == Decimal("0.90625")
    assert found["total"]["cumulative_mg_per_m2"] == Decimal("1.80625")
    assert "\nPrior    1.45 mg ÷ 1.6 m² = 0.90625 mg/m²\n" in ino(*PLAN, "--prior", said).out


def test_a_quotient_that_never_ends_is_compared_exactly(ino: Run) -> None:
    """3.42 mg at 1.9 m² are 1.8 exactly, and 1.8 + 0.9 = 2.7 is below; 3.4201 mg are 1.80005…, and 2.70005… is past it."""
    verdicts = [
        ino(*PLAN, "--prior", f"{mg}mg@1.9m2", "-f", "json").json["ceiling"]["status"] for mg in ("3.42", "3.4201")
    ]
    assert verdicts == ["below", "between"]


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("1.45mg@", f"a body surface area is empty; {LIKE}"),
        ("@1.6m2", f"a dose is empty; {LIKE}"),
        ("1.45@1.6", f"'1.45' has no unit; a dose is given in mg, mcg; {LIKE}"),
        ("1,45mg@1.6m2", f"'1,45mg' has a comma, which can mean 1.45mg or 145mg; {LIKE}"),
        ("1.8mg/m2@1.6m2", f"'1.8mg/m2' is not a dose: mg/m2 is the unit of a dose level; {LIKE}"),
        ("1.45mg@16m2", f"16 m² is not plausible: a BSA is taken from 0.3 to 4 m²; {LIKE}"),
        ("1.45mg@1.6m2@2", "'1.6m2@2' has the unit 'm2@2'"),
        ("0mg@1.6m2", f"0 mg is no dose; {LIKE}"),
        (
            "1.45mg",
            "'1.45mg' is not a dose level: mg is the unit of a dose; write it like 1.8mg/m2, 1.45mg@1.6m2, none",
        ),
    ],
)
def test_half_of_a_division_is_refused(said: str, problem: str, ino: Run) -> None:
    ran = ino(*PLAN, "--prior", said)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"--prior: {problem}")


def test_every_command_reads_it(tmp_path: Path, ino: Run) -> None:
    """0.90625 and the whole course of 3.9 are 4.80625, over 3.6 by 1.20625; a first dose of 0.6 makes it 1.50625."""
    (compared,) = ino("compare", "mrd-mdacc", "--prior", "1.45mg@1.6m2", "-f", "json").json
    assert compared["branches"][0]["cycles"][-1]["cumulative_mg_per_m2"] == Decimal("4.80625")
    order = ["--cycle", "1", "--day", "1", "--bsa", "2m2", "--dose", "1.2mg"]
    assert "1.50625" in ino("verify", "mrd-mdacc", *order, "--prior", "1.45mg@1.6m2").out
    course = tmp_path / "course.yaml"
    course.write_text("regimen: mrd-mdacc\npatient: {bsa: 2 m2}\ncycles: 1\nprior: 1.45 mg @ 1.6 m2\n", "utf-8")
    assert ino("plan", "--course", str(course), "-f", "json").json["total"]["cumulative_mg_per_m2"] == Decimal(
        "1.80625"
    )


def test_a_row_of_a_cohort_reads_it(tmp_path: Path, ino: Run) -> None:
    pytest.importorskip("polars")
    rows = tmp_path / "rows.csv"
    rows.write_text(
        "id,bsa_m2,cycles,prior\nA,2,1,1.45mg@1.6m2\nB,2,1,1.45mg@16m2\nC,2,1,3.4201 mg @ 1.9 m2\n", "utf-8"
    )
    ran = ino("cohort", str(rows), "--regimen", "mrd-mdacc")
    assert ran.code == 4
    assert [line.split(",")[6:9] for line in ran.out.splitlines()[1::2]] == [
        ["1.80625", "1.8", "below"],
        ["2.7", "1.8", "between"],
    ]
    assert "prior: 16 m² is not plausible" in ran.out
    assert "begins with its first cycle: no column from_cycle.\n" in ran.err


def test_a_first_cycle_on_top_of_prior_exposure_is_asked_about(tmp_path: Path, ino: Run) -> None:
    said = ["--prior", "1.45mg@1.6m2"]
    assert ino(*PLAN, *said, "-f", "json").json["warnings"] == [ON_TOP]
    assert f"warning: {ON_TOP}\n" in ino(*PLAN, *said, "-f", "csv").err
    course = tmp_path / "course.yaml"
    course.write_text("regimen: mrd-mdacc\npatient: {bsa: 2 m2}\ncycles: 1\n", "utf-8")
    for under_way in (["--from-cycle", "1", *PLAN[2:], *said], ["--course", str(course), *said]):
        name = [] if "--course" in under_way else ["mrd-mdacc"]
        assert "comes on top" not in str(ino("plan", *name, *under_way, "-f", "json").json["warnings"])
    for prior in ("none", "unknown", "0mg/m2"):
        assert "comes on top" not in str(ino(*PLAN, "--prior", prior, "-f", "json").json["warnings"])


def test_the_working_of_a_list_is_shown(tmp_path: Path, ino: Run) -> None:
    """0.3 + 1.17 / 1.95 = 0.3 + 0.6 = 0.9, and ino-vate's first cycle 1.8: 2.7 in all."""
    course = tmp_path / "course.yaml"
    course.write_text(
        "regimen: mrd-mdacc\npatient: {bsa: 2 m2}\nprior: [{level: 0.3 mg/m2}, {dose: 1.17 mg, bsa: 1.95 m2}, "
        "{regimen: ino-vate, cycles: 1}]\n",
        "utf-8",
    )
    worked = "0.3 mg/m² + 1.17 mg ÷ 1.95 m² + 1.8 mg/m² of ino-vate through cycle 1 = 2.7 mg/m²"
    assert f"\nPrior    {worked}\n" in ino("plan", "--course", str(course)).out
