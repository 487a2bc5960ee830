"""`ino-dose regimens`: which regimens there are."""

from __future__ import annotations

from . import result
from .options import Format, Schedules


def regimens(format: Format = "table", schedules: Schedules = None) -> None:
    """List the regimens, those that cannot be planned among them."""
    from ..files import library

    found, faults = library.at(schedules).all()
    if format == "table":
        from ..output import regimens_page, terminal

        result.write(terminal.text(regimens_page.parts(found)))
    else:
        from ..output import regimens_json

        result.rows(regimens_json.value(found), format)
    result.tell(faults)
