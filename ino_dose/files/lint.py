"""Any file of a library or a patient → everything that is wrong with it, by what its keys say it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..errors import Collected, Fault, InputError, printable
from . import (
    ceiling_file,
    course_file,
    growth_file,
    library,
    product_file,
    recognised_file,
    regimen_file,
    schema,
    text_file,
    yaml_node,
)

BY_KEY: dict[str, Callable[[Path], object]] = {
    "lower upper": ceiling_file.read,
    "vial": product_file.read,
    "steps": growth_file.read,
    "recognised": recognised_file.read,
    "regimen patient events": lambda path: course_file.read(str(path), library.at()),
}
"""Keys of which one is enough to tell what a file is."""


def faults(path: Path) -> tuple[Fault, ...]:
    """Every fault of a file, which is a regimen unless a key says otherwise. Raises InputError where there is none."""
    if text_file.is_folder(path):
        raise InputError(printable(str(path)), "is a folder", "name the files in it")
    if not text_file.is_there(path):
        raise InputError(printable(str(path)), "there is no such file", "check the path")
    text_file.refuse_pipe(path)
    try:
        root = yaml_node.parse(text_file.load(path)[1], str(path), Collected(), schema.of("regimen"))
        keys = {key.scalar for key, _ in root.members}
        read = next((read for telling, read in BY_KEY.items() if keys & {*telling.split()}), regimen_file.read)
        read(path)
    except InputError as error:
        return error.faults
    return ()
