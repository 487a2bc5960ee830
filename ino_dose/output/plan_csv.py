"""A plan → a row a dose, as `plan -f csv` prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import plan_json
from .plain_values import Row

if TYPE_CHECKING:
    from ..engine.plan import Plan

NUMBERS = ("level_mg_per_m2", "calculated_mg", "dose_mg", "delivered_mg_per_m2", "cumulative_mg_per_m2")
PLANNED = ("cycle", "day", *NUMBERS, "ceiling_status", "source", "source_spot")
LIVED = (*PLANNED, "state", "date", "moved_days", "counted_mg_per_m2", "bsa_m2", "because")


def rows(found: Plan) -> list[Row]:
    """The rows of `plan -f csv`: the doses, with whose they are, and the source in two cells.

    A course with events or dates has the columns `LIVED`, any other those of `PLANNED`.
    """
    whose = {"id": found.patient, "regimen": found.regimen.id}
    columns = LIVED if found.course.lived else PLANNED
    doses = [
        dose | {"source": dose["source"]["id"], "source_spot": dose["source"]["spot"]}
        for dose in plan_json.doses(found)
    ]
    return [whose | {name: row[name] for name in columns} for row in doses]
