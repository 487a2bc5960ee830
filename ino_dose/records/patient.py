"""What was recorded of one patient → what each administration counts, the sum before transplant, and where it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from .. import units
from . import same_day
from .counting import Counter
from .record import Administration, Counted, Counting, Exposure, History
from .same_day import NONE, Given
from .sizes import Area, Sizes

if TYPE_CHECKING:
    from ..engine.exposure import Status


class Rules(NamedTuple):
    """How records are counted: what mg count, and which BSA a dose was given for."""

    counter: Counter
    sizes: Sizes


def exposure_of(history: History, rules: Rules) -> Exposure:
    """A patient's exposure; what is refused of a patient as a whole is its error."""
    transplant = max(history.transplants, default=None)
    if len(history.priors) > 1:
        history.refused.append("prior exposure differs between the rows of this patient; write the same in all")
    ended, given = _ends(history, rules, transplant)
    for each in given:
        ended[each.number] = _counted(each, rules.counter, transplant)
    rows = tuple(ended[number] for number in sorted(ended))
    lost = [row for row in rows if row.counted == "not counted"]
    error = " ".join((*dict.fromkeys(history.refused), *history.faults, *_reasons(lost)))
    if history.refused:
        return Exposure(history.patient, rows, transplant=transplant, not_counted=len(lost), error=error)
    before = [each for each in given if not _after(each.record, transplant)]
    after = [each for each in given if _after(each.record, transplant)]
    prior = None if None in history.priors or (history.prior_unsaid and not history.priors) else NONE
    if prior is not None and history.priors:
        prior = Fraction(next(iter(history.priors)) or 0)
    found = Exposure(
        history.patient,
        rows,
        prior,
        len(before),
        min((each.record.day for each in before if each.record.day), default=None),
        max((each.record.day for each in before if each.record.day), default=None),
        None if prior is None else prior + _sum(each.value for each in before),
        _sum(each.worth.delivered for each in before),
        sum(each.whole is None and each.worth.unmatched for each in before),
        transplant=transplant,
        after=_sum(each.value for each in after),
        not_counted=len(lost),
        error=error,
    )
    applies = bool(before or lost or not any(row.counted == "after transplant" for row in rows))
    found = found._replace(status=_status(found, before, rules.counter, applies))
    return found._replace(warnings=tuple(_warnings(found, given, history, rules)))


def _reasons(lost: Sequence[Counted]) -> Iterator[str]:
    """Why administrations could not be counted, each reason once with the places of the first three."""
    places = dict[str, list[str]]()
    for row in lost:
        places.setdefault(row.reason, []).append(row.record.place)
    for reason, found in places.items():
        more = f" and {len(found) - 3} more" if len(found) > 3 else ""
        yield f"{reason} ({', '.join(found[:3])}{more})"


def _after(record: Administration, transplant: date | None) -> bool:
    """Whether it is of a day after the transplant; one on that day comes before."""
    return transplant is not None and record.day is not None and record.day > transplant


@units.exact
def _sum(values: Iterable[Decimal | Fraction]) -> Fraction:
    """The exact sum; levels are decimals, and add much faster than fractions."""
    whole, rest = Decimal(0), NONE
    for value in values:
        if isinstance(value, Decimal):
            whole += value
        else:
            rest += value
    return Fraction(whole) + rest


def _ends(history: History, rules: Rules, transplant: date | None) -> tuple[dict[int, Counted], list[Given]]:
    """How each administration ends that does not count, by its number; and those that were given and have a BSA."""
    ended = dict[int, Counted]()
    days = dict[date, list[Given]]()
    copies = same_day.copies(history.administrations)
    for number, record in enumerate(history.administrations):
        area, reason = Area(None), record.reason
        if record.settled in ("not given", "passed over"):
            ended[number] = Counted(record, record.settled, reason)
            continue
        copy = copies.get(number)
        if copy and copy.sure:
            ended[number] = Counted(record, "copy", copy.reason)
            continue
        if not record.settled and record.day and record.dose is not None:
            area = rules.sizes.on(record.day, record.sizes, history)
            reason = area.fault
        if record.day and record.dose is not None and area.bsa is not None:
            worth = rules.counter.worth(record.dose, area.bsa, record.level)
            days.setdefault(record.day, []).append(Given(number, record, area, worth))
        elif copy:
            ended[number] = Counted(record, "copy", copy.reason)
        else:
            late = _after(record, transplant)
            ended[number] = Counted(record, "after transplant" if late else "not counted", reason)
    given = list[Given]()
    for group in days.values():
        for each in same_day.together(group, rules.counter) if len(group) > 1 else group:
            if isinstance(each, Given):
                given.append(each)
            else:
                ended[each[0]] = each[1]
    return ended, given


