"""The names of a table's columns → what each says; a name that is nearly a column's is refused, never passed over.

A column that is passed over is the worst that can happen to a table: the row is then computed without
what it said, and nobody is told.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from .. import units
from ..errors import Collected, Field, InputError, Surface
from ..units import Kind, Numeral

AMOUNTS: dict[str, tuple[Kind, dict[str, str]]] = {
    "height": (units.HEIGHT, {"_cm": "cm", "_m": "m", "_in": "in"}),
    "weight": (units.WEIGHT, {"_kg": "kg", "_lb": "lb", "_g": "g"}),
    "bsa": (units.AREA, {"_m2": "m2"}),
    "prior": (units.LEVEL, {"_mg_per_m2": "mg/m2"}),
    "level": (units.LEVEL, {"_mg_per_m2": "mg/m2"}),
    "dose": (units.DOSE, {"_mg": "mg"}),
    "stated bsa": (units.AREA, {"_m2": "m2"}),
    "tolerance": (units.SHARE, {"_percent": "%"}),
}
"""The fields that are amounts: text with its unit, or a number under a name that ends in the unit."""
WORDS = {
    "height": ("ht", "hgt", "hght", "body height", "stature"),
    "weight": ("wt", "wgt", "bw", "body weight"),
    "bsa": ("body surface area", "surface area"),
    "regimen": ("regime", "regimen id", "regimen name", "protocol", "schedule"),
    "cycles": ("number of cycles", "n cycles", "num cycles", "cycle count", "last cycle", "through cycle"),
    "cycle": ("cyc", "cycle number", "cycle no"),
    "day": ("cycle day", "day of cycle", "dose day"),
    "dose": ("ordered", "ordered dose", "amount", "dosage", "given dose"),
    "remission after": ("remission", "cr", "cri", "cr after", "remission cycle", "remission after cycle"),
    "hsct": (
        "hct",
        "sct",
        "bmt",
        "allo",
        "allo hsct",
        "transplantation",
        "stem cell transplant",
        "allohsct",
        "transplant",
        "transplant planned",
    ),
    "prior": (
        "prior ino",
        "prior exposure",
        "previous",
        "previous exposure",
        "exposure",
        "cumulative",
        "cum",
        "prior dose",
    ),
    "level": ("dose level", "ino level", "dose mg per m2", "dose mg m2"),
    "from cycle": ("start cycle", "first cycle", "next cycle"),
    "formula": ("bsa formula", "bsa method"),
    "sex": ("gender", "sexe"),
    "stated bsa": ("order bsa", "bsa on order", "bsa stated", "ordered bsa"),
    "tolerance": ("tol",),
}
"""What others usually call them."""
UNIT_WORDS = (
    "cm|mm|m|meters?|metres?|in|inch|inches|ft|feet|kg|kgs|kilograms?|kilos?|g|grams?|lb|lbs|pounds?|m2|sqm|mcg|ug|mg|"
    "mg m2|mg per m2|mgm2|mgperm2|mg per m|mcg m2|mcg per m2|percent|pct"
)
WHOLE = ("cycles", "from cycle", "remission after", "cycle", "day")
"""The fields that are whole numbers, which some programs write as 3.0."""
LONGEST_SHOWN, LONGEST_SLIPPED = 100, 30
"""The letters of a name that are shown, and of one that a slip may have made of a column's."""
MAY_BE_EMPTY = ("cycles", "from cycle", "remission after", "hsct", "formula", "sex")
"""The fields, beside amounts, that a row need not state."""


FILLING = frozenset(
    [
        "ino",
        "inotuzumab",
        "ozogamicin",
        "planned",
        "total",
        "max",
        "dose",
        "level",
        "exposure",
        "cycle",
        "after",
        "at",
        "number",
    ]
)
"""Words that a name of several has beside the one that tells."""


class Column(NamedTuple):
    """What a column says: a field, and the unit in its name, if one stands there."""

    field: str
    unit: str = ""


class Columns(NamedTuple):
    """The columns of a table, by the field that each states, and names that were let through."""

    names: dict[str, str]
    passed: frozenset[str] = frozenset()

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

    @property
    def surface(self) -> Surface:
        """How these columns are named in an error: as the file names them."""

        def name(field: str) -> str:
            return ", ".join(self.names.get(each, column(each)) for each in field.split(", "))

        def mention(field: Field) -> str:
            value = field.value
            if unit := self.unit(field.name):
                value = value.removesuffix(unit)
            return f"{value} under {name(field.name)}" if value else name(field.name)

        return Surface(name, mention)


def column(field: str) -> str:
    """The name of a column that states a field: `remission_after`."""
    return field.replace(" ", "_")


def known(fields: Iterable[str]) -> dict[str, Column]:
    """Every name that states one of these fields."""
    found = {}
    for field in fields:
        found[column(field)] = Column(field)
        for ending, unit in AMOUNTS[field][1].items() if field in AMOUNTS else ():
            found[column(field) + ending] = Column(field, unit)
    return found


