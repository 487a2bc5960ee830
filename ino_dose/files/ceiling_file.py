"""A YAML file → a ceiling: two limits in mg/m², and who advises them."""

from __future__ import annotations

from pathlib import Path

from .. import units
from ..engine.exposure import Ceiling
from ..errors import Collected
from . import regimen_file, schema, sources, text_file, yaml_node


def read(path: Path) -> Ceiling:
    """The ceiling in a file. Raises InputError with every fault that the file has."""
    faults = Collected()
    root = yaml_node.parse(text_file.load(path)[1], str(path), faults, schema.of("ceiling"))
    found = root.record()
    ceiling = Ceiling(
        id=path.stem,
        place=root.place,
        title=found.text("title"),
        lower=found.read("lower", regimen_file.level, units.NO_LEVEL),
        upper=found.read("upper", regimen_file.level, units.NO_LEVEL),
        basis=found.text("basis"),
        citations=sources.cited(found),
        sources=sources.read(found),
    )
    faults.raise_any()
    sources.check(ceiling.sources, ceiling.citations, faults)
    with faults.here():
        if ceiling.lower > ceiling.upper:
            raise root.refused("the lower limit is above the upper one", "exchange the two")
    faults.raise_any()
    return ceiling
