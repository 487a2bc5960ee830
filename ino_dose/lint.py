"""Any file of a library or a patient → everything that is wrong with it, by what its keys say it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from . import coursefile, library, node, product, schedule
from .errors import Fault, InputError

KINDS: dict[str, Callable[[Path], object]] = {
    r"^(lower|upper) *:": schedule.read_ceiling,
    r"^vial *:": product.read,
    r"^[\s{]*\"?(regimen|patient|events)\"? *:": lambda path: coursefile.read(str(path), library.at()),
}


def faults(path: Path) -> tuple[Fault, ...]:
    """Every fault of a file, which is a regimen unless a key says otherwise. Raises InputError where there is none."""
    if path.is_dir():
        raise InputError(str(path), "is a folder", "name the files in it")
    if not path.is_file():
        raise InputError(str(path), "there is no such file", "check the path")
    try:
        text = node.load(path)[1]
        read = next((read for key, read in KINDS.items() if re.search(key, text, re.MULTILINE)), schedule.read)
        read(path)
    except InputError as error:
        return error.faults
    return ()
