"""A path that is written to → the file that was asked for, complete or not at all."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import IO

from ..errors import Field, InputError, printable


@contextmanager
def complete(
    out: str | None,
    source: IO[bytes] | None,
    unfinished: Callable[[str], object],
    failures: tuple[type[Exception], ...] = (),
) -> Iterator[Path]:
    """A path to write to. What is written there becomes OUT, or goes to standard output, only at the end.

    `source` is what is read, which OUT may not be; `unfinished` is told of the path before it is whole;
    `failures` are errors of the writer's own.
    """
    shown = "standard output" if out in (None, "-") else printable(str(out))
    try:
        goal = None if out in (None, "-") else Path(str(out)).resolve()
        if source and goal and goal.exists() and os.path.samestat(goal.stat(), os.fstat(source.fileno())):
            raise InputError(Field("output"), f"{shown} is the file that is read", "write to another")
        beside = goal is not None and (goal.is_file() or not goal.exists())
        handle, name = tempfile.mkstemp(prefix=".ino-dose-", dir=goal.parent if goal and beside else None)
    except (OSError, RuntimeError) as error:  # a loop of links is a RuntimeError up to Python 3.12
        said = error.strerror if isinstance(error, OSError) else "its links lead in a circle"
        raise InputError(shown, f"cannot be written: {said}", "name another file") from None
    os.close(handle)
    unfinished(name)
    try:
        yield Path(name)
        if goal and beside:
            unfinished(name)  # whoever asked for it may be gone by now
            _give_mode(Path(name), goal)
            Path(name).replace(goal)
        else:
            put = goal.open("wb") if goal else nullcontext(sys.stdout.buffer)
            with Path(name).open("rb") as whole, put as stream:
                Path(name).unlink()  # a reader who closes early ends the program here
                shutil.copyfileobj(whole, stream, 1 << 20)
                stream.flush()
    except OSError as error:
        raise InputError(shown, f"cannot be written: {error.strerror or error}", "make room, or name another") from None
    except failures as error:
        said = str(error).splitlines()[0]
        raise InputError(shown, f"cannot be written: {said}", "make room, or name another") from None
    finally:
        Path(name).unlink(missing_ok=True)


def _give_mode(path: Path, goal: Path) -> None:
    """The permissions of the file that is replaced, or those that a new file gets here."""
    os.umask(usual := os.umask(0))
    path.chmod(goal.stat().st_mode & 0o777 if goal.exists() else 0o666 & ~usual)


def refuse_input(out: str | None, files: Iterable[str]) -> None:
    """Raises InputError where OUT is one of the files that are read."""
    goal = Path(out) if out not in (None, "-") else None
    for file in map(Path, files):
        if goal and goal.exists() and file.exists() and goal.samefile(file):
            raise InputError(Field("output"), f"{printable(str(file))} is a file that is read", "write to another")
