"""A YAML file → how records of hospitals name the drug, sizes, units, and what became of an administration."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from ..engine.regimen import Citation, Source
from ..errors import Collected
from . import schema, sources, text_file, yaml_node
from .yaml_node import Node


class Code(NamedTuple):
    """What a code of a system means, and who says so."""

    means: str
    system: str
    code: str
    citations: tuple[Citation, ...]


class Recognised(NamedTuple):
    """Every code that is recognised, and the systems by the addresses that FHIR gives them."""

    title: str
    codes: tuple[Code, ...]
    systems: dict[str, str]
    sources: tuple[Source, ...]

    def of(self, system: str) -> dict[str, str]:
        """What the codes of a system mean."""
        return {each.code: each.means for each in self.codes if each.system == system}


def read(path: Path) -> Recognised:
    """The codes in a file. Raises InputError with every fault that the file has."""
    faults = Collected()
    root = yaml_node.parse(text_file.load(path)[1], str(path), faults, schema.of("recognised"))
    found = root.record()
    faults.raise_any()
    codes: tuple[tuple[Code, ...], ...] = found.read("recognised", lambda at: at.each(_codes), ())
    systems: tuple[tuple[tuple[str, str, tuple[Citation, ...]], ...], ...] = found.read(
        "systems", lambda at: at.each(_system), ()
    )
    recognised = Recognised(
        found.text("title"),
        tuple(code for entry in codes for code in entry),
        {uri: name for entry in systems for uri, name, _ in entry},
        sources.read(found),
    )
    cited = [each for code in recognised.codes for each in code.citations]
    sources.check(
        recognised.sources, [*cited, *(each for entry in systems for *_, spots in entry for each in spots)], faults
    )
    seen = set[tuple[str, str]]()
    for code in recognised.codes:
        with faults.here():
            if (code.system, code.code) in seen:
                raise root.refused(f"the code {code.code} of {code.system} is there twice", "keep one")
            seen.add((code.system, code.code))
    faults.raise_any()
    return recognised


def _codes(at: Node) -> tuple[Code, ...]:
    found = at.record()
    means, system, spots = found.text("means"), found.text("system"), sources.cited(found)
    codes: tuple[str, ...] = found.read("codes", lambda at: at.each(Node.prose), ())
    return tuple(Code(means, system, code, spots) for code in codes)


def _system(at: Node) -> tuple[tuple[str, str, tuple[Citation, ...]], ...]:
    found = at.record()
    name, spots = found.text("name"), sources.cited(found)
    uris: tuple[str, ...] = found.read("uris", lambda at: at.each(Node.prose), ())
    return tuple((uri, name, spots) for uri in uris)
