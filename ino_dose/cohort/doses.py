"""Planned rows → a row a dose, with what `plan -f csv` says of it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import polars as pl

from .. import request, units
from ..engine import plan as plans
from ..output import plan_csv
from ..tables.blocks import Block
from . import memo
from .distinct import Planner
from .standing import Treatment

DOSE_COLUMNS = plan_csv.PLANNED
"""The columns of a dose, as `plan -f csv` prints them."""
BY_PRIOR = ("cumulative_mg_per_m2", "ceiling_status")
"""Those that depend on prior exposure; all others depend on the size."""
BY_SIZE = tuple(name for name in DOSE_COLUMNS if name not in BY_PRIOR)

Planned = tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]
"""Rows as they came, or whose they are, what is written beside them, and the results by patient, which are counted."""


class Doses:
    """What `plan` says of each dose, made once for each treatment with a size, and with a prior exposure."""

    def __init__(self, planner: Planner) -> None:
        self.planner = planner
        self.treatments: list[Treatment] = []
        self.told: dict[tuple[str, int, str], list[tuple[str | None, ...]]] = {}

    def plan(self, block: Block) -> Planned:
        """A row a dose: whose it is, and what is said of it. One row where there is an error."""
        results = self.planner.plan(block.words)
        if self.planner.treatments is not self.treatments or len(self.told) > memo.REMEMBERED:
            self.treatments, self.told = self.planner.treatments, {}
        regimen = block.words["regimen"] if "regimen" in block.words.columns else pl.lit(self.planner.columns.regimen)
        t = pl.when(pl.col("error").is_null()).then("t")
        rows = results.select("s", "prior", "error", block.words["id"], t=t, regimen=regimen)
        found = rows.join(
            self._told(rows, "s", self._of_size, BY_SIZE), ["t", "s"], "left", maintain_order="left_right"
        )
        by_prior = self._told(rows, "prior", self._of_prior, BY_PRIOR)
        found = found.join(by_prior, ["t", "prior", "n"], "left", maintain_order="left")
        return found.select("id", "regimen"), found.select(*DOSE_COLUMNS, "error"), results

    def _told(
        self, rows: pl.DataFrame, by: str, make: Callable[[Treatment, Any], plans.Plan], names: tuple[str, ...]
    ) -> pl.DataFrame:
        """What `plan` says of the doses of each treatment that is planned, by size or by prior exposure, in order."""
        found: list[tuple[Any, ...]] = []
        for t, key in rows.drop_nulls("t").select("t", by).unique().iter_rows():
            name = (by, t, self.planner.sizes[key].bsa if by == "s" else key)
            if name not in self.told:
                doses = plan_csv.rows(make(self.treatments[t], key))
                self.told[name] = [tuple(self._text(dose[each]) for each in names) for dose in doses]
            found += [(t, key, n, *texts) for n, texts in enumerate(self.told[name])]
        schema: dict[str, Any] = {"t": pl.UInt32, by: rows.schema[by], "n": pl.UInt32} | dict.fromkeys(names, pl.String)
        return pl.DataFrame(found, schema, orient="row")

    def _of_size(self, treatment: Treatment, s: int) -> plans.Plan:
        made, body = treatment.made, self.planner.sizes[s].body
        assert made and body
        return plans.make(made.regimen, body, made.course, made.ceiling, self.planner.rounding)

    def _of_prior(self, treatment: Treatment, cell: str) -> plans.Plan:
        return treatment.after(request.prior(self.planner.columns.said("prior", cell)))

    def _text(self, value: Any) -> str | None:
        if isinstance(value, str):
            return self.planner.quoting.label(value)
        return None if value is None else units.digits(Decimal(value))
