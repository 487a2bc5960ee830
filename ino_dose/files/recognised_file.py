"""A YAML file → how records of hospitals name the drug, sizes, units, and what became of an administration."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from ..engine.regimen import Citation
from ..errors import Collected
from . import schema, sources, text_file, yaml_node
from .yaml_node import Node

Entry = tuple[str, str, tuple[str, ...], tuple[Citation, ...]]
System = tuple[str, tuple[str, ...], tuple[Citation, ...]]
"""What an entry says, and its citations."""


class Code(NamedTuple):
    """What a code of a system means."""

    means: str
    system: str
    code: str


class Codes(NamedTuple):
    """Every code that is recognised, and the systems by the addresses that FHIR gives them."""

    codes: tuple[Code, ...]
    systems: dict[str, str]

    def of(self, system: str) -> dict[str, str]:
        """What the codes of a system mean."""
        return {each.code: each.means for each in self.codes if each.system == system}


def read(path: Path) -> Codes:
    """The codes in a file. Raises InputError with every fault that the file has."""
    faults = Collected()
    root = yaml_node.parse(text_file.load(path)[1], str(path), faults, schema.of("recognised"))
    found = root.record()
    faults.raise_any()
    found.text("title")
    entries: tuple[Entry, ...] = found.read("recognised", lambda at: at.each(_codes), ())
    systems: tuple[System, ...] = found.read("systems", lambda at: at.each(_system), ())
    cited = [spot for spots in (*(entry[3] for entry in entries), *(system[2] for system in systems)) for spot in spots]
    sources.check(sources.read(found), cited, faults)
    codes = tuple(Code(means, system, code) for means, system, each, _ in entries for code in each)
    seen = set[tuple[str, str]]()
    for code in codes:
        with faults.here():
            if (code.system, code.code) in seen:
                raise root.refused(f"the code {code.code} of {code.system} is there twice", "keep one")
            seen.add((code.system, code.code))
    faults.raise_any()
    return Codes(codes, {uri: name for name, uris, _ in systems for uri in uris})


def _codes(at: Node) -> Entry:
    found = at.record()
    codes: tuple[str, ...] = found.read("codes", lambda at: at.each(Node.prose), ())
    return found.text("means"), found.text("system"), codes, sources.cited(found)


def _system(at: Node) -> System:
    found = at.record()
    uris: tuple[str, ...] = found.read("uris", lambda at: at.each(Node.prose), ())
    return found.text("name"), uris, sources.cited(found)
