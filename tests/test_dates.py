"""Dates of doses: across years and leap days, moved, pushed, against the label's windows, and around a transplant."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Run

Dated = Callable[..., Any]
LABEL = "regimen: besponsa-label\npatient: {bsa: 2 m2}\nprior: none\n"


@pytest.fixture
def dated(tmp_path: Path, ino: Run) -> Dated:
    """`dated(start, *events, cycles=1)` plans a course and gives what JSON says of it."""

    def run(start: str, *events: str, cycles: int = 1, regimen: str = "besponsa-label", more: str = "") -> Any:
        said = "".join(f"  - {{{event}}}\n" for event in events)
        text = f"regimen: {regimen}\npatient: {{bsa: 2 m2}}\nprior: none\nstart: {start}\ncycles: {cycles}\n{more}"
        file = tmp_path / "course.yaml"
        file.write_text(text + (f"events:\n{said}" if events else ""), "utf-8")
        ran = ino("plan", "--course", str(file), "-f", "json")
        assert ran.code == 0, ran.err
        return ran.json

    return run


def days(found: Any) -> list[str]:
    return [dose["date"] for dose in found["doses"]]


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2026-12-24", ["2026-12-24", "2026-12-31", "2027-01-07"]),
        ("2028-02-22", ["2028-02-22", "2028-02-29", "2028-03-07"]),  # a leap year
        ("2027-02-22", ["2027-02-22", "2027-03-01", "2027-03-08"]),
        ("2100-02-22", ["2100-02-22", "2100-03-01", "2100-03-08"]),  # a century that is none
    ],
)
def test_days_8_and_15_are_7_and_14_days_after_the_start(start: str, expected: list[str], dated: Dated) -> None:
    assert days(dated(start)) == expected


def test_a_start_on_the_command_line_dates_a_course(ino: Run) -> None:
    ran = ino("plan", "ino-vate", "--bsa", "2m2", "--cycles", "1", "--start", "2026-12-01", "-f", "csv")
    rows = csv.DictReader(ran.out.splitlines())
    assert [row["date"] for row in rows] == ["2026-12-01", "2026-12-08", "2026-12-15"]


def test_a_range_takes_the_shorter_length_and_says_so(dated: Dated) -> None:
    """21 days after 1 December is 22 December; cycle 2 of the label lasts 28 days, to 19 January."""
    found = dated("2026-12-01", cycles=3, more="remission after: 1\n")
    assert days(found)[3::3] == ["2026-12-22", "2027-01-19"]
    assert [each for each in found["assumptions"] if "dated" in each] == [
        "Cycle 1 is dated as 21 days, the shortest of 21 to 28 days."
    ]


def test_a_stated_length_is_taken_and_pointed_out_where_no_source_has_it(dated: Dated) -> None:
    found = dated(
        "2026-12-01", "cycle: 1, length: 28 d", "cycle: 2, length: 42 d", cycles=3, more="remission after: 1\n"
    )
    assert days(found)[3::3] == ["2026-12-29", "2027-02-09"]
    assert [each for each in found["assumptions"] if "dated" in each] == [
        "Cycle 2 is dated as 42 days, as the course says; its source states 28 days."
    ]


def test_the_length_of_the_last_cycle_is_not_needed(dated: Dated) -> None:
    assert days(dated("2026-12-01", regimen="mrd-mdacc")) == ["2026-12-01", "2026-12-08"]


def test_days_2_and_8_sit_exactly_on_the_least_spacing(dated: Dated) -> None:
    found = dated("2026-12-01", regimen="mini-hyper-cvd-ino-v3")
    assert days(found) == ["2026-12-02", "2026-12-08"]
    assert not [each for each in found["warnings"] if "ycle 1 day" in each]


def test_a_dose_keeps_its_day_when_the_one_before_is_a_day_late(dated: Dated) -> None:
    """9 + 6 = 15: the third dose is not pushed."""
    assert days(dated("2026-12-01", "cycle: 1, day: 8, on: 2026-12-09")) == ["2026-12-01", "2026-12-09", "2026-12-15"]


def test_a_dose_is_pushed_when_the_one_before_is_two_days_late(dated: Dated) -> None:
    assert days(dated("2026-12-01", "cycle: 1, day: 8, on: 2026-12-10")) == ["2026-12-01", "2026-12-10", "2026-12-16"]


def test_an_omitted_dose_keeps_nothing_at_a_distance(dated: Dated) -> None:
    """Day 8 held on its day: day 15 stays, also where day 8 had been put off within its window before it was held."""
    for on in ("2026-12-08", "2026-12-10"):
        found = dated("2026-12-01", f"cycle: 1, day: 8, omitted: fever, on: {on}")
        assert days(found) == ["2026-12-01", on, "2026-12-15"]


def test_a_dose_that_was_put_off_by_a_week_and_then_held_moves_what_follows(dated: Dated) -> None:
    found = dated("2026-12-01", "cycle: 1, day: 8, held: fever, on: 2026-12-15")
    assert days(found) == ["2026-12-01", "2026-12-15", "2026-12-22"]
    assert (
        "Cycle 1 day 8 was omitted 7 days after its day; what follows is 7 days later (fever)" in found["warnings"][1]
    )
    assert [each for each in found["warnings"] if "table of interruptions" in each]


@pytest.mark.parametrize("verb", ["", "given: as planned, "])
def test_a_day_1_moves_its_cycle_and_every_later_one(verb: str, dated: Dated) -> None:
    """Day 1 of cycle 2 moves from 22 to 27 December, five days; days 8 and 15 from 29 December and 5 January."""
    found = dated("2026-12-01", f"cycle: 2, day: 1, {verb}on: 2026-12-27", cycles=3, more="remission after: 1\n")
    assert days(found)[3:] == ["2026-12-27", "2027-01-03", "2027-01-10", "2027-01-24", "2027-01-31", "2027-02-07"]


def test_an_early_day_1_moves_them_too_and_what_came_too_near_is_said(dated: Dated) -> None:
    """Day 1 of cycle 3 on 17 January, two days early and 26 days after 22 December: cycle 4 from 14 February on."""
    found = dated("2026-12-01", "cycle: 3, day: 1, on: 2027-01-17", cycles=4, more="remission after: 1\n")
    assert days(found)[6:] == ["2027-01-17", "2027-01-24", "2027-01-31", "2027-02-14", "2027-02-21", "2027-02-28"]
    assert found["warnings"] == [
        "Cycle 3 day 1 is 2 days early; what follows is 2 days earlier.",
        "Cycle 3 day 1 is 12 days after cycle 2 day 15, 14 by the schedule.",
        "Cycle 3 begins 26 days after cycle 2; the shortest that its source states is 28.",
    ]


def test_what_has_a_date_keeps_it_and_lateness_is_counted_from_the_day_as_moved(dated: Dated) -> None:
    """Cycle 2 is 14 days late; its day 8, pinned to 12 January + 3, is 3 days late beside that."""
    found = dated(
        "2026-12-01",
        "cycle: 2, day: 1, on: 2027-01-05",
        "cycle: 2, day: 8, on: 2027-01-15",
        cycles=3,
        more="remission after: 1\n",
    )
    assert days(found)[3:7] == ["2027-01-05", "2027-01-15", "2027-01-22", "2027-02-05"]
    assert [dose["moved_days"] for dose in found["doses"]] == [0, 0, 0, 14, 17, 17, 17, 17, 17]
    assert "Cycle 2 day 8 is 3 days late; what follows is 3 days later" in found["warnings"][1]


def test_recorded_doses_without_a_date_move_along(dated: Dated) -> None:
    found = dated(
        "2026-12-01",
        "cycle: 1, day: 1, given: as planned, on: 2026-12-04",
        "cycle: 1, day: 8, given: as planned",
        "cycle: 1, day: 15, held: fever",
    )
    assert days(found) == ["2026-12-04", "2026-12-11", "2026-12-18"]


OWN = """title: doses on days of which no source states a window
after transplant: no
sources: {paper: {cite: A paper, read: full text}}
blocks:
  - {cycles: 1 to 2, length: 28 d, doses: {day 2: 0.6 mg/m2, day 10: 0.3 mg/m2}, source: {paper: Methods}}
