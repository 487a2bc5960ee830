"""A frame of patients → where each course stands: distinct problems are planned once and joined back.

The sums of a course depend on the treatment alone, its milligrams on treatment and BSA, its standing
on treatment and prior exposure. Each of these is asked of the engine of `plan` once; the rows only
look up. Floats are a guess at which answer to look up, and are never trusted near a rounding tie or
a limit of what is plausible: there the row is read exactly as `plan` would read it.
"""

from __future__ import annotations

import polars as pl

from .. import request
from ..files import library
from . import bsa_column
from .amounts import Amounts, Placed, first
from .columns import RESULTS, Columns, find
from .doses import Doses
from .dress import PLAIN, Dress
from .standings import Standings

ROWS = 65_536


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
    columns = find(frame.columns, regimen, "frame")
    planner = Planner(columns, facts or library.facts(), round_to)
    steps = bsa_column.steps(columns)
    slices = (frame.slice(start, ROWS) for start in range(0, max(frame.height, 1), ROWS))
    return pl.concat([each.hstack(planner.plan(bsa_column.sizes(columns.words(each), steps))) for each in slices])


class Planner:
    """Plans frames of words one after the other, remembering the problems that were planned before."""

    def __init__(self, columns: Columns, facts: library.Facts, round_to: str, dress: Dress = PLAIN) -> None:
        rounding = request.rounding(round_to, facts.product)
        self.amounts = Amounts(columns, facts, rounding, dress)
        self.standings = Standings(columns, dress)
        self.by_dose = Doses(columns, rounding, dress)

    def plan(self, words: pl.DataFrame) -> pl.DataFrame:
        """The RESULTS of each row as dressed text, null where there are none. The words have been through guess.sizes."""
        return self._results(self.amounts.find(words))

    def doses(self, words: pl.DataFrame) -> tuple[pl.DataFrame, tuple[pl.DataFrame, pl.DataFrame]]:
        """The same, and a row a dose: whose it is, and what is said of it."""
        placed = self.amounts.find(words)
        results = self._results(placed)
        return results, self.by_dose.find(words, placed, results["error"])

    def _results(self, placed: Placed) -> pl.DataFrame:
        refused, t = placed.refused, placed.t
        if refused.null_count() < t.len():
            t = t.set(refused.is_not_null(), 0)
        stood = self.standings.find(placed.treatments, t, placed.prior)
        error = first(stood["error"], refused, placed.late)
        found = {**placed.amounts.to_dict(), **stood.to_dict(), "error": error}
        results = pl.DataFrame([found[name].alias(name) for name in RESULTS])
        if error.null_count() == refused.null_count():
            return results
        return results.with_columns(
            pl.when(pl.col("error").is_null()).then(pl.col(name)).alias(name) for name in RESULTS[:-1]
        )
