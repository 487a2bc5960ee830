"""`schedules/schema/*.json` → what each kind of file may hold: the one description, for editors and for the reader.

Every `$ref` is replaced by the definition that it names; a description beside it stands in place of the definition's.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from . import BUNDLED

Shape = dict[str, Any]


@cache
def of(kind: str) -> Shape:
    """The JSON Schema of a `regimen`, `ceiling`, `product`, `growth` or `course` file, complete in itself."""
    name = f"{kind}.schema.json"
    return {key: _meant(value, name) for key, value in _file(name).items() if key != "definitions"}


@cache
def _file(name: str) -> Shape:
    found: Shape = json.loads((BUNDLED / "schema" / name).read_text("utf-8"))
    return found


@cache
def _definition(file: str, name: str) -> Shape:
    found: Shape = _meant(_file(file)["definitions"][name], file)
    return found


def _meant(form: Any, file: str) -> Any:
    if isinstance(form, list):
        return [_meant(each, file) for each in form]
    if not isinstance(form, dict):
        return form
    if "$ref" not in form:
        return {key: _meant(value, file) for key, value in form.items()}
    other, _, name = form["$ref"].partition("#/definitions/")
    return _definition(other or file, name) | {key: value for key, value in form.items() if key != "$ref"}
