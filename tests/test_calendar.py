"""The calendar: read back by a library that knows RFC 5545, and its bytes looked at without one."""

import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from conftest import Run
from icalendar import Calendar

LONG = "besponsa-label-for-the-haematology-ward-of-a-hospital-with-an-incredibly-long-name-in-many-words"
COURSE = """
regimen: besponsa-label
patient: {id: Zoë-A-17, height: 178.3 cm, weight: 82.6 kg}
start: 2026-12-21
transplant: 2027-03-01
prior: none
events:
  - {cycle: 1, day: 1, given: as planned}
  - {cycle: 1, day: 8, omitted: bilirubin}
  - {cycle: 1, remission: CR}
  - {cycle: 2, weight: 76.4 kg}
"""
Printed = Callable[..., bytes]


@pytest.fixture
def ics(tmp_path: Path) -> Printed:
    """`ics(text, …)` is the calendar of the course with this text, byte for byte."""

    def run(text: str, *arguments: str) -> bytes:
        file = tmp_path / "course.yaml"
        file.write_text(text, "utf-8")
        command = [sys.executable, "-m", "ino_dose", "plan", "--course", str(file), "-f", "ics", *arguments]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout

    return run


def test_an_all_day_event_a_dose_that_was_not_omitted(ics: Printed) -> None:
    """BSA √(178.3 × 82.6 / 3600) = 2.0226…, 2.02: 0.8 × 2.02 = 1.616, 0.5 × 2.02 = 1.01; from cycle 2 on
    √(178.3 × 76.4 / 3600) = 1.9452…, 1.95: 0.5 × 1.95 = 0.975, a tie, 0.98."""
    events = Calendar.from_ical(ics(COURSE)).walk("VEVENT")
    assert [(event.decoded("dtstart"), str(event["summary"])) for event in events] == [
        (date(2026, 12, 21), "Inotuzumab ozogamicin 1.62 mg, cycle 1 day 1"),
        (date(2027, 1, 4), "Inotuzumab ozogamicin 1.01 mg, cycle 1 day 15"),
        (date(2027, 1, 11), "Inotuzumab ozogamicin 0.98 mg, cycle 2 day 1"),
        (date(2027, 1, 18), "Inotuzumab ozogamicin 0.98 mg, cycle 2 day 8"),
        (date(2027, 1, 25), "Inotuzumab ozogamicin 0.98 mg, cycle 2 day 15"),
    ]
    for event in events:
        assert event.decoded("dtend") == event.decoded("dtstart") + timedelta(1)
        assert event["dtstart"].params["VALUE"] == "DATE"
    assert len({str(event["uid"]) for event in events}) == 5


def test_lines_are_as_rfc_5545_asks(tmp_path: Path, ics: Printed) -> None:
    schedule = tmp_path / f"{LONG}.yaml"
    bundled = Path(__file__).parent.parent / "schedules" / "besponsa-label.yaml"
    schedule.write_bytes(bundled.read_bytes())
    content = ics(COURSE.replace("besponsa-label", str(schedule)))
    assert content.endswith(b"\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    lines = content.decode("utf-8").encode().split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert any(line.startswith(b" ") for line in lines)  # something was long enough to fold
    for line in lines:
        line.decode("utf-8")  # and never within a character
    unfolded = re.sub(rb"\r\n[ \t]", b"", content).decode().split("\r\n")
    assert unfolded[0] == "BEGIN:VCALENDAR"
    assert unfolded[-2:] == ["END:VCALENDAR", ""]
    assert {"VERSION:2.0"} < set(unfolded)
    assert all(re.fullmatch(r"[A-Z-]+(;[A-Z-]+=[A-Z-]+)*:.*", line) for line in unfolded[:-1])
    for name in ("UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY"):
        assert sum(re.match(f"{name}[:;]", line) is not None for line in unfolded) == 5
    assert all(re.fullmatch(r"DTSTAMP:[0-9]{8}T[0-9]{6}Z", line) for line in unfolded if line.startswith("DTSTAMP"))
    assert LONG in Calendar.from_ical(content).walk("VEVENT")[0]["description"]


def test_the_same_input_gives_the_same_bytes(ics: Printed) -> None:
    assert ics(COURSE) == ics(COURSE)


def test_nothing_identifies_the_patient(ics: Printed) -> None:
    """The same calendar for anybody else with this BSA, and none of the sizes, reasons or names in it."""
    content = ics(COURSE).decode()
    for word in (
        "Zo",
        "A-17",
        "178",
        "82.6",
        "76.4",
        "2.02",
        "1.95",
        "bilirubin",
        "transplant",
        "2027-03-01",
        "20270301",
    ):
        assert word not in content.split("UID")[0] + re.sub(r"UID:\w+", "", content)
    assert content == ics(COURSE.replace("Zoë-A-17", "B-18")).decode()


def test_a_weight_that_changes_later_replaces_the_event_of_its_dose(ics: Printed) -> None:
    before, after = (
        Calendar.from_ical(ics(text)).walk("VEVENT") for text in (COURSE, COURSE.replace("76.4 kg", "74 kg"))
    )
    assert [event["uid"] for event in before] == [event["uid"] for event in after]
    assert before[-1]["summary"] != after[-1]["summary"]


def test_two_courses_that_start_on_different_days_have_different_events(ics: Printed) -> None:
    one, other = (
        {str(event["uid"]) for event in Calendar.from_ical(ics(text)).walk("VEVENT")}
        for text in (COURSE, COURSE.replace("2026-12-21", "2026-12-28"))
    )
    assert not one & other


def test_a_calendar_without_dates_or_without_doses_is_refused(tmp_path: Path, ino: Run) -> None:
    ran = ino("plan", "mrd-mdacc", "--bsa", "2m2", "--cycles", "1", "-f", "ics")
    assert (ran.code, ran.out) == (2, "")
    assert "add --start" in ran.err
    file = tmp_path / "course.yaml"
    omitted = "".join(f"  - {{cycle: 1, day: {day}, omitted: fever}}\n" for day in (1, 8))
    text = f"regimen: mrd-mdacc\npatient: {{bsa: 2 m2}}\ncycles: 1\nstart: 2026-12-01\nevents:\n{omitted}"
    file.write_text(text, "utf-8")
    assert ino("plan", "--course", str(file), "-f", "ics").code == 2
