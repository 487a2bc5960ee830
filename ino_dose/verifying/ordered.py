"""An order as it was written, by option or by column → a check of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from .. import asked, errors, library, units
from ..errors import Collected, InputError
from . import recompute
from .order import USUAL, Order, Tolerance

if TYPE_CHECKING:
    from .order import Check

NEEDED = {
    "regimen": "name one; ino-dose regimens lists them all",
    "cycle": "write the cycle ordered for, --cycle 2",
    "day": "write the day ordered for, --day 8",
    "dose": "write the mg ordered, --dose 0.91mg",
}
SIZES = ("height", "weight", "bsa", "stated_bsa", "formula", "sex")
COLUMNS = ("id", *NEEDED, *SIZES, "remission_after", "prior", "level", "tolerance")
"""The options of `verify` by the names they have as columns."""
MOST = units.quantity("50", units.SHARE)
Columns = Mapping[str, str | None]


def check(columns: Columns, facts: library.Facts) -> Check:
    """Check the order whose columns these are. Raises InputError for what cannot be used, by its option."""
    get, faults = columns.get, Collected()
    for name, hint in NEEDED.items():
        with faults.here():
            if get(name) is None:
                raise InputError("REGIMEN" if name == "regimen" else f"--{name}", "is missing", hint)
    faults.raise_any()
    with errors.placed({"--cycles": "--cycle"}):
        return recompute.check(
            facts.regimen(str(get("regimen"))),
            asked.body(get("height"), get("weight"), get("bsa"), get("formula"), get("sex")),
            asked.course(get("prior"), None, get("remission_after"), False, get("level")),
            facts.ceiling,
            _order(columns),
            USUAL if get("tolerance") is None else _tolerance(str(get("tolerance"))),
            facts.product,
            facts.all,
        )


def _order(columns: Columns) -> Order:
    cycle, day = (_whole(str(columns[name]), f"--{name}") for name in ("cycle", "day"))
    dose = units.read(str(columns["dose"]), units.DOSE, "--dose")
    if not dose.magnitude:
        raise InputError("--dose", "an order of 0 mg is no order", NEEDED["dose"])
    said = columns.get("stated_bsa")
    stated = None if said is None else units.read(said, units.AREA, "--stated-bsa")
    if stated is not None and not stated.magnitude:
        raise InputError("--stated-bsa", "a BSA of 0 is no BSA", "leave it out where the order states none")
    return Order(cycle, day, dose, stated, asked.text(columns.get("id"), "--id"))


def _whole(said: str, place: str) -> int:
    if not re.fullmatch("0|[1-9][0-9]{0,2}", said):
        raise InputError(place, f"{said!r} is not a whole number", "write it like 8")
    return int(said)


def _tolerance(said: str) -> Tolerance:
    """A tolerance that was stated is taken at its word: no rounding excuses what is past it."""
    share = units.read(said, units.SHARE, "--tolerance")
    if share > MOST:
        raise InputError("--tolerance", f"{said!r} is more than {units.show(MOST, units.SHARE)}", "write it like 5%")
    return Tolerance(share, rounding=False)
