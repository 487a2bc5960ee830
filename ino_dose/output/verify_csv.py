"""Checked orders → a row each, as `verify -f csv` prints them: the order's own columns, then the results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from ..verify import sentences
from . import json_and_csv, verify_json
from .plain_values import Row

if TYPE_CHECKING:
    from ..verify.order import Check
    from ..verify.order_file import Checked

DUE = ("used_bsa_m2", "expected_level_mg_per_m2", "calculated_mg", "expected_dose_mg")
OFF = ("deviation_percent", "deviation_mg_per_m2")
VERDICT = ("verdict", "cause", "sentence", "cause_sentence")
ORDER_RESULTS = (*DUE, *OFF, *VERDICT, "cumulative_mg_per_m2", "ceiling_status", "warnings", "error")
"""The columns that a file of orders gains."""


def rows(found: Check) -> list[Row]:
    """The only row of one order."""
    return [{"id": found.order.id} | _results(found)]


def lines(header: Sequence[str], checked: Iterable[Checked]) -> Iterator[str]:
    """The lines of CSV that `verify --orders` prints: a header, and one an order, its own cells as they came."""
    yield json_and_csv.line([*header, *ORDER_RESULTS])
    width = len(header)
    for each in checked:
        results = _results(each.check) if each.check else dict.fromkeys(ORDER_RESULTS) | {"error": each.error}
        own = [*each.cells[:width], *[None] * (width - len(each.cells))]
        yield json_and_csv.line([*own, *results.values()])


def _results(found: Check) -> Row:
    whole = verify_json.value(found)
    expected, off, sums = (whole[name] or {} for name in ("expected", "deviation", "cumulative"))
    causes = sentences.because(found)
    values = (
        whole["patient"]["bsa_m2"],
        *(expected.get(name) for name in ("level_mg_per_m2", "calculated_mg", "dose_mg")),
        *(off.get(name) for name in ("percent", "mg_per_m2")),
        found.verdict,
        found.causes[0].kinds[0] if found.causes else None,
        whole["sentence"],
        causes[0] if causes else None,
        *(sums.get(name) for name in ("cumulative_mg_per_m2", "ceiling_status")),
        " ".join(whole["warnings"]) or None,
        None,
    )
    return dict(zip(ORDER_RESULTS, values, strict=True))
