"""The console script: one process, its streams, its signals and its end; every byte of a result is out, or the exit code says so."""

from __future__ import annotations

import gc
import io
import os
import re
import select
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, NoReturn

from . import app, result

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
SUPERVISED = ("cohort", "exposure")
"""The commands that write files and read through a library that may end the process: each runs in a child of its own."""


def run() -> None:
    """Run a command, and then end without taking the interpreter apart, a tenth of a call."""
    gc.disable()  # one short process: looking for cycles costs 5 ms of start-up and frees nothing
    _occupy()
    sys.stdout, sys.stderr = _stream(1, strict=True), _stream(2, strict=False)
    if not re.fullmatch("[0-9]{1,4}", os.environ.get("COLUMNS", "0"), re.ASCII):
        del os.environ["COLUMNS"]  # rich and typer read it as a number
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    if sys.argv[1:2] and sys.argv[1] in SUPERVISED and hasattr(os, "fork"):
        _supervise()
    try:
        app.main()
    except SystemExit as end:
        _end(end.code)
    except result.Lost as lost:
        _end(str(lost))


def _occupy() -> None:
    """Put something in the place of a closed stream, or the next file that is opened would be taken for it."""
    for number, way in ((0, os.O_WRONLY), (1, os.O_RDONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.dup2(os.open(os.devnull, way), number)


class _Whole(io.FileIO):
    """Standard output that takes every byte, or says that it was lost."""

    def write(self, data: Any, /) -> int:
        """All of the bytes, however few the system takes at once."""
        left = memoryview(data).cast("B")
        size = len(left)
        try:
            while left:
                done = super().write(left)
                if done is None:  # a pipe that does not block is full
                    select.select([], [self], [])
                else:
                    left = left[done:]
        except OSError as error:
            closed = "is closed" if error.errno == 9 else error.strerror
            raise result.Lost(f"standard output: {closed}") from None
        return size


class _Heard(io.FileIO):
    """Standard error: what nobody hears is lost without harm."""

    def write(self, data: Any, /) -> int:
        """As much as is taken."""
        try:
            return super().write(data) or len(data)
        except OSError:
            return len(data)


def _stream(number: int, strict: bool) -> io.TextIOWrapper:
    raw = _Whole(number, "w", closefd=False) if strict else _Heard(number, "w", closefd=False)
    buffer: IO[bytes] = io.BufferedWriter(raw)
    line = not strict or os.isatty(number)
    return io.TextIOWrapper(buffer, "utf-8", "backslashreplace", newline="\n", line_buffering=line)


def _end(code: str | int | None) -> NoReturn:
    """Leave with a code; with 2 and a sentence where the last of the output was lost."""
    if not isinstance(code, str):
        try:
            sys.stdout.flush()
        except result.Lost as lost:
            code = str(lost)
    if isinstance(code, str):
        print(code, file=sys.stderr)
        code = result.REFUSED
    sys.stderr.flush()
    os._exit(code or 0)


class _Signalled(Exception):
    """A signal that asks for an end."""


def _supervise() -> None:
    """Go on in a child alone; here wait for it, remove what it could not, and end as it did.

    Whatever ends the child, a signal, too little memory, a file that its reader does not survive,
    nothing half-written stays behind, and the person reads a sentence.
    """
    heeded = [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]  # nohup has its way
    told, tell = os.pipe()
    child = os.fork()
    if not child:
        os.close(told)
        result.unfinished = _telling(tell, os.getppid())
        return
    os.close(tell)

    def heard(number: int, _: object) -> NoReturn:
        raise _Signalled(number)

    for number in heeded:
        signal.signal(number, heard)
    paths, ended = b"", 0
    try:
        while piece := os.read(told, 4096):
            paths += piece
        status = os.waitpid(child, 0)[1]
    except _Signalled as signalled:
        for number in heeded:
            signal.signal(number, signal.SIG_IGN)  # one is enough
        ended = signalled.args[0]
        os.kill(child, signal.SIGKILL)
        status = os.waitpid(child, 0)[1]
    for path in filter(None, paths.split(b"\0")):
        Path(os.fsdecode(path)).unlink(missing_ok=True)
    if ended:
        os._exit(128 + ended)
    if os.WIFSIGNALED(status):
        _end(_ended_by(os.WTERMSIG(status)))
    os._exit(os.waitstatus_to_exitcode(status))


def _telling(tell: int, parent: int) -> Callable[[str], None]:
    """Tell the parent of a file before it is whole; without a parent there is nobody to work for."""

    def unfinished(path: str) -> None:
        if os.getppid() != parent:
            os._exit(result.REFUSED)
        os.write(tell, os.fsencode(path) + b"\0")

    return unfinished


def _ended_by(number: int) -> str | int:
    """What to say of a child that a signal ended: a closed pipe quietly, by the same signal."""
    if number == signal.SIGPIPE or number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    if number == signal.SIGKILL:
        return f"{sys.argv[1]}: the system ended it, as it does where memory or time runs out; give it more, or take fewer rows"
    why = f"broke off ({signal.Signals(number).name}), as it does where memory runs out or a file is broken"
    return f"{sys.argv[1]}: {why}; give it more memory, and check that the file is whole"
