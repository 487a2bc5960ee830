"""Exactly what commands print. Changed only on purpose: INO_DOSE_GOLDEN=write pytest tests/test_golden.py, then git diff."""

import os
import shlex
from pathlib import Path

import pytest
from conftest import Run

from ino_dose import library

HERE = Path(__file__).parent / "golden"
PLAN = "plan besponsa-label --height 178cm --weight 82kg --remission-after 1 --prior none --hsct --id 'bed 4' -f json"
PRINTED = {"plan.json": PLAN} | {f"show-{id}.json": f"show {id} -f json" for id in library.ids()}


@pytest.mark.parametrize(("name", "command"), PRINTED.items(), ids=PRINTED)
def test_prints_exactly_this(name: str, command: str, ino: Run) -> None:
    ran = ino(*shlex.split(command))
    if os.environ.get("INO_DOSE_GOLDEN") == "write":
        (HERE / name).write_text(ran.out, "utf-8")
    assert ran == (0, (HERE / name).read_text("utf-8"), "")


def test_nothing_is_kept_that_no_command_prints() -> None:
    assert {path.name for path in HERE.iterdir()} == set(PRINTED)
