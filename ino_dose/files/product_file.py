"""A YAML file → the facts of the vial, the bag and the label's windows, read like a schedule."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import Any

from .. import units
from ..engine.preparation import Code, Product, Rule
from ..errors import Collected
from . import regimen_file, schema, sources, text_file, yaml_node
from .yaml_node import Node


def read(path: Path, vial: str = "vial") -> Product:
    """The facts in a file, with the vial of this key. Raises InputError with every fault that the file has."""
    faults = Collected()
    found = yaml_node.parse(text_file.load(path)[1], str(path), faults, schema.of("product")).record()
    names = ("vial", "eu vial", "concentration", "bag", "rounding", "spacing", "window")
    facts = {name: fact for name in names if (fact := found.read(name, Node.record, None))}
    faults.raise_any()
    rules: tuple[Rule, ...] = found.read("rules", lambda at: at.each(_rule), ())
    not_found: tuple[str, ...] = found.read("not found", lambda at: at.each(Node.prose), ())
    vials = {name: facts[name].amount("delivers", units.DOSE) for name in ("vial", "eu vial")}
    notes = {name: facts[name].text("note") for name in vials}
    product = Product(
        title=found.text("title"),
        label=found.text("label"),
        vial=vials[vial],
        vial_note=notes[vial],
        concentration=facts["concentration"].amount("is", units.CONCENTRATION),
        bag=facts["bag"].amount("volume", units.VOLUME),
        least=facts["bag"].amount("least", units.CONCENTRATION),
        most=facts["bag"].amount("most", units.CONCENTRATION),
        rounding=facts["rounding"].amount("within", units.SHARE),
        spacing=facts["spacing"].read("least", Node.days, 0),
        window=regimen_file.window(found.nodes["window"]),
        cited={name: sources.cited(facts[vial if name == "vial" else name]) for name in facts},
        sources=sources.read(found),
        codes=found.read("codes", lambda at: at.each(_code), NO_CODES),
        rules=rules,
        not_found=not_found,
    )
    cited = chain(product.cited.values(), (rule.citations for rule in product.rules))
    sources.check(product.sources, chain.from_iterable(cited), faults)
    faults.raise_any()
    return product


NO_CODES: tuple[Code, ...] = ()
NEVER_NAMED: dict[str, Any] = {}
"""What touches a rule that is only shown."""


def _code(at: Node) -> Code:
    found = at.record()
    return Code(found.text("system"), found.text("code"), found.text("standing"))


def _rule(at: Node) -> Rule:
    found = at.record()
    return Rule(found.text("says"), sources.cited(found), found.text("only"), **found.read("if", _touched, NEVER_NAMED))


def _touched(at: Node) -> dict[str, Any]:
    """What an event is that touches a rule."""
    found = at.record()
    days: tuple[int, ...] = found.read("days", lambda at: at.each(Node.whole), ())
    words: tuple[str, ...] = found.read("because", lambda at: at.each(Node.prose), ())
    return {
        "days": days,
        "words": words,
        "longer": found.read("longer than", Node.days, 0),
        "raised": found.text("raised again") == "yes",
    }
