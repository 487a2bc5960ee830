"""How texts go into each format: a sentence and a label as cells, as JSON values, or as they are."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NamedTuple


class Dress(NamedTuple):
    """How a sentence and a label are written where results go, and how they read; numbers stand as they are."""

    sentence: Callable[[str], str] = str
    label: Callable[[str], str] = str
    bare: Callable[[str], str] = str


PLAIN = Dress()


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _of_cell(text: str) -> str:
    return text.strip('"').replace('""', '"')


def _of_json(text: str) -> str:
    said: str = json.loads('"' + text.strip('"') + '"')
    return said


DRESS = {
    ("csv", True): Dress(sentence=_cell, bare=_of_cell),
    ("csv", False): PLAIN,
    ("ndjson", True): Dress(json.dumps, json.dumps, _of_json),
    ("ndjson", False): Dress(json.dumps, json.dumps, _of_json),
    ("parquet", False): PLAIN,
}
"""By format, and by whether results go behind raw lines or beside columns."""
