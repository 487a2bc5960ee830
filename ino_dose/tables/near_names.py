"""A name that is no column's → the columns that it was probably meant for: other letters, another unit, a slip, a usual word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from . import column_names
from .column_names import AMOUNTS

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
    "date": ("administration date", "admin date", "dose date", "date given", "given on", "taken time", "administered"),
    "drug": ("medication", "drug name", "medication name", "agent", "product", "substance", "drug code"),
    "status": ("administration status", "admin status", "dose status", "status code", "given", "action", "mar action"),
    "transplant": (
        "transplant date",
        "date of transplant",
        "transplantation",
        "transplantation date",
        "hsct",
        "hsct date",
        "hct",
        "hct date",
        "sct",
        "sct date",
        "bmt",
        "bmt date",
        "tx date",
    ),
    "administration id": ("administration", "admin id", "administration number", "mar id"),
}
"""What others usually call them."""
UNIT_WORDS = (
    "cm|mm|m|meters?|metres?|in|inch|inches|ft|feet|kg|kgs|kilograms?|kilos?|g|grams?|lb|lbs|pounds?|m2|sqm|mcg|ug|mg|"
    "mg m2|mg per m2|mgm2|mgperm2|mg per m|mcg m2|mcg per m2|percent|pct"
)
LONGEST_SHOWN, LONGEST_SLIPPED = 100, 30
"""The letters of a name that are shown, and of one that a slip may have made of a column's."""
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
            if (letters ^ its).bit_count() <= 2 * most and slips(written, word) <= most:
                yield field


@cache
def _words(fields: tuple[str, ...]) -> _Words:
    same, long = dict[str, list[str]](), list[tuple[str, int, str]]()
    phrases: dict[frozenset[str], list[str]] = {}
    units_of_names = UNIT_WORDS.replace("?", "").split("|")
    for field in fields:
        words = dict.fromkeys(map(_squashed, (*column_names.known([field]), *WORDS.get(field, ()))))
        for word in (_squashed(each) for each in (field, *WORDS.get(field, ()))):
            if field in AMOUNTS:
                words |= dict.fromkeys(word + _squashed(unit) for unit in (*units_of_names, "meter", "metre", "gram"))
        for word in words:
            same.setdefault(word, []).append(field)
        for each in (field, *WORDS.get(field, ())):
            phrases.setdefault(frozenset(each.split()) - FILLING, []).append(field)
        own = dict.fromkeys(map(_squashed, column_names.known([field])))
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
        yield column_names.column(field)
        return
    last, written = plain.split()[-1], _squashed(plain).replace("perm2", "m2")
    for ending in AMOUNTS[field][1]:
        unit = _squashed(ending).replace("perm2", "m2")
        if last in (unit, unit + "s") or (len(unit) > 1 and written.endswith(unit)):
            yield column_names.column(field) + ending
            return
    yield from column_names.known([field])


def _squashed(text: str) -> str:
    return re.sub("[^0-9a-z?]", "", text)


def slips(one: str, other: str) -> int:
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
