"""Checked orders → a row each, as `verify -f csv` prints them: the order's own columns, then the results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from ..verify import sentences
from . import json_and_csv, plain, verify_json
from .plain import Row

if TYPE_CHECKING:
    from ..verify.order import Check
    from ..verify.orders import Answer

RESULTS = (
    "used_bsa_m2",
    "expected_level_mg_per_m2",
    "calculated_mg",
    "expected_dose_mg",
    "deviation_percent",
    "deviation_mg_per_m2",
    "verdict",
    "cause",
    "sentence",
    "cause_sentence",
    "cumulative_mg_per_m2",
    "ceiling_status",
    "warnings",
    "error",
)
"""The columns that a file of orders gains."""


def rows(found: Check) -> list[Row]:
    """The only row of one order."""
    return [{"id": found.order.id} | _results(found)]


def lines(header: Sequence[str], answers: Iterable[Answer]) -> Iterator[str]:
    """The lines of CSV that `verify --orders` prints: a header, and one an order."""
    yield json_and_csv.line([*header, *RESULTS])
    for each in answers:
        results = _results(each.check) if each.check else dict.fromkeys(RESULTS) | {"error": each.error}
        yield json_and_csv.line([*(each.columns.get(name) for name in header), *results.values()])


def _results(found: Check) -> Row:
    due, one, causes = found.due[0], found.settled, sentences.because(found)
    expected = (one and verify_json.expected(one)) or {}
    off = (one and verify_json.deviation(one)) or {}
    sums = verify_json.cumulative(due) if len(found.due) == 1 else {}
    values = (
        plain.number(due.plan.body.bsa),
        expected.get("level_mg_per_m2"),
        expected.get("calculated_mg"),
        expected.get("dose_mg"),
        off.get("percent"),
        off.get("mg_per_m2"),
        found.verdict,
        found.causes[0].kinds[0] if found.causes else None,
        sentences.sentence(found),
        causes[0] if causes else None,
        sums.get("cumulative_mg_per_m2"),
        sums.get("ceiling_status"),
        " ".join(sentences.warnings(found)) or None,
        None,
    )
    return dict(zip(RESULTS, values, strict=True))
