"""The guide for authors, followed to the letter: its file is saved, its commands are run, its output compared."""

import os
import re
import subprocess
import sys
from pathlib import Path

from ino_dose.files import schema

GUIDE = (Path(__file__).parent.parent / "docs" / "adding-a-regimen.md").read_text("utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


def test_the_example_is_saved_checked_and_planned_as_the_guide_says(tmp_path):
    (name,) = re.findall(r"Save this as `(.*?)`", GUIDE)
    (example,) = blocks("yaml")
    (tmp_path / name).write_text(example, "utf-8")
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    for block in blocks("console"):
        for command, expected in re.findall(r"^\$ (.*)\n((?:[^$].*\n)*)", block, re.MULTILINE):
            done = subprocess.run(command, shell=True, cwd=tmp_path, env=environment, capture_output=True)
            assert (done.stdout.decode(), done.stderr) == (expected, b""), command


def test_the_guide_names_every_key_and_every_choice():
    keys, words = named(schema.of("regimen"))
    assert not [key for key in keys if f"`{key}`" not in GUIDE]
    assert not [word for word in words if f"`{word}`" not in GUIDE and f": {word}`" not in GUIDE]


def test_the_guide_says_which_keys_are_required():
    form = schema.of("regimen")
    assert "Required are " + ", ".join(f"`{key}`" for key in form["required"]) + " and" in GUIDE
    keys = required(form["properties"])
    assert {"cycles", "cite", "total", "among"} < keys
    assert not [key for key in keys if f"**`{key}`**" not in GUIDE and f"**`{key}: " not in GUIDE]


def required(form):
    """The keys that any entry within a schema must have."""
    deeper = form.values() if isinstance(form, dict) else form if isinstance(form, list) else ()
    own = set(form["required"]) if isinstance(form, dict) and "properties" in form else set()
    return own.union(*map(required, deeper))


def test_the_guide_names_every_golden_file_that_a_regimen_changes():
    golden = Path(__file__).parent / "golden"
    listing = [path.name for path in golden.glob("*.*") if "mrd-gimema" in path.read_text("utf-8")]
    assert sorted(listing) == ["compare.txt", "regimens.txt"]
    assert not [name for name in (*listing, "show/ID.txt") if f"`tests/golden/{name}`" not in GUIDE]


def named(form):
    """The keys and the words to choose from in a schema, at every depth."""
    if isinstance(form, list):
        form = dict(enumerate(form))
    if not isinstance(form, dict):
        return set(), set()
    keys, words = set(form.get("properties", ())), {each for each in form.get("enum", ()) if isinstance(each, str)}
    for each in form.values():
        deeper = named(each)
        keys, words = keys | deeper[0], words | deeper[1]
    return keys, words
