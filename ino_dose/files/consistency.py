"""Whether the parts of a regimen fit together: sources, branches, and the double entry of totals."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from .. import units
from ..engine import prescription
from ..engine.course import NEVER
from ..engine.regimen import Choice, Citation, Condition, Regimen, Total
from ..errors import Collected, Field, InputError
from . import sources, working

if TYPE_CHECKING:
    from ..units import Quantity


def regimen(found: Regimen, faults: Collected) -> None:
    """Every way in which the parts of a regimen contradict each other."""
    if found.incomplete != bool(found.missing) or found.incomplete == bool(found.blocks):
        problem = "a regimen has blocks, or status: incomplete and missing"
        faults.extend(InputError(found.place, problem, "write one or the other").faults)
        return
    sources.check(found.sources, _cited(found), faults, may_rest=found.incomplete)
    if found.incomplete:
        return
    try:
        _begins(found)
    except InputError as error:
        faults.extend(error.faults)
        return
    for check in (_overlaps, _branches, _limits, _choices, _window):
        with faults.here():
            check(found)
    if not faults:
        _totals(found, faults)


def _cited(found: Regimen) -> Iterator[Citation]:
    for block in found.blocks:
        yield from block.citations
        for dose in block.doses or ():
            yield from dose.citations
    for each in (found.setting, found.stop, found.transplant, found.window, *found.totals, *found.results):
        yield from each.citations if each else ()
    for disagreement in found.disagreements:
        yield from disagreement.says


def _begins(found: Regimen) -> None:
    first = prescription.first_cycle(found)
    for block in found.blocks:
        if block.covers(first) and block.condition:
            raise InputError(block.place, f"cycle {first} is the first: remission cannot decide it", "take if: out")
        if block.covers(first) and block.doses is None:
            hint = "without a dose to begin with write status: incomplete and missing:"
            raise InputError(block.place, f"no dose is stated for cycle {first}, the first", hint)


def _overlaps(found: Regimen) -> None:
    dosed: dict[int, set[Condition | None]] = {cycle: set() for cycle in _listed(found)}
    for block in found.blocks:
        for cycle in filter(block.covers, dosed):
            if dosed[cycle] & {block.condition, None} or (dosed[cycle] and block.condition is None):
                problem = f"cycle {cycle} is dosed by an earlier block too"
                raise InputError(block.place, problem, "dose each cycle once")
            dosed[cycle].add(block.condition)


def _listed(found: Regimen) -> list[int]:
    return sorted({cycle for block in found.blocks for cycle in block.cycles})


def _branches(found: Regimen) -> None:
    for cycle in _listed(found):
        blocks = [block for block in found.blocks if block.covers(cycle)]
        conditions = {block.condition for block in blocks}
        place = blocks[0].place
        if conditions == {"no remission"}:
            raise InputError(
                place, f"cycle {cycle} is not dosed for patients in remission", "add a block if: remission"
            )
        if conditions == {"remission"} and not _ended(found, cycle):
            hint = "add a block if: no remission (doses: not stated, if so), or stop:"
            raise InputError(place, f"cycle {cycle} is not dosed for patients without remission", hint)


def _ended(found: Regimen, cycle: int) -> bool:
    """Whether patients without remission have stopped, or have no stated dose, before this cycle."""
    unstated = (block for block in found.blocks if block.condition == "no remission" and block.doses is None)
    stops = [block.cycles[0] for block in unstated] + ([found.stop.after_cycle + 1] if found.stop else [])
    return any(stop <= cycle for stop in stops)


def _limits(found: Regimen) -> None:
    last = found.last_cycle
    if found.stop and prescription.reach(found, NEVER) != found.stop.after_cycle:
        reached = prescription.reach(found, NEVER)
        problem = f"stop after cycle {found.stop.after_cycle}, but the blocks without remission reach cycle {reached}"
        raise InputError(found.stop.place, problem, "make the two agree")
    if found.transplant and not 1 <= found.transplant.cycles <= found.transplant.at_most <= (last or NEVER):
        problem = "cycles, at most and the last cycle do not increase"
        raise InputError(found.transplant.place, problem, "write at most: from cycles: up to the last cycle")
    rule = found.transplant
    for cycle in range(1, rule.at_most + 1 if rule else 1):  # a count of cycles is used as the number of the last
        if rule and not any(block.covers(cycle) for block in found.blocks):
            problem = f"cycles are counted from 1 here, and cycle {cycle} has no inotuzumab ozogamicin"
            raise InputError(rule.place, problem, "say it in a note instead")


def _choices(found: Regimen) -> None:
    for block in found.blocks:
        for dose in block.doses or ():
            if isinstance(dose.level, Choice) and dose.level != found.choice:
                hint = ("one ", Field("level"), " stands for all")
                raise InputError(block.place, "the levels to choose from differ between doses", *hint)


def _window(found: Regimen) -> None:
    window = found.window
    if window is None:
        return
    cycles = [[dose.day for dose in block.doses or ()] for block in found.blocks]
    days = sorted({day for cycle in cycles for day in cycle})
    for day in window.days:
        if day not in days:
            here = ", ".join(map(str, days))
            raise InputError(window.place, f"the window is of day {day}, which has no dose", f"the days are {here}")
    nearest = min((other - one for cycle in cycles for one, other in pairwise(cycle)), default=window.within + 1)
    if window.within >= nearest:
        problem = f"a window of {window.within} d is as long as from one dose to another, {nearest} d"
        raise InputError(window.place, problem, "write by how many days a dose may move")


def _totals(found: Regimen, faults: Collected) -> None:
    for total in found.totals:
        with faults.here():
            _add_up(found, total)
    wanted = {prescription.first_cycle(found), NEVER} if found.remission_adapted else {None}
    for branch in sorted(wanted - {total.remission_after for total in found.totals}, key=str):
        with faults.here():
            name = {None: "", NEVER: " for patients without remission"}.get(
                branch, " for remission at the first chance"
            )
            raise InputError(found.place, f"there is no total{name}", "add it to totals:")


def _add_up(found: Regimen, total: Total) -> None:
    if (total.remission_after is None) == found.remission_adapted:
        problem = "remission after: belongs here where doses depend on remission, and only there"
        raise InputError(total.place, problem, "take it out" if total.remission_after else "add it")
    if (total.chosen is None) == (found.choice is not None):
        problem = "level: belongs here where the source leaves a choice, and only there"
        raise InputError(total.place, problem, "take it out" if total.chosen is not None else "add it")
    if found.choice and total.chosen is not None and not found.choice.offers(total.chosen):
        shown = units.show(total.chosen, units.LEVEL)
        raise InputError(
            total.place, f"{shown} is not a level of this regimen", f"write {prescription.said(found.choice)}"
        )
    doses = prescription.prescribe(found, total.remission_after or NEVER, total.through_cycle, total.chosen)
    sums = units.total((dose.level for dose in doses), units.LEVEL)
    if doses and doses[-1].cycle != total.through_cycle:
        problem = f"the doses end with cycle {doses[-1].cycle}, not {total.through_cycle}"
        raise InputError(total.place, problem, f"write through cycle: {doses[-1].cycle}, or dose the rest")
    for said, amount in (("total", units.fraction(total.level)), ("working", _worked(total))):
        if amount is not None and amount != sums:
            shown, summed = (units.show(each, units.LEVEL) for each in (amount, sums))
            problem = f"the {said} gives {shown}, the doses through cycle {total.through_cycle} sum to {summed}"
            raise InputError(total.place, problem, "look the doses up again, then mend what is wrong")


def _worked(total: Total) -> Quantity | None:
    if not total.worked:
        return None
    try:
        return units.quantity(working.value(total.worked), units.LEVEL)
    except ValueError as error:
        raise InputError(total.place, str(error), "use numbers, +, × and ( )") from None
