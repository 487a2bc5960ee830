"""A frame of patients → where each course stands: distinct problems are planned once and joined back.

The sums of a course depend on the treatment alone, its milligrams on treatment and BSA, its standing
on treatment and prior exposure. Each of these is asked of the engine of `plan` once; the rows only
look up. Floats only choose which answer to look up, and are never trusted near a rounding tie or
a limit of what is plausible: there the row is read exactly as `plan` would read it.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import NamedTuple

import polars as pl

from .. import request, units
from ..engine import body as bodies
from ..engine import dosing, preparation, remarks
from ..engine import plan as plans
from ..engine.body import Body
from ..engine.prescription import Prescribed
from ..errors import Field, InputError
from ..files import library
from . import bsa_column, memo, refusals, standing
from .columns import BY_SIZE, RESULTS, SIZE, TREATMENT, Columns
from .memo import Memo
from .refusals import Refusals
from .standing import Standings, Treatment
from .write import AS_IS, Quoting

ROWS = 65_536
FEW = 500
"""Rows that the engine is asked about one by one before sentences are put together by the column."""
ASKED = 1000
"""Sizes are numbered from here on. Below it a number is twice the BSA in hundredths of m², and one more where the
BMI is remarked on; 0 is the size of nobody."""


def plan(
    frame: pl.DataFrame, regimen: str | None = None, round_to: str = "0.01mg", facts: library.Facts | None = None
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
    '--height, --weight: 17 cm is not plausible: a height is taken from 30 to 250 cm; were height and weight swapped? 82 cm and 17 kg would do'
    """
    columns = Columns.of(frame.columns, regimen, "frame")
    planner = Planner(columns, facts or library.facts(), round_to)
    slices = (frame.slice(start, ROWS) for start in range(0, max(frame.height, 1), ROWS))
    return pl.concat([each.hstack(planner.plan(bsa_column.words(columns, each)).select(RESULTS)) for each in slices])


