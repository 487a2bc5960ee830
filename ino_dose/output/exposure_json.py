"""Exposures → the object that `exposure -f json` prints, by JSON's own names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from .. import __version__, units
from ..records import group
from ..records.record import COUNTINGS
from . import exposure_rows
from .plain_values import number, spots

if TYPE_CHECKING:
    from collections import Counter as Tally
    from fractions import Fraction

    from ..records.counting import Counter
    from ..records.exposures import Reading
    from ..records.group import Group
    from ..records.record import Exposure
    from .plain_values import Row

    Counts = Tally[Fraction] | Tally[int]


def value(found: Iterable[Exposure], together: Group, reading: Reading, counter: Counter) -> Row:
    """The patients, their administrations, and the group."""
    levels, ceiling, ended = counter.levels, counter.ceiling, reading.ended
    return {
        "format": "ino-dose exposure 1",
        "version": __version__,
        "levels_mg_per_m2": [number(level) for level in levels.fixed],
        "ranges_mg_per_m2": [[number(low), number(high)] for low, high in levels.ranges],
        "ceiling": {
            "lower_mg_per_m2": number(ceiling.lower),
            "upper_mg_per_m2": number(ceiling.upper),
            "source": spots(ceiling.citations),
        },
        "patients": [
            exposure_rows.patient(each)
            | {
                "transplant": None if each.transplant is None else str(each.transplant),
                "prior_mg_per_m2": None if each.prior is None else units.decimal(each.prior),
                "warnings": list(each.warnings),
                "administrations": [row for _, row in exposure_rows.doses(each)],
            }
            for each in found
        ],
        "group": {
            "patients": together.statuses.total(),
            "statuses": {status: together.statuses[status] for status in (*group.STATUSES, "refused", group.NO_DOSE)},
            "counted_mg_per_m2": _quantiles(together.exposures),
            "days_to_transplant": _quantiles(together.days),
        },
        "rows": {name: ended[name] for name in COUNTINGS},
        "passed_over": dict(sorted(reading.histories.passed.items())),
    }


def _quantiles(values: Counts) -> Row | None:
    found = group.quantiles(values)
    return {"of": values.total()} | {name: units.thousandths(each) for name, each in found.items()} if found else None
