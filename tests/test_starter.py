"""`plan -f yaml`: a course file of what was asked, which plans the same, and goes on."""

import re
from pathlib import Path
from typing import Any

import pytest
from conftest import Ran, Run
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ASKED = [
    ["besponsa-label", "--height", "178cm", "--weight", "82kg", "--prior", "none", "--cycles", "1"],
    ["besponsa-label", "--height", "5ft 10in", "--weight", "180lb", "--formula", "du-bois", "--remission-after", "1"],
    ["ino-vate", "--bsa", "1.82m2", "--prior", "1.45mg@1.6m2", "--remission-after", "never", "--hsct"],
    ["mrd-mdacc", "--bsa", "1.62m2", "--prior", "unknown", "--round-to", "vial", "--cycles", "2"],
    ["kantarjian-2013-single", "--bsa", "0.42m2", "--level", "1.8mg/m2", "--cycles", "2", "--round-to", "0.05mg"],
    ["mrd-mdacc", "--height", "80cm", "--weight", "9kg", "--formula", "schlich", "--sex", "f", "--prior", "1.8 mg/m²"],
    ["besponsa-label", "--bsa", "2m2", "--remission-after", "2", "--start", "2026-12-01", "--transplant", "2027-01-20"],
    ["deangelo-2017", "--bsa", "2m2", "--id", 'Zoë: "x" # {1, 2} - \\ é', "--prior", "none"],
    ["mrd-mdacc", "--bsa", "2m2", "--id", "yes", "--prior", "none"],
    ["mrd-mdacc", "--bsa", "2m2", "--id", " 007 ", "--prior", "none"],
    ["mrd-mdacc", "--bsa", "2m2", "--id", "😀", "--prior", "none"],
]


def planned(ran: Ran) -> dict[str, Any]:
    """The plan, without the question that only an option's prior exposure raises."""
    assert ran.code == 0, ran.err
    warnings = [each for each in ran.json["warnings"] if "comes on top of" not in each]
    return {**ran.json, "warnings": warnings}


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: " ".join(asked[:4]))
def test_the_course_file_plans_what_was_asked(asked: list[str], tmp_path: Path, ino: Run) -> None:
    file = tmp_path / "course.yaml"
    file.write_text(ino("plan", *asked, "-f", "yaml").out, "utf-8")
    assert planned(ino("plan", "--course", str(file), "-f", "json")) == planned(ino("plan", *asked, "-f", "json"))


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: " ".join(asked[:4]))
def test_filled_in_it_is_the_course_as_planned(asked: list[str], tmp_path: Path, ino: Run) -> None:
    """Each comment that is a dose becomes an event when its # is taken away."""
    text = ino("plan", *asked, "-f", "yaml").out
    filled = re.sub("^(  )?# (events:|- )", r"\1\2", text, flags=re.MULTILINE)
    file = tmp_path / "course.yaml"
    file.write_text(filled, "utf-8")
    found, as_planned = (ino("plan", *said, "-f", "json").json for said in (["--course", str(file)], asked))
    assert {dose["state"] for dose in found["doses"]} == {"given"}
    assert found["total"] == as_planned["total"]


COURSES = sorted((Path(__file__).parent / "courses").glob("*.yaml"))


@pytest.mark.parametrize("path", COURSES, ids=lambda path: path.stem)
def test_a_lived_course_is_written_again_as_it_was(path: Path, tmp_path: Path, ino: Run) -> None:
    """The file that is printed of a course file plans the same, and prints itself."""
    import yaml

    file, again = tmp_path / "course.yaml", tmp_path / "again.yaml"
    file.write_text(yaml.load(path.read_text("utf-8"), yaml.BaseLoader)["course"], "utf-8")
    again.write_text(ino("plan", "--course", str(file), "-f", "yaml").out, "utf-8")
    assert ino("plan", "--course", str(again), "-f", "json").out == ino("plan", "--course", str(file), "-f", "json").out
    assert ino("plan", "--course", str(again), "-f", "yaml").out == again.read_text("utf-8")


