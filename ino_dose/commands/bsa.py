"""`ino-dose bsa`: body surface area by every formula."""

from __future__ import annotations

from . import result
from .options import Format, Height, Sex, Weight


def bsa(height: Height = None, weight: Weight = None, sex: Sex = None, format: Format = "table") -> None:
    """Body surface area by every formula, each with its paper."""
    from .. import request, units
    from ..engine import body as bodies
    from ..output import bsa_json

    found = bodies.areas(*request.sizes(height, weight), sex)
    if format == "table":
        from ..output import bsa_page, terminal

        rows = (
            (row["formula"], units.digits(row["bsa_m2"]) if row["bsa_m2"] else row["note"], row["source"])
            for row in bsa_json.areas(found)
        )
        result.write(terminal.text(bsa_page.areas(rows)))
    else:
        result.rows(bsa_json.areas(found), format)
