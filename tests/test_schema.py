"""The JSON Schemas are what the reader goes by: neither knows a key that the other does not."""

import copy
import json
import re
from pathlib import Path

import jsonschema
import pytest
import referencing
import typer
import yaml
from referencing.jsonschema import DRAFT7

from ino_dose.commands import lint as command
from ino_dose.errors import InputError
from ino_dose.files import (
    ceiling_file,
    course_file,
    growth_file,
    library,
    product_file,
    recognised_file,
    regimen_file,
    schema,
)
from ino_dose.files.yaml_node import Record

HERE = Path(__file__).parent
FOLDER = library.BUNDLED / "schema"
KINDS = ("regimen", "ceiling", "product", "course", "growth", "recognised")
REGIMENS = [library.BUNDLED / f"{id}.yaml" for id in list(library.at().files)]
COURSES = {
    "docs/lived-course.yaml": (HERE.parent / "docs" / "lived-course.yaml").read_text("utf-8"),
    **{
        path.name: yaml.load(path.read_text("utf-8"), yaml.BaseLoader)["course"]
        for path in (HERE / "courses").glob("*.yaml")
    },
}
READ = {
    "regimen": regimen_file.read,
    "ceiling": ceiling_file.read,
    "product": product_file.read,
    "growth": growth_file.read,
    "recognised": recognised_file.read,
    "course": lambda path: course_file.read(str(path), library.at()),
}
EVERYTHING = """regimen: nhl-phase-1
patient: {id: A, height: 165 cm, weight: 68 kg, bsa: 1.8 m2, formula: mosteller, sex: f}
start: 2026-12-01
transplant: 2027-03-01
hsct: yes
prior:
  - {level: 0.8 mg/m2}
  - {dose: 1.5 mg, bsa: 1.95 m2}
  - {regimen: ino-vate, cycles: 2, remission after: 1}
cycles: 4
remission after: never
level: 1.8 mg/m2
round to: vial
prior gemtuzumab: yes
prior transplant: no
events:
  - {cycle: 1, day: 1, given: 1 mg, on: 2027-03-02, confirmed: true, after transplant: yes}
  - {cycle: 1, day: 1, omitted: fever}
  - {cycle: 1, day: 1, held: fever}
  - {cycle: 1, day: 1, on: 2026-12-02, because: fever}
  - {cycle: 1, remission: CR}
  - {cycle: 2, weight: 60 kg}
  - {cycle: 2, height: 131 cm}
  - {cycle: 2, bsa: 1.7 m2}
  - {cycle: 2, reduce: 25 %}
  - {cycle: 2, length: 28 d}
  - {cycle: 2, stop: VOD}
"""
"""A course file with every key. Read, it makes no sense together, and nobody plans it."""


class Editor(yaml.SafeLoader):
    """YAML as an editor reads it: `yes` and a date are text."""

    yaml_implicit_resolvers: dict = {}  # noqa: RUF012


Editor.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"[0-9]+$"), "0123456789")
Editor.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"[0-9]+\.[0-9]+$"), "0123456789")
Editor.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("(true|false)$"), "tf")


def valid(kind, data):
    return jsonschema.Draft7Validator(schema.of(kind)).is_valid(data)