def read(
    names: Sequence[str], fields: Sequence[str], place: str, results: Iterable[str] = (), passed: Iterable[str] = ()
) -> Columns:
    """Which column states which field.

    `results` are names that columns of results will have, `passed` those that are let through although
    they are nearly a column's. Raises InputError with everything that is wrong with the header.
    """
    faults, found, of = Collected(), dict[str, str](), known(fields)
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
            elif name not in through and (meant := nearest(name, fields)):
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
    return Columns(found, frozenset(through))


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


def nearest(name: str, fields: Iterable[str]) -> list[str]:
    """The columns that a name was probably meant for, none where it is no column's; one of a field, the field's own first."""
    plain = _plain(name)
    written = _squashed(plain)
    if not written:
        return []
    base = re.sub(f"( ({UNIT_WORDS}))+$", "", plain) if " " in plain else plain
    either = dict.fromkeys((written, _squashed(base)))
    words = _words(tuple(fields))
    meant = [field for each in either for field in words.same.get(each, ())]
    if not meant:
        meant = [field for each in either for field in (*words.alike(each), *words.slipped(each))]
    if not meant and " " in plain:
        meant = words.phrases.get(frozenset(plain.split()) - FILLING, [])
    return list(dict.fromkeys(each for field in dict.fromkeys(meant) for each in _meant(field, plain)))[:4]


class _Words(NamedTuple):
    """How fields are usually called, in small letters and digits alone; and what a slip is looked for in, with its letters."""

    same: dict[str, list[str]]
    phrases: dict[frozenset[str], list[str]]
    long: list[tuple[str, int, str]]

    def alike(self, written: str) -> Iterator[str]:
        """The fields that this reads like, where it has letters of another alphabet, which may look the same."""
        if 0 < 2 * written.count("?") <= len(written) <= LONGEST_SLIPPED:
            for word, its in self.same.items():
                if len(word) == len(written) and all(a in (b, "?") for a, b in zip(written, word, strict=True)):
                    yield from its

    def slipped(self, written: str) -> Iterator[str]:
        """The fields from whose names one slip of the keyboard leads here; two where the name is long."""
        if not 5 <= len(written) <= LONGEST_SLIPPED:
            return
        letters = _letters(written)
        for word, its, field in self.long:
            most = 1 + (len(word) >= 12)
            if (letters ^ its).bit_count() <= 2 * most and _slips(written, word) <= most:
                yield field


@cache
def _words(fields: tuple[str, ...]) -> _Words:
    same, long = dict[str, list[str]](), list[tuple[str, int, str]]()
    phrases: dict[frozenset[str], list[str]] = {}
    units_of_names = UNIT_WORDS.replace("?", "").split("|")
    for field in fields:
        words = dict.fromkeys(map(_squashed, (*known([field]), *WORDS.get(field, ()))))
        for word in (_squashed(each) for each in (field, *WORDS.get(field, ()))):
            if field in AMOUNTS:
                words |= dict.fromkeys(word + _squashed(unit) for unit in (*units_of_names, "meter", "metre", "gram"))
        for word in words:
            same.setdefault(word, []).append(field)
        for each in (field, *WORDS.get(field, ())):
            phrases.setdefault(frozenset(each.split()) - FILLING, []).append(field)
        own = dict.fromkeys(map(_squashed, known([field])))
        own |= dict.fromkeys(word for word in map(_squashed, WORDS.get(field, ())) if len(word) >= 9)
        long += [(word, _letters(word), field) for word in own if len(word) >= 4]
    return _Words(same, phrases, long)


def _letters(word: str) -> int:
    """Which letters a word has, as bits: a slip changes two of them at most."""
    found = 0
    for letter in word:
        found |= 1 << (ord(letter) & 63)
    return found


def _plain(name: str) -> str:
    """A name in small letters and digits, its parts set apart by one space; a letter from elsewhere is a question mark."""
    folded = unicodedata.normalize("NFKD", name).casefold() if not name.isascii() else name.lower()
    kept = "".join(c for c in folded if not unicodedata.combining(c)) if not folded.isascii() else folded
    foreign = re.sub(
        r"[^\W\d_a-z]", "?", kept.replace("?", " ").replace("µ", "u").replace("μ", "u").replace("%", " percent ")
    )
    return re.sub(r"[^0-9a-z?]+", " ", foreign).strip()


def _meant(field: str, plain: str) -> Iterator[str]:
    """The name of the field's column in the unit that was written, if there is one, else every name of it."""
    if field not in AMOUNTS:
        yield column(field)
        return
    last, written = plain.split()[-1], _squashed(plain).replace("perm2", "m2")
    for ending in AMOUNTS[field][1]:
        unit = _squashed(ending).replace("perm2", "m2")
        if last in (unit, unit + "s") or (len(unit) > 1 and written.endswith(unit)):
            yield column(field) + ending
            return
    yield from known([field])


def _squashed(text: str) -> str:
    return re.sub("[^0-9a-z?]", "", text)


def _slips(one: str, other: str) -> int:
    """Letters added, lost, changed or exchanged with a neighbour (Damerau and Levenshtein), 3 for more than 2."""
    if abs(len(one) - len(other)) > 2:
        return 3
    before, row = [0] * (len(other) + 1), list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        last, before, row = before, row, [i] + [0] * len(other)
        for j, another in enumerate(other, 1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != another))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == another:
                row[j] = min(row[j], last[j - 2] + 1)
    return min(row[-1], 3)
