"""`ino-dose bsa`: body surface area by every formula."""

from __future__ import annotations

from . import result
from .options import Format, Height, Sex, Weight


def bsa(height: Height = None, weight: Weight = None, sex: Sex = None, format: Format = "table") -> None:
    """Body surface area by every formula, each with its paper."""
    from .. import request
    from ..engine import body as bodies

    found = bodies.areas(*request.sizes(height, weight), sex)
    if format == "table":
        from ..output import bsa_page, terminal

        result.write(terminal.text(bsa_page.parts(found)))
    else:
        from ..output import bsa_json

        result.rows(bsa_json.value(found), format)