def test_what_is_still_to_come_stands_between_what_happened(tmp_path: Path, ino: Run) -> None:
    """0.8 × 2 = 1.6, 0.5 × 2 = 1 mg; day 8 a week late, so day 15 on 22 December, a Tuesday."""
    file = tmp_path / "course.yaml"
    file.write_text(
        "regimen: besponsa-label\npatient: {bsa: 2 m2}\nprior: none\nstart: 2026-12-01\nremission after: never\n"
        "cycles: 2\nevents:\n  - {cycle: 1, day: 8, given: 1 mg, on: 2026-12-15}\n  - {cycle: 2, weight: 3}\n".replace(
            "weight: 3", "bsa: 1.9 m2"
        ),
        "utf-8",
    )
    assert ino("plan", "--course", str(file), "-f", "yaml").out.split("order in which it happened.\n")[1] == (
        "  # - {cycle: 1, day: 1, given: as planned}  # Tue 2026-12-01, 1.6 mg\n"
        "  - {cycle: 1, day: 8, given: 1 mg, on: 2026-12-15}\n"
        "  # - {cycle: 1, day: 15, given: as planned}  # Tue 2026-12-22, 1 mg\n"
        "  - {cycle: 2, bsa: 1.9 m2}\n"
        "  # - {cycle: 2, day: 1, given: as planned}  # Tue 2026-12-29, 1.52 mg\n"
        "  # - {cycle: 2, day: 8, given: as planned}  # Tue 2027-01-05, 0.95 mg\n"
        "  # - {cycle: 2, day: 15, given: as planned}  # Tue 2027-01-12, 0.95 mg\n"
    )


def test_what_a_course_file_cannot_say_is_refused(ino: Run) -> None:
    ran = ino("plan", "mrd-mdacc", "--bsa", "2m2", "--prior", "1.8mg/m2", "--from-cycle", "2", "-f", "yaml")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("--from-cycle: a course file says what was given in every cycle")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1, max_size=30).filter(str.isprintable).filter(str.strip))
def test_any_id_comes_back_as_it_was(tmp_path: Path, ino: Run, id: str) -> None:
    asked = ["mrd-mdacc", "--bsa", "2m2", "--prior", "none", "--cycles", "1", f"--id={id}"]
    file = tmp_path / "course.yaml"
    file.write_text(ino("plan", *asked, "-f", "yaml").out, "utf-8")
    assert ino("plan", "--course", str(file), "-f", "json").json["patient"]["id"] == id


def test_what_is_not_planned_is_no_line_to_fill_in(tmp_path: Path, ino: Run) -> None:
    """Cycle 2 would fall after the transplant, and nobody said whether remission came."""
    file = tmp_path / "course.yaml"
    head = "regimen: besponsa-label\npatient: {bsa: 2 m2}\nprior: none\nstart: 2026-12-01\n"
    file.write_text(f"{head}transplant: 2026-12-20\n", "utf-8")
    out = ino("plan", "--course", str(file), "-f", "yaml").out
    assert out.count("  # - {cycle: 1") == 3
    assert "cycle: 2" not in out


@pytest.mark.parametrize("id", ["", " ", "A\x07", "A\u202e", "A" * 2001])
def test_an_id_that_could_not_be_read_again_is_refused(id: str, ino: Run) -> None:
    ran = ino("plan", "mrd-mdacc", "--bsa", "2m2", f"--id={id}", "-f", "yaml")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("--id: ")


@pytest.mark.parametrize("id", ["yes", "null", "007", "0x1F", "2026-12-01", "~", "1e5"])
def test_an_id_is_text_for_every_reader_of_yaml(id: str, ino: Run) -> None:
    import yaml

    assert yaml.safe_load(ino("plan", "mrd-mdacc", "--bsa", "2m2", "--id", id, "-f", "yaml").out)["patient"]["id"] == id


def test_what_is_no_part_of_a_course_file_is_said(tmp_path: Path, ino: Run) -> None:
    ceiling = Path(__file__).parent.parent / "schedules" / "ceiling" / "pre-transplant.yaml"
    ran = ino(
        "plan", "mrd-mdacc", "--bsa", "2m2", "--ceiling", str(ceiling), "--schedules", str(tmp_path), "-f", "yaml"
    )
    assert "--schedules is no part of a course file: write it beside --course again\n" in ran.err
    assert "--ceiling is no part of a course file: write it beside --course again\n" in ran.err


def test_lengths_that_no_source_states_are_among_what_is_to_be_filled_in(tmp_path: Path, ino: Run) -> None:
    said = ["mrd-mdacc", "--bsa", "2m2", "--prior", "none", "--cycles", "3", "--start", "2026-12-01"]
    assert ino("plan", *said).code == 2
    out = ino("plan", *said, "-f", "yaml").out
    assert out.count("length: ... d}  # no source states how many days it lasts") == 2
    file = tmp_path / "course.yaml"
    file.write_text(re.sub("^(  )?# (events:|- )", r"\1\2", out, flags=re.MULTILINE).replace("... d", "28 d"), "utf-8")
    dates = [dose["date"] for dose in ino("plan", "--course", str(file), "-f", "json").json["doses"]]
    assert dates[::2] == ["2026-12-01", "2026-12-29", "2027-01-26"]
    file.write_text(re.sub("^(  )?# (events:|- )", r"\1\2", out, flags=re.MULTILINE), "utf-8")
    assert ino("plan", "--course", str(file)).code == 2
