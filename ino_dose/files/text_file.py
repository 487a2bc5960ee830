"""A path → the bytes of the file there and their text, UTF-8 of at most 1 MiB."""

from __future__ import annotations

import stat
from pathlib import Path

from ..errors import InputError, printable

LARGEST = 1024 * 1024


def load(path: Path) -> tuple[bytes, str]:
    """The bytes of a file and their text. Raises InputError for what is no text file of at most 1 MiB."""
    refuse_pipe(path)
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise InputError(printable(str(path)), f"cannot be read: {error.strerror}", "check the path") from None
    return content, decode(content, printable(str(path)))


def refuse_pipe(path: Path) -> None:
    """Raises InputError for a pipe or a device, of which reading could wait for ever."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise InputError(printable(str(path)), "is a pipe or a device, not a file", "save it as a file")


def decode(content: bytes, name: str) -> str:
    """The text of at most 1 MiB of UTF-8."""
    if len(content) > LARGEST:
        raise InputError(name, "is larger than 1 MiB", "such a file is a page of text")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(f"{name}:{line}", "is not UTF-8 text", "save the file as UTF-8") from None
