"""A YAML node that knows its line; scalars stay text until asked to be more.

`yaml.safe_load` keeps the last of two equal keys, reads `010` as 8, `no` as false and `0.80` as a
float, and forgets the lines. Nothing of that can happen here: anchors, aliases and tags are refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar

import yaml

from .. import counts_and_dates, errors, units
from ..errors import Collected, InputError

if TYPE_CHECKING:
    from ..units import Quantity

DEEPEST = 20
LONGEST_VALUE = 2000
"""Characters of one value: what is refused is repeated to the person, and no value needs half as many."""
T = TypeVar("T")
Kind = Literal["value", "list", "mapping"]
Shape = Mapping[str, Any]
_ANY: Shape = {}
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TOO_DEEP = (f"is nested more than {DEEPEST} deep", "a schedule is nested 5 deep at most")
_NO_YAML = {
    r"nesting": _TOO_DEEP,
    r"',' or": (
        "a bracket or brace is not closed before this line",
        "write , between the entries, ] or } behind them, and a text with : or # in quotes",
    ),
    r"mapping values": (
        "a second key: stands inside a value",
        "write one key a line, and a text with a colon in quotes",
    ),
    r"start any token": (
        "a tab, or a value that begins with @, ` or %",
        "indent with spaces, and put the value in quotes",
    ),
    r"end of stream": ("a quote is not closed", "close it, with the sign that it was opened with"),
    r"escape|hex": (
        "a backslash is not plain text inside double quotes",
        "write the character itself, or single quotes",
    ),
    r"indicator|block end|expected key|document start|could not find expected ':'": (
        "a key without its colon, or indented otherwise than those before it",
        "write key: value, under the first letter of the key above",
    ),
}
"""What either parser says of a file that is no YAML, by some words of it → what is wrong, and what to write."""
_OTHERWISE = ("is not valid YAML here", "check quotes, brackets and indentation")


class Node(NamedTuple):
    """A piece of a file: its place (`file:line`), and its text, its entries or its members.

    `faults` is where the file's faults are gathered while reading goes on; `shape` is what the
    schema says may stand here.
    """

    place: str
    kind: Kind
    faults: Collected
    shape: Shape
    scalar: str | None = None
    entries: tuple[Node, ...] = ()
    members: tuple[tuple[Node, Node], ...] = ()

    def refused(self, problem: str, hint: str = "") -> InputError:
        """The error that says what is wrong here."""
        return InputError(self.place, problem, hint)

    def text(self) -> str:
        """The scalar as it is written."""
        if self.scalar is None:
            raise self.refused(f"one value belongs here, not a {self.kind}", "write one value")
        if not self.scalar.strip():
            raise self.refused("a value is missing here", "write it after the colon, or leave the key out")
        if len(self.scalar) > LONGEST_VALUE:
            raise self.refused(f"one value here has more than {LONGEST_VALUE} characters", "shorten it")
        if not self.scalar.replace("\n", " ").isprintable():
            raise self.refused("a character here cannot be printed", "write plain text")
        return self.scalar

    def prose(self) -> str:
        """The same on one line: no line of a title is taken for one of a result."""
        return " ".join(self.text().split("\n")).strip() if "\n" in self.text() else self.text()

    def fitting(self) -> str:
        """The text, which is one that the schema allows here."""
        said, words = self.text(), self.shape.get("enum", ())
        if re.search(self.shape.get("pattern", ""), said) and (not words or said in words):
            return self.prose()
        hint = " or ".join(word for word in words if isinstance(word, str)) or self.shape["description"]
        raise self.refused(f"{said!r} cannot stand here", f"write {hint}")

    def match(self) -> re.Match[str] | None:
        """The text against the one pattern that the schema has for it."""
        (pattern,) = [each["pattern"] for each in self.shape.get("anyOf", [self.shape]) if "pattern" in each]
        return re.fullmatch(pattern, self.text())

    def whole(self) -> int:
        """A whole number from 1, written plainly."""
        hint = "write it like 3, without a leading zero"
        return counts_and_dates.whole(self.text(), self.place, "a whole number from 1", hint, digits=6)

    def days(self) -> int:
        """A number of days, written with its unit."""
        return counts_and_dates.days(self.text(), self.place)

    def amount(self, kind: units.Kind) -> Quantity:
        """A number and its unit, in the unit of the kind."""
        return units.read(self.text(), kind, self.place)

    def items(self) -> tuple[Node, ...]:
        """The entries of a list, of which there is at least one."""
        if self.kind != "list":
            raise self.refused(f"a list belongs here, not a {self.kind}", "write - before each entry")
        if not self.entries:
            raise self.refused("the list is empty", "write an entry or leave the key out")
        return self.entries

    def pairs(self) -> tuple[tuple[Node, Node], ...]:
        """The keys of a mapping and their values, in order; there is at least one."""
        if self.kind != "mapping":
            raise self.refused(f"key: value belongs here, not a {self.kind}", "write key: value")
        if not self.members:
            raise self.refused("nothing stands between the braces", "write key: value or leave the key out")
        return self.members

    def each(self, convert: Callable[[Node], T]) -> tuple[T, ...]:
        """Every entry of a list, converted; what cannot be is a fault and left out."""
        found = []
        for item in self.items():
            with self.faults.here():
                found.append(convert(item))
        return tuple(found)

    def record(self) -> Record:
        """The values by key, for the keys that the schema has here; any other key is a fault."""
        record = Record(self)
        for key, value in self.pairs():
            with self.faults.here():
                if key.text() not in self.shape["properties"]:
                    known = list(self.shape["properties"])
                    raise key.refused(f"{key.text()!r} is not a key here", _nearest(key.text(), known))
                record.nodes[key.text()] = value
        for name in self.shape["required"]:
            with self.faults.here():
                if name not in record.nodes:
                    raise self.refused(f"{name!r} is missing", f"add {name}: …")
        return record


class Record:
    """A mapping with known keys. Reading a value that is wrong notes the fault and goes on."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.nodes: dict[str, Node] = {}

    def __contains__(self, key: str) -> bool:
        return key in self.nodes

    def read(self, key: str, convert: Callable[[Node], T], otherwise: T) -> T:
        """The value of a key, converted, or `otherwise` where it is left out or wrong."""
        with self.node.faults.here():
            if key in self.nodes:
                return convert(self.nodes[key])
        return otherwise

    def amount(self, key: str, kind: units.Kind) -> Quantity:
        """The amount of a key, 0 where it is left out or wrong."""
        return self.read(key, lambda at: at.amount(kind), units.quantity("0", kind))

    def text(self, key: str) -> str:
        """The text of a key as the schema allows it, empty where it is left out."""
        return self.read(key, Node.fitting, "")


