"""Placed rows → a row a dose, with what `plan -f csv` says of it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import polars as pl

from .. import request, units
from ..engine import plan as plans
from ..engine.body import Body
from ..engine.dosing import Rounding
from ..output import plan_csv
from . import known
from .amounts import Placed
from .columns import Columns
from .dress import Dress
from .treatment import Treatment

DOSE = plan_csv.PLANNED
"""The columns of a dose, as `plan -f csv` prints them."""
BY_PRIOR = ("cumulative_mg_per_m2", "ceiling_status")
BY_SIZE = tuple(name for name in DOSE if name not in BY_PRIOR)


class Doses:
    """What `plan` says of each dose, made once for each treatment with a body, and with a prior exposure."""

    def __init__(self, columns: Columns, rounding: Rounding, dress: Dress) -> None:
        self.columns, self.rounding, self.dress = columns, rounding, dress
        self.treatments: list[Treatment] = []
        self.told: dict[Any, list[tuple[Any, ...]]] = {}

    def find(self, words: pl.DataFrame, placed: Placed, error: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Whose each dose is, and what is said of it; one row with the error where there is one."""
        if placed.treatments is not self.treatments or len(self.told) > known.MOST:
            self.treatments, self.told = placed.treatments, {}
        regimen = words["regimen"] if "regimen" in words.columns else pl.lit(self.columns.regimen)
        t = placed.t.set(error.is_not_null(), None)
        rows = words.select("id", t=t, s=placed.s, regimen=regimen, prior=placed.prior, error=error)
        planned = rows.drop_nulls("t")
        by_size = [
            (t, s, *row)
            for t, s in planned.select("t", "s").unique().iter_rows()
            for row in self._told(placed.treatments[t], placed.sizes[s].body, self._dosed, BY_SIZE)
        ]
        by_prior = [
            (t, prior, *row)
            for t, prior in planned.select("t", "prior").unique().iter_rows()
            for row in self._told(placed.treatments[t], prior, self._after, BY_PRIOR)
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
            rows = plan_csv.dose_rows(make(treatment, of))
            self.told[name] = [(n, *(self._text(row[key]) for key in keys)) for n, row in enumerate(rows)]
        return self.told[name]

    def _dosed(self, treatment: Treatment, body: Body) -> plans.Plan:
        made = treatment.made
        assert made is not None
        return plans.make(made.regimen, body, made.course, made.ceiling, self.rounding)

    def _after(self, treatment: Treatment, cell: str) -> plans.Plan:
        return treatment.plan(request.prior(self.columns.word("prior", cell)))

    def _text(self, value: Any) -> str | None:
        return (
            None
            if value is None
            else self.dress.label(value)
            if isinstance(value, str)
            else units.digits(Decimal(value))
        )


def _of(names: tuple[str, ...], kind: type[pl.DataType] = pl.String) -> dict[str, type[pl.DataType]]:
    return dict.fromkeys(names, kind)
