"""`ino-dose exposure` against its rules programmed a second time, over simulated hospitals."""

from __future__ import annotations

import csv
import io
from fractions import Fraction as F
from pathlib import Path

import pytest
import second_exposure
import simulated_hospital
from conftest import Run

pytest.importorskip("polars")

OF_A_PATIENT = (
    "doses",
    "first_date",
    "last_date",
    "counted_mg_per_m2",
    "delivered_mg_per_m2",
    "unmatched",
    "ceiling_status",
    "days_to_transplant",
    "after_transplant_mg_per_m2",
    "not_counted",
)
OF_A_DOSE = ("counted", "level_mg_per_m2", "counted_mg_per_m2")


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def thousandths(key: str, text: str) -> str:
    """A number of mg/m² to 0.001, as far as it is compared; anything else as it is."""
    return second_exposure.printed(F(text)) if text and key.endswith("_mg_per_m2") else text


def differences(found: dict[str, str], expected: dict[str, str], keys: tuple[str, ...]) -> dict[str, tuple[str, str]]:
    """What is printed and what must be, by key, where they differ."""
    pairs = {key: (thousandths(key, found[key]), expected[key]) for key in keys}
    return {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}


def of_patient(text: str, patient: str) -> str:
    """The lines of a file that are of one patient, numbered."""
    header, *lines = text.splitlines()
    own = [f"{place}: {line}" for place, line in enumerate(lines, 2) if line.split(",")[0].strip() == patient]
    return "\n".join((header, *own))


@pytest.mark.parametrize("seed", range(1, 19))
def test_a_hospital(seed: int, ino: Run, tmp_path: Path) -> None:
    text = simulated_hospital.written(seed)
    path = tmp_path / "hospital.csv"
    path.write_text(text, "utf-8")
    expected = second_exposure.answer(text)
    ran, doses = ino("exposure", str(path)), ino("exposure", str(path), "--doses")
    patients = read(ran.out)
    assert [row["id"] for row in patients] == [row["id"] for row in expected.patients], ran.err
    for row, should in zip(patients, expected.patients, strict=True):
        if should["error"]:
            wrong = differences(row, should, ("not_counted",))
            assert row["error"] and not wrong, f"{wrong}\n{of_patient(text, row['id'])}"
        else:
            wrong = differences(row, should, OF_A_PATIENT)
            assert not wrong, f"{wrong}\n{of_patient(text, row['id'])}"
    administrations = read(doses.out)
    assert [row["record"].rpartition(":")[2] for row in administrations] == [row["line"] for row in expected.doses]
    for row, should in zip(administrations, expected.doses, strict=True):
        counts = should["counted"] in ("level", "delivered")
        wrong = differences(row, should, OF_A_DOSE if counts else ("counted",))
        assert row["id"].strip() == should["id"] and not wrong, (
            f"line {should['line']}: {wrong}, {row['reason']}\n{of_patient(text, should['id'])}"
        )
    assert (ran.code, doses.code) == (expected.code, expected.code), ran.err
