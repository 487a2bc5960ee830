"""Exactly what commands print. Changed only on purpose, by the switch in conftest.kept."""

import shlex
from pathlib import Path

import pytest
from conftest import Run, kept

HERE = Path(__file__).parent / "golden"
PLAN = "plan besponsa-label --height 178cm --weight 82kg --remission-after 1 --prior none --hsct --id 'bed 4'"
PRINTED = {
    "plan.json": f"{PLAN} -f json",
    "plan.txt": PLAN,
    "show.json": "show besponsa-label -f json",
    "regimens.txt": "regimens",
    "compare.txt": "compare",
    "compare-two.txt": "compare besponsa-label mini-hyper-cvd-ino-v3 --bsa 1.8m2",
    "bsa.txt": "bsa --height 178cm --weight 82kg --sex f",
}


@pytest.mark.parametrize(("name", "command"), PRINTED.items(), ids=PRINTED)
def test_prints_exactly_this(name: str, command: str, ino: Run) -> None:
    ran = ino(*shlex.split(command))
    assert ran == (0, kept(HERE / name, ran.out), "")


def test_nothing_is_kept_that_no_command_prints() -> None:
    assert {path.name for path in HERE.glob("*.*")} == set(PRINTED)