class Size(NamedTuple):
    """A body and what is remarked on it, or why there is none."""

    error: str | None = None
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
        self.roles = [role for role in SIZE if columns.has(role)]
        self.refusals = Refusals(columns, quoting.sentence)
        if columns.regimen is not None:
            facts.regimen(columns.regimen)
        self._forget()

    def _forget(self) -> None:
        of_treatment = [role for role in TREATMENT if self.columns.has(role)]
        self.treatments = [Treatment()] if of_treatment else [Treatment(), self._treatment()]
        self.sizes = {0: Size()}
        self.milligrams: dict[tuple[Decimal, Decimal], Decimal] = {}
        self.bags = cache(self._bags)
        self.treated = Memo(of_treatment, self._treat)
        self.measured = Memo(self.roles, self._measure)
        self.amounts = Memo(["t", "s"], self._amounts)
        self.standings = Standings(self.columns, self.quoting, self.refusals)

    def plan(self, words: pl.DataFrame) -> pl.DataFrame:
        """The RESULTS of each row as quoted text, null where there are none, and what they were looked up by.

        That is a treatment and a size by their numbers `t` and `s`, and `prior` exposure as it was stated.
        The words are those of bsa_column.
        """
        if max(map(len, (self.treated, self.measured, self.amounts, self.standings.met))) > memo.MOST:
            self._forget()
        s, refused = self._sizes(words)
        t = self.treated.find(words)["t"] if self.treated.on else pl.repeat(1, len(s), dtype=pl.UInt32, eager=True)
        prior = words["prior"] if self.columns.has("prior") else pl.repeat("none", len(s), eager=True)
        amounts = self.amounts.find(words.select(self.roles, t=t, s=s))
        if (refused := first(amounts["error"], refused)).null_count() < len(s):
            t = t.set(refused.is_not_null(), 0)
        stood = self.standings.find(self.treatments, t, prior)
        error = first(stood["error"], refused, amounts["late"])
        found = pl.DataFrame({**amounts.to_dict(), **stood.to_dict(), "error": error, "t": t, "s": s, "prior": prior})
        found = found.with_columns(_remarked(words, amounts["warnings"]))
        if error.null_count() == refused.null_count():
            return found
        return found.with_columns(pl.when(pl.col("error").is_null()).then(name).alias(name) for name in RESULTS[:-1])

    def _treat(self, rows: pl.DataFrame) -> pl.DataFrame:
        before = len(self.treatments)
        for row in rows.select(self.treated.on).iter_rows(named=True):
            self.treatments.append(self._treatment(**{role: self.columns.word(role, row[role]) for role in row}))
        return rows.select(t=pl.int_range(before, before + pl.len(), dtype=pl.UInt32))

    def _treatment(self, **said: str | None) -> Treatment:
        get = said.get
        try:
            hsct = request.yes(get("hsct"), Field("hsct"))
            course = request.course("none", get("cycles"), get("remission_after"), hsct, get("level"))
        except InputError as error:
            return Treatment(error=self.quoting.sentence(str(error)))
        try:
            found = self.facts.regimen(get("regimen") or self.columns.regimen or "")
            return standing.treatment(plans.make(found, standing.NOBODY, course, self.facts.ceiling, standing.FINE))
        except InputError as error:
            return Treatment(late=self.quoting.sentence(str(error)))

    def _sizes(self, words: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
        """The number of each row's size, and why it has none where that needs no engine."""
        s = words.select(s=pl.col("hundredths") * 2 + pl.col("heavy")).to_series()
        at = s.is_null().arg_true()
        if not at.len():
            return s, refusals.spread([], [], words.height)
        rows = words.select(*self.roles, "^(?:(?:height|weight)_(?:text|unit)|h|w|bmi)$")[at]
        sentence = self.refusals.find(rows) if at.len() > FEW else refusals.spread([], [], at.len())
        asked = sentence.is_null()
        s = s.scatter(at.filter(asked), self.measured.find(rows.filter(asked))["s"]).fill_null(0)
        return s, refusals.spread([sentence], [at], words.height)

    def _measure(self, rows: pl.DataFrame) -> pl.DataFrame:
        before = ASKED + len(self.measured)
        return rows.select(s=pl.int_range(before, before + pl.len(), dtype=pl.UInt32))

    def _amounts(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The results BY_SIZE of each treatment and size, and what is wrong with either."""
        found = []
        for t, s, *cells in rows.select("t", "s", *self.roles).iter_rows():
            if s not in self.sizes:
                self.sizes[s] = self._size(s, *cells)
            found.append(self._amount(self.treatments[t], self.sizes[s]))
        return pl.DataFrame(found, dict.fromkeys([*BY_SIZE, "error", "late"], pl.String))

    def _size(self, s: int, *cells: str) -> Size:
        """A size by the engine: of all rows with this BSA, each of which says its own BMI, or as it was asked about."""
        said = {role: self.columns.word(role, cell) for role, cell in zip(self.roles, cells, strict=True)}
        try:
            body = request.body(**dict.fromkeys(SIZE) | said)
        except InputError as error:
            return Size(self.quoting.sentence(str(error)))
        cautions = bodies.cautions(body)
        if s < ASKED:
            assert body.bsa.magnitude * 100 == s // 2, "a BSA by the column is wrong"
            heavy = [bodies.HEAVY.format(refusals.GAP)] * (s % 2)
            cautions = heavy + bodies.cautions(body._replace(height=None))
        return Size(None, body, units.digits(body.bsa.magnitude), tuple(cautions))

    @units.exact
    def _amount(self, treatment: Treatment, size: Size) -> dict[str, str | None]:
        """BSA, milligrams and warnings, or what is wrong; `late` is what is wrong if nothing else is."""
        made, body = treatment.made, size.body
        if treatment.error or body is None or made is None:
            return {"error": treatment.error or size.error, "late": treatment.late}
        try:
            milligrams = [self._milligrams(dose.prescribed, body) for dose in made.doses]
        except InputError as error:
            return {"late": self.quoting.sentence(str(error))}
        bags = [said for amount in sorted(set(milligrams)) for said in self.bags(amount)]
        warnings = " ".join((*size.cautions, *treatment.warnings, *bags))
        return {
            "used_bsa_m2": size.bsa,
            "total_level_mg_per_m2": units.digits(treatment.total),
            "total_dose_mg": units.digits(sum(milligrams, Decimal(0))),
            "warnings": self.quoting.sentence(warnings) if warnings else None,
        }

    def _milligrams(self, prescribed: Prescribed, body: Body) -> Decimal:
        """A rounded dose. Raises InputError where that cannot be."""
        name = (prescribed.level.magnitude, body.bsa.magnitude)
        if name not in self.milligrams:
            self.milligrams[name] = dosing.amounts(prescribed, body.bsa, self.rounding)[1].magnitude
        return self.milligrams[name]

    def _bags(self, amount: Decimal) -> list[str]:
        """What is said of the bag of a dose in mg."""
        usual = self.least <= amount <= self.most
        return [] if usual else remarks.bags([units.quantity(amount, units.DOSE)], self.facts.product)


def _remarked(words: pl.DataFrame, warnings: pl.Series) -> pl.Series:
    """The warnings of each row, with its own BMI where that is remarked on."""
    at = words["heavy"].arg_true()
    if not at.len():
        return warnings
    said = pl.col("warnings").str.replace(refusals.GAP, bsa_column.tenths(pl.col("bmi")), literal=True)
    return warnings.scatter(at, pl.DataFrame([warnings[at], words["bmi"][at]]).select(said).to_series())


def first(*errors: pl.Series) -> pl.Series:
    """What is wrong with each row, by the first that says so."""
    some = [each for each in errors if each.null_count() < each.len()] or errors[:1]
    return some[0] if len(some) == 1 else pl.select(pl.coalesce(some)).to_series()
