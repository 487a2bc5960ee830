"""Epic's MAR (MAR_ADMIN_INFO with patient and medication) as a table → what each line says; lines of one order explain each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..errors import Surface
from ..tables.header import Columns
from ..units import Numeral
from . import named_columns
from .drug import Drug
from .reading import GIVEN, Outcome, Row, Words
from .record import UNITS_OF, Counting

EPIC = {
    "id": "PAT_ID",
    "order": "ORDER_MED_ID",
    "line": "LINE",
    "edited": "EDITED_LINE",
    "drug": "MEDICATION",
    "date": "TAKEN_TIME",
    "action": "MAR_ACTION_C",
    "action name": "MAR_ACTION_C_NAME",
    "dose": "SIG",
    "unit": "DOSE_UNIT",
    "unit name": "DOSE_UNIT_C_NAME",
}
NEEDED_OF_EPIC = ("id", "order", "line", "drug", "date", "dose")


def is_layout(names: Sequence[str]) -> bool:
    """Whether a file has the columns by which Epic's MAR is told."""
    return {"order", "drug", "date"} <= named_columns.find(names, EPIC).keys()


class Line(NamedTuple):
    """A line of an order, where it stands, and how its columns are named."""

    place: str
    words: Words
    surface: Surface

    @property
    def order(self) -> tuple[str, str]:
        """The order of a patient that it belongs to."""
        return self.words["id"], named_columns.whole(self.words["order"])

    @property
    def number(self) -> str:
        """Which line of its order it is."""
        return named_columns.whole(self.words["line"])

    @property
    def edits(self) -> str:
        """The line that it replaces, if any."""
        return named_columns.whole(self.words.get("edited") or "")


class EpicMar(NamedTuple):
    """The columns of a MAR, how they are named in an error, and what its codes mean."""

    columns: Columns
    surface: Surface
    drug: Drug
    codes: dict[str, str]

    @classmethod
    def of(cls, names: Sequence[str], place: str, drug: Drug) -> EpicMar:
        """Raises InputError where a column is missing."""
        columns, surface = named_columns.read(names, place, "Epic's MAR", EPIC, NEEDED_OF_EPIC)
        return cls(columns, surface, drug, drug.codes_of("Epic MAR"))

    def orders(self, lines: Sequence[Line]) -> Iterator[Row]:
        """What each line says, in the order of the files, once all lines of all orders are known."""
        of = dict[tuple[str, str], list[Line]]()
        for line in lines:
            of.setdefault(line.order, []).append(line)
        ends = {id(line): end for order in of.values() for line, end in self._ends(order)}
        for line in lines:
            settled: tuple[Counting, str] | None = None
            end = ends.get(id(line), self._outcome(line))
            outcome = end if isinstance(end, Outcome) else GIVEN
            if isinstance(end, Line):
                settled = "not given", f"edited, and replaced by {end.place}"
            elif self._means(line) in ("during", "restarted", "paused"):
                settled = "passed over", "a part of an infusion that its bag counts"
            said = {"id": line.words["id"], "date": line.words["date"], "dose": _dose(line.words)}
            yield Row(line.place, said, self.drug.named(line.words["drug"]), outcome, settled)

    def _means(self, line: Line) -> str:
        """What was done, by its code or its name; where they differ it is not known."""
        found = [self.codes.get(self._action(line, column)) for column in ("action", "action name")]
        known = {means for means in found if means}
        return known.pop() if len(known) == 1 else ""

    def _action(self, line: Line, column: str) -> str:
        return named_columns.whole(line.words.get(column) or "").casefold()

    def _outcome(self, line: Line) -> Outcome:
        means = self._means(line)
        if means == "not given":
            return Outcome("not given", self._action(line, "action") or self._action(line, "action name"))
        if means:
            return GIVEN
        said = [cell for column in ("action", "action name") if (cell := line.words.get(column))]
        what = f"{' '.join(said)!r} is not known" if said else "is empty: whether it was given is not said"
        column = self.columns.names.get("action") or self.columns.names.get("action name") or EPIC["action"]
        return Outcome("open", f"{column}: {what}")

    def _ends(self, order: Sequence[Line]) -> Iterator[tuple[Line, Line | Outcome]]:
        """The lines of an order that do not stand as they are: with the one that replaces each, or why it is open."""
        if wrong := [line for line in order if not (line.number.isdecimal() and (line.edits or "0").isdecimal())]:
            open_ = Outcome("open", f"{self.columns.names['line']}: {wrong[0].words['line']!r} of its order is no line")
            yield from ((line, open_) for line in order)
            return
        by_number = {line.number: line for line in order}
        edits = sorted((line for line in order if line.edits in by_number), key=lambda line: int(line.number))
        last = {line.edits: line for line in edits}  # of two edits of one line the later stands
        newer = {line.edits: line for line in edits} | {
            line.number: last[line.edits] for line in edits if last[line.edits] is not line
        }
        stands = list[tuple[int, Line]]()
        for line in order:
            first, seen = line, {line.number}
            while first.edits in by_number and first.edits not in seen:
                first = by_number[first.edits]
                seen.add(first.number)
            if first.edits in seen or len(by_number) < len(order):
                yield line, Outcome("open", "the lines of its order replace each other, or are there twice")
            elif line.number in newer:
                yield line, newer[line.number]
            else:
                stands.append((int(first.number), line))
        yield from self._broken([line for _, line in sorted(stands, key=lambda each: each[0])])

    def _broken(self, order: Sequence[Line]) -> Iterator[tuple[Line, Outcome]]:
        """The bags of an order that were paused and did not run on."""
        bag: Line | None = None
        paused: Line | None = None
        for line in (*order, None):
            means = self._means(line) if line else "given"
            if means == "given":
                if bag and paused:
                    why = f"paused or stopped ({paused.place}) and not restarted: how much ran is not said"
                    yield bag, Outcome("open", why)
                bag, paused = line, None
            elif means == "paused":
                paused = line
            elif means == "restarted":
                paused = None


def _dose(words: Words) -> str:
    """The dose with its unit, which stands in a column of its own."""
    number, unit = words["dose"], (words.get("unit") or words.get("unit name") or "").strip()
    if not number or not unit:
        return number
    return Numeral(number, unit) if unit in UNITS_OF["dose"] else f"{number} {unit}"
