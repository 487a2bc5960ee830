"""The names of a table's columns → what each says; a name that is nearly a column's is refused, never passed over.

A column that is passed over is the worst that can happen to a table: the row is then computed without
what it said, and nobody is told.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from .. import units
from ..errors import Collected, Field, InputError, Surface
from ..units import Numeral
from . import column_names, near_names
from .column_names import AMOUNTS, WHOLE, Column
from .near_names import LONGEST_SHOWN

MAY_BE_EMPTY = ("cycles", "from cycle", "remission after", "hsct", "formula", "sex")
"""The fields, beside amounts, that a row need not state."""


class Columns(NamedTuple):
    """The columns of a table, by the field that each states, and names that were let through.

    `fields` are those that were looked for, `results` the names that columns of results will have.
    """

    names: dict[str, str]
    passed: frozenset[str] = frozenset()
    fields: tuple[str, ...] = ()
    results: frozenset[str] = frozenset()

    def has(self, field: str) -> bool:
        """Whether a column states this field."""
        return field in self.names

    def unit(self, field: str) -> str:
        """The unit in the name of the column, empty where its cells have their own or there is none."""
        return AMOUNTS[field][1].get(self.names.get(field, "")[len(field) :], "") if field in AMOUNTS else ""

    def said(self, field: str, cell: str) -> str | None:
        """What a cell says of its field, as an option would; an empty cell says nothing, of prior exposure that it is unknown.

        Raises InputError for a word that stands where nothing is known, unless it can be read as an amount that is wrong.
        """
        if field == "prior" and cell in ("", "none", "unknown"):
            return cell or "unknown"
        if unit := self.unit(field):
            return Numeral(cell, unit) if cell else None
        if field in MAY_BE_EMPTY and cell.strip(" ").lower() in units.NOTHING:
            hint = "leave the cell empty where it is not known"
            raise InputError(Field(field), f"{cell!r} says nothing", hint, kind="a word for nothing")
        return (re.sub(r"\A([0-9]+)\.0+\Z", r"\1", cell) if field in WHOLE else cell) or None

    def missing_sizes(self) -> list[str]:
        """The columns without which there is no BSA; none where there is one for it."""
        return [] if self.has("bsa") else [size for size in ("height", "weight") if not self.has(size)]

    @property
    def surface(self) -> Surface:
        """How these columns are named in an error: as the file names them."""

        def name(field: str) -> str:
            return ", ".join(self.names.get(each, column_names.column(each)) for each in field.split(", "))

        def mention(field: Field) -> str:
            value = field.value
            if unit := self.unit(field.name):
                value = value.removesuffix(unit)
            return f"{value} under {name(field.name)}" if value else name(field.name)

        return Surface(name, mention)


def read(
    names: Sequence[str], fields: Sequence[str], place: str, results: Iterable[str] = (), passed: Iterable[str] = ()
) -> Columns:
    """Which column states which field.

    `results` are names that columns of results will have, `passed` those that are let through although
    they are nearly a column's. Raises InputError with everything that is wrong with the header.
    """
    faults, found, of = Collected(), dict[str, str](), column_names.known(fields)
    taken, through, near = set(results), set(passed), dict[str, list[str]]()
    for name, count in Counter(names).items():
        with faults.here():
            if count > 1:
                raise InputError(place, f"the column {_shown(name)} is there twice", "name each column once")
            if name in taken:
                raise InputError(place, f"the column {name!r} has the name of a result", "rename it")
            if name in of:
                field = of[name].field
                if field in found:
                    raise InputError(place, f"{found[field]} and {name} both state the {field}", "keep one of the two")
                found[field] = name
            elif name not in through and (meant := near_names.nearest(name, fields)):
                near[name] = meant
    for name, meant in near.items():
        with faults.here():
            raise InputError(place, f"the column {_shown(name)} would not be read", _advice(name, meant, found, of))
    for name in through - set(names):
        with faults.here():
            raise InputError(
                Field("pass"), f"there is no column {_shown(name)}", "name one of the file, as it is written"
            )
    faults.raise_any()
    return Columns(found, frozenset(through), tuple(fields), frozenset(taken))


def _advice(name: str, meant: Sequence[str], found: Mapping[str, str], of: Mapping[str, Column]) -> str:
    """What to do about a name that is nearly a column's: not to give it a name that another one has already."""
    free = [each for each in meant if of[each].field not in found]
    there = "" if free else f"{found[of[meant[0]].field]} is there already: "
    do = f"name it {' or '.join(free)}" if free else "take it out"
    return f"{there}{do}, or let it through with --pass {_quoted(name)}"


def _shown(name: str) -> str:
    return repr(name if len(name) <= LONGEST_SHOWN else name[:LONGEST_SHOWN] + "…")


def _quoted(name: str) -> str:
    return name if re.fullmatch(r"[\w-]+", name, re.ASCII) else repr(name)
