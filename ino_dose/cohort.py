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

from . import body as bodies
from . import ceiling, dosing, guess, library, patient, remarks, report, units
from . import plan as plans
from .body import Body
from .columns import RESULTS, SIZES, TREATMENT, Columns, find
from .errors import InputError

EXACT = pl.Decimal(38, 29)
"""Holds every prior exposure below SPAN that may be written, and its sums, without rounding."""
SPAN = 10_000
MOST = 20_000
"""Problems remembered; more than any cohort of measured patients has."""
ROWS = 65_536
BY_SIZE = (
    "cycle",
    "day",
    "level_mg_per_m2",
    "calculated_mg",
    "dose_mg",
    "delivered_mg_per_m2",
    "source",
    "source_spot",
)
BY_PRIOR = ("cumulative_mg_per_m2", "ceiling_status")
DOSE = (*BY_SIZE[:6], *BY_PRIOR, *BY_SIZE[6:])
"""The columns of a dose, as `plan -f csv` prints them."""


def plan(frame: pl.DataFrame, regimen: str | None = None, round_to: str = "0.01mg") -> pl.DataFrame:
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
    planner = Planner(find(frame.columns, regimen, "frame"), round_to)
    slices = (frame.slice(start, ROWS) for start in range(0, max(frame.height, 1), ROWS))
    return pl.concat([each.hstack(planner.plan(planner.columns.words(each, each.height))) for each in slices])


class Size(NamedTuple):
    """A body, or why there is none."""

    error: str | None
    body: Body | None = None
    bsa: str | None = None


class Standing(NamedTuple):
    """Where a treatment stands for a range of prior exposures; `summed` where the sum is known, `left` where room is."""

    summed: bool
    left: bool
    status: str
    lower: str | None
    upper: str | None
    within: str | None


class Treatment:
    """A course planned for nobody yet: its doses, and the prior exposures at which its standing changes."""

    def __init__(
        self,
        say: Callable[[str], str],
        error: str | None = None,
        late: str | None = None,
        made: plans.Plan | None = None,
    ) -> None:
        self.say, self.error, self.late, self.made = say, error, late, made
        self.total = Decimal(0)
        self.upper = Decimal(0)
        self.breaks: list[Decimal] = []
        self.standings: dict[int, Standing] = {}
        self.warnings = remarks.warnings(made) if made else []
        if made:
            self._measure(made)

    @units.exact
    def _measure(self, made: plans.Plan) -> None:
        sums = [Decimal(0)]
        for dose in made.doses:
            sums.append(sums[-1] + dose.prescribed.level.magnitude)
        limits = (made.ceiling.lower.magnitude, made.ceiling.upper.magnitude)
        self.total, self.upper = sums[-1], limits[1]
        self.breaks = sorted(
            {Decimal(-3), Decimal(-1)} | {b for limit in limits for each in sums if (b := limit - each) >= 0}
        )

    def standing(self, place: int) -> Standing:
        """The standing of prior exposures above the break at `place` and up to the next; below −1 stands unknown."""
        if place not in self.standings:
            last = place + 1 == len(self.breaks)
            prior = None if place == 0 else self.breaks[-1] + 1 if last else self.breaks[place + 1]
            self.standings[place] = self.stand(None if prior is None else units.quantity(prior, units.LEVEL))
        return self.standings[place]

    def check(self, prior: Any) -> ceiling.Standing:
        """Where the course stands after a prior exposure, by the engine."""
        made = self.made
        assert made is not None
        doses = [dose.prescribed for dose in made.doses]
        return ceiling.check(prior, doses, made.ceiling, not made.regimen.after_transplant)

    def stand(self, prior: Any) -> Standing:
        """The same in a few texts."""
        found = self.check(prior)
        within = found.upper.last_cycle_within
        assert self.made is not None
        return Standing(
            found.total is not None,
            found.upper.remaining is not None,
            self.say(self.made._replace(standing=found).status),
            self._crossing(found.lower.first_over),
            self._crossing(found.upper.first_over),
            None if within is None else str(within),
        )

    def _crossing(self, over: ceiling.Crossing) -> str | None:
        if over is None:
            return None
        return self.say(f"C{over[0]}D{over[1]}" if isinstance(over, tuple) else over)


