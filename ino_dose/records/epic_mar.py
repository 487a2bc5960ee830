"""Epic's MAR (MAR_ADMIN_INFO with patient and medication) as a table → what each line says; lines of one order explain each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ..errors import Surface
from ..tables.header import Columns
from ..units import Numeral
from . import named_columns
from .drug import Drug
from .reading import GIVEN, Outcome, Row
from .record import Counting
from .table import Words

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
MASSES = ("mg", "mcg")


def is_layout(names: Sequence[str]) -> bool:
    """Whether a file has the columns by which Epic's MAR is told."""
    return {"order", "drug", "date"} <= named_columns.find(names, EPIC).keys()


class Line(NamedTuple):
    """A line of an order, and where it stands."""

    place: str
    words: Words

    @property
    def action(self) -> str:
        """The code or the name of what was done."""
        return (self.words.get("action") or self.words.get("action name") or "").strip().casefold()


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

    def orders(self, lines: Iterable[Line]) -> Iterator[Row]:
        """What each line says, in the order of the file, once all lines of its order are known."""
        lines, of = list(lines), dict[tuple[str, str], list[Line]]()
        for line in lines:
            of.setdefault((line.words["id"], line.words["order"]), []).append(line)
        edited = {
            (*key, line.words["edited"]): line
            for key, order in of.items()
            for line in order
            if line.words.get("edited")
        }
        broken = {id(line): paused for order in of.values() for line, paused in self._broken(order)}
        for line in lines:
            words = line.words
            settled: tuple[Counting, str] | None = None
            outcome = self._outcome(line)
            later = edited.get((words["id"], words["order"], words["line"]))
            if later and later is not line:
                settled = "not given", f"edited, and replaced by {later.place}"
            elif self.codes.get(line.action) in ("during", "restarted", "paused"):
                settled = "passed over", "a part of an infusion that its bag counts"
            elif paused := broken.get(id(line)):
                outcome = Outcome(
                    "open", f"paused or stopped ({paused.place}) and not restarted: how much ran is not said"
                )
            said = {"id": words["id"], "date": words["date"], "dose": _dose(words)}
            yield Row(line.place, said, self.drug.named(words["drug"]), outcome, settled)

    def _outcome(self, line: Line) -> Outcome:
        means = self.codes.get(line.action)
        if means == "not given":
            return Outcome("not given", line.action)
        if means in ("given", "during", "restarted", "paused"):
            return GIVEN
        column = self.columns.names.get("action") or self.columns.names.get("action name") or EPIC["action"]
        what = f"{line.action!r} is not known" if line.action else "is empty: whether it was given is not said"
        return Outcome("open", f"{column}: {what}")

    def _broken(self, order: Sequence[Line]) -> Iterator[tuple[Line, Line]]:
        """The bags of an order that were paused and did not run on, with the line that says so."""
        bag: Line | None = None
        paused: Line | None = None
        for line in sorted(order, key=lambda line: int(line.words["line"]) if line.words["line"].isdecimal() else 0):
            means = self.codes.get(line.action)
            if means == "given":
                if bag and paused:
                    yield bag, paused
                bag, paused = line, None
            elif means == "paused":
                paused = line
            elif means == "restarted":
                paused = None
        if bag and paused:
            yield bag, paused


def _dose(words: Words) -> str:
    """The dose with its unit, which stands in a column of its own."""
    number, unit = words["dose"], (words.get("unit") or words.get("unit name") or "").strip()
    if not number or not unit:
        return number
    return Numeral(number, unit) if unit in MASSES else f"{number} {unit}"
