"""Administrations of one patient on one day → which are copies, which are parts of one dose, and which leave a doubt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from .. import units
from .counting import Counter, Worth
from .record import Administration, Counted
from .sizes import Area

NONE = Fraction(0)


class Given(NamedTuple):
    """An administration that was given (the nth of its patient), its BSA, and what it counts.

    `whole` is what the day's dose counts, if this is one part of it, `first` its first part; `doubt` is why it
    may not count beside others of its day.
    """

    number: int
    record: Administration
    area: Area
    worth: Worth
    whole: Worth | None = None
    first: bool = True
    doubt: str = ""

    @property
    def value(self) -> Decimal | Fraction:
        """What it adds, in mg/m²: of a dose in parts the first adds what the whole counts."""
        return self.worth.value if not self.whole else self.whole.value if self.first else NONE


class Copy(NamedTuple):
    """Why an administration is another one written down again; not `sure` where both have ids, which differ."""

    reason: str
    sure: bool = True


def copies(records: Sequence[Administration]) -> dict[int, Copy]:
    """The administrations, by their number, that are written down again: of the same day and mg, with the same id or time.

    Two bags may be of one time and have ids of their own: whether they are is told by what they count.
    """
    found, seen = dict[int, Copy](), dict[tuple[object, ...], Administration]()
    if len({record.day for record in records}) == len(records):
        return found
    for number, record in enumerate(records):
        if record.settled or record.dose is None or record.day is None:
            continue
        what = (record.day, record.dose.magnitude)
        of_id, of_time = (*what, "id", record.id), (*what, "time", record.moment)
        if record.id and (first := seen.get(of_id)):
            found[number] = Copy(f"a copy of {first.place}: the same mg under the same id")
        elif record.moment and (first := seen.get(of_time)):
            sure = not (record.id and first.id)
            found[number] = Copy(f"a copy of {first.place}: the same mg at the same time", sure)
        seen.setdefault(of_id, record)
        seen.setdefault(of_time, record)
    return found


def together(group: Sequence[Given], counter: Counter) -> Iterator[Given | tuple[int, Counted]]:
    """Several administrations of one day: the parts of one dose, copies of one time, or doubtful."""
    if whole := _whole(group, counter):
        yield from (each._replace(whole=whole, first=each is group[0]) for each in group)
        return
    kept: list[Given] = []
    times: dict[tuple[str, object], Given] = {}
    for each in group:
        assert each.record.dose is not None
        first = times.setdefault((each.record.moment, each.record.dose.magnitude), each)
        if each.record.moment and first is not each:
            reason = f"a copy of {first.record.place}: the same mg at the same time"
            yield each.number, Counted(each.record, "copy", reason)
        else:
            kept.append(each)
    if 1 < len(kept) < len(group):
        yield from together(kept, counter)
        return
    places = ", ".join(each.record.place for each in kept)
    doubt = f"{places} are of one day: two doses, or one that is written down twice?" if len(kept) > 1 else ""
    yield from (each._replace(doubt=doubt) for each in kept)


def _whole(group: Sequence[Given], counter: Counter) -> Worth | None:
    """What the doses of a group count as one; None where one fits a level, they have not one BSA, or their sum fits none."""
    first = group[0]
    if not all(each.worth.unmatched for each in group):
        return None
    same = {
        (each.area.bsa and each.area.bsa.magnitude, each.record.level and each.record.level.magnitude) for each in group
    }
    if len(same) > 1 or first.area.bsa is None:
        return None
    dose = units.quantity(_mg(group), units.DOSE)
    worth = counter.worth(dose, first.area.bsa, first.record.level)
    return None if worth.unmatched else worth


@units.exact
def _mg(group: Sequence[Given]) -> Decimal:
    return sum((each.record.dose.magnitude for each in group if each.record.dose is not None), Decimal(0))
