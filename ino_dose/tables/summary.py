"""What is said of a whole table when all of its rows are done."""

from __future__ import annotations

from ..engine import remarks

NO_PRIOR_COLUMN = f"{remarks.NO_PRIOR}: no column prior_mg_per_m2."
NO_FROM_CYCLE = (
    "Prior exposure is taken to be from before each course, which begins with its first cycle: no column from_cycle."
)


def repeated(ids: int, among: str = "") -> str:
    """That ids stand in several rows, which is no fault."""
    return f"{ids} {'id stands' if ids == 1 else 'ids stand'} in several rows{among}."


def formulas(cells: int) -> str:
    """That cells begin like a formula."""
    said, them = ("1 cell begins", "it") if cells == 1 else (f"{cells} cells begin", "them")
    return f"{said} like a formula (=, +, -, @): a spreadsheet would run {them}."
