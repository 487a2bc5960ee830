"""The fields of a row or a resource, as they are written → an administration, sizes, a transplant, a prior of a patient."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from .. import request, units
from ..errors import OPTIONS, Field, InputError
from . import moment
from .drug import Drug, Recognised
from .moment import Moment
from .record import Administration, Counting, History, Size, SizeKind

if TYPE_CHECKING:
    from typing import Literal

    from ..units import Quantity

Words = dict[str, str]
"""The cells of a row by field; an empty cell is empty text."""
MEASURABLE: tuple[SizeKind, ...] = ("height", "weight", "bsa")
AMOUNTS_OF = {
    "height": units.HEIGHT,
    "weight": units.WEIGHT,
    "bsa": units.AREA,
    "dose": units.DOSE,
    "level": units.LEVEL,
}
REMEMBERED_TEXTS = 50_000
"""Texts of each sort whose meaning is kept, so that memory does not grow with a file."""


class Outcome(NamedTuple):
    """What became of an administration: `given`, `not given`, or `open` where that is not certain, and why."""

    kind: Literal["given", "not given", "open"]
    reason: str = ""


GIVEN = Outcome("given")


class Row(NamedTuple):
    """What a row or a resource says, by field, and where it stands; a field that is not there says nothing.

    `drug` is what it was recognised as, None where the format names none; `outcome` what became of it, None where
    a cell says so; `settled` where it is no dose of its own, for a reason. `aside` is what another row of the same
    place says too.
    """

    place: str
    said: Mapping[str, str]
    drug: Recognised | None = None
    outcome: Outcome | None = None
    settled: tuple[Counting, str] | None = None
    aside: bool = False


class Histories:
    """The histories of patients, filled row by row; each text of a field is read once.

    `surface` says how the fields are named where they were written; `transplants` are known beforehand, by patient, and
    `met` are those of them whose rows have come.
    `every` keeps administrations of other drugs too. `passed` counts the names of those, `strays` holds what no
    patient can be found for, `informed` counts rows that are no administration, `unkept` administrations not kept.
    """

    def __init__(self, drug: Drug, every: bool = True) -> None:
        self.drug, self.every, self.surface = drug, every, OPTIONS
        self.of: dict[str, History] = {}
        self.transplants: dict[str, set[date]] = {}
        self.met = set[str]()
        self.passed: Counter[str] = Counter()
        self.strays = History("", OPTIONS)
        self.informed = self.unkept = 0
        self.number = 0
        self._amounts: dict[tuple[str, str, str], tuple[Quantity | None, InputError | None]] = {}
        self._moments: dict[str, Moment] = {}

    def take(self, row: Row, ours: bool = False) -> None:
        """Put what a row says into the history of its patient; a row of our tables makes one, whatever the drug."""
        said, id = row.said, (row.said.get("id") or "").strip()
        if _says_nothing(row):
            self.informed += 1
            return
        history = self.of.get(id) or self._new(id)
        history.ours |= ours
        if row.drug and row.drug.kind == "other" and not self.every and not ours:
            self._pass(row.drug)
            return
        when = self.moment(said.get("date") or "")
        outcome = row.outcome or self._outcome(said.get("status") or "")
        sizes = self._sizes(said, when, row.place)
        if outcome.reason != "entered in error":
            if id and (said.get("transplant") or "prior" in said):
                self._background(said, history, row.place)
            for size in sizes:
                history.sizes.setdefault(size.kind, {}).setdefault(when.day, []).append(size)
        if not _is_administration(row, sizes):
            self.informed += not row.aside
            if when.fault and said.get("date"):
                history.faults.append(f"{self._said(when.fault)} ({row.place})")
            return
        if row.drug and row.drug.kind == "other" and not self.every:
            self._pass(row.drug)
            return
        dose, fault = self.amount("dose", said.get("dose") or "")
        level, unlike = self.amount("level", said.get("level") or "")
        settled, reason = self._settled(row, when, outcome, fault if dose is None else unlike)
        at = f"{when.day} {when.time}" if when.time else ""
        self.number += 1
        history.administrations.append(
            Administration(
                row.place,
                when.day,
                at,
                said.get("administration id") or "",
                dose,
                level,
                sizes,
                settled,
                reason,
                self.number,
            )
        )

    def _pass(self, drug: Recognised) -> None:
        self.passed[drug.name] += 1
        self.unkept += 1

    def _new(self, id: str) -> History:
        if not id:
            return self.strays
        self.of[id] = history = History(id, self.surface)
        if id in self.transplants:
            self.met.add(id)
        history.transplants |= self.transplants.get(id, set())
        return history

    def rename(self, aliases: Mapping[str, str]) -> None:
        """Put what was recorded under other names of a patient into one history, at the place of the first."""
        found = dict[str, History]()
        for name, other in self.of.items():
            id = aliases.get(name, name)
            history = found.setdefault(id, other)
            history.patient = id
            if history is not other:
                history.add(other)
        for id, history in found.items():
            history.transplants |= self.transplants.get(id, set())
            self.met |= {id} & self.transplants.keys()
        self.of.clear()
        self.of.update(found)

    def _settled(self, row: Row, when: Moment, outcome: Outcome, fault: str) -> tuple[Counting | Literal[""], str]:
        """How an administration ends whatever else is recorded, and why."""
        drug = row.drug
        if drug and drug.kind == "other":
            self.passed[drug.name] += 1
            return "passed over", "another drug"
        if row.settled:
            return row.settled
        if outcome.kind == "not given":
            return "not given", outcome.reason
        if drug and drug.kind != "it":
            return "not counted", self._said(drug.fault)
        if outcome.kind == "open":
            return "not counted", outcome.reason
        if when.fault:
            return "not counted", self._said(when.fault)
        if not (row.said.get("id") or "").strip():
            return "not counted", self._said(InputError(Field("id"), "is empty", "write whose dose it is"))
        if fault:
            return "not counted", fault
        return "", ""

    def _outcome(self, cell: str) -> Outcome:
        means, plain = self.drug.outcome(cell)
        if means == "given":
            return GIVEN
        if means == "not given":
            return Outcome("not given", plain)
        fault = InputError(Field("status"), f"{cell!r} is not known", "write given or not given")
        return Outcome("open", self._said(fault))

    def amount(self, field: str, cell: str) -> tuple[Quantity | None, str]:
        """An amount, or why it cannot be read; an empty level says nothing."""
        key = field, cell, getattr(cell, "unit", "")
        if key not in self._amounts:
            if len(self._amounts) > REMEMBERED_TEXTS:
                self._amounts.clear()
            self._amounts[key] = self._amount(field, cell)
        amount, error = self._amounts[key]
        return amount, self._said(error) if error else ""

    def _amount(self, field: str, cell: str) -> tuple[Quantity | None, InputError | None]:
        if not cell.strip():
            missing = InputError(Field(field), "no mass is recorded", "write the mg that were given")
            return None, missing if field == "dose" else None
        try:
            amount = units.read(cell, AMOUNTS_OF[field], Field(field))
            if not amount.magnitude:
                raise InputError(Field(field), f"{units.show(amount, AMOUNTS_OF[field])} is none", "write what it was")
        except InputError as error:
            return None, error
        return amount, None

    def _sizes(self, said: Mapping[str, str], when: Moment, place: str) -> tuple[Size, ...]:
        return tuple(
            Size(kind, when.day, amount, place, fault, when.time)
            for kind in MEASURABLE
            for amount, fault in [self.amount(kind, said.get(kind) or "")]
            if amount is not None or fault
        )

    def _background(self, said: Mapping[str, str], history: History, place: str) -> None:
        """A transplant and prior exposure; what is wrong with them is the patient's."""
        if cell := said.get("transplant"):
            when = self.moment(cell)
            if when.day:
                history.transplants.add(when.day)
            elif when.fault:
                fault = InputError(Field("transplant"), when.fault.faults[0].problem, when.fault.faults[0].hint)
                history.refused.append(f"{self._said(fault)} ({place})")
        if not (cell := said.get("prior")):
            history.prior_unsaid |= "prior" in said
            return
        try:
            prior = request.prior(cell, Field("prior"))
            history.priors.add(None if prior is None else prior.magnitude)
        except InputError as error:
            history.refused.append(f"{self._said(error)} ({place})")

    def moment(self, text: str) -> Moment:
        """When something was; the same text is read once."""
        text = text.strip(" ")
        if text not in self._moments:
            if len(self._moments) > REMEMBERED_TEXTS:
                self._moments.clear()
            self._moments[text] = moment.read(text)
        return self._moments[text]

    def _said(self, error: InputError) -> str:
        return " ".join(str(fault.on(self.surface)) for fault in error.faults)


def _says_nothing(row: Row) -> bool:
    """Whether a row has no more than an id: a footnote, or the base row of another instrument."""
    if (row.drug and row.drug.kind != "unnamed") or row.settled or row.outcome:
        return False
    return not any(cell for field, cell in row.said.items() if field != "id")


def _is_administration(row: Row, sizes: tuple[Size, ...]) -> bool:
    """Whether a row is of a dose: where it has one, names a drug, says what became of it, or says nothing else."""
    said = row.said
    if row.settled or row.outcome or (row.drug and row.drug.kind != "unnamed"):
        return True
    if any(said.get(field) for field in ("dose", "status", "level", "administration id")):
        return True
    return bool(said.get("date")) and not (sizes or said.get("transplant") or said.get("prior"))
