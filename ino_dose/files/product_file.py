"""A YAML file → the facts of the vial, the bag and the label's windows, read like a schedule."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .. import units
from ..engine.preparation import Product
from ..errors import Collected
from ..units import Kind
from . import regimen_file, schema, yaml_node
from .yaml_node import Node, Record

if TYPE_CHECKING:
    from ..units import Quantity


def read(path: Path) -> Product:
    """The facts in a file. Raises InputError with every fault that the file has."""
    faults = Collected()
    found = yaml_node.parse(yaml_node.load(path)[1], str(path), faults).record(schema.PRODUCT)
    names = ("vial", "concentration", "bag", "rounding", "spacing", "window")
    faults.raise_any()
    facts = {name: found.nodes[name].record(schema.PRODUCT["properties"][name]) for name in names}
    faults.raise_any()
    product = Product(
        title=found.text("title"),
        vial=_read(facts["vial"], "delivers", units.DOSE),
        concentration=_read(facts["concentration"], "is", units.CONCENTRATION),
        bag=_read(facts["bag"], "volume", units.VOLUME),
        least=_read(facts["bag"], "least", units.CONCENTRATION),
        most=_read(facts["bag"], "most", units.CONCENTRATION),
        rounding=_read(facts["rounding"], "within", units.SHARE),
        spacing=_days(facts["spacing"], "least"),
        window=_days(facts["window"], "within"),
        window_days=facts["window"].read("days", lambda at: at.each(Node.whole), ()),
        cited={name: fact.read("source", regimen_file.citations, ()) for name, fact in facts.items()},
        sources=found.read("sources", regimen_file.sources, ()),
    )
    faults.raise_any()
    return product


def _days(fact: Record, key: str) -> int:
    return units.days(fact.text(key), fact.nodes[key].place)


def _read(fact: Record, key: str, kind: Kind) -> Quantity:
    return units.read(fact.text(key), kind, fact.nodes[key].place)
