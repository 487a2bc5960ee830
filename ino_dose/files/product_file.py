"""A YAML file → the facts of the vial, the bag and the label's windows, read like a schedule."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

from .. import units
from ..engine.preparation import Product
from ..errors import Collected
from . import schema, sources, text_file, yaml_node
from .yaml_node import Node


def read(path: Path) -> Product:
    """The facts in a file. Raises InputError with every fault that the file has."""
    faults = Collected()
    found = yaml_node.parse(text_file.load(path)[1], str(path), faults, schema.of("product")).record()
    names = ("vial", "concentration", "bag", "rounding", "spacing", "window")
    facts = {name: fact for name in names if (fact := found.read(name, Node.record, None))}
    faults.raise_any()
    product = Product(
        title=found.text("title"),
        vial=facts["vial"].amount("delivers", units.DOSE),
        concentration=facts["concentration"].amount("is", units.CONCENTRATION),
        bag=facts["bag"].amount("volume", units.VOLUME),
        least=facts["bag"].amount("least", units.CONCENTRATION),
        most=facts["bag"].amount("most", units.CONCENTRATION),
        rounding=facts["rounding"].amount("within", units.SHARE),
        spacing=facts["spacing"].read("least", Node.days, 0),
        window=facts["window"].read("within", Node.days, 0),
        window_days=facts["window"].read("days", lambda at: at.each(Node.whole), ()),
        cited={name: sources.cited(fact) for name, fact in facts.items()},
        sources=sources.read(found),
    )
    sources.check(product.sources, chain.from_iterable(product.cited.values()), faults)
    faults.raise_any()
    return product
