"""`sources:` and `source:` in any file → sources and citations, and whether each is there for the other."""

from __future__ import annotations

from collections.abc import Iterable

from ..engine.regimen import Citation, Source
from ..errors import Collected, InputError
from .yaml_node import Node, Record


def read(found: Record) -> tuple[Source, ...]:
    """What stands under `sources:`."""
    return found.read("sources", lambda at: tuple(_source(*pair) for pair in at.pairs()), ())


def _source(key: Node, value: Node) -> Source:
    found = value.record()
    doi, trial = found.text("doi") or None, found.text("trial") or None
    return Source(key.text(), found.text("cite"), found.text("read"), key.place, doi, trial)


def cited(found: Record, key: str = "source") -> tuple[Citation, ...]:
    """The spots under `source:`, or under another key that names sources."""
    return found.read(key, lambda at: tuple(Citation(id.text(), spot.prose(), id.place) for id, spot in at.pairs()), ())


def check(sources: Iterable[Source], cited: Iterable[Citation], faults: Collected, may_rest: bool = False) -> None:
    """Every citation without its source, and every source without a citation unless it `may_rest`."""
    known = {source.id: source for source in sources}
    spots = dict.fromkeys(cited)
    named = {citation.source for citation in spots}
    for citation in spots:
        with faults.here():
            if citation.source not in known:
                there = "the sources are " + ", ".join(known)
                raise InputError(citation.place, f"{citation.source!r} is not among the sources", there)
    for source in known.values():
        with faults.here():
            if not may_rest and source.id not in named:
                raise InputError(source.place, f"the source {source.id!r} is cited nowhere", "cite it or take it out")
