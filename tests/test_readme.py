"""Every console block of the README and of the pages in docs/ prints what it says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import kept

ROOT = Path(__file__).parent.parent
GUIDE = ROOT / "docs" / "adding-a-regimen.md"  # followed by test_guide.py, in a folder of its own
PAGES = [ROOT / "README.md", *sorted({*(ROOT / "docs").glob("*.md")} - {GUIDE})]
BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)


def printed(command: str) -> str:
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("INO_DOSE_SCHEDULES", "FORCE_COLOR", "PYTHONUNBUFFERED")
    }
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return done.stdout.decode()


def rerun(block: str) -> str:
    """The block with its commands as they stand and what they print now."""
    commands = re.findall(r"^\$ (.*)$", block, re.MULTILINE)
    assert commands
    return "".join(f"$ {command}\n{printed(command)}" for command in commands)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_console_blocks_print_what_they_say(page: Path) -> None:
    now = BLOCK.sub(lambda match: rerun(match[0]), page.read_text("utf-8"))
    assert now == kept(page, now)


def test_the_first_two_sh_blocks_are_one_command_each() -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```$", PAGES[0].read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert [block.count("\n") for block in blocks] == [1, 1]
    assert "ino-dose plan" in blocks[0]
    assert "pytest" in blocks[1]


def test_safe_is_never_said() -> None:
    for folder in ("ino_dose", "schedules", "docs"):
        for path in (ROOT / folder).rglob("*.*"):
            if path.suffix in (".py", ".yaml", ".md"):
                words = re.sub(r"safe_load|CSafeLoader|SafeLoader", "", path.read_text("utf-8"))
                assert not re.search(r"\b(un)?safe\b", words, re.IGNORECASE), path