class Planner:
    """Plans frames of words one after the other, remembering the problems that were planned before."""

    def __init__(self, columns: Columns, round_to: str = "0.01mg", say: Callable[[str], str] = str) -> None:
        self.columns, self.say = columns, say
        self.step = patient.step(round_to)
        self.ceiling = library.ceiling()
        self._forget()
        if columns.regimen is not None:
            library.regimen(columns.regimen)

    def _forget(self) -> None:
        self.treatments: dict[tuple[str, ...], Treatment] = {}
        self.sizes: dict[Any, Size] = {}
        self.levels: dict[tuple[Decimal, Decimal], Decimal | None] = {}
        self.told: dict[Any, list[tuple[Any, ...]]] = {}
        self.totals: dict[tuple[int, str], tuple[str | None, str | None]] = {}

    def plan(self, words: pl.DataFrame) -> pl.DataFrame:
        """The RESULTS of each row as text that `say` has dressed, null where there are none."""
        if max(len(self.treatments), len(self.sizes), len(self.levels), len(self.totals), 10 * len(self.told)) > MOST:
            self._forget()
        treatments, t = self._treatments(words)
        sizes, s = self._sizes(words)
        mixed = self._mixed(treatments, t, sizes, s)
        stood = self._stood(treatments, t, words)
        error = mixed["error"].is_not_null() | stood["error"].is_not_null() | mixed["late"].is_not_null()
        found = {**mixed.to_dict(), **stood.to_dict()}
        found["error"] = pl.select(pl.coalesce(mixed["error"], stood["error"], mixed["late"])).to_series()
        results = pl.DataFrame([found[name].alias(name) for name in RESULTS])
        if error.any():
            results = results.with_columns(pl.when(~error).then(pl.col(name)).alias(name) for name in RESULTS[:-1])
        return results

    def _treatments(self, words: pl.DataFrame) -> tuple[list[Treatment], pl.Series]:
        roles = [role for role in TREATMENT if role in words.columns]
        keys, codes = _distinct(words, roles)
        return [self._treatment(roles, row) for row in keys], codes

    def _treatment(self, roles: list[str], row: tuple[str, ...]) -> Treatment:
        if row not in self.treatments:
            said = {role: self.columns.word(role, cell) for role, cell in zip(roles, row, strict=True)}
            self.treatments[row] = self._treat(**said)
        return self.treatments[row]

    def _treat(
        self,
        regimen: str | None = None,
        cycles: str | None = None,
        remission_after: str | None = None,
        hsct: str | None = None,
        level: str | None = None,
    ) -> Treatment:
        try:
            found = library.regimen(regimen or self.columns.regimen or "")
        except InputError as error:
            return Treatment(self.say, error=self.say(str(error)))
        try:
            treatment = patient.course(None, cycles, remission_after, patient.yes(hsct), level)
            given = treatment._replace(prior=units.NO_LEVEL)
            return Treatment(self.say, made=plans.make(found, _ANYBODY, given, self.ceiling, _FINE))
        except InputError as error:
            return Treatment(self.say, late=self.say(str(error)))

    def _sizes(self, words: pl.DataFrame) -> tuple[list[Size], pl.Series]:
        roles = [role for role in SIZES if role in words.columns]
        keyed = words.select(*roles, key=guess.size(self.columns, roles))
        sure = keyed.filter(pl.col("key").is_not_null()).unique("key", keep="any")
        unsure = keyed.filter(pl.col("key").is_null()).unique(roles)
        found = [self._size(roles, row[:-1], row[-1]) for row in (*sure.iter_rows(), *unsure.iter_rows())]
        codes = keyed.select("key").join(
            sure.select("key").with_row_index("code"), "key", "left", maintain_order="left"
        )["code"]
        if unsure.height:
            others = unsure.select(roles).with_row_index("code", offset=sure.height)
            exact = keyed.select(roles).join(others, roles, "left", maintain_order="left")["code"]
            codes = pl.select(pl.when(keyed["key"].is_null()).then(exact).otherwise(codes)).to_series()
        return found, codes

    def _size(self, roles: list[str], row: tuple[str, ...], key: int | None) -> Size:
        name = row if key is None else key
        if name not in self.sizes:
            said = dict.fromkeys(SIZES) | {
                role: self.columns.word(role, cell) for role, cell in zip(roles, row, strict=True)
            }
            try:
                body = patient.body(**said)
                self.sizes[name] = Size(None, body, units.digits(body.bsa.magnitude))
                assert key is None or body.bsa.magnitude * 100 == key // guess.KEYS, "a guessed BSA is wrong"
            except InputError as error:
                self.sizes[name] = Size(self.say(str(error)))
        return self.sizes[name]

    def _mixed(self, treatments: list[Treatment], t: pl.Series, sizes: list[Size], s: pl.Series) -> pl.DataFrame:
        """What depends on treatment and body: BSA, milligrams, warnings, and what is wrong with either."""
        pairs = pl.select(pair=t.cast(pl.UInt64) * len(sizes) + s)
        distinct = pairs.unique().with_row_index("code")
        codes = pairs.join(distinct, "pair", "left", maintain_order="left")["code"]
        rows = [self._mix(treatments[pair // len(sizes)], sizes[pair % len(sizes)]) for pair in distinct["pair"]]
        names = ("used_bsa_m2", "total_level_mg_per_m2", "total_dose_mg", "warnings", "error", "late")
        table = pl.DataFrame(rows, dict.fromkeys(names, pl.String), orient="row")
        return table[codes]

    def _mix(self, treatment: Treatment, size: Size) -> tuple[str | None, ...]:
        made, body = treatment.made, size.body
        if treatment.error or body is None or made is None:
            return (None, None, None, None, treatment.error or size.error, treatment.late)
        name = (id(treatment), size.bsa or "")
        if name not in self.totals:
            self.totals[name] = self._total(made, body)
        dose, late = self.totals[name]
        warnings = " ".join([*bodies.cautions(body), *treatment.warnings])
        return (size.bsa, units.digits(treatment.total), dose, self.say(warnings) if warnings else None, None, late)

    @units.exact
    def _total(self, made: plans.Plan, body: Body) -> tuple[str | None, str | None]:
        """The sum of the doses in mg, or why they cannot be rounded to the step."""
        total = Decimal(0)
        for dose in made.doses:
            name = (dose.prescribed.level.magnitude, body.bsa.magnitude)
            try:
                if self.levels.get(name) is None:
                    self.levels[name] = dosing.dose(dose.prescribed, body.bsa, self.step).dose.magnitude
            except InputError as error:
                return None, self.say(str(error))
            total += self.levels[name] or 0
        return units.digits(total), None

    def _stood(self, treatments: list[Treatment], t: pl.Series, words: pl.DataFrame) -> pl.DataFrame:
        """What depends on treatment and prior exposure: sums, room left and standing."""
        prior = words["prior"] if "prior" in words.columns else pl.Series(["none"]).new_from_index(0, words.height)
        rows = pl.DataFrame({"t": t, "prior": prior})
        distinct = rows.unique()
        if distinct.height * 2 > rows.height:
            return self._standings(treatments, rows)
        codes = rows.join(distinct.with_row_index("code"), ["t", "prior"], "left", maintain_order="left")["code"]
        return self._standings(treatments, distinct)[codes]

    def _standings(self, treatments: list[Treatment], rows: pl.DataFrame) -> pl.DataFrame:
        text = rows["prior"]
        unknown = text.is_in(["unknown", ""])
        short = guess.plain(text)
        number = pl.select(
            pl.when(unknown).then(pl.lit("-2")).when(text == "none").then(pl.lit("0")).when(short).then(text)
        ).to_series()
        exposure = number.cast(EXACT, strict=False)
        planned = pl.Series([each.made is not None for each in treatments])[rows["t"]]
        within = (exposure < SPAN - 3).fill_null(False)
        found = self._looked_up(treatments, rows["t"], pl.select(pl.when(planned & within).then(exposure)).to_series())
        odd = number.is_null() | (planned & ~within)
        if odd.any():
            asked = rows.filter(odd).unique()
            table = pl.DataFrame(
                [self._asked(treatments[t], prior) for t, prior in asked.iter_rows()], found.schema, orient="row"
            )
            exact = rows.join(
                asked.hstack(table.select(pl.all().name.suffix("?"))), ["t", "prior"], "left", maintain_order="left"
            )
            found = found.with_columns(pl.coalesce(pl.col(name), exact[f"{name}?"]) for name in found.columns)
        return found

    def _looked_up(self, treatments: list[Treatment], t: pl.Series, exposure: pl.Series) -> pl.DataFrame:
        """Standings of exposures (mg/m², −2 where unknown): each treatment's breaks, SPAN apart, are one ladder."""
        ladder = [base * SPAN + each for base, treatment in enumerate(treatments) for each in treatment.breaks]
        steps = [(treatment, place) for treatment in treatments for place in range(len(treatment.breaks))]
        place = pl.Series(ladder, dtype=EXACT).search_sorted(t.cast(EXACT) * SPAN + exposure, side="left")
        place = pl.select(pl.when(exposure.is_not_null()).then(place - 1)).to_series()
        rows: list[Any] = [(None,) * len(Standing._fields)] * len(steps)
        for used in place.drop_nulls().unique():
            treatment, step = steps[used]
            rows[used] = treatment.standing(step)
        schema = dict.fromkeys(Standing._fields, pl.String) | {"summed": pl.Boolean, "left": pl.Boolean}
        table = pl.DataFrame(rows, schema, orient="row")[place]
        total, upper = (
            pl.Series([getattr(each, name) for each in treatments], dtype=EXACT)[t] for name in ("total", "upper")
        )
        return table.select(
            cumulative_mg_per_m2=pl.when("summed").then(_digits(exposure + total)),
            ceiling_status="status",
            remaining_upper_mg_per_m2=pl.when("left").then(_digits(upper - total - exposure)),
            first_over_lower="lower",
            first_over_upper="upper",
            last_cycle_within_upper="within",
            error=pl.lit(None, pl.String),
        )

    @units.exact
    def _asked(self, treatment: Treatment, cell: str) -> tuple[str | None, ...]:
        """The same for one exposure, asked of the engine."""
        try:
            prior = patient.exposure(self.columns.word("prior", cell))
        except InputError as error:
            return (None,) * 6 + (self.say(str(error)),)
        if treatment.made is None:
            return (None,) * 7
        assert prior is not None
        stood = treatment.stand(prior)
        total = prior.magnitude + treatment.total
        return (
            units.digits(total) if stood.summed else None,
            stood.status,
            units.digits(treatment.upper - total) if stood.left else None,
            *stood[3:],
            None,
        )

    def doses(self, words: pl.DataFrame, error: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
        """A row a dose: whose it is, and what `plan -f csv` says of it; one row with the error where there is one."""
        treatments, t = self._treatments(words)
        sizes, s = self._sizes(words)
        regimen = words["regimen"] if "regimen" in words.columns else pl.lit(self.columns.regimen)
        prior = words["prior"] if "prior" in words.columns else pl.lit("none")
        planned = error.is_null()
        rows = words.select("id", t=t, s=s, regimen=regimen, prior=prior, error=error)
        by_size = [
            (t, s, *row)
            for t, s in rows.filter(planned).select("t", "s").unique().iter_rows()
            for row in self._told(treatments[t], sizes[s].bsa, self._dosed, BY_SIZE)
        ]
        by_prior = [
            (t, prior, *row)
            for t, prior in rows.filter(planned).select("t", "prior").unique().iter_rows()
            for row in self._told(treatments[t], prior, self._after, BY_PRIOR)
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
        of: str | None,
        make: Callable[[Treatment, Any], plans.Plan],
        keys: tuple[str, ...],
    ) -> list[tuple[Any, ...]]:
        """What `plan` says of each dose: its place, and the values of some keys."""
        name = (id(treatment), of, keys)
        if name not in self.told:
            rows = report.dose_rows(make(treatment, of))
            self.told[name] = [(n, *(self._text(row[key]) for key in keys)) for n, row in enumerate(rows)]
        return self.told[name]

    def _dosed(self, treatment: Treatment, bsa: str) -> plans.Plan:
        made = treatment.made
        assert made is not None
        body = Body(units.quantity(bsa, units.AREA))
        return plans.make(made.regimen, body, made.course, made.ceiling, self.step)

    def _after(self, treatment: Treatment, cell: str) -> plans.Plan:
        made = treatment.made
        assert made is not None
        return made._replace(standing=treatment.check(patient.exposure(self.columns.word("prior", cell))))

    def _text(self, value: Any) -> str | None:
        return None if value is None else self.say(value) if isinstance(value, str) else units.digits(Decimal(value))


def _digits(number: pl.Series) -> pl.Series:
    """Exact decimals as units.digits writes them."""
    return number.cast(pl.String).str.strip_chars_end("0").str.strip_chars_end(".")


def _of(names: tuple[str, ...], kind: type[pl.DataType] = pl.String) -> dict[str, type[pl.DataType]]:
    return dict.fromkeys(names, kind)


def _distinct(words: pl.DataFrame, roles: list[str]) -> tuple[list[tuple[str, ...]], pl.Series]:
    """The distinct rows of some columns, and for each row which of them it is."""
    if not roles:
        return [()], pl.zeros(words.height, pl.UInt32, eager=True)
    distinct = words.select(roles).unique().with_row_index("code")
    codes = words.select(roles).join(distinct, roles, "left", maintain_order="left")["code"]
    return [row[1:] for row in distinct.iter_rows()], codes


_ANYBODY = Body(units.quantity("1", units.AREA))
_FINE = units.quantity("0.000001", units.DOSE)
