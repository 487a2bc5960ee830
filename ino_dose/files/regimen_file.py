"""A YAML file → a regimen, every fault of it at once, each with its line.

What keys there are stands in `schedules/schema/`; whether the parts fit together is asked in `consistency.py`.
"""

from __future__ import annotations

import hashlib
import re
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, cast

from .. import errors, units
from ..engine.course import NEVER
from ..engine.regimen import (
    Age,
    Block,
    Choice,
    Citation,
    Condition,
    Denominator,
    Disagreement,
    Dose,
    Regimen,
    Result,
    Setting,
    Sos,
    Stop,
    Total,
    Transplant,
    Window,
)
from ..errors import Collected, InputError
from . import consistency, schema, sources, text_file, yaml_node
from .yaml_node import Node

if TYPE_CHECKING:
    from ..units import Quantity

FIRST_ONLY: tuple[tuple[int, ...], bool] = ((1,), False)
LONGEST_CYCLE = 99
"""Days of a cycle, as far as a schedule file can write them."""


def read(path: Path) -> Regimen:
    """The regimen in a file. Raises InputError with every fault that the file has."""
    content, text = text_file.load(path)
    faults = Collected()
    root = yaml_node.parse(text, str(path), faults, schema.of("regimen"))
    found = _regimen(root, path.stem, hashlib.sha256(content).hexdigest())
    if not faults:
        consistency.regimen(found, faults)
    faults.raise_any()
    return found


def _regimen(root: Node, id: str, sha256: str) -> Regimen:
    found = root.record()
    with root.faults.here():
        _check_id(root, id)
    return Regimen(
        id=id,
        place=root.place,
        title=found.text("title"),
        after_transplant=found.text("after transplant") == "yes",
        incomplete=found.text("status") == "incomplete",
        sources=sources.read(found),
        blocks=found.read("blocks", lambda at: at.each(_block), ()),
        sha256=sha256,
        setting=found.read("setting", _setting, None),
        stop=found.read("stop", _stop, None),
        transplant=found.read("transplant", _transplant, None),
        window=found.read("window", window, None),
        not_stated=found.read("not stated", lambda at: at.each(Node.prose), ()),
        totals=found.read("totals", lambda at: at.each(_total), ()),
        missing=found.read("missing", lambda at: at.each(Node.prose), ()),
        disagreements=found.read("disagreements", lambda at: at.each(_disagreement), ()),
        results=found.read("results", lambda at: at.each(_result), ()),
    )


def _check_id(root: Node, id: str) -> None:
    if not re.fullmatch("[a-z0-9][a-z0-9-]*", id):
        plain = re.sub("[^a-z0-9]+", "-", id.lower()).strip("-") or "our-course"
        problem = f"{errors.printable(id)!r} is no id, and a regimen's id is the name of its file"
        hint = f"write small letters, digits and hyphens: {plain}.yaml"
        raise InputError(root.place.rpartition(":")[0], problem, hint)


def _block(at: Node) -> Block:
    found = at.record()
    cycles, onward = found.read("cycles", _cycles, FIRST_ONLY)
    cited = sources.cited(found)
    length = found.read("length", _length, None)
    return Block(
        cycles=cycles,
        onward=onward,
        condition=cast(Condition, found.text("if")) or None,
        doses=found.read("doses", lambda at: _doses(at, cited, length[0] if length else LONGEST_CYCLE), None),
        length=length,
        citations=cited,
        place=at.place,
        note=found.text("note"),
    )


def _setting(at: Node) -> Setting:
    found = at.record()
    return Setting(found.text("is"), sources.cited(found))


def _cycles(at: Node) -> tuple[tuple[int, ...], bool]:
    cycles = _increasing_numbers(at)
    if not cycles:
        raise at.refused(f"{at.text()!r} are not cycles", "write 1, or 2 to 6, or 2, 4, 6, 8, or 2 onward")
    if " to " in at.text():
        cycles = tuple(range(cycles[0], cycles[1] + 1))
    return cycles, "onward" in at.text()


def _doses(at: Node, cited: tuple[Citation, ...], shortest: int) -> tuple[Dose, ...] | None:
    if at.scalar == "not stated":
        return None
    doses: list[Dose] = []
    for key, value in at.pairs():
        with at.faults.here():
            day = _day(key)
            if doses and day <= doses[-1].day:
                raise key.refused(f"day {day} comes after day {doses[-1].day}", "write each day once, in order")
            if day > shortest:
                problem = f"day {day} is after the end of its cycle, whose shortest stated length is {shortest} d"
                raise key.refused(problem, "correct the day or the length")
            doses.append(_dose(day, value, cited))
    return tuple(doses)


def _day(key: Node) -> int:
    if key.match():
        return int(key.text().removeprefix("day "))
    raise key.refused(f"{key.text()!r} is not a day", "write it like day 8")


