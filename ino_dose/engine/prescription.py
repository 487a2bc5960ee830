"""Regimen × what is true of this patient → one straight line of prescribed doses, and what is undecided.

Every clinical choice of a schedule (remission or not, transplant planned, a level to choose) is
resolved here. After this there is only a line of doses, the same for every body.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from .. import units
from ..errors import Field, InputError
from .course import NEVER, Course, Recorded
from .regimen import Block, Choice, Citation, Regimen

if TYPE_CHECKING:
    from ..units import Quantity

Answer = Literal["remission", "no remission"]
MOST_CYCLES: Final = 99
"""As far as a schedule file can number its cycles."""


class Prescribed(NamedTuple):
    """One dose as the schedule prescribes it: mg/m², on a day of a cycle, and who says so."""

    cycle: int
    day: int
    level: Quantity
    citations: tuple[Citation, ...]


class Branch(NamedTuple):
    """The whole course on one side of a decision that was not stated: remission after this cycle, or never."""

    when: Answer
    remission: int
    doses: tuple[Prescribed, ...]


class Line(NamedTuple):
    """The prescribed doses in order, and both branches where remission was not stated."""

    doses: tuple[Prescribed, ...]
    undecided: tuple[Branch, ...] = ()


def line(regimen: Regimen, course: Course) -> Line:
    """The doses that this patient is due.

    Raises InputError where the course asks for what the regimen does not allow or cannot know.
    """
    whole = _whole(regimen, course)
    return whole if course.first is None else _from(regimen, course.first, course.cycles, whole)


def _whole(regimen: Regimen, course: Course) -> Line:
    check_complete(regimen)
    level = _chosen(regimen, course.level)
    _check_remission(regimen, course.remission)
    _check_cycles(regimen, course)
    decided = _last_decided(regimen, course.remission)
    through = _through(regimen, course, course.remission or NEVER)
    if course.cycles is None and _depends(regimen, course.remission):
        branches = tuple(
            Branch(when, after, prescribe(regimen, after, _through(regimen, course, after), level))
            for when, after in answers(regimen)
        )
        if any(branch.doses[-1].cycle > decided for branch in branches):
            return Line(prescribe(regimen, NEVER, decided, level), branches)
    return Line(prescribe(regimen, course.remission or NEVER, through, level))


def _from(regimen: Regimen, first: int, cycles: int | None, whole: Line) -> Line:
    """The line from a cycle on."""
    field, begins = Field("from cycle"), first_cycle(regimen)
    if first < begins:
        problem = f"{regimen.id} has no inotuzumab ozogamicin before cycle {begins}"
        raise InputError(field, problem, f"write {begins} or more")
    if cycles is not None and first > cycles:
        raise InputError(field, f"the plan ends with cycle {cycles}, before cycle {first}", f"write {cycles} or less")
    lines = [whole.doses, *(branch.doses for branch in whole.undecided)]
    last = max(doses[-1].cycle for doses in lines)
    doses, *others = (tuple(dose for dose in each if dose.cycle >= first) for each in lines)
    if not doses and not any(others):
        problem = f"this course of {regimen.id} ends with cycle {last}"
        raise InputError(field, problem, f"write {last} or less", kind="past the last cycle")
    if not doses:
        raise _open(field, first, regimen)
    branches = (branch._replace(doses=each) for branch, each in zip(whole.undecided, others, strict=True) if each)
    return Line(doses, tuple(branches))


def _open(field: Field, cycle: int, regimen: Regimen) -> InputError:
    """The refusal to plan what depends on remission where nobody said."""
    problem = f"from cycle {cycle} on the doses of {regimen.id} depend on remission, which was not stated"
    remission, never = (Field("remission after", value) for value in ("N", "never"))
    return InputError(field, problem, "add ", remission, " or ", never, kind="remission was not stated")


def check_complete(regimen: Regimen) -> None:
    """Refuse a regimen whose doses no source states."""
    if regimen.incomplete:
        missing = "; ".join(sentence.removesuffix(".") for sentence in regimen.missing)
        raise InputError(
            Field("regimen"),
            f"{regimen.id} is incomplete and is not planned: {missing}",
            "see ino-dose show " + regimen.id,
            kind="no dose is stated",
        )


def prescribe(regimen: Regimen, remission: int, through: int, level: Quantity | None = None) -> tuple[Prescribed, ...]:
    """Every dose through a cycle for one answer about remission, up to where the regimen ends for it.

    `level` (mg/m²) stands wherever the schedule leaves a choice.
    """
    doses: list[Prescribed] = []
    for cycle in _numbers(regimen, through):
        found = block(regimen, cycle, remission)
        if found is None or found.doses is None:
            break
        for dose in found.doses:
            amount = level if isinstance(dose.level, Choice) else dose.level
            assert amount is not None
            doses.append(Prescribed(cycle, dose.day, amount, dose.citations))
    return tuple(doses)


def places(regimen: Regimen, through: int) -> list[tuple[int, int]]:
    """Every cycle and day through a cycle on which anybody gets a dose, whatever the answer about remission, in order."""
    blocks = [(cycle, each) for cycle in _numbers(regimen, through) for each in regimen.blocks if each.covers(cycle)]
    return sorted({(cycle, dose.day) for cycle, each in blocks for dose in each.doses or ()})


def reach(regimen: Regimen, remission: int) -> int:
    """The last cycle that someone with this remission is dosed in; NEVER where no source states a last one."""
    if regimen.last_cycle is None:
        return NEVER
    any_level = regimen.choice.levels[0] if regimen.choice else None
    return prescribe(regimen, remission, regimen.last_cycle, any_level)[-1].cycle


def answers(regimen: Regimen) -> list[tuple[Answer, int]]:
    """Both answers about remission that a course can be planned for: at the first chance, or never."""
    return [("remission", first_cycle(regimen)), ("no remission", NEVER)]


def first_cycle(regimen: Regimen) -> int:
    """The first cycle with inotuzumab ozogamicin."""
    return min(block.cycles[0] for block in regimen.blocks)


def _numbers(regimen: Regimen, through: int) -> list[int]:
    listed = {cycle for block in regimen.blocks for cycle in block.cycles}
    onward = {cycle for block in regimen.blocks if block.onward for cycle in range(block.cycles[-1], through + 1)}
    return sorted(cycle for cycle in listed | onward if cycle <= through)


def block(regimen: Regimen, cycle: int, remission: int) -> Block | None:
    """The block that doses a cycle for one answer about remission, if any does."""
    suits = (None, state(remission, cycle))
    return next((each for each in regimen.blocks if each.covers(cycle) and each.condition in suits), None)


def state(remission: int, cycle: int) -> Answer:
    """What a cycle is dosed by, where remission was documented at the end of another."""
    return "remission" if remission < cycle else "no remission"


def _depends(regimen: Regimen, remission: int | None) -> bool:
    return regimen.remission_adapted and remission is None


def _last_decided(regimen: Regimen, remission: int | None) -> int:
    if not _depends(regimen, remission):
        return reach(regimen, remission or NEVER)
    adapted = min(block.cycles[0] for block in regimen.blocks if block.condition)
    return max(cycle for block in regimen.blocks for cycle in block.cycles if cycle < adapted)


def _through(regimen: Regimen, course: Course, remission: int) -> int:
    if course.cycles is not None:
        return course.cycles
    last = reach(regimen, remission)
    if not (course.hsct and regimen.transplant):
        return last
    recorded = [event.cycle for event in course.events if isinstance(event, Recorded)]
    return min(last, max(regimen.transplant.cycles, *recorded, 0))


def _chosen(regimen: Regimen, level: Quantity | None) -> Quantity | None:
    choice = regimen.choice
    if choice is None:
        if level is not None:
            problem = f"the doses of {regimen.id} are fixed by its source"
            raise InputError(Field("level"), problem, "leave ", Field("level"), " out")
        return None
    offered = said(choice)
    if level is None:
        problem = f"the source of {regimen.id} leaves the level open: {offered}"
        raise InputError(Field("level"), problem, "add ", Field("level"), " with one of them")
    if not choice.offers(level):
        shown = units.show(level, units.LEVEL)
        problem, kind = f"{shown} is not a level of {regimen.id}", "not a level of the regimen"
        raise InputError(Field("level"), problem, f"its source gives {offered}", kind=kind)
    return level


def said(choice: Choice) -> str:
    """The choice in words: `1.3 to 1.8 mg/m²`, `0.3, 0.4, 0.5, 0.6 mg/m²`."""
    numbers = [units.digits(level.magnitude) for level in choice.levels]
    return (", " if choice.listed else " to ").join(numbers) + " mg/m²"


def _check_remission(regimen: Regimen, remission: int | None) -> None:
    if remission is None:
        return
    if not regimen.remission_adapted:
        problem = f"the doses of {regimen.id} do not depend on remission"
        raise InputError(Field("remission after"), problem, "leave it out")
    first, last = first_cycle(regimen), reach(regimen, NEVER)
    if remission != NEVER and not first <= remission <= last:
        why = _why_it_ends(regimen, NEVER)
        raise InputError(
            Field("remission after"),
            f"remission after cycle {remission} cannot be planned: {why}",
            f"write {first} to {last}, or never" if first < last else f"write {first}, or never",
            kind="a cycle that is not in the course",
        )


def _check_cycles(regimen: Regimen, course: Course) -> None:
    cycles, first = course.cycles, first_cycle(regimen)
    if cycles is None:
        if regimen.last_cycle is None and not (course.hsct and regimen.transplant):
            raise InputError(
                Field("cycles"), f"no source states a last cycle of {regimen.id}", "add ", Field("cycles", "N")
            )
        return
    if regimen.last_cycle is None and cycles > MOST_CYCLES:
        problem = f"{cycles} cycles are more than any course has"
        raise InputError(Field("cycles"), problem, f"write {MOST_CYCLES} or less", kind="too many cycles")
    if cycles < first:
        problem = f"{regimen.id} has no inotuzumab ozogamicin before cycle {first}"
        raise InputError(Field("cycles"), problem, f"write {first} or more")
    open_ = (first, NEVER) if _depends(regimen, None) else (NEVER,)
    possible = (course.remission,) if course.remission else open_
    last = max(reach(regimen, remission) for remission in possible)
    if cycles > last:
        why = _why_it_ends(regimen, max(possible, key=lambda remission: reach(regimen, remission)))
        problem = f"cycle {cycles} is past the last that {regimen.id} allows: {why}"
        raise InputError(Field("cycles"), problem, f"write {last} or less", kind="past the last cycle")
    if course.hsct and regimen.transplant and cycles > regimen.transplant.at_most:
        most = regimen.transplant.at_most
        problem = f"patients proceeding to transplant get at most {most} cycles of {regimen.id}"
        raise InputError(Field("cycles"), problem, f"write {most} or less")
    if cycles > (decided := _last_decided(regimen, course.remission)):
        raise _open(Field("cycles"), decided + 1, regimen)


def _why_it_ends(regimen: Regimen, remission: int) -> str:
    last = reach(regimen, remission)
    if last == regimen.last_cycle:
        return f"its last cycle is {last}"
    if regimen.stop and last == regimen.stop.after_cycle:
        return f"without remission it stops after cycle {last}"
    return f"without remission no source states a dose after cycle {last}"
