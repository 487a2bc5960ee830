"""A YAML file → from which body mass index on, by height, a weight looks like pounds that were typed as kilograms."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from .. import units
from ..engine.body import Growth, Step
from ..errors import Collected
from . import schema, sources, text_file, yaml_node
from .yaml_node import Node


def read(path: Path) -> Growth:
    """The growth references in a file. Raises InputError with every fault that the file has."""
    faults = Collected()
    root = yaml_node.parse(text_file.load(path)[1], str(path), faults, schema.of("growth"))
    found = root.record()
    always = found.read("always", Node.record, None)
    faults.raise_any()
    assert always
    growth = Growth(
        title=found.text("title"),
        basis=found.text("basis"),
        steps=found.read("steps", lambda at: at.each(_step), ()),
        always=always.amount("from", units.MASS_INDEX),
        citations=sources.cited(always),
        sources=sources.read(found),
    )
    sources.check(
        growth.sources, [*growth.citations, *(each for step in growth.steps for each in step.citations)], faults
    )
    with faults.here():
        limits = [(step.to, step.above) for step in growth.steps]
        if any(one[0] >= other[0] or one[1] >= other[1] for one, other in pairwise(limits)):
            raise root.refused("the steps do not increase", "write the lowest height and body mass index first")
    faults.raise_any()
    return growth


def _step(at: Node) -> Step:
    found = at.record()
    return Step(found.amount("to", units.HEIGHT), found.amount("above", units.MASS_INDEX), sources.cited(found))
