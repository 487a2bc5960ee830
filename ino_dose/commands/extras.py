"""A library that is no dependency of every command → loaded, or a refusal that says how to install it."""

from __future__ import annotations

import os
import re

from ..errors import InputError


def polars(command: str, threads: int | None = None) -> None:
    """Load Polars, with so many threads of its own where the person has not said it.

    Raises InputError whatever hinders it: where memory is short it does not always get as far as an exception
    of Python's.
    """
    if not re.fullmatch("[1-9][0-9]{0,3}", os.environ.get("POLARS_MAX_THREADS", ""), re.ASCII):
        os.environ.pop("POLARS_MAX_THREADS", None)
        if threads:
            os.environ["POLARS_MAX_THREADS"] = str(threads)
    try:
        import polars  # noqa: F401
    except ModuleNotFoundError as error:
        if error.name != "polars":
            raise
        raise InputError(command, "needs Polars, which is not installed", "pip install 'ino-dose[cohort]'") from None
    except BaseException:
        raise InputError(command, "cannot load Polars", "give it more memory, or install it anew") from None
