"""What the pages promise to name is named, and every entry that the contributors' page asks for is there."""

import re
from pathlib import Path

import pytest

from ino_dose.engine.bsa_formulas import FORMULAS
from ino_dose.files import course_file
from ino_dose.tables import column_names

ROOT = Path(__file__).parent.parent
COHORT = (ROOT / "docs" / "cohort.md").read_text("utf-8")
LIVED = (ROOT / "docs" / "lived-course.md").read_text("utf-8")


def test_the_page_on_courses_names_every_event() -> None:
    assert not [key for key in course_file.READERS if key != "moved" and f"`{key}:" not in LIVED]


def test_the_page_on_cohorts_names_every_column() -> None:
    columns = pytest.importorskip("ino_dose.cohort.columns")
    said = {*columns.RESULTS, *map(column_names.column, columns.PATIENT_FIELDS)}
    assert not [name for name in said if f"`{name}" not in COHORT and f"_{name}" not in COHORT]


def test_the_contributors_page_names_files_that_are_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    named = set(re.findall(r"`([a-z_]+/[a-z_./-]+\.(?:py|yaml|json|md))`", text))
    there = [ROOT, ROOT / "ino_dose"]
    assert not [name for name in named if not any((folder / name).exists() for folder in there)]


def test_every_formula_has_a_value_from_elsewhere() -> None:
    source = (Path(__file__).parent / "test_body.py").read_text("utf-8")
    reference = source[source.index("REFERENCE") :]
    assert not [id for id in FORMULAS if f'"{id}"' not in reference]
