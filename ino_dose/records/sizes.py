"""The sizes of a patient × the day of a dose → the BSA that the dose was given for, and what to say of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from ..engine import body as bodies
from ..engine.body import Growth
from ..engine.bsa_formulas import Formula
from ..errors import Field, InputError
from .record import History, Size, SizeKind

if TYPE_CHECKING:
    from ..units import Quantity

UNDATED = date.min
HEAVY_AND_TALL: tuple[SizeKind, SizeKind] = ("weight", "height")
Days = dict[date | None, list[Size]]
"""The sizes of one kind by their day, each day's in the order of the files."""


class Area(NamedTuple):
    """A BSA (m²) with the day of the size it is from; None, and the `fault`, where there is none.

    `remarks` are sentences on whose day the size is of, `cautions` on the body itself.
    """

    bsa: Quantity | None
    day: date | None = None
    remarks: tuple[str, ...] = ()
    fault: str = ""
    cautions: tuple[str, ...] = ()


class Found(NamedTuple):
    """A size that was chosen; `later` where there is none before, `doubled` where that day has another one too;
    `own` where it stands beside the dose."""

    size: Size
    later: bool = False
    doubled: bool = False
    own: bool = False

    def nearness(self, day: date) -> tuple[bool, int]:
        """Sorts before another that is chosen after it."""
        return self.later, abs((day - (self.size.day or UNDATED)).days)


class Sizes:
    """How BSAs are found: `formula`; `within`, the days after which a weight is remarked on; and what bodies are asked about."""

    def __init__(self, formula: Formula, within: int, growth: Growth) -> None:
        self.formula, self.within, self.growth = formula, within, growth
        self.grown = growth.steps[-1].to.magnitude
        self._measured: dict[tuple[object, object], tuple[Quantity | None, tuple[str, ...], InputError | None]] = {}

    def on(self, day: date, own: Iterable[Size], history: History) -> Area:
        """The BSA on a day: by the dose's own record, else that day's sizes, else those nearest before, else the next."""
        all, mine = history.sizes, {size.kind: Found(size, own=True) for size in own}
        none: Days = {}
        if area := mine.get("bsa"):
            return self._stated(area, day, history)
        weight, height = (mine.get(kind) or _nearest(all.get(kind, none), day) for kind in HEAVY_AND_TALL)
        stated = _nearest(all.get("bsa", none), day)
        if stated and not (weight and height and ("weight" in mine or weight.nearness(day) < stated.nearness(day))):
            return self._stated(stated, day, history)
        if not weight or not height:
            missing = [kind for kind, found in (("height", height), ("weight", weight)) if not found]
            problem, hint = "is not recorded, and no BSA is", "add sizes, here or in a file beside this one"
            return Area(None, fault=_said(InputError(Field(", ".join(missing)), problem, hint), history))
        return self._computed(height, weight, day, history)

    def _stated(self, found: Found, day: date, history: History) -> Area:
        size = found.size
        if (area := size.value) is None:
            return _unread(found)
        bsa, cautions, fault = self._body(("bsa", area.magnitude), lambda: bodies.stated(area))
        return Area(bsa, size.day, self._remarks(found, day), _said(fault, history), cautions)

    def _computed(self, height: Found, weight: Found, day: date, history: History) -> Area:
        if height.size.value is None or weight.size.value is None:
            return _unread(height if height.size.value is None else weight)
        tall, heavy = height.size.value, weight.size.value
        bsa, cautions, fault = self._body(
            (tall.magnitude, heavy.magnitude), lambda: bodies.measured(tall, heavy, self.formula)
        )
        aging = self._remarks(height, day, ages=tall.magnitude <= self.grown)
        return Area(bsa, weight.size.day, (*self._remarks(weight, day), *aging), _said(fault, history), cautions)

    def _body(
        self, key: tuple[object, object], make: Callable[[], bodies.Body]
    ) -> tuple[Quantity | None, tuple[str, ...], InputError | None]:
        """A BSA, what is asked about it, and why there is none; each body once."""
        if key not in self._measured:
            try:
                body = make()
                self._measured[key] = body.bsa, tuple(bodies.cautions(body, self.growth)), None
            except InputError as error:
                self._measured[key] = None, (), error
        return self._measured[key]

    def _remarks(self, found: Found, day: date, ages: bool = True) -> tuple[str, ...]:
        """What to say of a size that is of another day; a height that no longer grows does not age."""
        size = found.size
        called = "BSA" if size.kind == "bsa" else size.kind
        said = []
        if found.doubled:
            said.append(f"{size.day} has several {called}s that differ; the last is used")
        if size.day is None:
            said += [f"the {called} has no date"] * ages
        elif found.later:
            said.append(f"the {called} is of {size.day}, after the dose; there is none before it")
        elif ages and (old := (day - size.day).days) > self.within:
            said.append(f"the {called} is of {size.day}, {old} d before the dose")
        return tuple(said)


def _nearest(all: Days, day: date) -> Found | None:
    """The size of that day or the last before it, of several the last by its time, or in the file; else the first after it, else one without a day."""
    if day not in all:
        before = max((each for each in all if each is not None and each < day), default=None)
        after = min((each for each in all if each is not None and each > day), default=None)
        if before is None:
            return Found(all[after][0], later=after is not None) if after or None in all else None
        day = before
    there = all[day]
    last = max(enumerate(there), key=lambda each: (each[1].time, each[0]))[1] if len(there) > 1 else there[0]
    return Found(last, doubled=len(there) > 1 and any(_differ(size, last) for size in there))


def _unread(found: Found) -> Area:
    """Why a size that would be used cannot be read, and where it stands, if not beside the dose itself."""
    return Area(None, fault=found.size.fault if found.own else f"{found.size.fault} ({found.size.place})")


def _said(error: InputError | None, history: History) -> str:
    return " ".join(str(fault.on(history.surface)) for fault in error.faults) if error else ""


def _differ(one: Size, other: Size) -> bool:
    return (one.value and one.value.magnitude) != (other.value and other.value.magnitude)
