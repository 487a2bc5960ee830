"""A YAML file → the facts of the vial, the bag and the label's windows, read like a schedule."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from .. import counts_and_dates, units
from ..engine.preparation import Product
from ..errors import Collected
from ..units import Kind
from . import schema, sources, text_file, yaml_node
from .yaml_node import Node, Record

if TYPE_CHECKING:
    from ..units import Quantity


def read(path: Path) -> Product:
    """The facts in a file. Raises InputError with every fault that the file has."""
    faults = Collected()
    found = yaml_node.parse(text_file.load(path)[1], str(path), faults, schema.of("product")).record()
    names = ("vial", "concentration", "bag", "rounding", "spacing", "window")
    facts = {name: fact for name in names if (fact := found.read(name, Node.record, None))}
    faults.raise_any()
    product = Product(
        title=found.text("title"),
        vial=_amount(facts["vial"], "delivers", units.DOSE),
        concentration=_amount(facts["concentration"], "is", units.CONCENTRATION),
        bag=_amount(facts["bag"], "volume", units.VOLUME),
        least=_amount(facts["bag"], "least", units.CONCENTRATION),
        most=_amount(facts["bag"], "most", units.CONCENTRATION),
        rounding=_amount(facts["rounding"], "within", units.SHARE),
        spacing=facts["spacing"].read("least", _days, 0),
        window=facts["window"].read("within", _days, 0),
        window_days=facts["window"].read("days", lambda at: at.each(Node.whole), ()),
        cited={name: sources.cited(fact) for name, fact in facts.items()},
        sources=sources.read(found),
    )
    sources.check(product.sources, chain.from_iterable(product.cited.values()), faults)
    faults.raise_any()
    return product


def _amount(fact: Record, key: str, kind: Kind) -> Quantity:
    return fact.read(key, lambda at: units.read(at.text(), kind, at.place), units.NO_LEVEL)


def _days(at: Node) -> int:
    return counts_and_dates.days(at.text(), at.place)
