"""Arguments → what the command printed and how it ended, inside this process."""

import json
import os
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import settings

from ino_dose.commands import app

settings.register_profile("unhurried", deadline=None)  # a busy machine is no failure
settings.load_profile("unhurried")


class Ran(NamedTuple):
    """An exit code and the two streams."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What was printed, every number as the decimal it was written as."""
        return json.loads(self.out, parse_float=Decimal, parse_int=Decimal)


Run = Callable[..., Ran]


def kept(path: Path, now: str) -> str:
    """What a file of the repository says is printed. INO_DOSE_REWRITE=1 first writes what is printed now: read the diff."""
    if os.environ.get("INO_DOSE_REWRITE"):
        path.write_text(now, "utf-8")
    return path.read_text("utf-8")


@pytest.fixture
def ino(capsys: pytest.CaptureFixture[str]) -> Run:
    """`ino("plan", "mrd-mdacc", ...)` runs the command and gives its exit code and what it printed."""

    def run(*arguments: str) -> Ran:
        code = 0
        try:
            app.main(list(arguments))
        except SystemExit as ended:
            code = int(ended.code or 0)
        return Ran(code, *capsys.readouterr())

    return run
