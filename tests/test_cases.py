"""Clinical situations, each a file with its working written out, through the command to exact decimals."""

import shlex
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import Ran, Run

CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))
WORDS = {"null": None, "true": True, "false": False}


def value(text: str) -> Any:
    """A number as its decimal, null, true, false, or the text itself."""
    try:
        return WORDS[text] if text in WORDS else Decimal(text)
    except ArithmeticError:
        return text


def expected(said: Any) -> Any:
    """What a case expects, every number a decimal."""
    if isinstance(said, dict):
        return {key: expected(each) for key, each in said.items()}
    return [expected(each) for each in said] if isinstance(said, list) else value(said)


def rows(table: str) -> list[dict[str, Any]]:
    """The rows of a table by its header."""
    header, *lines = (line.split() for line in table.splitlines())
    return [dict(zip(header, map(value, line), strict=True)) for line in lines]


def agree(found: Any, wanted: Any, where: str) -> None:
    """Every key that a case names has exactly its value."""
    if isinstance(wanted, dict):
        for key in wanted:
            agree(found[key], wanted[key], f"{where}.{key}")
    elif isinstance(wanted, list):
        assert len(found) == len(wanted), where
        for index, each in enumerate(wanted):
            agree(found[index], each, f"{where}[{index}]")
    else:
        assert found == wanted, where


def holds(case: dict[str, Any], ran: Ran) -> None:
    """A plan was computed, and has every value, row and sentence that the case names."""
    assert (ran.code, ran.err) == (0, "")
    agree(ran.json, expected(case["expect"]), "")
    for table in ("doses", "cycles"):
        if table in case:
            agree(ran.json[table], rows(case[table]), table)
    sentences = " ".join(ran.json["warnings"] + ran.json["assumptions"])
    for words in case.get("says", ()):
        assert words in sentences


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path, ino: Run) -> None:
    case = yaml.load(path.read_text("utf-8"), yaml.BaseLoader)
    assert set(case) <= {"situation", "command", "working", "doses", "cycles", "expect", "says"}
    assert case["working"]
    ran = ino(*shlex.split(case["command"]), "-f", "json")
    holds(case, ran)


def test_every_regimen_has_a_case() -> None:
    from ino_dose.files import library

    commands = [yaml.load(path.read_text("utf-8"), yaml.BaseLoader)["command"].split()[1] for path in CASES]
    planned = {regimen.id for regimen in library.at().all()[0] if not regimen.incomplete}
    assert planned >= set(commands) >= SEVEN


SEVEN = {
    "ino-vate",
    "besponsa-label",
    "mini-hyper-cvd-ino-v1",
    "mini-hyper-cvd-ino-v2",
    "mini-hyper-cvd-ino-v3",
    "mrd-mdacc",
    "hyper-cvad-blina-ino",
}
