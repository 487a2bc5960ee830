"""Treatments and prior exposures → sums, room left and standing, or what is wrong with the exposure."""

from __future__ import annotations

import polars as pl

from .. import request, units
from ..errors import InputError
from . import bsa_column, known, refusals
from .columns import Columns
from .dress import Dress
from .known import Known
from .ladder import BRIEF, EXACT, SPAN, Ladder
from .treatment import Treatment

SHORT = r"^(?:0|[1-9][0-9]{0,3})(?:\.[0-9]{1,9})?$"
"""Numbers that ladder.BRIEF holds."""
TEXTS = (
    "cumulative_mg_per_m2",
    "ceiling_status",
    "remaining_upper_mg_per_m2",
    "first_over_lower",
    "first_over_upper",
    "last_cycle_within_upper",
    "error",
)


class Standings:
    """Looks up where treatments stand after prior exposures, or finds it by the column where few come twice."""

    def __init__(self, columns: Columns, dress: Dress) -> None:
        self.columns, self.dress = columns, dress
        self.refusals = refusals.Refusals(columns, dress.sentence)
        self._forget([])

    def _forget(self, treatments: list[Treatment]) -> None:
        self.treatments, self.ladder = treatments, Ladder(self.dress.label)
        self.stood = Known(["t", "prior"], self._standings)

    def find(self, treatments: list[Treatment], t: pl.Series, prior: pl.Series) -> pl.DataFrame:
        """The standings of prior exposures after treatments, by their numbers; nothing where a number is null."""
        if treatments is not self.treatments or len(self.stood) > known.MOST:
            self._forget(treatments)
        self.ladder.add(treatments[len(self.ladder.treatments) :])
        rows = pl.DataFrame({"t": t, "prior": prior})
        few = prior.head(1000).n_unique() * 16 < min(rows.height, 1000)
        return self.stood.find(rows) if few else self._standings(rows)

    def _standings(self, rows: pl.DataFrame) -> pl.DataFrame:
        t, text = rows["t"], rows["prior"]
        exposure = _exposure(text)
        planned = self.ladder.made[t]
        fits = planned & (exposure < SPAN - 3).fill_null(False)
        found = self.ladder.find(t, pl.select(pl.when(fits).then(exposure)).to_series())
        odd = exposure.is_null() | planned & ~fits
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
        return pl.DataFrame(found, dict.fromkeys(TEXTS, pl.String), orient="row")

    @units.exact
    def _ask(self, treatment: Treatment, cell: str) -> tuple[str | None, ...]:
        try:
            prior = request.prior(self.columns.word("prior", cell))
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


def _exposure(text: pl.Series) -> pl.Series:
    """Prior exposures in mg/m², −2 where they are unknown; null where the text is no plain number."""
    unknown, none, plain = (text == "") | (text == "unknown"), text == "none", text.str.contains(SHORT)
    brief = (unknown | none | plain).all()
    plain = plain if brief else bsa_column.plain(text)
    number = pl.when(plain).then(text.cast(BRIEF if brief else EXACT, strict=False))
    return pl.select(pl.when(unknown).then(-2).when(none).then(0).otherwise(number)).to_series()
