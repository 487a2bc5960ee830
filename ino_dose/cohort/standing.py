"""Treatments and prior exposures → cumulative mg/m², room left and ceiling status, or what is wrong with the exposure."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from .. import request, units
from ..engine import exposure, remarks
from ..engine.body import Body
from ..engine.dosing import Rounding
from ..errors import InputError
from ..tables import bsa_column
from .columns import BY_PRIOR, Columns
from .memo import Memo
from .refusals import Refusals, Refused
from .write import Quoting

if TYPE_CHECKING:
    from ..engine.exposure import Crossing
    from ..engine.plan import Plan
    from ..units import Quantity

NOBODY = Body(units.quantity("1", units.AREA))
FINE = Rounding(units.quantity("0.000001", units.DOSE))
"""A rounding step that refuses no dose: milligrams come later, with the body."""
EXACT, BRIEF = pl.Decimal(38, 29), pl.Decimal(38, 9)
"""Hold prior exposures below SPAN, and their sums, without rounding: all that may be written, and those of 9 places."""
SPAN = 1000
"""mg/m² from the steps of one treatment to those of the next: as far as EXACT goes for more treatments than a block."""
SHORT = r"^(?:0|[1-9][0-9]{0,3})(?:\.[0-9]{1,9})?$"
"""Numbers that BRIEF holds."""
UNKNOWN = -2
"""Stands for a prior exposure that is unknown: below every limit, and told apart from none."""
STANDING = dict.fromkeys([*BY_PRIOR, *Refused._fields], pl.String)


class Treatment(NamedTuple):
    """A plan for nobody yet, with no prior exposure, or why there is none.

    `error` comes before any fault of the patient's size, `late` after it, as `plan` reads them. `total`
    is what is prescribed, `room` what the upper limit leaves beside it, if it applies (mg/m²). The
    standing changes only where prior exposure passes one of the `steps`: a limit less what was given
    up to some dose.
    """

    made: Plan | None = None
    error: Refused | None = None
    late: Refused | None = None
    total: Decimal = Decimal(0)
    room: Decimal | None = None
    steps: tuple[Decimal, ...] = ()
    warnings: tuple[str, ...] = ()

    def after(self, prior: Quantity | None) -> Plan:
        """The plan for nobody after a prior exposure, as the engine judges it."""
        assert self.made is not None
        doses = [dose.prescribed for dose in self.made.doses]
        applies = not self.made.regimen.after_transplant
        return self.made._replace(standing=exposure.check(prior, doses, self.made.ceiling, applies))


@units.exact
def treatment(made: Plan) -> Treatment:
    """What is known of a plan for nobody before any prior exposure is."""
    sums = [Decimal(0)]
    for dose in made.doses:
        sums.append(sums[-1] + dose.prescribed.level.magnitude)
    lower, upper = made.ceiling.lower.magnitude, made.ceiling.upper.magnitude
    steps = {limit - given for limit in (lower, upper) for given in sums if limit >= given}
    return Treatment(
        made,
        total=sums[-1],
        room=None if made.regimen.after_transplant else upper - sums[-1],
        steps=(Decimal(UNKNOWN - 1), Decimal(UNKNOWN + 1), *sorted(steps)),
        warnings=tuple(remarks.warnings(made)),
    )


class Standings:
    """Looks up where treatments stand after prior exposures, or finds it by the column where few come twice."""

    def __init__(self, columns: Columns, quoting: Quoting, refusals: Refusals) -> None:
        self.columns, self.quoting, self.refusals = columns, quoting, refusals
        self.treatments: list[Treatment] = []
        self.steps: list[tuple[Treatment, Decimal]] = []
        """Of all treatments, each with a prior exposure that stands like all from this step to the next."""
        self.said: list[dict[str, str | None]] = []
        """What the engine says at each step; nothing where it was not asked yet."""
        self.met = Memo(["t", "prior"], self._find)

    def find(self, treatments: list[Treatment], t: pl.Series, prior: pl.Series) -> pl.DataFrame:
        """The results BY_PRIOR after treatments, by their numbers, and what is wrong with prior exposures."""
        if len(treatments) > len(self.treatments):
            self._add(treatments[len(self.treatments) :])
        rows = pl.DataFrame({"t": t, "prior": prior})
        few = prior.head(1000).n_unique() * 16 < min(rows.height, 1000)
        return self.met.find(rows) if few else self._find(rows)

    @units.exact
    def _add(self, added: list[Treatment]) -> None:
        """Put the steps of treatments behind those that are there: those of treatment n begin at n × SPAN."""
        self.treatments += added
        for each in added:
            self.steps += [(each, stands) for stands in (*each.steps[1:], each.steps[-1] + 1)] if each.made else []
        self.said += [{}] * (len(self.steps) - len(self.said))
        self.table = pl.DataFrame(self.said, STANDING)
        self.planned = pl.Series([each.made is not None for each in self.treatments], dtype=pl.Boolean)
        numbers: list[list[Decimal | int | None]] = [
            [n * SPAN + step for n, each in enumerate(self.treatments) for step in each.steps],
            [n * SPAN for n in range(len(self.treatments))],
            [each.total for each in self.treatments],
            [each.room for each in self.treatments],
        ]
        exact = [pl.Series(each, dtype=EXACT) for each in numbers]
        brief = [each.cast(BRIEF) for each in exact]
        self.numbers: dict[pl.DataType, list[pl.Series]] = {EXACT: exact}
        if all(less.cast(EXACT).equals(more) for less, more in zip(brief, exact, strict=True)):
            self.numbers[BRIEF] = brief

    def _find(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The same by the column, and of the engine where a column cannot hold the exposure or is not sure of it."""
        t, text = rows["t"], rows["prior"]
        exposure, planned = _exposure(text, self.columns.unit("prior")), self.planned[t]
        fits = planned & (exposure < SPAN - 3).fill_null(False)
        found = self._after(t, pl.select(pl.when(fits).then(exposure)).to_series())
        at = (exposure.is_null() | planned & ~fits).arg_true()
        if not at.len():
            return found
        wrong = self.refusals.reading(text[at], "prior")
        surely = wrong["error"].is_not_null()
        left = at.filter(~surely)
        asked = Memo.of_texts(["t", "prior"], self._ask, found.columns).find(rows[left])
        found = found.with_columns(found[name].scatter(left, asked[name]) for name in found.columns if left.len())
        return found.with_columns(
            found[name].scatter(at.filter(surely), wrong[name].filter(surely)) for name in wrong.columns
        )

    def _after(self, t: pl.Series, exposure: pl.Series) -> pl.DataFrame:
        """The results after exposures (mg/m²) that are numbers or UNKNOWN; nothing where they are null."""
        if exposure.dtype not in self.numbers:
            exposure = exposure.cast(EXACT)
        steps, start, total, room = self.numbers[exposure.dtype]
        step = steps.search_sorted(start[t] + exposure, side="left")
        step = pl.select(pl.when(exposure.is_not_null()).then(step - 1)).to_series()
        self._learn(step.drop_nulls().unique())
        stated = pl.select(pl.when(exposure >= 0).then(exposure)).to_series()
        return self.table[step].with_columns(
            cumulative_mg_per_m2=digits(stated + total[t]),
            remaining_upper_mg_per_m2=digits(room[t] - stated),
        )

    def _learn(self, places: pl.Series) -> None:
        new = [place for place in places if not self.said[place]]
        for place in new:
            treatment, prior = self.steps[place]
            self.said[place] = self._say(treatment, None if prior < 0 else units.quantity(prior, units.LEVEL))
        if new:
            self.table = pl.DataFrame(self.said, STANDING)

    def _say(self, treatment: Treatment, prior: Quantity | None) -> dict[str, str | None]:
        """The results that do not change from one step to the next."""
        plan = treatment.after(prior)
        lower, upper = plan.standing.lower, plan.standing.upper
        return {
            "ceiling_status": self.quoting.label(plan.status),
            "first_over_lower": self._crossing(lower.first_over),
            "first_over_upper": self._crossing(upper.first_over),
            "last_cycle_within_upper": None if upper.last_cycle_within is None else str(upper.last_cycle_within),
        }

    def _crossing(self, over: Crossing) -> str | None:
        return over and self.quoting.label(exposure.crossing(over))

    @units.exact
    def _ask(self, t: int, cell: str) -> dict[str, str | None]:
        """All results of the engine, for one exposure that is stated."""
        treatment = self.treatments[t]
        try:
            prior = request.prior(self.columns.said("prior", cell))
        except InputError as error:
            return self.refusals.say(error)._asdict()
        if treatment.made is None:
            return {}
        assert prior is not None
        room, before = treatment.room, Fraction(prior.magnitude)
        return self._say(treatment, prior) | {
            "cumulative_mg_per_m2": units.digits(before + Fraction(treatment.total)),
            "remaining_upper_mg_per_m2": None if room is None else units.digits(Fraction(room) - before),
        }


def _exposure(text: pl.Series, unit: str) -> pl.Series:
    """Prior exposures in mg/m², UNKNOWN where they are; null where the text is no plain number, in mg/m² where it has a unit."""
    unknown, none = (text == "") | (text == "unknown"), text == "none"
    if not unit:
        text = text.str.extract(r"^ *([0-9.]+) *mg/m(?:2|\^2|²) *$").fill_null("")
    short = text.str.contains(SHORT)
    brief = (unknown | none | short).all()
    plain = short if brief else bsa_column.plain(text)
    number = pl.when(plain).then(text.cast(BRIEF if brief else EXACT, strict=False))
    return pl.select(pl.when(unknown).then(UNKNOWN).when(none).then(0).otherwise(number)).to_series()


def digits(number: pl.Series) -> pl.Series:
    """Exact decimals as units.digits writes them."""
    text = number.cast(pl.String)
    at = text.str.ends_with("0").arg_true()
    return text.scatter(at, text[at].str.strip_chars_end("0").str.strip_chars_end(".")) if at.len() else text
