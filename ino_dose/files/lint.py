"""Any file of a library or a patient → everything that is wrong with it, by what its keys say it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from ..errors import Fault, InputError
from . import course_file, library, product_file, regimen_file, yaml_node

KINDS: dict[str, Callable[[Path], object]] = {
    r"^(lower|upper) *:": regimen_file.read_ceiling,
    r"^vial *:": product_file.read,
    r"^[\s{]*\"?(regimen|patient|events)\"? *:": lambda path: course_file.read(str(path), library.at()),
}


def faults(path: Path) -> tuple[Fault, ...]:
    """Every fault of a file, which is a regimen unless a key says otherwise. Raises InputError where there is none."""
    if path.is_dir():
        raise InputError(str(path), "is a folder", "name the files in it")
    if not path.is_file():
        raise InputError(str(path), "there is no such file", "check the path")
    try:
        text = yaml_node.load(path)[1]
        read = next((read for key, read in KINDS.items() if re.search(key, text, re.MULTILINE)), regimen_file.read)
        read(path)
    except InputError as error:
        return error.faults
    return ()
