"""The calendar: read back by another library than the one that wrote it, imported again and again, and its bytes looked at."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import vobject
from conftest import Run

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
def ics(tmp_path: Path, ino: Run) -> Printed:
    """`ics(text, …)` is the calendar of the course with this text."""

    def run(text: str, *arguments: str) -> bytes:
        file = tmp_path / "course.yaml"
        file.write_text(text, "utf-8")
        ran = ino("plan", "--course", str(file), "-f", "ics", *arguments)
        assert ran.code == 0, ran.err
        return ran.out.encode()

    return run


@pytest.fixture
def whole(tmp_path: Path) -> Printed:
    """The same by a process of its own, byte for byte."""

    def run(text: str) -> bytes:
        file = tmp_path / "course.yaml"
        file.write_text(text, "utf-8")
        command = [sys.executable, "-m", "ino_dose", "plan", "--course", str(file), "-f", "ics"]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout

    return run


class Entry(NamedTuple):
    """An event as a calendar keeps it."""

    sequence: int
    stamp: datetime
    day: date
    status: str
    summary: str


def entries(content: bytes) -> dict[str, Entry]:
    """The events of a file by UID, as vobject reads them."""
    found = {}
    for event in vobject.readOne(content.decode("utf-8")).vevent_list:
        assert event.dtend.value == event.dtstart.value + timedelta(1)
        assert type(event.dtstart.value) is date  # no time and no zone: the same weekday everywhere
        assert event.uid.value not in found
        found[event.uid.value] = Entry(
            int(event.sequence.value),
            event.dtstamp.value,
            event.dtstart.value,
            event.status.value,
            event.summary.value,
        )
    return found


def imported(calendar: dict[str, Entry], content: bytes) -> dict[str, Entry]:
    """The calendar after another file: an event is replaced by one of its UID that is newer by SEQUENCE, then DTSTAMP."""
    for uid, entry in entries(content).items():
        there = calendar.get(uid)
        if there is None or (entry.sequence, entry.stamp) > (there.sequence, there.stamp):
            calendar = calendar | {uid: entry}
    return calendar


def shown(calendar: dict[str, Entry]) -> list[tuple[date, str]]:
    """What is not cancelled, by date."""
    return sorted((entry.day, entry.summary) for entry in calendar.values() if entry.status != "CANCELLED")


def of(content: bytes) -> list[tuple[date, str]]:
    return shown(entries(content))


def test_an_all_day_event_a_dose_and_one_for_the_transplant(ics: Printed) -> None:
    """BSA √(178.3 × 82.6 / 3600) = 2.0226…, 2.02: 0.8 × 2.02 = 1.616, 0.5 × 2.02 = 1.01; from cycle 2 on
    √(178.3 × 76.4 / 3600) = 1.9452…, 1.95: 0.5 × 1.95 = 0.975, a tie, 0.98."""
    content = ics(COURSE)
    assert of(content) == [
        (date(2026, 12, 21), "Inotuzumab ozogamicin 1.62 mg, cycle 1 day 1"),
        (date(2027, 1, 4), "Inotuzumab ozogamicin 1.01 mg, cycle 1 day 15"),
        (date(2027, 1, 11), "Inotuzumab ozogamicin 0.98 mg, cycle 2 day 1"),
        (date(2027, 1, 18), "Inotuzumab ozogamicin 0.98 mg, cycle 2 day 8"),
        (date(2027, 1, 25), "Inotuzumab ozogamicin 0.98 mg, cycle 2 day 15"),
        (date(2027, 3, 1), "Stem-cell transplant"),
    ]
    assert [(each.day, each.summary) for each in entries(content).values() if each.status == "CANCELLED"][:2] == [
        (date(2026, 12, 28), "Omitted: inotuzumab ozogamicin, cycle 1 day 8"),
        (date(2027, 2, 8), "Not planned: inotuzumab ozogamicin, cycle 3 day 1"),
    ]
    assert {entry.sequence for entry in entries(content).values()} == {4}  # events recorded


def file_of(said: dict[str, Any], events: list[dict[str, Any]]) -> str:
    course = {"regimen": "besponsa-label", "patient": {"id": "P-17", "bsa": "2 m2"}, "prior": "none", **said}
    return json.dumps(course | ({"events": events} if events else {}))


WEEKS: list[tuple[dict[str, Any], list[dict[str, Any]]]] = [
    ({}, [{"cycle": 1, "day": 1, "given": "as planned"}]),
    ({}, [{"cycle": 1, "day": 8, "held": "bilirubin"}]),
    ({}, [{"cycle": 1, "day": 15, "given": "0.9 mg", "on": "2026-12-17"}]),
    ({"remission after": 1}, [{"cycle": 2, "weight": "x"}]),
    ({"remission after": 1}, [{"cycle": 2, "day": 1, "on": "2027-01-05", "because": "neutropenia"}]),
    ({"remission after": 1, "transplant": "2027-01-20"}, [{"cycle": 2, "day": 8, "given": "as planned"}]),
    ({"remission after": 1, "transplant": "2027-01-20"}, [{"cycle": 2, "stop": "VOD"}]),
]


def test_a_calendar_that_imports_every_file_shows_what_the_last_one_says(ics: Printed) -> None:
    """Held, late, remission, deferred, a transplant, stopped: nothing that is no longer planned stays."""
    calendar: dict[str, Entry] = {}
    events: list[dict[str, Any]] = []
    for said, more in WEEKS:
        events += [{"cycle": 2, "bsa": "1.9 m2"} if "weight" in each else each for each in more]
        content = ics(file_of({"start": "2026-12-01", **said}, events))
        calendar = imported(calendar, content)
        assert shown(calendar) == of(content)
    assert [day for day, _ in shown(calendar)] == [
        date(2026, 12, 1),
        date(2026, 12, 17),
        date(2027, 1, 5),
        date(2027, 1, 12),
        date(2027, 1, 20),
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"start": "2026-12-01"}, {"start": "2026-12-02"}),
        ({"patient": {"id": "P-17", "bsa": "1.9 m2"}}, {}),
        ({"remission after": 1}, {"remission after": "never"}),
        ({"remission after": 1}, {}),
        ({"transplant": "2027-03-01"}, {}),
        ({"transplant": "2027-03-01"}, {"hsct": "yes"}),
        ({"remission after": 1}, {"remission after": 1, "cycles": 2}),
        ({"remission after": 1}, {"remission after": 1, "hsct": "yes"}),
        ({"remission after": 1, "transplant": "2027-01-12"}, {"remission after": 1, "transplant": "2027-01-09"}),
    ],
)
def test_a_correction_without_an_event_replaces_all_with_the_next_revision(
    before: dict[str, Any], after: dict[str, Any], ics: Printed
) -> None:
    calendar = imported({}, ics(file_of({"start": "2026-12-01", **before}, [])))
    content = ics(file_of({"start": "2026-12-01", **after}, []), "--revision", "1")
    assert shown(imported(calendar, content)) == of(content)


def test_what_is_open_is_not_cancelled(ics: Printed) -> None:
    """While remission is not stated, cycles 2 to 6 may still come: a later file must be able to plan them."""
    assert {entry.status for entry in entries(ics(file_of({"start": "2026-12-01"}, []))).values()} == {"CONFIRMED"}


def test_where_no_source_states_a_last_cycle_it_is_said_what_is_not_taken_back(ino: Run) -> None:
    said = ["kantarjian-2013-single", "--bsa", "2m2", "--level", "1.8mg/m2", "--cycles", "3", "--start", "2026-12-01"]
    err = ino("plan", *said, "--id", "P-17", "-f", "ics").err
    assert "No source states a last cycle: what an earlier file had after cycle 3 is not taken back.\n" in err


def test_a_revision_that_would_count_as_older_is_refused(tmp_path: Path, ino: Run) -> None:
    file = tmp_path / "course.yaml"
    file.write_text(COURSE, "utf-8")
    ran = ino("plan", "--course", str(file), "-f", "ics", "--revision", "3")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "--revision: 3 is less than the 4 events recorded, and would count as older; write 4 or more\n"


def test_an_empty_id_is_none(ics: Printed) -> None:
    with_none, empty = (file_of({"start": "2026-12-01", "patient": {"bsa": "2 m2"}}, []) for _ in range(2))
    assert set(entries(ics(with_none))) == set(entries(ics(empty, "--id", "")))


def test_events_are_told_apart_by_the_id_and_without_one_by_the_start(ics: Printed) -> None:
    def uids(text: str) -> set[str]:
        return set(entries(ics(text)))

    said = {"start": "2026-12-01"}
    own = uids(file_of(said, []))
    assert own == uids(file_of({"start": "2026-12-08"}, []))
    assert not own & uids(file_of(said, []).replace("P-17", "P-18"))
    assert not own & uids(file_of(said, []).replace("besponsa-label", "ino-vate"))
    nobody, later = (file_of({"start": day, "patient": {"bsa": "2 m2"}}, []) for day in ("2026-12-01", "2026-12-08"))
    assert uids(nobody) == uids(nobody.replace("2 m2", "1.7 m2"))
    assert not uids(nobody) & (uids(later) | own)


def test_a_stamp_grows_with_the_revision_and_not_with_the_dates(ics: Printed) -> None:
    """A dose that is moved to an earlier day is no older for it."""
    one, other = (
        next(iter(entries(ics(file_of({"start": start}, []), "--revision", revision)).values()))
        for start, revision in (("2026-12-08", "3"), ("2026-12-01", "4"))
    )
    assert (other.sequence, other.stamp - one.stamp) == (4, timedelta(seconds=1))


def test_what_whoever_imports_it_should_know_is_said(ino: Run) -> None:
    said = ["plan", "mrd-mdacc", "--bsa", "2m2", "--cycles", "1", "--start", "2026-12-01", "-f", "ics"]
    assert ino(*said).err.splitlines() == [
        "This is revision 0 of the calendar, by the events. What changes without a new one (a start, a transplant, a line "
        "that is written anew) needs --revision 1, or calendars pass it over.",
        "Without --id the events of two patients with this regimen and start cannot be told apart: a calendar would take "
        "one for the other. An id should be a pseudonym.",
    ]
    assert ino(*said, "--id", "P-17", "--revision", "7").err == (
        "This is revision 7 of the calendar. From now on write --revision 8 and so on each time, also where an event is added.\n"
    )


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        (["-f", "ics", "--revision", "x"], "--revision: 'x' is not a revision; write it like 2"),
        (["-f", "ics", "--revision", "-1"], "--revision: '-1' is not a revision; write it like 2"),
        (["-f", "json", "--revision", "2"], "--revision: is of a calendar; add -f ics, or leave it out"),
    ],
)
def test_a_revision_that_is_none_is_refused(said: list[str], problem: str, ino: Run) -> None:
    ran = ino("plan", "mrd-mdacc", "--bsa", "2m2", "--cycles", "1", "--start", "2026-12-01", *said)
    assert (ran.code, ran.out, ran.err) == (2, "", f"{problem}\n")


def test_lines_are_as_rfc_5545_asks(tmp_path: Path, whole: Printed) -> None:
    schedule = tmp_path / f"{LONG}.yaml"
    bundled = Path(__file__).parent.parent / "schedules" / "besponsa-label.yaml"
    schedule.write_bytes(bundled.read_bytes())
    content = whole(COURSE.replace("besponsa-label", str(schedule)))
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
    for name in ("UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "SEQUENCE", "STATUS"):
        assert (
            sum(re.match(f"{name}[:;]", line) is not None for line in unfolded) == unfolded.count("BEGIN:VEVENT") == 19
        )
    assert all(re.fullmatch(r"DTSTAMP:[0-9]{8}T[0-9]{6}Z", line) for line in unfolded if line.startswith("DTSTAMP"))
    assert LONG in vobject.readOne(content.decode("utf-8")).vevent_list[0].description.value


def test_the_same_input_gives_the_same_bytes(ics: Printed, whole: Printed) -> None:
    assert whole(COURSE) == whole(COURSE) == ics(COURSE)


def test_nothing_but_what_is_planned_is_in_it(ics: Printed) -> None:
    """No name, id, size or reason, not even in a form that trying would find."""
    content = re.sub(r"\r\n[ \t]", "", ics(COURSE).decode())
    for word in ("Zo", "A-17", "178", "82.6", "76.4", "2.02", "1.95", "bilirubin"):
        assert word not in re.sub(r"UID:\w+", "", content)
    other = ics(COURSE.replace("Zoë-A-17", "B-18")).decode()
    assert re.sub(r"UID:\w+", "", content) == re.sub(r"UID:\w+", "", re.sub(r"\r\n[ \t]", "", other))
    heavier = ics(COURSE.replace("82.6", "95"))
    assert set(entries(heavier)) == set(entries(ics(COURSE)))


def test_a_calendar_without_dates_is_refused_and_one_without_doses_cancels_them(tmp_path: Path, ino: Run) -> None:
    ran = ino("plan", "mrd-mdacc", "--bsa", "2m2", "--cycles", "1", "-f", "ics")
    assert (ran.code, ran.out) == (2, "")
    assert "add --start" in ran.err
    file = tmp_path / "course.yaml"
    omitted = "".join(f"  - {{cycle: 1, day: {day}, omitted: fever}}\n" for day in (1, 8))
    text = f"regimen: mrd-mdacc\npatient: {{bsa: 2 m2}}\ncycles: 1\nstart: 2026-12-01\nevents:\n{omitted}"
    file.write_text(text, "utf-8")
    assert ino("plan", "--course", str(file), "-f", "ics").out.count("STATUS:CANCELLED") > 2