totals:
  - {through cycle: 2, total: 1.8 mg/m2, worked: 2 × (0.6 + 0.3)}
"""


def test_without_a_window_a_late_dose_moves_its_own_cycle_and_the_next_is_asked_about(
    tmp_path: Path, dated: Dated
) -> None:
    """Day 2 on 14 December is 12 days late: day 10 on 10 + 12 = 22 December; cycle 2 begins on 29 December as before."""
    path = tmp_path / "our-own.yaml"
    path.write_text(OWN, "utf-8")
    found = dated("2026-12-01", "cycle: 1, day: 2, on: 2026-12-14", regimen=str(path), cycles=2)
    assert days(found) == ["2026-12-14", "2026-12-22", "2026-12-30", "2027-01-07"]
    assert [each for each in found["warnings"] if "ycle" in each] == [
        "Cycle 1 day 2 is 12 days late; the rest of cycle 1 is 12 days later. No source states by how much it may move, "
        "so no later cycle was moved with it: is cycle 2 to be later too?",
        "Cycle 2 day 2 is 8 days after cycle 1 day 10, 20 by the schedule.",
    ]


def test_a_long_delay_within_a_cycle_names_the_table_that_could_not_be_read(tmp_path: Path, dated: Dated) -> None:
    """A first dose that is late is no interruption, on whatever day of its cycle it is."""
    path = tmp_path / "our-own.yaml"
    path.write_text(OWN, "utf-8")
    for day, on, said in (("2", "2026-12-12", False), ("10", "2026-12-16", False), ("10", "2026-12-17", True)):
        found = dated("2026-12-01", f"cycle: 1, day: {day}, on: {on}", regimen=str(path), cycles=2)
        table = (
            "For cycle 1 day 10: the BESPONSA label has a table of interruptions within a cycle that could not be read; "
            "after 7 days or more it may ask to omit a dose. Read it there."
        )
        assert (table in found["warnings"]) == said


def test_the_regimens_own_window_comes_before_the_labels(tmp_path: Path, dated: Dated) -> None:
    path = tmp_path / "our-own.yaml"
    path.write_text(
        OWN.replace("totals:", "window: {days: [10], within: 4 d, source: {paper: Methods}}\ntotals:"), "utf-8"
    )
    within, past = (
        dated("2026-12-01", f"cycle: 1, day: 10, on: {on}", regimen=str(path), cycles=2)
        for on in ("2026-12-14", "2026-12-15")
    )
    assert days(within)[2:] == ["2026-12-30", "2027-01-07"]
    assert days(past)[2:] == ["2027-01-04", "2027-01-12"]
    assert "Its window is 4 days: A paper, Methods." in past["warnings"][0]


@pytest.mark.parametrize(
    ("window", "problem"),
    [
        ("days: [8], within: 4 d", "the window is of day 8, which has no dose; the days are 2, 10"),
        ("days: [10, 10], within: 4 d", "the days of the window do not increase; write each day once, in order"),
        ("days: [10, 2], within: 4 d", "the days of the window do not increase; write each day once, in order"),
        ("days: [1, 10], within: 4 d", "day 1 has no window: its cycle moves with it; leave it out"),
        (
            "days: [10], within: 8 d",
            "a window of 8 d is as long as from one dose to another, 8 d; write by how many days a dose may move",
        ),
    ],
)
def test_a_window_that_none_can_be_is_a_fault(window: str, problem: str, tmp_path: Path, ino: Run) -> None:
    path = tmp_path / "our-own.yaml"
    path.write_text(OWN.replace("totals:", f"window: {{{window}, source: {{paper: Methods}}}}\ntotals:"), "utf-8")
    assert ino("lint", str(path)).out == f"{path}:6: {problem}\n"


def test_a_schedule_that_is_nearer_than_the_least_spacing_is_dated_as_it_is(tmp_path: Path, dated: Dated) -> None:
    """Days 1, 4 and 8: three and four days apart; day 4 a day late, so day 8 keeps its four days from it."""
    path = tmp_path / "our-own.yaml"
    doses = "{day 1: 0.3 mg/m2, day 4: 0.3 mg/m2, day 8: 0.3 mg/m2}"
    path.write_text(OWN.replace("{day 2: 0.6 mg/m2, day 10: 0.3 mg/m2}", doses).replace("0.6 + 0.3", "0.3 + 0.3 + 0.3"))
    found = dated("2026-12-01", regimen=str(path), cycles=1)
    assert days(found) == ["2026-12-01", "2026-12-04", "2026-12-08"]
    assert not [each for each in found["warnings"] if "ycle" in each]
    found = dated("2026-12-01", "cycle: 1, day: 8, on: 2026-12-10", regimen=str(path), cycles=2)
    assert days(found)[3:] == ["2026-12-29", "2027-01-01", "2027-01-05"]


def test_nothing_is_said_to_follow_where_nothing_does(dated: Dated) -> None:
    found = dated("2026-12-01", "cycle: 1, day: 15, on: 2026-12-25", more="remission after: never\n")
    assert found["warnings"][0].startswith("Cycle 1 day 15 is 10 days late. Its window is 2 days: BESPONSA")
    found = dated("2026-12-01", "cycle: 4, day: 3, on: 2027-03-10", regimen="mini-hyper-cvd-ino-v1", cycles=4)
    assert "later too?" not in str(found["warnings"])


def test_how_long_cycles_last_may_be_written_first(dated: Dated) -> None:
    lengths = [f"cycle: {cycle}, length: 28 d" for cycle in (1, 2)]
    found = dated("2026-12-01", *lengths, "cycle: 1, day: 1, given: as planned", regimen="mrd-mdacc", cycles=3)
    assert days(found)[2::2] == ["2026-12-29", "2027-01-26"]


def test_a_date_far_from_its_day_needs_to_be_confirmed(dated: Dated) -> None:
    found = dated("2026-12-01", "cycle: 1, day: 8, on: 2027-12-14, confirmed: true")
    assert days(found)[1] == "2027-12-14"


@pytest.mark.parametrize(
    ("regimen", "event", "named"),
    [
        ("besponsa-label", "cycle: 2, day: 1, on: 2027-01-19, because: cytopenia", ["The next cycle"]),  # 28 days
        ("besponsa-label", "cycle: 2, day: 1, on: 2027-01-20, because: Cytopenia.", ["The next cycle", "Treatment is"]),
        ("besponsa-label", "cycle: 2, day: 1, on: 2027-01-20, because: no bed", []),
        ("besponsa-label", "cycle: 2, day: 1, on: 2027-01-20, because: no neutropenia", []),
        ("besponsa-label", "cycle: 2, day: 1, on: 2027-01-20, because: lymphocytes", []),
        ("besponsa-label", "cycle: 2, day: 8, held: thrombocytopenia", ["Doses on days 8 and 15"]),
        ("besponsa-label", "cycle: 2, day: 8, given: as planned, because: neutropenia", []),  # on its day
        ("besponsa-label", "cycle: 2, day: 8, held: ALT 5 × ULN", ["EU label"]),
        ("besponsa-label", "cycle: 2, day: 8, held: salty food", []),
        ("mini-hyper-cvd-ino-v3", "cycle: 2, day: 2, on: 2027-01-10, because: low platelets", ["The next cycle"]),
    ],
)
def test_a_rule_of_the_label_is_named_where_an_event_touches_it(
    regimen: str, event: str, named: list[str], dated: Dated
) -> None:
    """Cycle 2 of the label is due on 22 December; of the other, 28 days after the start, its day 2 on 30 December."""
    more = "remission after: 1\n" if regimen == "besponsa-label" else ""
    length = ["cycle: 1, length: 28 d"] if not more else []
    found = dated("2026-12-01", *length, event, regimen=regimen, cycles=2, more=more)
    said = [each for each in found["warnings"] if " label, for " in each]
    assert len(said) == len(named)
    assert all(words in each for words, each in zip(named, said, strict=True))


def test_a_long_delay_without_a_reason_is_asked_about(dated: Dated) -> None:
    found = dated("2026-12-01", "cycle: 2, day: 1, on: 2027-01-20", cycles=2, more="remission after: 1\n")
    assert found["warnings"][-1] == (
        "Cycle 2 day 1 is 29 days late without a reason; where one is written, what the label says of it is shown."
    )


def test_a_cycle_that_is_said_to_be_shorter_than_its_source_states_is_warned_of(dated: Dated) -> None:
    found = dated("2026-12-01", "cycle: 2, length: 21 d", cycles=3, more="remission after: 1\n")
    assert "Cycle 3 begins 21 days after cycle 2; the shortest that its source states is 28." in found["warnings"]


@pytest.mark.parametrize(
    ("on", "warning"),
    [
        ("2026-12-06", "5 days after cycle 1 day 1, 7 by the schedule; at least 6"),  # day 6 is never a second dose
        ("2026-12-07", "6 days after cycle 1 day 1, 7 by the schedule."),
        ("2026-12-10", None),
        ("2026-12-11", "3 days late; what follows is 3 days later. Its window is 2 days: "),
    ],
)
def test_day_8_may_be_days_7_to_10(on: str, warning: str | None, dated: Dated) -> None:
    found = dated("2026-12-01", f"cycle: 1, day: 8, given: as planned, on: {on}", "cycle: 1, day: 15, omitted: fever")
    breaches = [each for each in found["warnings"] if "day 8" in each]
    assert [warning in each for each in breaches if warning] == [True] * len(breaches)
    assert bool(breaches) == bool(warning)


def test_both_windows_can_be_left_at_once(dated: Dated) -> None:
    found = dated("2026-12-01", "cycle: 1, day: 8, on: 2026-12-05")
    assert [each.split(" is ")[1].split(": ")[0] for each in found["warnings"]] == [
        "3 days early. Its window",
        "4 days after cycle 1 day 1, 7 by the schedule; at least 6 are asked for by BESPONSA (inotuzumab ozogamicin) "
        "for injection. US prescribing information, Pfizer, revised 3/2024, section 2, Table 1, footnote on days 8 and 15.",
    ]


def test_day_1_has_no_window_of_its_own(dated: Dated) -> None:
    found = dated("2026-12-01", "cycle: 2, day: 1, on: 2027-01-05", cycles=2, more="remission after: 1\n")
    assert found["warnings"] == ["Cycle 2 day 1 is 14 days late; what follows is 14 days later."]


# around a transplant


def test_the_interval_is_counted_from_the_last_dose_and_not_judged(dated: Dated) -> None:
    found = dated("2026-12-01", "cycle: 1, day: 15, omitted: bilirubin", more="transplant: 2027-01-10\n")
    assert found["course"]["days_to_transplant"] == 33  # 8 December to 10 January: 23 + 10
    assert not [each for each in found["warnings"] if "days" in each]


def test_a_dose_omitted_because_of_the_transplant_is_no_contradiction(dated: Dated) -> None:
    found = dated("2026-12-01", "cycle: 1, day: 15, omitted: transplant", more="transplant: 2026-12-12\n")
    assert [dose["state"] for dose in found["doses"]] == ["planned", "planned", "omitted"]
    assert found["total"]["level_mg_per_m2"] * 10 == 13


def test_a_transplant_before_cycle_2_decides_what_remission_would_have(ino: Run) -> None:
    ran = ino(
        "plan", "besponsa-label", "--bsa", "2m2", "--start", "2026-12-01", "--transplant", "2026-12-20", "-f", "json"
    )
    assert (ran.json["ceiling"]["status"], ran.json["undecided"]) == ("below", [])
    assert (
        "Not planned, since they would fall after the transplant: cycle 2 day 1, cycle 2 day 8, cycle 2 day 15."
        in (ran.json["warnings"])
    )


def test_a_transplant_within_cycle_2_ends_both_branches_there(ino: Run) -> None:
    """Day 1 is on 22 December, day 8 on 29 December, day 15 after it: 1.8 + 0.5 + 0.5 or 1.8 + 0.8 + 0.5."""
    ran = ino(
        "plan", "besponsa-label", "--bsa", "2m2", "--start", "2026-12-01", "--transplant", "2026-12-29", "-f", "json"
    )
    assert [branch["level_mg_per_m2"] * 10 for branch in ran.json["undecided"]] == [28, 31]
    assert ran.json["course"]["days_to_transplant"] is None  # nobody knows yet which dose is the last


def test_without_dates_what_follows_a_dose_after_transplant_is_after_it_too(tmp_path: Path, ino: Run) -> None:
    file = tmp_path / "course.yaml"
    events = "events:\n  - {cycle: 1, day: 1, given: as planned}\n"
    events += "  - {cycle: 1, day: 8, given: as planned, after transplant: yes}\n"
    file.write_text(f"{LABEL}cycles: 1\ntransplant: 2027-03-01\n{events}", "utf-8")
    found = ino("plan", "--course", str(file), "-f", "json").json
    assert [dose["day"] for dose in found["doses"]] == [1]
    assert [dose["day"] for dose in found["doses_after_transplant"]] == [8]
    assert "Not planned, since they would fall after the transplant: cycle 1 day 15." in found["warnings"]


def test_a_transplant_without_a_start_leaves_nothing_out_and_says_so(ino: Run) -> None:
    ran = ino("plan", "mrd-mdacc", "--bsa", "2m2", "--cycles", "1", "--transplant", "2027-03-01", "-f", "json")
    assert len(ran.json["doses"]) == 2
    assert any("Without a start no dose has a date" in each for each in ran.json["warnings"])


@pytest.mark.parametrize(
    "said", ["2026-02-29", "2026-13-01", "26-12-01", "2026-12-1", "tomorrow", "", "２026-12-01", "0202-12-01"]
)
def test_a_date_that_is_none_is_refused(said: str, ino: Run) -> None:
    ran = ino("plan", "mrd-mdacc", "--bsa", "2m2", "--start", said)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"--start: {said!r} is not a date; write year-month-day, as in 2026-12-01, from 1900 to 2199\n"


def test_the_last_year_that_is_taken_ends_without_a_fault(ino: Run) -> None:
    ran = ino("plan", "nhl-phase-1", "--bsa", "2m2", "--cycles", "99", "--start", "2199-12-31", "-f", "json")
    assert ran.code == 0
