"""Files of records → the exposure of each patient, who is held no longer than rows of theirs come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from ..engine.preparation import Product
from ..errors import Field, InputError
from ..files import text_file
from ..tables import row_file
from ..tables.row_file import Form
from . import epic_mar, fhir_json, rows, sact
from .drug import Drug
from .epic_mar import EpicMar, Line
from .fhir import SURFACE, Fhir
from .patient import Rules, exposure_of
from .reading import Histories
from .record import Counted, Exposure
from .rows import Map, Rows
from .sact import Sact

if TYPE_CHECKING:
    from .omop import Quantity
    from .plain import Plain
    from .table import Record

Source = Literal["csv", "ndjson", "parquet", "fhir", "omop", "sact", "epic"]
NO_MAP = Map({})


class Task(NamedTuple):
    """What records are read, and how.

    `source` is their format, None where the files tell it. `map` are a person's names of columns, `passed` columns
    let through although nearly ours, `transplants` a file of them, `transplant_codes` those of procedures as
    (system, code), `quantity` what a quantity of OMOP is, `types` further types of its administrations.
    `every` is whether administrations of other drugs are kept, `by_column` whether the exposures of plain patients
    may be found all at once.
    """

    files: tuple[str, ...]
    source: Source | None = None
    map: Map = NO_MAP
    passed: tuple[str, ...] = ()
    transplants: str | None = None
    transplant_codes: tuple[tuple[str, str], ...] = ()
    quantity: Quantity | None = None
    types: tuple[str, ...] = ()
    every: bool = False
    by_column: bool = False


class Scattered(Exception):
    """A patient's rows do not come together: all have to be read before anything can be said."""


