"""The console script: one process from its first signal to its last byte."""

from __future__ import annotations

import errno
import gc
import os
import signal
import sys

from . import app, result


def run() -> None:
    """The console script: `app.main`, and then an end without taking the interpreter apart, a tenth of a call."""
    gc.disable()  # one short process: looking for cycles costs 5 ms of start-up and frees nothing
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        app.main()
    except SystemExit as end:
        _end(end.code)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        _end(result.lost(error))


def _end(code: str | int | None) -> None:
    """Leave with a code, or with 1 and a sentence; also where the last of the output finds no room."""
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None and not stream.closed:
                stream.flush()
    except OSError as error:
        code = result.lost(error)
    if isinstance(code, str):
        print(code, file=sys.stderr, flush=True)
    os._exit(code if isinstance(code, int) else int(code is not None))