MEANT = {"reason": "because", "why": "because", "skipped": "held", "missed": "held"}
"""Usual other words for keys."""


def _nearest(word: str, known: list[str]) -> str:
    from difflib import get_close_matches

    if word[0] in "0123456789":
        return "between braces a comma ends a value: write a point, as in 82.5 kg"
    near = [MEANT[word]] if MEANT.get(word) in known else get_close_matches(word, known, 1)
    if not near and " " in word:
        return "between braces a comma ends a value: put a text with a comma in quotes"
    return f"did you mean {near[0]!r}?" if near else "the keys are " + ", ".join(known)


def parse(text: str, name: str, faults: Collected, shape: Shape) -> Node:
    """The one document in `text`, each node with its part of `shape` (JSON Schema). A key written twice goes to `faults`; what is no YAML is raised."""
    name = errors.printable(name)
    try:
        return _Reader(yaml.parse(text, Loader=_LOADER), name, faults).document(shape)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        said = next((ours for words, ours in _NO_YAML.items() if re.search(words, str(error.problem))), _OTHERWISE)
        raise InputError(f"{name}:{line}", *said) from None
    except yaml.reader.ReaderError:
        character = yaml.reader.Reader.NON_PRINTABLE.search(text)  # libyaml counts bytes, PyYAML characters
        line = text.count("\n", 0, character.start()) + 1 if character else 1
        raise InputError(f"{name}:{line}", "has a character that YAML does not allow", "take it out") from None


class _Reader:
    """A parser's events → nodes."""

    def __init__(self, events: Iterator[yaml.Event], name: str, faults: Collected) -> None:
        self.events = events
        self.name = name
        self.faults = faults

    def document(self, shape: Shape) -> Node:
        next(self.events)
        if not isinstance(next(self.events), yaml.DocumentStartEvent):
            opening = shape["required"][0]
            raise InputError(f"{self.name}:1", "is empty", f"write {opening}: … and what follows it")
        root = self.node(next(self.events), shape, 0)
        next(self.events)
        if isinstance(after := next(self.events), yaml.DocumentStartEvent):
            raise InputError(self.place(after), "a second document starts here", "one file holds one")
        return root

    def node(self, event: yaml.Event, shape: Shape, depth: int) -> Node:
        place = self.place(event)
        _refuse_tricks(event, place, depth)
        if isinstance(event, yaml.ScalarEvent):
            return Node(place, "value", self.faults, shape, scalar=event.value)
        if isinstance(event, yaml.SequenceStartEvent):
            shape = _suiting(shape, "array")
            return Node(place, "list", self.faults, shape, entries=tuple(self.entries(shape, depth + 1)))
        shape = _suiting(shape, "object")
        return Node(place, "mapping", self.faults, shape, members=tuple(self.members(shape, depth + 1)))

    def entries(self, shape: Shape, depth: int) -> Iterator[Node]:
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            yield self.node(event, shape.get("items", _ANY), depth)

    def members(self, shape: Shape, depth: int) -> Iterator[tuple[Node, Node]]:
        first: dict[str, str] = {}
        known = shape.get("properties", _ANY)
        ((pattern, free),) = shape.get("patternProperties", {"": _ANY}).items()
        word = {"pattern": pattern}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.node(event, word, depth)
            value = self.node(next(self.events), known.get(key.scalar, free), depth)
            if key.scalar is None:
                raise key.refused(f"a {key.kind} cannot be a key", "write one word before the colon")
            with self.faults.here():
                if key.scalar in first:
                    line = first[key.scalar].rpartition(":")[2]
                    raise key.refused(f"{key.scalar!r} is written twice (first on line {line})", "keep one")
                first[key.scalar] = key.place
            yield key, value

    def place(self, event: yaml.Event) -> str:
        return f"{self.name}:{event.start_mark.line + 1 if event.start_mark else 1}"


def _suiting(shape: Shape, type: str) -> Shape:
    """What a schema says of a list or a mapping, where it allows something else as well."""
    return next((each for each in shape.get("anyOf", ()) if each.get("type") == type), shape)


def _refuse_tricks(event: yaml.Event, place: str, depth: int) -> None:
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise InputError(place, "anchors (&) and aliases (*) are not allowed", "write the value out")
    if getattr(event, "tag", None):
        raise InputError(place, "tags (!) are not allowed", "write the plain value")
    if depth > DEEPEST:
        raise InputError(place, *_TOO_DEEP)
