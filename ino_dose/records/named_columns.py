"""Columns that a format names itself → the file's own spelling of each: letters and digits tell them, in any case."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ..errors import InputError, Surface
from ..tables.header import Columns


def find(names: Sequence[str], wanted: Mapping[str, str]) -> dict[str, str]:
    """The names of a file that are a format's, by field."""
    there = {_plain(name): name for name in names}
    return {field: there[_plain(column)] for field, column in wanted.items() if _plain(column) in there}


def read(
    names: Sequence[str], place: str, format: str, wanted: Mapping[str, str], needed: Sequence[str]
) -> tuple[Columns, Surface]:
    """The columns of a format, and how they are named in an error. Raises InputError where one that is needed is missing."""
    found = find(names, wanted)
    if missing := [wanted[field] for field in needed if field not in found]:
        raise InputError(place, f"{', '.join(missing)} of {format} is missing", "name its columns as it does")

    def shown(field: str) -> str:
        return found.get(field, field)

    return Columns(found), Surface(shown, lambda field: f"{shown(field.name)} {field.value}".rstrip())


def _plain(name: str) -> str:
    return re.sub("[^a-z0-9]", "", name.lower())
