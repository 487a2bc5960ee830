"""Hostile inputs of every kind, the same each time: each ends with a code that is promised and says why."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import fuzzing
import pytest
from fuzzing import Input, Ran

from ino_dose.commands import app

SEED, SECONDS = 1, 4
RUNS = {
    "arguments": 200,
    "course": 100,
    "schedule": 100,
    "ceiling": 60,
    "cohort": 25,
    "orders": 12,
    "parquet": 30,
    "stream": 5,
}
"""Runs of each kind; a slow machine stops at SECONDS of each."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The inputs' files are here."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("INO_DOSE_SCHEDULES", raising=False)
    return tmp_path


@pytest.mark.parametrize("kind", RUNS)
def test_every_hostile_input_ends_as_promised(kind: str) -> None:
    if kind == "stream" and not Path("/dev/full").exists():
        pytest.skip("nothing here is always full")
    if kind in ("cohort", "parquet", "stream"):
        pytest.importorskip("polars")
    began, tried = time.monotonic(), 0
    for number in range(RUNS[kind]):
        found = fuzzing.made(kind, SEED, number)
        said = fuzzing.fault(found, fuzzing.run(found))
        assert not said, f"{said}\nbenchmarks/fuzz.py --only {kind}:{number} --seed {SEED}\n{str(found)[:3000]}"
        tried += found.tries
        if time.monotonic() - began > SECONDS:
            break
    assert tried


def test_an_input_is_the_same_each_time() -> None:
    for kind in fuzzing.KINDS:
        if kind not in ("parquet", "stream"):
            assert fuzzing.made(kind, 3, 7) == fuzzing.made(kind, 3, 7)


PLAN = Input("arguments", ("plan", "mrd-mdacc", "--height=178cm", "--weight=82kg", "--cycles=2", "-f", "json"))


@pytest.mark.parametrize(
    ("found", "wrong"),
    [
        ('"dose_mg": 1.21', '"dose_mg": 1.22'),
        ('"bsa_m2": 2.01', '"bsa_m2": 2.02'),
        ('"calculated_mg": 1.206', '"calculated_mg": 1.207'),
        ('"cumulative_mg_per_m2": 0.9', '"cumulative_mg_per_m2": 0.8'),
        ('"ceiling_status": "below"', '"ceiling_status": "between"'),
        ("{", ""),
    ],
)
def test_a_wrong_number_in_a_plan_is_noticed(found: str, wrong: str) -> None:
    ran = fuzzing.run(PLAN)
    assert not fuzzing.fault(PLAN, ran)
    assert found in ran.out.decode()
    assert fuzzing.fault(PLAN, ran._replace(out=ran.out.decode().replace(found, wrong, 1).encode()))


@pytest.mark.parametrize(
    "ran",
    [
        Ran(1, b"", ""),
        Ran(2, b"", "refused"),
        Ran(2, b"x", "x: is wrong"),
        Ran(2, b"", "x: \x1b[31m"),
        Ran(0, b"a\rb", ""),
        Ran(0, b"\xff", ""),
        Ran(0, b"", "", "KeyError"),
    ],
)
def test_an_end_that_is_not_promised_is_noticed(ran: Ran) -> None:
    assert fuzzing.fault(Input("arguments", ("plan",)), ran)
    assert not fuzzing.fault(Input("arguments", ("plan",)), Ran(2, b"", "x: is wrong\n"))


def test_a_row_that_is_not_what_plan_says_is_noticed() -> None:
    pytest.importorskip("polars")
    rows = Input("cohort", ("cohort", "rows.csv"), (("rows.csv", b"id,regimen,bsa_m2,cycles\nA,mrd-mdacc,2,2\n"),))
    ran = fuzzing.run(rows)
    assert not fuzzing.fault(rows, ran)
    for found, wrong in ((b",below,", b",above,"), (b",1.5,", b",1.4,")):
        assert found in ran.out
        assert fuzzing.fault(rows, ran._replace(out=ran.out.replace(found, wrong, 1)))


def test_what_fails_is_shown_without_what_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    def main(words: list[str]) -> None:
        if "bad" in words and b"x" in Path("f").read_bytes():
            raise KeyError("deep")
        sys.exit(0)

    monkeypatch.setattr(app, "main", main)
    found = Input("course", ("plan", "a", "bad", "b", "c"), (("f", b"one\ntwo x\nthree\n"),))
    said = fuzzing.fault(found, fuzzing.run(found))
    assert said.startswith("KeyError")
    assert fuzzing.smallest(found, said) == Input("course", ("plan", "bad"), (("f", b"x"),))