@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_is_a_schema(kind):
    jsonschema.Draft7Validator.check_schema(schema.of(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_is_the_same_to_who_follows_its_references(kind):
    """What an editor reads from the folder has the keys and patterns that the reader goes by."""
    files = {path.name: json.loads(path.read_text("utf-8")) for path in FOLDER.iterdir()}
    registry = referencing.Registry().with_resources(
        (name, DRAFT7.create_resource(content)) for name, content in files.items()
    )
    follows = jsonschema.Draft7Validator({"$ref": f"{kind}.schema.json"}, registry=registry)
    for data in examples(kind):
        follows.validate(data)
        for place, value in changes(data):
            bad = spoilt(data, place, value)
            assert follows.is_valid(bad) == valid(kind, bad), place


def test_nothing_but_a_schema_of_each_kind_lies_in_the_folder():
    assert {path.name for path in FOLDER.iterdir()} == {f"{kind}.schema.json" for kind in KINDS}


def texts(kind):
    """Files of a kind, together with every key of its schema."""
    if kind == "course":
        return [EVERYTHING, *COURSES.values()]
    if kind == "regimen":
        own = (library.BUNDLED / "mrd-mdacc.yaml").read_text("utf-8")
        own = own.replace("day 1: 0.6 mg/m2", "day 1: {level: 0.6 mg/m2, source: {trial: Abstract}}")
        return [own, *(path.read_text("utf-8") for path in REGIMENS)]
    return [path.read_text("utf-8") for path in (library.BUNDLED / kind).iterdir()]


def examples(kind):
    """A few files as an editor sees them, one for each thing that spoiling may find."""
    if kind == "regimen":
        names = ("besponsa-label", "post-hsct-maintenance", "mrd-gimema", "a041703")
        return [yaml.load((library.BUNDLED / f"{name}.yaml").read_text("utf-8"), Editor) for name in names]
    return [yaml.load(text, Editor) for text in (texts(kind)[:1] if kind == "course" else texts(kind))]


@pytest.mark.parametrize("path", REGIMENS, ids=lambda path: path.stem)
def test_every_schedule_names_its_schema_for_the_editor(path):
    assert path.read_text("utf-8").startswith("# yaml-language-server: $schema=schema/regimen.schema.json\n")


@pytest.mark.parametrize("kind", KINDS)
def test_every_file_fits_its_schema(kind):
    for text in texts(kind):
        jsonschema.Draft7Validator(schema.of(kind)).validate(yaml.load(text, Editor))


@pytest.mark.parametrize("kind", KINDS)
def test_the_reader_reads_every_key_of_the_schema_and_no_other(kind, monkeypatch, tmp_path):
    read = {}

    def noted(record, key, convert, otherwise, original=Record.read):
        read.setdefault(record.node.shape["description"], set()).add(key)
        return original(record, key, convert, otherwise)

    monkeypatch.setattr(Record, "read", noted)
    path = tmp_path / "own.yaml"
    for text in texts(kind):
        path.write_text(text, "utf-8")
        READ[kind](path)
    here = {each["description"]: set(each["properties"]) for each in records(schema.of(kind))}
    assert {says: read.get(says) for says in here} == here


def records(form):
    """Every mapping with known keys in a schema."""
    if isinstance(form, dict):
        if "properties" in form:
            yield form
        form = form.values()
    if not isinstance(form, str | int):
        for each in form:
            yield from records(each)


def changes(data, place=()):
    """Each way to spoil a structure once: a key too many, a key too few, another kind of value."""
    if isinstance(data, dict):
        yield (*place, "no such key"), "a value"
        for key, value in data.items():
            yield (*place, key), None
            yield from changes(value, (*place, key))
    elif isinstance(data, list):
        yield place, "one value"
        alike = {tuple(each) if isinstance(each, dict) else "": index for index, each in enumerate(data)}
        for index in alike.values():
            yield from changes(data[index], (*place, index))
    else:
        yield place, {"a": "mapping"}
        yield place, ["a list"]
        yield place, "not that"


def spoilt(data, place, value):
    data = copy.deepcopy(data)
    at = data
    for key in place[:-1]:
        at = at[key]
    if value is None:
        del at[place[-1]]
    else:
        at[place[-1]] = value
    return data


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_schema_refuses_the_reader_refuses(kind, tmp_path):
    path, refused = tmp_path / "spoilt.yaml", 0
    for data in examples(kind):
        assert valid(kind, data)
        for place, value in changes(data):
            bad = spoilt(data, place, value)
            if not valid(kind, bad):
                refused += 1
                path.write_text(yaml.safe_dump(bad, allow_unicode=True, sort_keys=False), "utf-8")
                with pytest.raises(InputError):
                    READ[kind](path)
                    pytest.fail(f"{place} = {value!r}")
    assert refused > 20


def test_lint_prints_the_schema_complete_in_itself(capsys):
    command.lint(schema=True)
    printed = capsys.readouterr().out
    assert json.loads(printed) == schema.of("regimen")
    assert "$ref" not in printed


def test_lint_tells_editors_every_fault_with_its_line(tmp_path, capsys):
    path = tmp_path / "two-faults.yaml"
    text = (library.BUNDLED / "mrd-gimema.yaml").read_text("utf-8")
    path.write_text(text.replace("title: ", "titel: ").replace("patients: 20", "patients: 020"), "utf-8")
    faults = linted(path, capsys)
    assert [(each["file"], each["line"]) for each in faults] == [(str(path), line) for line in (2, 2, 18)]
    assert [each["hint"] for each in faults] == [
        "did you mean 'title'?",
        "add title: …",
        "write it like 3, without a leading zero",
    ]


def test_a_fault_of_the_whole_file_has_no_line(tmp_path, capsys):
    path = tmp_path / "large.yaml"
    path.write_bytes(b"#" * (1024 * 1024 + 1))
    (fault,) = linted(path, capsys)
    assert (fault["file"], fault["line"]) == (str(path), None)


def linted(path, capsys):
    with pytest.raises(typer.Exit) as exit:
        command.lint([path], format="json")
    assert exit.value.exit_code == 3
    return json.loads(capsys.readouterr().out)
