"""`ino-dose exposure`: what was given, patient by patient, as each case of tests/exposures/ works it out by hand."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import Run

pytest.importorskip("polars")

HERE = Path(__file__).parent
CASES = [
    pytest.param(case, id=f"{path.stem}: {case['name']}")
    for path in sorted((HERE / "exposures").glob("*.yaml"))
    for case in yaml.load(path.read_text("utf-8"), yaml.BaseLoader)
]


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def holds(found: list[dict[str, str]], expected: list[dict[str, str]]) -> None:
    """Each row has what is expected of it, and there is no other row."""
    assert [{key: row[key] for key in said} for row, said in zip(found, expected, strict=True)] == expected


@pytest.mark.parametrize("case", CASES)
def test_a_case(case: dict[str, Any], ino: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in case["files"].items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    arguments = case.get("run") or list(case["files"])[:1]
    ran = ino("exposure", *arguments)
    assert ran.code == int(case.get("exit", 0)), ran.err
    for sentence in case.get("says", ()):
        assert sentence in ran.err
    if "patients" in case:
        holds(rows(ran.out), case["patients"])
    doses = ino("exposure", *arguments, "--doses")
    assert doses.code == ran.code
    if "counted" in case:
        assert [row["counted"] for row in rows(doses.out)] == case["counted"]
    if "doses" in case:
        holds(rows(doses.out), case["doses"])
    if "refused" in case:
        assert (ran.out, ran.err) == ("", case["refused"])