class Reading:
    """The files of a task, read once; what was seen in them beside patients is known at the end.

    With `together` a patient is done with when the next one begins, and Scattered is raised where one comes back.
    `unused` are patients of a file of transplants, and codes of transplants, that are in no record. `plain` are the patients whose exposures were found by column, `rows` the number of each other's first row.
    """

    def __init__(self, task: Task, drug: Drug, product: Product, rules: Rules, together: bool) -> None:
        self.task, self.drug, self.product, self.rules, self.together = task, drug, product, rules, together
        self.histories = Histories(drug, task.every)
        self.ended: Counter[str] = Counter()
        self.untreated = 0
        self.without_prior = True
        self.plain: Plain | None = None
        self.rows: dict[str, int] = {}
        self.unused = set[str]()
        self.met = set[str]()
        self.mar: tuple[EpicMar, list[Line]] | None = None
        self._done = set[int]()
        self.fhir = Fhir(drug, task.transplant_codes, task.every)

    def exposures(self) -> Iterator[Exposure]:
        """Each patient's exposure, in the order in which patients first appear."""
        of = self.histories.of
        for number, file in enumerate(self.task.files):
            if file in self.task.files[:number]:
                raise InputError(row_file.place(file), "is named twice", "name it once")
        if self.task.transplants:
            from . import transplants

            self.histories.transplants = transplants.read(self.task.transplants)
        for file in self.task.files:
            for _ in self._rows(file):
                if self.together and len(of) > 1:
                    yield from self._closed(list(of)[:-1])
        self._late()
        self.met |= {code for _, code in self.fhir.met}
        self.unused = self.histories.transplants.keys() - self.histories.met
        self.unused |= {code for _, code in self.task.transplant_codes} - self.met
        yield from self._closed(list(of))

    def _late(self) -> None:
        """What can be said only when all has been read: of medications that come late, of orders, of names for one patient."""
        for row in self.fhir.late():
            self.histories.surface = SURFACE
            self.histories.take(row)
        if self.mar:
            layout, lines = self.mar
            for line, row in zip(lines, layout.orders(lines), strict=True):
                self.histories.surface = line.surface
                self.histories.take(row)
        if self.fhir.patients.aliases:
            self.histories.rename(self.fhir.patients.aliases)

    def of_one(self, rows: Sequence[Counted]) -> None:
        """Count what was seen of one patient alone."""
        self.ended = Counter(row.counted for row in rows)
        self.histories.passed.clear()

    def strays(self) -> Exposure:
        """What no patient can be found for, when all has been read."""
        self.ended["passed over"] += self.histories.unkept
        if self.plain:
            self.ended["level"] += self.plain.administrations
        return self._end(exposure_of(self.histories.strays, self.rules))

    def _closed(self, ids: Sequence[str]) -> Iterator[Exposure]:
        """The patients whose rows have all come; those that a format of all drugs names and who were not treated are left out."""
        for id in ids:
            if self.together:
                if self.fhir.waiting or self.fhir.patients.aliases or hash(id) in self._done:
                    raise Scattered
                self._done.add(hash(id))
            history = self.histories.of.pop(id)
            if not history.ours and all(each.settled == "passed over" for each in history.administrations):
                self.untreated += 1
                if self.task.every:
                    yield self._end(exposure_of(history, self.rules)._replace(treated=False))
                continue
            yield self._end(exposure_of(history, self.rules))

    def _end(self, found: Exposure) -> Exposure:
        self.ended.update(row.counted for row in found.rows)
        return found

    def _rows(self, file: str) -> Iterator[None]:
        """Read a file into histories, giving way after each row."""
        source = self.task.source
        if source == "omop" or (source is None and _is_folder(file)):
            return self._omop(file)
        return self._fhir(file) if source == "fhir" or (source is None and is_fhir(file)) else self._table(file)

    def _omop(self, folder: str) -> Iterator[None]:
        from .omop import Omop

        self._alone("map", "pass")
        if self.together:
            raise Scattered
        if self.task.quantity is None:
            problem = "has to be said: OMOP's quantity may be mg, vials or mL"
            raise InputError(Field("quantity is"), problem, "add ", Field("quantity is", "mg"))
        codes = [code for _, code in self.task.transplant_codes]
        omop = Omop(self.drug, self.product, self.task.quantity, codes, self.task.types)
        omop.read(folder, self.histories)
        self.met |= omop.met
        yield

    def _fhir(self, file: str) -> Iterator[None]:
        self._alone("map", "quantity is", "drug type", "pass")
        self.histories.surface = SURFACE
        for place, resource in fhir_json.read(file, self.fhir.relevant):
            for row in self.fhir.read(place, resource):
                self.histories.take(row)
                yield

    def _alone(self, *fields: str) -> None:
        """Refuse options that say nothing of a format."""
        task = self.task
        given: dict[str, object] = {
            "map": task.map.names,
            "pass": task.passed,
            "quantity is": task.quantity,
            "drug type": task.types,
            "transplant code": task.transplant_codes,
        }
        for field in fields:
            if given[field]:
                raise InputError(Field(field), "says nothing of these records", "leave it out")

    def _table(self, file: str) -> Iterator[None]:
        source = self.task.source
        form: Form | None = source if source in ("csv", "ndjson", "parquet") else None
        record, before = None, self.plain
        for record in self._records(file, form):
            layout = record.layout
            self.histories.surface = layout.surface
            if isinstance(layout, EpicMar):
                self.mar = self.mar or (layout, [])
                self.mar[1].append(Line(record.place, record.words, layout.surface))
                continue
            for row in layout.read(record.place, record.words):
                self.histories.take(row, ours=isinstance(layout, Rows))
                yield
        if record is None and self.plain is before:
            raise InputError(
                row_file.place(file), "there are no rows under the header", "write a row an administration"
            )

    def _records(self, file: str, form: Form | None) -> Iterator[Record[Rows | Sact | EpicMar]]:
        """The rows of a table; those of plain patients are taken together where that may be."""
        from . import plain, table

        task = self.task
        form = form or (None if file == "-" else row_file.form(file, "from"))
        if (
            not task.by_column
            or form not in ("csv", "parquet")
            or len(task.files) > 1
            or task.map.names
            or task.transplants
        ):
            return table.rows(file, form, self._layout)
        self.plain, self.rows, rest = plain.read(file, form, self._layout, self.histories, self.rules)
        return rest

    def _layout(self, names: Sequence[str], place: str, form: Form) -> Rows | Sact | EpicMar:
        """Whose columns a table has: those of SACT or of Epic, or ours."""
        source, map = self.task.source, self.task.map
        self._alone("quantity is", "drug type", "transplant code")
        own = map.names or source in ("csv", "ndjson", "parquet")
        if source == "sact" or (not own and sact.is_layout(names)):
            return Sact.of(names, place, self.drug)
        if source == "epic" or (not own and epic_mar.is_layout(names)):
            return EpicMar.of(names, place, self.drug)
        found = rows.layout(names, place, self.drug, map, self.task.passed, form)
        self.without_prior &= "prior" not in found.columns.names
        return found


def _is_folder(file: str) -> bool:
    return file != "-" and text_file.is_folder(Path(file))


def is_fhir(file: str) -> bool:
    """Whether a file begins as resources of FHIR do."""
    if _is_folder(file):
        return False
    with row_file.opened(file) as stream:
        begins = stream.peek(SNIFFED)[:SNIFFED].removeprefix(row_file.BOM).lstrip()
    return begins[:1] == b"{" and b'"resourceType"' in begins


SNIFFED = 4096
