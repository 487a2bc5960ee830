"""A line of NDJSON → its cells as text, or what is wrong with it."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any


class NoObject(Exception):
    """What is wrong with a line, and what to write instead."""

    def __init__(self, problem: str, hint: str = 'write it like {"id": "A1"}') -> None:
        self.problem, self.hint = problem, hint


def cells(line: str) -> dict[str, str | None]:
    """The values by key as they are written, numbers digit for digit. Raises NoObject."""
    try:
        found = json.loads(line, object_pairs_hook=_once, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        raise NoObject("the line is not a JSON object") from None
    if not isinstance(found, dict) or not found:
        raise NoObject("the line is not a JSON object")
    return {key: _cell(key, value) for key, value in found.items()}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise NoObject(f"the key {twice!r} is there twice", "keep one of the two")
    return found


def _cell(key: str, value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        raise NoObject(f"the key {key!r} has a list or an object", "write one value for each key")
    if "\0" in key or not _is_text(key) or (isinstance(value, str) and ("\0" in value or not _is_text(value))):
        raise NoObject(f"the key {key!r} has a character that is no text", "take it out")
    assert value is None or isinstance(value, str)
    return value


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
