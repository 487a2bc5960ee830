"""The JSON Schema and the reader are one description: neither knows a key that the other does not."""

import copy
import json
from pathlib import Path

import jsonschema
import pytest
import typer
import yaml

from ino_dose.commands import lint as command
from ino_dose.files import library, lint, regimen_file, schema
from ino_dose.files.yaml_node import Record

FILES = [library.BUNDLED / f"{id}.yaml" for id in list(library.at().files)]
COPY = library.BUNDLED / "schema" / "regimen.schema.json"
VALIDATOR = jsonschema.Draft7Validator(schema.SCHEMA)


def plain(path):
    """The file as an editor sees it, with yes and no as they are written."""
    return json.loads(json.dumps(yaml.safe_load(path.read_text("utf-8"))), object_hook=worded)


def worded(mapping):
    words = {True: "yes", False: "no"}
    return {key: words[value] if isinstance(value, bool) else value for key, value in mapping.items()}


def test_the_schema_is_a_schema():
    jsonschema.Draft7Validator.check_schema(schema.SCHEMA)


def test_the_copy_beside_the_schedules_is_the_one_that_is_printed():
    assert json.loads(COPY.read_text("utf-8")) == schema.SCHEMA


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_schedule_fits_the_schema_and_names_it_for_the_editor(path):
    VALIDATOR.validate(yaml.safe_load(path.read_text("utf-8")))
    assert path.read_text("utf-8").startswith("# yaml-language-server: $schema=schema/regimen.schema.json\n")


def test_the_reader_reads_every_key_of_the_schema_and_no_other(monkeypatch, tmp_path):
    read = {}

    def noted(record, key, convert, otherwise, original=Record.read):
        read.setdefault(record.shape["description"], set()).add(key)
        return original(record, key, convert, otherwise)

    monkeypatch.setattr(Record, "read", noted)
    for path in FILES:
        regimen_file.read(path)
    own_source = tmp_path / "own-source.yaml"
    own_source.write_text(
        (library.BUNDLED / "mrd-mdacc.yaml")
        .read_text("utf-8")
        .replace("day 1: 0.6 mg/m2", "day 1: {level: 0.6 mg/m2, source: {trial: Abstract}}")
    )
    regimen_file.read(own_source)
    assert read == {each["description"]: set(each["properties"]) for each in records(schema.SCHEMA)}


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
        yield from changes(data[0], (*place, 0))
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


@pytest.mark.parametrize("id", ["besponsa-label", "post-hsct-maintenance", "mrd-gimema", "a041703"])
def test_what_the_schema_refuses_the_reader_refuses(id, tmp_path):
    data, path = plain(library.BUNDLED / f"{id}.yaml"), tmp_path / "spoilt.yaml"
    assert VALIDATOR.is_valid(data)
    refused = 0
    for place, value in changes(data):
        bad = spoilt(data, place, value)
        path.write_text(yaml.safe_dump(bad, allow_unicode=True, sort_keys=False), "utf-8")
        if not VALIDATOR.is_valid(bad):
            refused += 1
            assert lint.faults(path), f"{place} = {value!r}"
    assert refused > 40


def test_lint_prints_the_schema(capsys):
    command.lint(schema=True)
    assert capsys.readouterr().out == COPY.read_text("utf-8")


def test_lint_tells_editors_every_fault_with_its_line(tmp_path, capsys):
    path = tmp_path / "two-faults.yaml"
    text = (library.BUNDLED / "mrd-gimema.yaml").read_text("utf-8")
    path.write_text(text.replace("title: ", "titel: ").replace("patients: 20", "patients: 020"), "utf-8")
    faults = linted(path, capsys)
    assert [(each["file"], each["line"]) for each in faults] == [(str(path), line) for line in (2, 2, 16)]
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


def test_nothing_but_the_copy_lies_in_its_folder():
    assert [path.name for path in Path(COPY.parent).iterdir()] == [COPY.name]
