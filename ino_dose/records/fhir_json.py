"""A file of FHIR (NDJSON as in Bulk Data, a Bundle, one resource) → its resources one by one, numbers digit for digit."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from ..errors import InputError
from ..tables import row_file

Resource = dict[str, Any]
BLANKS = re.compile(r"[ \t\r\n]*")
WHAT = "write a FHIR R4 resource a line, or a Bundle"


class Number(str):
    """A number, digit for digit; a text that looks like one is none."""


class _Twice(Exception):
    """A key that is there twice in an object."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Twice(Counter(key for key, _ in pairs).most_common(1)[0][0])
    return found


_decoder = json.JSONDecoder(
    object_pairs_hook=_once, parse_float=Number, parse_int=Number, parse_constant=lambda name: Number(name)
)


def read(file: str, relevant: Sequence[bytes]) -> Iterator[tuple[str, Resource]]:
    """The resources of a file and where each stands. Raises InputError for what is no JSON, or no resource.

    A whole line of NDJSON in which nothing is found that is `relevant` is passed over unread; most are, of a hospital.
    """
    name, number, read = row_file.place(file), 0, False
    with row_file.opened(file) as stream:
        for number, line in enumerate(stream, 1):
            if line.isspace() or (number == 1 and not line.removeprefix(row_file.BOM).strip()):
                continue
            if read and not _has(relevant, line) and line[:1] == b"{" and line.rstrip()[-1:] == b"}":
                continue
            place = f"{name}:{number}"
            text = _text(line.removeprefix(row_file.BOM) if number == 1 else line, place)
            try:
                found = _decode(text, place)
            except json.JSONDecodeError as error:
                if read or text.lstrip()[:1] != "{":
                    raise InputError(place, f"is no JSON: {error.msg} at character {error.pos + 1}", WHAT) from None
                yield from _document(text + _text(stream.read(), place), name)
                return
            read = True
            yield from _resources(found, place)
    if not read:
        raise InputError(name, "the file is empty", WHAT)


def _has(words: Sequence[bytes], line: bytes) -> bool:
    for word in words:  # noqa: SIM110  any() takes twice as long
        if word in line:
            return True
    return False


def _text(line: bytes, place: str) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        raise InputError(place, *row_file.NOT_UTF8) from None


def _decode(text: str, place: str) -> Any:
    try:
        return _decoder.decode(text)
    except _Twice as twice:
        raise InputError(place, f"the key {twice} is there twice", "keep one of the two") from None
    except RecursionError:
        raise InputError(place, "is nested too deep", WHAT) from None


def _resources(found: Any, place: str) -> Iterator[tuple[str, Resource]]:
    """A resource, or those of a Bundle, which name themselves."""
    if not isinstance(found, dict) or not isinstance(found.get("resourceType"), str):
        raise InputError(place, "is no FHIR resource: it has no resourceType", WHAT)
    if found["resourceType"] != "Bundle":
        yield place, found
        return
    entries = found.get("entry", [])
    if not isinstance(entries, list):
        raise InputError(place, "is a Bundle whose entry is no list", WHAT)
    for entry in entries:
        yield from _entry(entry, place)


def _entry(entry: Any, place: str) -> Iterator[tuple[str, Resource]]:
    """The resource of an entry, which remembers the address that others name it by."""
    resource = entry.get("resource") if isinstance(entry, dict) else None
    request = entry.get("request") if isinstance(entry, dict) else None
    if isinstance(request, dict) and request.get("method") == "DELETE":
        return
    if isinstance(resource, dict) and isinstance(resource.get("resourceType"), str):
        resource |= {"fullUrl": entry.get("fullUrl"), "bundle": place}
        yield from _resources(resource, f"{place} {resource['resourceType']}/{resource.get('id', '?')}")


def _document(text: str, name: str) -> Iterator[tuple[str, Resource]]:
    """A Bundle over several lines: each entry is read when its turn comes, so that little more than the text is held."""
    try:
        at, kind, keys = _next(text, 0, "{"), "", set[str]()
        while text[at] != "}":
            key, at = _decoder.raw_decode(text, at)
            at = _next(text, at, ":")
            if key in keys:
                raise _Twice(key)
            keys.add(key)
            if key == "entry" and text[at] != "[":
                raise InputError(name, "is a Bundle whose entry is no list", WHAT)
            if key == "entry":
                at = _next(text, at, "[")
                while text[at] != "]":
                    entry, at = _decoder.raw_decode(text, at)
                    yield from _entry(entry, name)
                    at = _further(text, at, "]")
                at = _further(text, _next(text, at, "]"), "}")
            else:
                value, at = _decoder.raw_decode(text, at)
                at, kind = _further(text, at, "}"), value if key == "resourceType" else kind
        if kind != "Bundle":
            yield from _resources(_decode(text, name), name)
        if text[at + 1 :].strip():
            raise json.JSONDecodeError("more follows behind the object", text, at + 1)
    except _Twice as twice:
        raise InputError(name, f"the key {twice} is there twice", "keep one of the two") from None
    except (json.JSONDecodeError, IndexError) as error:
        line = text.count("\n", 0, getattr(error, "pos", len(text))) + 1
        problem = f"is no JSON: {getattr(error, 'msg', 'the file ends before its object does')}"
        raise InputError(f"{name}:{line}", problem, WHAT) from None
    except RecursionError:
        raise InputError(name, "is nested too deep", WHAT) from None


def _next(text: str, at: int, sign: str) -> int:
    """Behind a sign that has to stand here, and blanks."""
    at = _behind_blanks(text, at)
    if text[at] != sign:
        raise json.JSONDecodeError(f"{sign} is missing", text, at)
    return _behind_blanks(text, at + 1)


def _further(text: str, at: int, end: str) -> int:
    """At the next of a list, behind its comma, or at the sign that ends it."""
    at = _behind_blanks(text, at)
    return at if text[at] == end else _next(text, at, ",")


def _behind_blanks(text: str, at: int) -> int:
    found = BLANKS.match(text, at)
    return found.end() if found else at
