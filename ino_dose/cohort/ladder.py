"""Treatments and prior exposures → where each stands, by the column: the breaks of all treatments are one ladder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl

from .. import units
from .treatment import Standing, Treatment

EXACT, BRIEF = pl.Decimal(38, 29), pl.Decimal(38, 9)
"""Hold prior exposures below SPAN, and their sums, without rounding: all that may be written, and those of 9 places."""
SPAN = 1000
"""mg/m² from the breaks of one treatment to those of the next: as far as EXACT goes for more treatments than a block."""
TEXTS = Standing._fields[2:]
SCHEMA: dict[str, Any] = {"summed": pl.Boolean, "left": pl.Boolean} | dict.fromkeys(TEXTS, pl.String)


class Ladder:
    """Treatments in order, each with the rungs that begin at its breaks. `label` dresses the texts of a standing."""

    def __init__(self, label: Callable[[str], str]) -> None:
        self.label = label
        self.treatments: list[Treatment] = []
        self.steps: list[tuple[Treatment, int]] = []
        self.stood: list[tuple[Any, ...]] = []
        self.asked: set[int] = set()
        self.add([])

    @units.exact
    def add(self, added: list[Treatment]) -> None:
        """Put treatments behind those that are there."""
        if not added and self.treatments:
            return
        self.treatments += added
        of = list(enumerate(self.treatments))
        exact = [
            pl.Series([base * SPAN + each for base, made in of for each in made.breaks], dtype=EXACT),
            pl.Series([base * SPAN for base, _ in of], dtype=EXACT),
            pl.Series([made.total for _, made in of], dtype=EXACT),
            pl.Series([made.upper - made.total for _, made in of], dtype=EXACT),
        ]
        brief = [each.cast(BRIEF) for each in exact]
        self.known: dict[Any, list[pl.Series]] = {EXACT: exact}
        if all((less == more).all() for less, more in zip(brief, exact, strict=True)):
            self.known[BRIEF] = brief
        self.made = pl.Series([made.made is not None for _, made in of], dtype=pl.Boolean)
        self.steps += [(made, place) for made in added for place in range(len(made.breaks))]
        self.stood += [(None,) * len(SCHEMA)] * (len(self.steps) - len(self.stood))
        self.table = pl.DataFrame(self.stood, SCHEMA, orient="row")

    def find(self, t: pl.Series, exposure: pl.Series) -> pl.DataFrame:
        """The standings of exposures (mg/m²) after treatments, by their numbers; nothing where the exposure is null."""
        if exposure.dtype not in self.known:
            exposure = exposure.cast(EXACT)
        breaks, base, total, room = self.known[exposure.dtype]
        place = breaks.search_sorted(base[t] + exposure, side="left")
        place = pl.select(pl.when(exposure.is_not_null()).then(place - 1)).to_series()
        self._learn(set(place.drop_nulls().unique()) - self.asked)
        return self.table[place].select(
            cumulative_mg_per_m2=pl.when("summed").then(digits(exposure + total[t])),
            ceiling_status="status",
            remaining_upper_mg_per_m2=pl.when("left").then(digits(room[t] - exposure)),
            first_over_lower="lower",
            first_over_upper="upper",
            last_cycle_within_upper="within",
            error=pl.lit(None, pl.String),
        )

    def _learn(self, places: set[int]) -> None:
        if places:
            for place in places:
                treatment, step = self.steps[place]
                self.stood[place] = treatment.standing(step, self.label)
            self.asked |= places
            self.table = pl.DataFrame(self.stood, SCHEMA, orient="row")


def digits(number: pl.Series) -> pl.Series:
    """Exact decimals as units.digits writes them."""
    text = number.cast(pl.String)
    at = text.str.ends_with("0").arg_true()
    return text.scatter(at, text[at].str.strip_chars_end("0").str.strip_chars_end(".")) if at.len() else text