def _counted(given: Given, counter: Counter, transplant: date | None) -> Counted:
    """An administration that was given, with how and why it counts."""
    record, worth = given.record, given.whole or given.worth
    assert record.dose is not None and given.area.bsa is not None
    if given.whole:
        reason = (
            "part of the dose of its day"
            if given.first
            else "part of the dose of its day, which counts at its first part"
        )
    else:
        reason = worth.why
    counted: Counting = "level" if worth.fits else "delivered"
    if _after(record, transplant):
        counted = "after transplant"
    return Counted(
        record,
        counted,
        f"{reason}. {given.doubt}" if given.doubt else reason,
        given.area.bsa,
        given.area.day,
        worth.level,
        given.value,
        given.worth.delivered,
    )


def _status(found: Exposure, before: Sequence[Given], counter: Counter, applies: bool) -> Status:
    """Where the sum stands: what is open never hides that it is above in any case, and never is taken for within."""

    if not applies:
        return "not_applicable"
    of = counter.status
    start = found.prior or NONE
    least, most = _bounds(before, start, bool(found.unmatched))
    if of(least) == "above":
        return "above"
    if found.not_counted or found.counted is None:
        return "unknown"
    sums = {of(found.counted), of(least), of(most)} | ({of(start + found.delivered)} if found.unmatched else set())
    doubt = any(each.doubt for each in before)
    return "undecided" if doubt or len(sums) > 1 else sums.pop()


def _bounds(before: Sequence[Given], start: Fraction, unmatched: bool) -> tuple[Fraction, Fraction]:
    """The least and the most that doses may sum to: by levels that fit as well, and of doubtful days by one dose or all.

    Where a dose fits no level, the sum of mg ÷ m² may be the least.
    """
    if all(len(each.worth.fits) == 1 and not each.doubt for each in before):
        total = start + _sum(each.value for each in before)
        return total, total

    def least(of: Callable[[Given], Decimal | Fraction]) -> Fraction:
        days = dict[date | None, list[Fraction]]()
        for each in before:
            if each.doubt:
                days.setdefault(each.record.day, []).append(Fraction(of(each)))
        return start + _sum(of(each) for each in before if not each.doubt) + _sum(min(day) for day in days.values())

    sums = [least(lambda each: (each.whole or each.worth).least if each.first else NONE)]
    sums += [least(lambda each: each.worth.delivered)] * unmatched
    return min(sums), start + _sum((each.whole or each.worth).most for each in before if each.first)


def _warnings(found: Exposure, given: Sequence[Given], history: History, rules: Rules) -> Iterator[str]:
    """What a person should look at."""
    if not found.rows:
        yield "No administration is recorded."
    if history.prior_unsaid and not history.priors:
        yield "Prior exposure is empty in every row and counts as unknown: write none where there was none."
    if found.status == "not_applicable":
        yield f"No dose came before the transplant on {found.transplant}: the ceiling does not apply."
    if len(history.transplants) > 1:
        yield f"{len(history.transplants)} transplants: judged against the latest, {found.transplant}."
    if any(row.counted == "after transplant" and row.value is None for row in found.rows):
        yield "Not every dose after the transplant could be counted."
    yield from (f"{row.record.place}: {row.reason}." for row in found.rows if row.counted == "copy")
    cautions = dict[str, str]()
    for each in sorted(given, key=lambda each: each.number):
        for caution in each.area.cautions:
            cautions.setdefault(caution, each.record.place)
    yield from (f"{place}: {caution}" for caution, place in cautions.items())
    doubts = dict.fromkeys(each.doubt for each in given if each.doubt)
    yield from doubts
    for each in given:
        place = each.record.place
        if each.record.day == found.transplant:
            yield f"{place}: given on the day of transplant, and counted before it."
        if each.whole and each.first:
            parts = ", ".join(
                other.record.place for other in given if other.whole and other.record.day == each.record.day
            )
            yield f"{parts} are taken as one dose."
        yield from _odd(each, rules.counter)
        yield from (f"{place}: {remark}." for remark in each.area.remarks)


def _odd(given: Given, counter: Counter) -> Iterator[str]:
    """What is unusual about what a dose counts."""
    place, worth, record = given.record.place, given.whole or given.worth, given.record
    if worth.unmatched and worth.delivered * 2 > 3 * Fraction(counter.highest):
        dose = units.show(record.dose, units.DOSE) if record.dose is not None else ""
        yield f"{place}: {dose} is more than 1.5 times the highest level that is known: is its unit right?"
    elif worth.unmatched:
        yield f"{place}: {worth.why}, and counts as mg ÷ m²."
    if len(worth.fits) > 1 and given.first:
        others = " and ".join(units.show(fit.level, units.LEVEL) for fit in worth.fits[1:])
        yield f"{place}: counts as {units.show(worth.fits[0].level, units.LEVEL)}, and would agree with {others}."
