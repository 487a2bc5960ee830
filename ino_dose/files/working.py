"""A sum as it is written out by hand, 0.6 + 0.3 + 5 × (0.3 + 0.3) → what it comes to, exactly."""

from __future__ import annotations

import re
from collections import deque
from fractions import Fraction

from .. import units

LONGEST_WORKING = 200
"""Characters of a working: its value then has no more digits, which are few enough to compute with and to print."""


def value(working: str) -> Fraction:
    """What the working comes to. Raises ValueError with what is wrong."""
    if len(working) > LONGEST_WORKING:
        raise ValueError(f"the working has more than {LONGEST_WORKING} characters")
    tokens = deque(re.findall(r"[0-9.]+|\S", working))
    try:
        found = _sum(tokens)
    except (ValueError, IndexError):
        tokens.append("?")
    if tokens:
        raise ValueError(f"the working {working!r} cannot be read")
    return found


def _sum(tokens: deque[str]) -> Fraction:
    value = _product(tokens)
    while tokens and tokens[0] == "+":
        tokens.popleft()
        value += _product(tokens)
    return value


def _product(tokens: deque[str]) -> Fraction:
    value = _factor(tokens)
    while tokens and tokens[0] == "×":
        tokens.popleft()
        value *= _factor(tokens)
    return value


def _factor(tokens: deque[str]) -> Fraction:
    token = tokens.popleft()
    if re.fullmatch(units.NUMBER, token):
        return Fraction(token)
    value = _sum(tokens)
    if (token, tokens.popleft()) != ("(", ")"):
        raise ValueError
    return value
