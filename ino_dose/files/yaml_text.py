"""Nodes and texts → YAML on one line, as it can be read again."""

from __future__ import annotations

import json
import re

from .yaml_node import Node


def flow(node: Node) -> str:
    """The node on one line, as it can be read again: `{cycle: 1, day: 8, given: 0.9 mg}`."""
    if node.kind == "list":
        return f"[{', '.join(map(flow, node.entries))}]"
    if node.kind == "mapping":
        return f"{{{', '.join(f'{flow(key)}: {flow(value)}' for key, value in node.members)}}}"
    return plain(node.scalar or "")


def plain(text: str) -> str:
    """A text as one value: in quotes where bare words would be read otherwise."""
    bare = re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 ./%@²-]*", text) and text == text.strip()
    return text if bare else quoted(text)


def quoted(text: str) -> str:
    """A text in quotes, which no reader of YAML takes for a number or a date."""
    return json.dumps(text, ensure_ascii=False)
