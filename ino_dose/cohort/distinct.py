"""A frame of patients → where each course stands: distinct problems are planned once and joined back.

The sums of a course depend on the treatment alone, its milligrams on treatment and BSA, its standing
on treatment and prior exposure. Each of these is asked of the engine of `plan` once; the rows only
look up. Floats only choose which answer to look up, and are never trusted near a rounding tie or
a limit of what is plausible: there the row is read exactly as `plan` would read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache, partial
from typing import NamedTuple

import polars as pl

from .. import request, units
from ..engine import body as bodies
from ..engine import dosing, preparation, remarks
from ..engine import plan as plans
from ..engine.body import Body
from ..engine.prescription import Prescribed
from ..engine.regimen import Regimen
from ..errors import Field, InputError
from ..files import library
from ..tables import bsa_column
from . import memo, refusals, standing
from .columns import BY_SIZE, RESULTS, SIZE_FIELDS, TREATMENT, Columns
from .memo import Memo
from .refusals import Refusals, Refused
from .standing import Standings, Treatment
from .write import AS_IS, Quoting

SLICE = 65_536
FEW = 500
"""Rows that the engine is asked about one by one before sentences are put together by the column."""
QUESTIONS = 16
ASKED = 500 * QUESTIONS
"""Sizes are numbered from here on. Below it a number is the BSA in hundredths of m² times QUESTIONS, and as many more as
the question that the BMI raises; 0 is the size of nobody."""


def plan(
    frame: pl.DataFrame, regimen: str | None = None, round_to: str = request.STEP, facts: library.Facts | None = None
) -> pl.DataFrame:
    """The frame with the columns of RESULTS beside it, a row a patient, in order.

    Numbers are exact decimals written as text; a row that is refused says why in `error`.

    >>> import polars as pl
    >>> from ino_dose import cohort
    >>> patients = pl.DataFrame({"height_cm": [182.5, 17.0], "weight_kg": [65.7, 82.0], "prior_mg_per_m2": [0.9, 0]})
    >>> planned = cohort.plan(patients, regimen="mrd-mdacc")
    >>> planned.select("used_bsa_m2", "cumulative_mg_per_m2", "ceiling_status", "first_over_upper").row(0)
    ('1.83', '4.8', 'above', 'C5D1')
    >>> planned["error"][1]
    'height_cm, weight_kg: 17 cm is not plausible: a height is taken from 30 to 250 cm; were height and weight swapped? 82 cm and 17 kg would do'
    """
    columns = Columns.of(frame.columns, regimen, "frame")
    facts = facts or library.facts()
    planner, words = Planner(columns, facts, round_to), partial(bsa_column.words, columns.header, facts.growth)
    slices = (frame.slice(start, SLICE) for start in range(0, max(frame.height, 1), SLICE))
    return pl.concat([each.hstack(planner.plan(words(each)).select(RESULTS)) for each in slices])


class Size(NamedTuple):
    """A body and what is remarked on it, or why there is none."""

    error: Refused | None = None
    body: Body | None = None
    bsa: str = ""
    cautions: tuple[str, ...] = ()


class Planner:
    """Plans frames of words one after the other, remembering the problems that were planned before.

    Treatment 0 and size 0 are those of nobody. Both lists only grow, and are others when those before
    were forgotten.
    """

    def __init__(self, columns: Columns, facts: library.Facts, round_to: str, quoting: Quoting = AS_IS) -> None:
        self.columns, self.facts, self.quoting = columns, facts, quoting
        self.rounding = request.rounding(round_to, facts.product)
        self.least, self.most = (each.magnitude for each in preparation.usual(facts.product))
        self.sized = [field for field in SIZE_FIELDS if columns.has(field)]
        self.refusals = Refusals(columns, self.refused, quoting.sentence)
        if columns.regimen is not None:
            facts.regimen(columns.regimen)
        self._forget()

    def _forget(self) -> None:
        of_treatment = [field for field in TREATMENT if self.columns.has(field)]
        self.treatments = [Treatment()] if of_treatment else [Treatment(), self._treatment({})]
        self.sizes = {0: Size()}
        self.milligrams: dict[tuple[Decimal, Decimal], Decimal] = {}
        self.bags = cache(self._bags)
        self.given = cache(self._given)
        self.treated = Memo(of_treatment, self._treat)
        self.measured = Memo(self.sized, self._measure)
        self.amounts = Memo(["t", "s"], self._amounts)
        self.standings = Standings(self.columns, self.quoting, self.refusals)

    def plan(self, words: pl.DataFrame) -> pl.DataFrame:
        """The RESULTS of each row as quoted text, null where there are none, and what they were looked up by.

        That is a treatment and a size by their numbers `t` and `s`, and `prior` exposure as it was stated.
        The words are those of bsa_column.
        """
        if max(map(len, (self.treated, self.measured, self.amounts, self.standings.met))) > memo.REMEMBERED:
            self._forget()
        s, refused = self._sizes(words)
        t = self.treated.find(words)["t"] if self.treated.on else pl.repeat(1, len(s), dtype=pl.UInt32, eager=True)
        prior = words["prior"] if self.columns.has("prior") else pl.repeat("none", len(s), eager=True)
        amounts = self.amounts.find(words.select(self.sized, t=t, s=s))
        refused = first(amounts.select(Refused._fields), refused)
        if (early := refused["error"].null_count()) < len(s):
            t = t.set(refused["error"].is_not_null(), 0)
        stood = self.standings.find(self.treatments, t, prior)
        wrong = first(stood.select(Refused._fields), refused, amounts.select(error="late", reason="late reason"))
        found = pl.DataFrame(
            {**amounts.to_dict(), **stood.to_dict(), **wrong.to_dict(), "t": t, "s": s, "prior": prior}
        )
        found = found.with_columns(_remarked(words, amounts["warnings"]))
        if wrong["error"].null_count() == early:
            return found
        return found.with_columns(pl.when(pl.col("error").is_null()).then(name).alias(name) for name in RESULTS[:-1])

    def _treat(self, rows: pl.DataFrame) -> pl.DataFrame:
        before = len(self.treatments)
        for row in rows.select(self.treated.on).iter_rows(named=True):
            self.treatments.append(self._treatment(row))
        return rows.select(t=pl.int_range(before, before + pl.len(), dtype=pl.UInt32))

    def _treatment(self, cells: Mapping[str, str]) -> Treatment:
        """A treatment by the engine; what is wrong with its course is said before what is wrong with a size."""
        try:
            said = {field: self.columns.said(field, cell) for field, cell in cells.items()}.get
            hsct = request.yes(said("hsct"), Field("hsct"))
            if said("from cycle") and not self.columns.has("prior"):
                raise request.needs_prior()
            course = request.course(
                "none", said("cycles"), said("remission after"), hsct, said("level"), said("from cycle")
            )
        except InputError as error:
            return Treatment(error=self.refused(error))
        try:
            found = self._regimen(said("regimen"))
            return standing.treatment(plans.make(found, standing.NOBODY, course, self.facts.ceiling, standing.FINE))
        except InputError as error:
            return Treatment(late=self.refused(error))

    def _regimen(self, id: str | None) -> Regimen:
        """The regimen of a row, by its id alone: no cell opens a file; or that of all rows."""
        if id is not None:
            return self.facts.books.known(id)
        if self.columns.regimen is None:
            raise InputError(Field("regimen"), "is missing", "write the id of one; ino-dose regimens lists them all")
        return self.facts.regimen(self.columns.regimen)

    def refused(self, error: InputError) -> Refused:
        """What is wrong, as it is written where results go, and why in the words by which faults are counted."""
        fault = error.faults[0].on(self.columns.surface)
        return Refused(self.quoting.sentence(str(fault)), fault.reason)

    def _sizes(self, words: pl.DataFrame) -> tuple[pl.Series, pl.DataFrame]:
        """The number of each row's size, and why it has none where that needs no engine."""
        s = words.select(s=pl.col("hundredths") * QUESTIONS + pl.col("question").fill_null(0)).to_series()
        at = s.is_null().arg_true()
        if not at.len():
            return s, refusals.spread([], [], words.height)
        rows = words.select(*self.sized, "^(?:(?:height|weight)_(?:text|unit)|h|w|bmi)$")[at]
        sentence = self.refusals.find(rows) if at.len() > FEW else refusals.spread([], [], at.len())
        asked = sentence["error"].is_null()
        s = s.scatter(at.filter(asked), self.measured.find(rows.filter(asked))["s"]).fill_null(0)
        return s, refusals.spread([sentence], [at], words.height)

    def _measure(self, rows: pl.DataFrame) -> pl.DataFrame:
        before = ASKED + len(self.measured)
        return rows.select(s=pl.int_range(before, before + pl.len(), dtype=pl.UInt32))

    def _amounts(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The results BY_SIZE of each treatment and size, and what is wrong with either."""
        found = []
        for t, s, *cells in rows.select("t", "s", *self.sized).iter_rows():
            found.append(self._amount(t, self._size(s, *cells)))
        return pl.DataFrame(found, dict.fromkeys([*BY_SIZE, *Refused._fields, "late", "late reason"], pl.String))

    def _size(self, s: int, *cells: str) -> Size:
        """A size by its number, asked of the engine when it is first met, with the cells of a row that has it."""
        if s not in self.sizes:
            self.sizes[s] = self._ask(s, *cells)
        return self.sizes[s]

    def _ask(self, s: int, *cells: str) -> Size:
        """A size by the engine: of all rows with this BSA, each of which says its own BMI, or as it was asked about."""
        if s < ASKED and (question := s % QUESTIONS):
            plain = self._size(s - question, *cells)
            return plain._replace(cautions=(self.facts.growth.asked(question, refusals.GAP), *plain.cautions))
        try:
            said = {field: self.columns.said(field, cell) for field, cell in zip(self.sized, cells, strict=True)}
            body = request.body(**dict.fromkeys(SIZE_FIELDS) | said)
        except InputError as error:
            return Size(self.refused(error))
        assert s >= ASKED or body.bsa.magnitude * 100 == s // QUESTIONS, "a BSA by the column is wrong"
        cautions = bodies.cautions(body, None if s < ASKED else self.facts.growth)
        return Size(None, body, units.digits(body.bsa.magnitude), tuple(cautions))

    @units.exact
    def _amount(self, t: int, size: Size) -> dict[str, str | None]:
        """BSA, milligrams and warnings, or what is wrong; `late` is what is wrong if nothing else is."""
        treatment, body = self.treatments[t], size.body
        if treatment.error or body is None or treatment.made is None:
            wrong, late = treatment.error or size.error or Refused(), treatment.late or Refused()
            return {"error": wrong.error, "reason": wrong.reason, "late": late.error, "late reason": late.reason}
        try:
            total, bags = self.given(t, body.bsa.magnitude)
        except InputError as error:
            late = self.refused(error)
            return {"late": late.error, "late reason": late.reason}
        warnings = " ".join((*size.cautions, *treatment.warnings, *bags))
        return {
            "used_bsa_m2": size.bsa,
            "total_level_mg_per_m2": units.digits(treatment.total),
            "total_dose_mg": total,
            "warnings": self.quoting.sentence(warnings) if warnings else None,
        }

    def _given(self, t: int, bsa: Decimal) -> tuple[str, list[str]]:
        """The milligrams of a course in all, and what is said of its bags. Raises InputError where one cannot be rounded."""
        made = self.treatments[t].made
        assert made is not None
        milligrams = [self._milligrams(dose.prescribed, bsa) for dose in made.doses]
        for dose in (dose for branch in made.undecided for dose in branch.doses):
            self._milligrams(dose.prescribed, bsa)  # what cannot be rounded in a branch is refused, as by plan
        bags = [said for amount in sorted(set(milligrams)) for said in self.bags(amount)]
        return units.digits(sum(milligrams, Decimal(0))), bags

    def _milligrams(self, prescribed: Prescribed, bsa: Decimal) -> Decimal:
        """A rounded dose. Raises InputError where that cannot be."""
        name = (prescribed.level.magnitude, bsa)
        if name not in self.milligrams:
            area = units.quantity(bsa, units.AREA)
            self.milligrams[name] = dosing.amounts(prescribed, area, self.rounding)[1].magnitude
        return self.milligrams[name]

    def _bags(self, amount: Decimal) -> list[str]:
        """What is said of the bag of a dose in mg."""
        usual = self.least <= amount <= self.most
        return [] if usual else remarks.bags([units.quantity(amount, units.DOSE)], self.facts.product)


def _remarked(words: pl.DataFrame, warnings: pl.Series) -> pl.Series:
    """The warnings of each row, with its own BMI where that is remarked on."""
    at = words["question"].is_not_null().arg_true()
    if not at.len():
        return warnings
    said = pl.col("warnings").str.replace(refusals.GAP, bsa_column.tenths(pl.col("bmi")), literal=True)
    return warnings.scatter(at, pl.DataFrame([warnings[at], words["bmi"][at]]).select(said).to_series())


def first(*wrong: pl.DataFrame) -> pl.DataFrame:
    """What is wrong with each row, and the reason, by the first that says so."""
    some = [each for each in wrong if each["error"].null_count() < each.height] or wrong[:1]
    if len(some) == 1:
        return some[0]
    return pl.DataFrame([pl.select(pl.coalesce([each[name] for each in some])).to_series() for name in Refused._fields])
