"""Columns that a format names itself → the file's own spelling of each: letters and digits tell them, in any case."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ..errors import InputError, Surface
from ..tables import column_names
from ..tables.header import Columns


def find(names: Sequence[str], wanted: Mapping[str, str], place: str = "") -> dict[str, str]:
    """The names of a file that are a format's, by field. Raises InputError where two are the same one."""
    there = dict[str, str]()
    for name in names:
        if _plain(name) in there and place and _plain(name) in map(_plain, wanted.values()):
            problem = f"the columns {there[_plain(name)]!r} and {name!r} are one of the format"
            raise InputError(place, problem, "keep one of the two")
        there[_plain(name)] = name
    return {field: there[_plain(column)] for field, column in wanted.items() if _plain(column) in there}


def read(
    names: Sequence[str], place: str, format: str, wanted: Mapping[str, str], needed: Sequence[str]
) -> tuple[Columns, Surface]:
    """The columns of a format, and how they are named in an error. Raises InputError where one that is needed is missing."""
    found = find(names, wanted, place)
    if missing := [wanted[field] for field in needed if field not in found]:
        raise InputError(place, f"{', '.join(missing)} of {format} is missing", "name its columns as it does")
    return Columns(found), surface(found)


def surface(names: Mapping[str, str]) -> Surface:
    """How fields are named in an error: as the file names them."""

    def shown(fields: str) -> str:
        return ", ".join(names.get(field, column_names.column(field)) for field in fields.split(", "))

    return Surface(shown, lambda field: f"{shown(field.name)} {field.value}".rstrip())


def whole(text: str) -> str:
    """A number of an id or a code without the point that some programs write it with: 7.0 is 7."""
    found = re.fullmatch(r"([0-9]+)\.0+", text.strip(), re.ASCII)
    return found[1] if found else text.strip()


def _plain(name: str) -> str:
    return re.sub("[^a-z0-9]", "", name.lower())
