"""Treatments and bodies → BSA, milligrams and warnings, or what is wrong with either: each distinct pair once."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

import polars as pl

from .. import request, units
from ..engine import body as bodies
from ..engine import dosing, preparation, remarks
from ..engine import plan as plans
from ..engine.body import Body
from ..engine.dosing import Rounding
from ..errors import Field, InputError
from ..files import library
from . import bsa_column, known, refusals
from .columns import SIZES, TREATMENT, Columns
from .dress import Dress
from .known import Known
from .treatment import FINE, NOBODY, Treatment

FEW = 500
"""Rows that the engine is asked about one by one before sentences are put together by the column."""
AMOUNTS = ("used_bsa_m2", "total_level_mg_per_m2", "total_dose_mg", "warnings")
TEXTS = (*AMOUNTS, "heavy", "error", "late")
"""What depends on treatment and body; `heavy` are the warnings of a row that has a BMI to be remarked on in the gap."""
REMARKED = pl.col("said").str.replace(refusals.GAP, bsa_column.tenths(pl.col("bmi")), literal=True)


class Size(NamedTuple):
    """A body and what is remarked on it, or why there is none."""

    error: str | None = None
    body: Body | None = None
    bsa: str = ""
    cautions: tuple[str, ...] = ()


class Placed(NamedTuple):
    """Rows with the numbers of their treatments `t` and sizes `s`, and the AMOUNTS that depend on both.

    `refused` says why a row has no plan, `late` why it has none if nothing else is wrong; `prior` is
    what was said of exposure before. Treatment 0 and size 0 are those of nobody. The lists only grow,
    and are others when those before were forgotten.
    """

    treatments: list[Treatment]
    sizes: list[Size]
    t: pl.Series
    s: pl.Series
    amounts: pl.DataFrame
    refused: pl.Series
    late: pl.Series
    prior: pl.Series


class Amounts:
    """Places frames of words one after the other, remembering treatments and bodies that were met before."""

    def __init__(self, columns: Columns, facts: library.Facts, rounding: Rounding, dress: Dress) -> None:
        self.columns, self.facts, self.rounding, self.dress = columns, facts, rounding, dress
        self.least, self.most = (each.magnitude for each in preparation.usual(facts.product))
        self.roles = [role for role in SIZES if columns.has(role)]
        self.refusals = refusals.Refusals(columns, dress.sentence)
        if columns.regimen is not None:
            facts.regimen(columns.regimen)
        self._forget()

    def _forget(self) -> None:
        self.treatments = [Treatment(None)]
        self.sizes = [Size()]
        self.levels: dict[tuple[Decimal, Decimal], Decimal] = {}
        self.bags: dict[Decimal, list[str]] = {}
        self.totals: dict[tuple[int, str], tuple[str | None, str | None, list[str]]] = {}
        self.treated = Known([role for role in TREATMENT if self.columns.has(role)], self._treat)
        self.sure = Known(["key"], self._measure)
        self.unsure = Known(self.roles, self._measure)
        self.mixed = Known(["t", "s"], self._mix)

    def find(self, words: pl.DataFrame) -> Placed:
        """What depends on treatment and body. The words have been through guess.sizes."""
        if max(map(len, (self.treated, self.sure, self.unsure, self.mixed))) > known.MOST:
            self._forget()
        t = self._treatments(words)
        s, refused = self._sizes(words)
        mixed = self.mixed.find(pl.DataFrame({"t": t, "s": s}))
        amounts = mixed.select(AMOUNTS).with_columns(_remarked(words, mixed))
        prior = words["prior"] if self.columns.has("prior") else pl.Series(["none"]).new_from_index(0, words.height)
        refused = first(mixed["error"], refused)
        return Placed(self.treatments, self.sizes, t, s, amounts, refused, mixed["late"], prior)

    def _treatments(self, words: pl.DataFrame) -> pl.Series:
        """The number of each row's treatment."""
        if self.treated.on:
            return self.treated.find(words.select(self.treated.on))["t"]
        if len(self.treatments) == 1:
            self._treat(pl.DataFrame({"regimen": [self.columns.regimen]}))
        return pl.ones(words.height, pl.UInt32, eager=True)

    def _treat(self, rows: pl.DataFrame) -> pl.DataFrame:
        before = len(self.treatments)
        said = (
            {role: self.columns.word(role, cell) for role, cell in row.items()} for row in rows.iter_rows(named=True)
        )
        self.treatments += [self._treatment(**each) for each in said]
        return pl.DataFrame({"t": range(before, len(self.treatments))}, {"t": pl.UInt32})

    def _treatment(
        self,
        regimen: str | None = None,
        cycles: str | None = None,
        remission_after: str | None = None,
        hsct: str | None = None,
        level: str | None = None,
    ) -> Treatment:
        say = self.dress.sentence
        try:
            course = request.course("none", cycles, remission_after, request.yes(hsct, Field("hsct")), level)
        except InputError as error:
            return Treatment(None, error=say(str(error)))
        try:
            found = self.facts.regimen(regimen or self.columns.regimen or "")
            return Treatment(plans.make(found, NOBODY, course, self.facts.ceiling, FINE))
        except InputError as error:
            return Treatment(None, late=say(str(error)))

    def _sizes(self, words: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
        """The number of each row's size, and why it has none where that needs no engine."""
        s = self.sure.find(words.select("key", *self.roles))["s"]
        at = s.is_null().arg_true()
        if not at.len():
            return s, refusals.spread([], [], words.height)
        rows = words.drop("id", *TREATMENT, "prior", "key", "area", "heavy", strict=False)[at]
        sentence = self.refusals.find(rows) if at.len() > FEW else refusals.spread([], [], at.len())
        open_ = sentence.is_null()
        found = self.unsure.find(rows.select(self.roles, key=pl.lit(None)).filter(open_))["s"]
        s = s.scatter(at.filter(open_), found).fill_null(0)
        return s, refusals.spread([sentence], [at], words.height)

    def _measure(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Bodies by the engine: one of each class that was guessed, and each that could not be."""
        before = len(self.sizes)
        for row in rows.select("key", *self.roles).iter_rows():
            self.sizes.append(self._size(*row))
        return pl.DataFrame({"s": range(before, len(self.sizes))}, {"s": pl.UInt32})

    def _size(self, key: int | None, *cells: str) -> Size:
        """A body by the engine. Where its class is known, each row says its own BMI."""
        said = {role: self.columns.word(role, cell) for role, cell in zip(self.roles, cells, strict=True)}
        try:
            body = request.body(**dict.fromkeys(SIZES) | said)
        except InputError as error:
            return Size(self.dress.sentence(str(error)))
        assert key is None or body.bsa.magnitude * 100 == key, "a guessed BSA is wrong"
        cautions = bodies.cautions(body if key is None else body._replace(height=None))
        return Size(None, body, units.digits(body.bsa.magnitude), tuple(cautions))

    def _mix(self, rows: pl.DataFrame) -> pl.DataFrame:
        """What depends on treatment and body: BSA, milligrams, warnings, and what is wrong with either."""
        found = [self._mixture(self.treatments[t], self.sizes[s]) for t, s in rows.select("t", "s").iter_rows()]
        return pl.DataFrame(found, dict.fromkeys(TEXTS, pl.String), orient="row")

    def _mixture(self, treatment: Treatment, size: Size) -> tuple[str | None, ...]:
        made, body = treatment.made, size.body
        if treatment.error or body is None or made is None:
            return (*[None] * 5, treatment.error or size.error, treatment.late)
        name = (id(treatment), size.bsa)
        if name not in self.totals:
            self.totals[name] = self._total(made, body)
        dose, late, bags = self.totals[name]
        warnings = (*size.cautions, *treatment.warnings, *bags)
        said = self.dress.sentence(" ".join(warnings)) if warnings else None
        heavy = self.dress.sentence(" ".join((bodies.HEAVY.format(refusals.GAP), *warnings)))
        return (size.bsa, treatment.sum, dose, said, heavy, None, late)

    @units.exact
    def _total(self, made: plans.Plan, body: Body) -> tuple[str | None, str | None, list[str]]:
        """The sum of the doses in mg, or why they cannot be rounded to the step; what to say of their bags."""
        total, amounts = Decimal(0), set()
        for dose in made.doses:
            name = (dose.prescribed.level.magnitude, body.bsa.magnitude)
            try:
                if name not in self.levels:
                    self.levels[name] = dosing.amounts(dose.prescribed, body.bsa, self.rounding)[1].magnitude
            except InputError as error:
                return None, self.dress.sentence(str(error)), []
            total += self.levels[name]
            amounts.add(self.levels[name])
        return units.digits(total), None, [said for amount in sorted(amounts) for said in self._bags(amount)]

    def _bags(self, amount: Decimal) -> list[str]:
        """What is said of the bag of a dose in mg."""
        if self.least <= amount <= self.most:
            return []
        if amount not in self.bags:
            self.bags[amount] = remarks.bags([units.quantity(amount, units.DOSE)], self.facts.product)
        return self.bags[amount]


def _remarked(words: pl.DataFrame, mixed: pl.DataFrame) -> pl.Series:
    """The warnings of each row; where its BMI is remarked on, that comes first."""
    at = words["heavy"].arg_true()
    said = pl.DataFrame({"bmi": words["bmi"][at], "said": mixed["heavy"][at]}).select(REMARKED)
    return mixed["warnings"].scatter(at, said.to_series())


def first(*errors: pl.Series) -> pl.Series:
    """What is wrong with each row, by the first that says so."""
    some = [each for each in errors if each.null_count() < each.len()] or errors[:1]
    return some[0] if len(some) == 1 else pl.select(pl.coalesce(some)).to_series()