def _dose(day: int, at: Node, cited: tuple[Citation, ...]) -> Dose:
    if at.kind != "mapping":
        return Dose(day, _level_or_choice(at), cited)
    found = at.record()
    none: Quantity | Choice = units.NO_LEVEL
    level = found.read("level", _level_or_choice, none)
    return Dose(day, level, sources.cited(found))


def _level_or_choice(at: Node) -> Quantity | Choice:
    if at.kind == "list":
        return _increasing(at, at.each(level), listed=True)
    if match := re.fullmatch(r"(\S+) to (\S+) (\S+)", at.text()):
        ends = (f"{match[1]} {match[3]}", f"{match[2]} {match[3]}")
        return _increasing(at, tuple(units.read(each, units.LEVEL, at.place) for each in ends), listed=False)
    return level(at)


def _increasing(at: Node, levels: tuple[Quantity, ...], listed: bool) -> Choice:
    if len(levels) < 2 or any(one >= other for one, other in pairwise(levels)):
        raise at.refused("the levels to choose from do not increase", "write the lowest first")
    return Choice(levels, listed)


def level(at: Node) -> Quantity:
    """A level in mg/m², which is not 0."""
    found = at.amount(units.LEVEL)
    if not found.magnitude:
        raise at.refused("a level of 0 is no level", "leave it out")
    return found


def _length(at: Node) -> tuple[int, int]:
    days = _increasing_numbers(at)
    if not days:
        raise at.refused(f"{at.text()!r} is not a cycle length", "write 28 d, or 21 to 28 d")
    return days[0], days[-1]


def _increasing_numbers(at: Node) -> tuple[int, ...]:
    """The numbers of a text that is as the schema says, each larger than the one before; otherwise none."""
    numbers = tuple(map(int, re.findall("[0-9]+", at.text()))) if at.match() else ()
    return numbers if all(one < other for one, other in pairwise(numbers)) else ()


def _stop(at: Node) -> Stop:
    found = at.record()
    found.text("if")
    return Stop(found.read("after cycle", Node.whole, 1), sources.cited(found), at.place)


def _transplant(at: Node) -> Transplant:
    found = at.record()
    usual, most = (found.read(key, Node.whole, 1) for key in ("cycles", "at most"))
    return Transplant(usual, most, found.text("note"), sources.cited(found), at.place)


def window(at: Node) -> Window:
    """By how many days which doses may move."""
    found = at.record()
    days: tuple[int, ...] = found.read("days", lambda at: at.each(Node.whole), ())
    with at.faults.here():
        if any(one >= other for one, other in pairwise(days)):
            raise at.refused("the days of the window do not increase", "write each day once, in order")
        if 1 in days:
            raise at.refused("day 1 has no window: its cycle moves with it", "leave it out")
    return Window(days, found.read("within", Node.days, 0), sources.cited(found), at.place)


def _total(at: Node) -> Total:
    found = at.record()
    if ("worked" in found) == ("source" in found):
        raise at.refused("a total is either worked or published", "write worked: … or source: {id: spot}")
    return Total(
        through_cycle=found.read("through cycle", Node.whole, 1),
        remission_after=found.read("remission after", remission_after, None),
        level=found.read("total", level, units.NO_LEVEL),
        chosen=found.read("level", level, None),
        worked=found.text("worked"),
        citations=sources.cited(found),
        place=at.place,
    )


def remission_after(at: Node) -> int:
    """The cycle at whose end remission was documented, or never."""
    return NEVER if at.text() == "never" else at.whole()


def _disagreement(at: Node) -> Disagreement:
    found = at.record()
    return Disagreement(found.text("about"), sources.cited(found, "says"), found.text("matters"))


def _result(at: Node) -> Result:
    found = at.record()
    return Result(
        of=found.text("of"),
        patients=found.read("patients", Node.whole, None),
        age=found.read("age", _age, None),
        remission=found.read("remission", _percent, None),
        response=found.text("response"),
        transplant=found.read("transplant", _percent, None),
        survival=found.text("survival"),
        sos=found.read("sos", _sos, None),
        citations=sources.cited(found),
    )


def _age(at: Node) -> Age:
    match = at.match()
    if not match:
        raise at.refused(f"{at.text()!r} is not an age", "write median 47, or median 47, range 18 to 78")
    median, *ends = (Decimal(each) for each in match.groups() if each)
    if ends and not ends[0] <= median <= ends[1]:
        raise at.refused(f"the median {median} is not within {ends[0]} to {ends[1]}")
    return Age(median, (ends[0], ends[1]) if ends else None)


def _sos(at: Node) -> Sos:
    found = at.record()
    return Sos(found.read("rate", _percent, Decimal(0)), cast(Denominator, found.text("among")))


def _percent(at: Node) -> Decimal:
    match = at.match()
    if not match:
        raise at.refused(f"{at.text()!r} is not a percentage", "write it like 80.7 %, from 0 to 100")
    return Decimal(match[1])
