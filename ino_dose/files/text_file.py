"""A path → the bytes of the file there and their text, UTF-8 of at most 1 MiB."""

from __future__ import annotations

import stat
from pathlib import Path

from ..errors import InputError, printable

LARGEST = 1024 * 1024


def load(path: Path) -> tuple[bytes, str]:
    """The bytes of a file and their text. Raises InputError for what is no text file of at most 1 MiB."""
    if path == Path():  # what an empty name becomes
        raise InputError("a file's name", "is empty, or names this folder", "write the name of a file")
    refuse_pipe(path)
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise InputError(printable(str(path)), f"cannot be read: {error.strerror}", "check the path") from None
    return content, decode(content, printable(str(path)))


def refuse_pipe(path: Path) -> None:
    """Raises InputError for a pipe or a device, of which reading could wait for ever."""
    if is_there(path) and not is_folder(path) and not stat.S_ISREG(_mode(path)):
        raise InputError(printable(str(path)), "is a pipe or a device, not a file", "save it as a file")


def is_folder(path: Path) -> bool:
    """Whether a folder is there."""
    return stat.S_ISDIR(_mode(path))


def is_there(path: Path) -> bool:
    """Whether anything is there that can be looked at."""
    return bool(_mode(path))


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode
    except OSError:  # pathlib's own questions raise it for a name that is too long
        return 0


def decode(content: bytes, name: str) -> str:
    """The text of at most 1 MiB of UTF-8."""
    if len(content) > LARGEST:
        raise InputError(name, "is larger than 1 MiB", "such a file is a page of text")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(f"{name}:{line}", "is not UTF-8 text", "save the file as UTF-8") from None
