"""A frame of patients → where each course stands: distinct problems are planned once and joined back.

The sums of a course depend on the treatment alone, its milligrams on treatment and BSA, its standing
on treatment and prior exposure. Each of these is asked of the engine of `plan` once; the rows only
look up. Floats are a guess at which answer to look up, and are never trusted near a rounding tie or
a limit of what is plausible: there the row is read exactly as `plan` would read it.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

import polars as pl

from .. import asked, dosing, library, pharmacy, remarks, report, units
from .. import body as bodies
from .. import plan as plans
from ..body import Body
from ..errors import InputError
from . import guess, refusals
from .columns import RESULTS, SIZES, TREATMENT, Columns, find
from .known import Known
from .ladder import EXACT, SPAN, Ladder
from .treatment import FINE, NOBODY, Treatment

MOST = 20_000
"""Problems remembered; more than any cohort of measured patients has."""
FEW = 500
"""Rows that the engine is asked about one by one before sentences are put together by the column."""
ROWS = 65_536
STOOD = (
    "cumulative_mg_per_m2",
    "ceiling_status",
    "remaining_upper_mg_per_m2",
    "first_over_lower",
    "first_over_upper",
    "last_cycle_within_upper",
)
DOSE = report.PLANNED
"""The columns of a dose, as `plan -f csv` prints them."""
BY_PRIOR = ("cumulative_mg_per_m2", "ceiling_status")
BY_SIZE = tuple(name for name in DOSE if name not in BY_PRIOR)


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
    planner = Planner(find(frame.columns, regimen, "frame"), facts or library.facts(), round_to)
    slices = (frame.slice(start, ROWS) for start in range(0, max(frame.height, 1), ROWS))
    return pl.concat(
        [each.hstack(planner.plan(guess.sizes(planner.columns.words(each), planner.columns))) for each in slices]
    )


class Dress(NamedTuple):
    """How a sentence and a label are written where results go; numbers stand as they are."""

    sentence: Callable[[str], str] = str
    label: Callable[[str], str] = str


class Size(NamedTuple):
    """A body and what is remarked on it, or why there is none."""

    error: str | None = None
    body: Body | None = None
    bsa: str = ""
    cautions: tuple[str, ...] = ()


MIX = ("used_bsa_m2", "total_level_mg_per_m2", "total_dose_mg", "warnings", "heavy", "error", "late")


class Planner:
    """Plans frames of words one after the other, remembering the problems that were planned before."""

    def __init__(self, columns: Columns, facts: library.Facts, round_to: str, dress: Dress = Dress()) -> None:  # noqa: B008
        self.columns, self.facts, self.dress = columns, facts, dress
        self.rounding = asked.rounding(round_to, facts.product)
        self.least, self.most = (each.magnitude for each in pharmacy.usual(facts.product))
        self.roles = [role for role in SIZES if columns.has(role)]
        self.refusals = refusals.Refusals(columns, dress.sentence)
        if columns.regimen is not None:
            facts.regimen(columns.regimen)
        self._forget()

    def _forget(self) -> None:
        self.ladder = Ladder(self.dress.label)
        self.treatments = self.ladder.treatments
        self.sizes = [Size()]
        self.levels: dict[tuple[Decimal, Decimal], Decimal] = {}
        self.bags: dict[Decimal, list[str]] = {}
        self.totals: dict[tuple[int, str], tuple[str | None, str | None, list[str]]] = {}
        self.told: dict[Any, list[tuple[Any, ...]]] = {}
        self.treated = Known([role for role in TREATMENT if self.columns.has(role)], self._treat)
        self.sure = Known(["key"], self._measure)
        self.unsure = Known(self.roles, self._measure)
        self.mixed = Known(["t", "s"], self._mix)
        self._forget_priors()

    def _forget_priors(self) -> None:
        self.stood = Known(["t", "prior"], self._standings)

    def plan(self, words: pl.DataFrame) -> pl.DataFrame:
        """The RESULTS of each row as dressed text, null where there are none. The words have been through guess.sizes."""
        _, _, mixed, refused, stood = self._found(words)
        error = _first([refused, stood["error"], mixed["late"]])
        found = {**mixed.to_dict(), **stood.to_dict(), "warnings": self._warnings(words, mixed), "error": error}
        results = pl.DataFrame([found[name].alias(name) for name in RESULTS])
        if error.null_count() == refused.null_count():
            return results
        return results.with_columns(
            pl.when(pl.col("error").is_null()).then(pl.col(name)).alias(name) for name in RESULTS[:-1]
        )

    def _found(self, words: pl.DataFrame) -> tuple[pl.Series, pl.Series, pl.DataFrame, pl.Series, pl.DataFrame]:
        """Treatment, size, what depends on both, why there is none, and where it stands."""
        if max(map(len, (self.treated, self.sure, self.unsure, self.mixed))) > MOST:
            self._forget()
        if len(self.stood) > MOST:
            self._forget_priors()
        t = self._treatments(words)
        s, refused = self._sizes(words)
        mixed = self.mixed.find(pl.DataFrame({"t": t, "s": s}))
        refused = _first([mixed["error"], refused])
        planned = t.set(refused.is_not_null(), None) if refused.null_count() < t.len() else t
        return t, s, mixed, refused, self._stood(planned, words)

    def _warnings(self, words: pl.DataFrame, mixed: pl.DataFrame) -> pl.Series:
        """What is said of treatment and BSA; where a BMI is remarked on, that comes first."""
        if not (at := words["heavy"].arg_true()).len():
            return mixed["warnings"]
        rows = words[at].select(bmi=guess.tenths(pl.col("bmi")), said=mixed["heavy"][at])
        said = rows.select(pl.col("said").str.replace(refusals.GAP, pl.col("bmi"), literal=True)).to_series()
        return mixed["warnings"].scatter(at, said)

    def _treatments(self, words: pl.DataFrame) -> pl.Series:
        """The number of each row's treatment."""
        if self.treated.on:
            return self.treated.find(words.select(self.treated.on))["t"]
        if not self.treatments:
            self._treat(pl.DataFrame({"regimen": [self.columns.regimen]}))
        return pl.zeros(words.height, pl.UInt32, eager=True)

    def _treat(self, rows: pl.DataFrame) -> pl.DataFrame:
        before = len(self.treatments)
        said = (
            {role: self.columns.word(role, cell) for role, cell in row.items()} for row in rows.iter_rows(named=True)
        )
        self.ladder.add([self._treatment(**each) for each in said])
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
            found = self.facts.regimen(regimen or self.columns.regimen or "")
        except InputError as error:
            return Treatment(None, error=say(str(error)))
        try:
            course = asked.course("none", cycles, remission_after, asked.yes(hsct, "--hsct"), level)
            return Treatment(plans.make(found, NOBODY, course, self.facts.ceiling, FINE))
        except InputError as error:
            return Treatment(None, late=say(str(error)))

    def _sizes(self, words: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
        """The number of each row's size, and why it has none where that needs no engine."""
        s = self.sure.find(words.select("key", *self.roles))["s"]
        refused = pl.Series([None], dtype=pl.String).new_from_index(0, words.height)
        if s.null_count():
            at = s.is_null().arg_true()
            open_ = words[at]
            sentence = (
                self.refusals.find(open_) if open_.height > FEW else pl.Series([None] * open_.height, dtype=pl.String)
            )
            asked = self.unsure.find(open_.select(self.roles, key=pl.lit(None)).filter(sentence.is_null()))["s"]
            refused = refused.scatter(at, sentence)
            s = s.scatter(at.filter(sentence.is_null()), asked).fill_null(0)
        return s, refused

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
            body = asked.body(**dict.fromkeys(SIZES) | said)
        except InputError as error:
            return Size(self.dress.sentence(str(error)))
        assert key is None or body.bsa.magnitude * 100 == key, "a guessed BSA is wrong"
        cautions = bodies.cautions(body if key is None else body._replace(height=None))
        return Size(None, body, units.digits(body.bsa.magnitude), tuple(cautions))

    def _mix(self, rows: pl.DataFrame) -> pl.DataFrame:
        """What depends on treatment and body: BSA, milligrams, warnings, and what is wrong with either."""
        found = [self._mixture(self.treatments[t], self.sizes[s]) for t, s in rows.select("t", "s").iter_rows()]
        return pl.DataFrame(found, _of(MIX), orient="row")

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

    def _stood(self, t: pl.Series, words: pl.DataFrame) -> pl.DataFrame:
        """What depends on treatment and prior exposure: sums, room left and standing."""
        prior = words["prior"] if self.columns.has("prior") else pl.Series(["none"]).new_from_index(0, words.height)
        rows = pl.DataFrame({"t": t, "prior": prior})
        few = prior.head(1000).n_unique() * 2 < min(rows.height, 1000)
        return self.stood.find(rows) if few else self._standings(rows)

    def _standings(self, rows: pl.DataFrame) -> pl.DataFrame:
        t, text = rows["t"], rows["prior"]
        known = pl.when(text.is_in(["unknown", ""])).then(pl.lit("-2")).when(text == "none").then(pl.lit("0"))
        number = pl.select(known.when(guess.plain(text)).then(text)).to_series()
        exposure = number.cast(EXACT, strict=False)
        planned = self.ladder.made[t]
        fits = planned & (exposure < SPAN - 3).fill_null(False)
        found = self.ladder.find(t, pl.select(pl.when(fits).then(exposure)).to_series())
        odd = number.is_null() | planned & ~fits
        if not odd.any():
            return found
        at = odd.arg_true()
        sentence = self.refusals.reading(text[at], "prior")
        asked = Known(["t", "prior"], self._asked).find(rows[at].filter(sentence.is_null()))
        left = at.filter(sentence.is_null())
        columns = [found[name].scatter(left, asked[name]) if left.len() else found[name] for name in found.columns]
        return pl.DataFrame(
            [*columns[:-1], columns[-1].scatter(at.filter(sentence.is_not_null()), sentence.drop_nulls())]
        )

    def _asked(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The same, each asked of the engine."""
        found = [self._ask(self.treatments[t], prior) for t, prior in rows.select("t", "prior").iter_rows()]
        return pl.DataFrame(found, _of((*STOOD, "error")), orient="row")

    @units.exact
    def _ask(self, treatment: Treatment, cell: str) -> tuple[str | None, ...]:
        try:
            prior = asked.prior(self.columns.word("prior", cell))
        except InputError as error:
            return (None,) * 6 + (self.dress.sentence(str(error)),)
        if treatment.made is None:
            return (None,) * 7
        assert prior is not None
        stood = treatment.after(prior, self.dress.label)
        total = prior.magnitude + treatment.total
        sums = units.digits(total) if stood.summed else None
        left = units.digits(treatment.upper - total) if stood.left else None
        return (sums, stood.status, left, *stood[3:], None)

    def doses(self, words: pl.DataFrame, error: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
        """A row a dose: whose it is, and what `plan -f csv` says of it; one row with the error where there is one."""
        t, s = self._found(words)[:2]
        regimen = words["regimen"] if "regimen" in words.columns else pl.lit(self.columns.regimen)
        prior = words["prior"] if "prior" in words.columns else pl.lit("none")
        planned = error.is_null()
        rows = words.select("id", t=t, s=s, regimen=regimen, prior=prior, error=error)
        by_size = [
            (t, s, *row)
            for t, s in rows.filter(planned).select("t", "s").unique().iter_rows()
            for row in self._told(self.treatments[t], self.sizes[s].body, self._dosed, BY_SIZE)
        ]
        by_prior = [
            (t, prior, *row)
            for t, prior in rows.filter(planned).select("t", "prior").unique().iter_rows()
            for row in self._told(self.treatments[t], prior, self._after, BY_PRIOR)
        ]
        dosed = pl.DataFrame(by_size, _of(("t", "s", "n"), pl.UInt32) | _of(BY_SIZE), orient="row")
        after = pl.DataFrame(
            by_prior, _of(("t",), pl.UInt32) | _of(("prior",)) | _of(("n",), pl.UInt32) | _of(BY_PRIOR), orient="row"
        )
        found = rows.join(dosed, ["t", "s"], "left", maintain_order="left_right")
        found = found.join(after, ["t", "prior", "n"], "left", maintain_order="left")
        return found.select("id", "regimen"), found.select(*DOSE, "error")

    def _told(
        self,
        treatment: Treatment,
        of: Any,
        make: Callable[[Treatment, Any], plans.Plan],
        keys: tuple[str, ...],
    ) -> list[tuple[Any, ...]]:
        """What `plan` says of each dose: its place, and the values of some keys."""
        name = (id(treatment), of if isinstance(of, str) else of.bsa.magnitude, keys)
        if name not in self.told:
            rows = report.dose_rows(make(treatment, of))
            self.told[name] = [(n, *(self._text(row[key]) for key in keys)) for n, row in enumerate(rows)]
        return self.told[name]

    def _dosed(self, treatment: Treatment, body: Body) -> plans.Plan:
        made = treatment.made
        assert made is not None
        return plans.make(made.regimen, body, made.course, made.ceiling, self.rounding)

    def _after(self, treatment: Treatment, cell: str) -> plans.Plan:
        return treatment.plan(asked.prior(self.columns.word("prior", cell)))

    def _text(self, value: Any) -> str | None:
        return (
            None
            if value is None
            else self.dress.label(value)
            if isinstance(value, str)
            else units.digits(Decimal(value))
        )


def _first(errors: list[pl.Series]) -> pl.Series:
    """What is wrong with each row, by the first that says so."""
    some = [each for each in errors if each.null_count() < each.len()] or errors[:1]
    return some[0] if len(some) == 1 else pl.select(pl.coalesce(some)).to_series()


def _of(names: tuple[str, ...], kind: type[pl.DataType] = pl.String) -> dict[str, type[pl.DataType]]:
    return dict.fromkeys(names, kind)
