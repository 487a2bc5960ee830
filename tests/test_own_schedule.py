"""What no bundled regimen need have: levels to choose from, no last cycle, after transplant, no dose at all."""

from decimal import Decimal
from pathlib import Path

import pytest
from conftest import Ran, Run

HEAD = """title: A regimen of one's own
after transplant: {after}
sources:
  paper: {{cite: A paper, read: abstract}}
"""
ONWARD = """blocks:
  - cycles: 1 onward
    doses: {{day 1: {levels}}}
    source: {{paper: Table 1}}
totals:
  - {{through cycle: 12, level: 0.3 mg/m2, total: 3.6 mg/m2, worked: 12 × 0.3}}
"""
INTERLEAVED = """blocks:
  - cycles: 1, 3
    doses: {day 1: 1 mg/m2}
    source: {paper: Table 1}
  - cycles: 2
    if: remission
    doses: {day 1: 0.5 mg/m2}
    source: {paper: Table 1}
  - cycles: 2
    if: no remission
    doses: not stated
    source: {paper: Table 1}
    note: Those patients left the trial.
totals:
  - {through cycle: 3, remission after: 1, total: 2.5 mg/m2, worked: 1 + 0.5 + 1}
  - {through cycle: 1, remission after: never, total: 1 mg/m2, worked: "1"}
"""
INCOMPLETE = """status: incomplete
missing: [the dose of every cycle; the paper's full text may state it]
"""


def own(folder: Path, body: str, after: str = "no") -> str:
    path = folder / "own.yaml"
    path.write_text(HEAD.format(after=after) + body, "utf-8")
    return str(path)


def plan(ino: Run, path: str, *options: str) -> Ran:
    return ino("plan", path, "--bsa", "2m2", "--prior", "none", "-f", "json", *options)


@pytest.mark.parametrize(
    ("levels", "level", "taken"),
    [
        ("1.3 to 1.8 mg/m2", "1.3mg/m2", "1.3"),
        ("1.3 to 1.8 mg/m2", "1.8mg/m2", "1.8"),
        ("1.3 to 1.8 mg/m2", "1555.5mcg/m2", "1.5555"),
        ("[1.3 mg/m2, 1.5 mg/m2]", "1.5 mg/m²", "1.5"),
    ],
)
def test_a_level_that_the_source_offers_is_planned(
    levels: str, level: str, taken: str, tmp_path: Path, ino: Run
) -> None:
    total = "level: 1.3 mg/m2, total: 15.6 mg/m2, worked: 12 × 1.3"
    body = ONWARD.format(levels=levels).replace("level: 0.3 mg/m2, total: 3.6 mg/m2, worked: 12 × 0.3", total)
    ran = plan(ino, own(tmp_path, body), "--cycles", "2", "--level", level)
    assert [dose["level_mg_per_m2"] for dose in ran.json["doses"]] == [Decimal(taken)] * 2
    assert [dose["calculated_mg"] for dose in ran.json["doses"]] == [Decimal(taken) * 2] * 2


@pytest.mark.parametrize(
    ("levels", "options", "because"),
    [
        ("0.3 to 0.6 mg/m2", (), "--level: the source of own leaves the level open: 0.3 to 0.6 mg/m²; add --level"),
        ("0.3 to 0.6 mg/m2", ("--level", "0.29mg/m2"), "--level: 0.29 mg/m² is not a level of own"),
        ("0.3 to 0.6 mg/m2", ("--level", "0.61mg/m2"), "its source gives 0.3 to 0.6 mg/m²"),
        ("[0.3 mg/m2, 0.6 mg/m2]", ("--level", "0.4mg/m2"), "its source gives 0.3, 0.6 mg/m²"),
        ("[0.3 mg/m2, 0.6 mg/m2]", ("--level", "0.3"), "--level: '0.3' has no unit"),
    ],
)
def test_a_level_that_it_does_not_offer_is_refused(
    levels: str, options: tuple[str, ...], because: str, tmp_path: Path, ino: Run
) -> None:
    ran = plan(ino, own(tmp_path, ONWARD.format(levels=levels)), "--cycles", "2", *options)
    assert (ran.code, ran.out) == (2, "")
    assert because in ran.err


def test_where_no_source_states_a_last_cycle_one_must_be_given(tmp_path: Path, ino: Run) -> None:
    path = own(tmp_path, ONWARD.format(levels="0.3 to 0.6 mg/m2"))
    ran = plan(ino, path, "--level", "0.3mg/m2")
    assert (ran.code, ran.out) == (2, "")
    assert "--cycles: no source states a last cycle of own; add --cycles N" in ran.err
    assert plan(ino, path, "--level", "0.3mg/m2", "--cycles", "12").json["ceiling"]["status"] == "between"
    assert plan(ino, path, "--level", "0.3mg/m2", "--cycles", "13").json["ceiling"]["status"] == "above"


def test_after_transplant_the_ceiling_does_not_apply(tmp_path: Path, ino: Run) -> None:
    """12 × 0.6 = 7.2 mg/m² would be twice the upper limit."""
    path = own(tmp_path, ONWARD.format(levels="0.3 to 0.6 mg/m2"), after="yes")
    ran = plan(ino, path, "--level", "0.6mg/m2", "--cycles", "12", "--fail-on", "between")
    assert (ran.code, ran.err) == (0, "")
    assert ran.json["regimen"]["after_transplant"] is True
    assert ran.json["total"]["level_mg_per_m2"] == Decimal("7.2")
    ceiling = ran.json["ceiling"]
    assert ceiling["status"] == "not_applicable"
    assert {row["ceiling_status"] for row in ran.json["doses"] + ran.json["cycles"]} == {"not_applicable"}
    for compared in ("remaining_mg_per_m2", "first_over", "last_cycle_within"):
        assert ceiling[compared] == {"lower": None, "upper": None}
    assert "after transplant" in " ".join(ran.json["warnings"])


def test_a_conditional_cycle_between_those_of_one_block_is_where_the_plan_ends(tmp_path: Path, ino: Run) -> None:
    path = own(tmp_path, INTERLEAVED)
    undecided = plan(ino, path).json
    assert (undecided["course"]["cycles"], undecided["ceiling"]["status"]) == (1, "undecided")
    assert [branch["level_mg_per_m2"] for branch in undecided["undecided"]] == [Decimal("2.5"), 1]
    assert plan(ino, path, "--remission-after", "1").json["total"]["level_mg_per_m2"] == Decimal("2.5")


def test_what_no_source_states_is_not_planned_and_says_so(tmp_path: Path, ino: Run) -> None:
    path = own(tmp_path, INTERLEAVED)
    ran = plan(ino, path, "--remission-after", "never").json
    assert [dose["cycle"] for dose in ran["doses"]] == [1]
    assert "no source plainly states a dose. Those patients left the trial." in " ".join(ran["warnings"])
    refused = plan(ino, path, "--remission-after", "never", "--cycles", "3")
    assert (refused.code, refused.out) == (2, "")
    assert "without remission no source states a dose after cycle 1" in refused.err


def test_an_incomplete_regimen_is_listed_shown_and_never_planned(tmp_path: Path, ino: Run) -> None:
    path = own(tmp_path, INCOMPLETE)
    refused = plan(ino, path)
    assert (refused.code, refused.out) == (2, "")
    assert "own is incomplete and is not planned: the dose of every cycle" in refused.err
    shown = ino("show", path, "-f", "json").json
    assert (shown["status"], shown["last_cycle"], shown["blocks"]) == ("incomplete", None, [])
    assert "the dose of every cycle" in ino("show", path).out
