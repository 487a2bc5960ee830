"""A place, and the one error that has one: what a person must mend before anything is computed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple


class Fault(NamedTuple):
    """Where something is wrong, what it is in the person's words, and what to write instead."""

    place: str
    problem: str
    hint: str = ""

    @property
    def where(self) -> tuple[str, int | None]:
        """The file and the line; None where the whole file is meant, as when it is too large."""
        file, _, line = self.place.rpartition(":")
        return (file, int(line)) if line.isdecimal() else (self.place, None)

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}" + (f"; {self.hint}" if self.hint else "")


class InputError(Exception):
    """What a person wrote cannot be used. Carries every fault found, never only the first."""

    def __init__(self, place: str, problem: str, hint: str = "") -> None:
        self.faults: tuple[Fault, ...] = (Fault(place, problem, hint),)
        super().__init__(str(self.faults[0]))

    @classmethod
    def of(cls, faults: Iterable[Fault]) -> InputError:
        """One error for many faults, which keep their order."""
        first, *others = faults
        error = cls(first.place, first.problem, first.hint)
        error.faults = (first, *others)
        return error


@contextmanager
def placed(places: Mapping[str, str]) -> Iterator[None]:
    """Name the line of a file instead of the option that would say the same."""
    try:
        yield
    except InputError as error:
        error.faults = tuple(fault._replace(place=places.get(fault.place, fault.place)) for fault in error.faults)
        raise


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


def printable(text: str) -> str:
    """A person's own text with control characters spelled out, so that none reaches the terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
