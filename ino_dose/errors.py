"""A fault and the one error that carries it: what a person must mend before anything is computed.

What finds a fault names the field that it is about (`remission after`); only the surface on which the
person stated that field knows how it is written there: an option, a key of a file, a column.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple


class Field(NamedTuple):
    """Something that a person states, by its plain name (of several: `height, weight`); in a hint also what to state."""

    name: str
    value: str = ""


Place = str | Field
Part = str | Field


class Surface(NamedTuple):
    """How fields are written where a person stated them: each as a place, and in the words of a hint.

    `place` gives None for a field that is not stated on this surface.
    """

    place: Callable[[str], str | None]
    mention: Callable[[Field], str]


class Fault(NamedTuple):
    """Where something is wrong, what it is in the person's words, and in `advice` what to write instead.

    `kind` is the problem without the person's own words, where it has any: faults are counted by it.
    Until a surface has said it otherwise, a fault is in the words of the command line.
    """

    place: Place
    problem: str
    advice: tuple[Part, ...] = ()
    kind: str = ""

    @property
    def where(self) -> tuple[str, int | None]:
        """The file and the line; None where the whole file is meant, as when it is too large."""
        place = _said(self.place)
        file, _, line = place.rpartition(":")
        return (file, int(line)) if line.isdecimal() else (place, None)

    @property
    def hint(self) -> str:
        """What to write."""
        return "".join(map(_said, self.advice))

    @property
    def reason(self) -> str:
        """What is wrong, the same for everybody who does it."""
        return f"{_said(self.place)}: {self.kind or self.problem}"

    def on(self, surface: Surface) -> Fault:
        """The fault in the words of a surface, if its field was stated there."""
        place = surface.place(self.place.name) if isinstance(self.place, Field) else self.place
        if place is None:
            return self
        words = (part if isinstance(part, str) else surface.mention(part) for part in self.advice)
        return self._replace(place=place, advice=tuple(words))

    def __str__(self) -> str:
        return f"{_said(self.place)}: {self.problem}" + (f"; {self.hint}" if self.hint else "")


def option(name: str) -> str:
    """A field as it is written on the command line: `--remission-after`; the regimen is an argument."""
    each = ("REGIMEN" if field == "regimen" else "--" + field.replace(" ", "-") for field in name.split(", "))
    return ", ".join(each)


OPTIONS = Surface(option, lambda field: f"{option(field.name)} {field.value}".rstrip())


def keys(places: Mapping[str, str]) -> Surface:
    """The keys of a file that are at these lines."""
    return Surface(places.get, lambda field: f"{field.name}: {field.value}".rstrip())


def _said(part: Part) -> str:
    return part if isinstance(part, str) else OPTIONS.mention(part)


class InputError(Exception):
    """What a person wrote cannot be used. Carries every fault found, never only the first."""

    def __init__(self, place: Place, problem: str, *advice: Part, kind: str = "") -> None:
        self.faults: tuple[Fault, ...] = (Fault(place, problem, advice, kind),)
        super().__init__(str(self.faults[0]))

    @classmethod
    def of(cls, faults: Iterable[Fault]) -> InputError:
        """One error for many faults, which keep their order."""
        first, *others = faults
        error = cls(first.place, first.problem, *first.advice, kind=first.kind)
        error.faults = (first, *others)
        return error


@contextmanager
def on(surface: Surface) -> Iterator[None]:
    """Say faults in the words of a surface."""
    try:
        yield
    except InputError as error:
        raise InputError.of(fault.on(surface) for fault in error.faults) from None


class Collected(list[Fault]):
    """The faults of one file: reading goes on after each, and they are raised together."""

    @contextmanager
    def here(self) -> Iterator[None]:
        """Keep the faults of this step and go on with the next."""
        try:
            yield
        except InputError as error:
            self.extend(error.faults)

    def raise_any(self) -> None:
        """Raise what was collected, if anything was, in the order of the lines, each once."""
        if self:
            raise InputError.of(dict.fromkeys(sorted(self, key=lambda fault: fault.where[1] or 0)))


def printable(text: str, keep: str = "") -> str:
    """A person's own text with control characters and bidirectional overrides spelled out, so that none reaches a screen."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in keep else c.encode("unicode_escape").decode() for c in text)
