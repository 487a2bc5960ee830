"""How texts go into each format: a sentence and a label as cells, as JSON values, or as they are."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NamedTuple


class Dress(NamedTuple):
    """How a sentence and a label are written where results go; numbers stand as they are."""

    sentence: Callable[[str], str] = str
    label: Callable[[str], str] = str


PLAIN = Dress()


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


DRESS = {
    ("csv", True): Dress(sentence=_cell),
    ("csv", False): PLAIN,
    ("ndjson", True): Dress(json.dumps, json.dumps),
    ("ndjson", False): Dress(json.dumps, json.dumps),
    ("parquet", False): PLAIN,
}
"""By format, and by whether results go behind raw lines or beside columns."""
