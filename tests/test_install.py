"""What README installs comes from the locks, and the locks are what pyproject.toml asks for."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = next(folder for folder in Path(__file__).parents if (folder / "pyproject.toml").exists())
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PROJECT = PYPROJECT["project"]
LOCKS = {"run": [], "test": ["test"], "lowest": ["test"], "dev": ["dev"]}  # and the extras that each is for


def text(lock: str) -> str:
    return (ROOT / "locks" / f"{lock}.txt").read_text("utf-8")


def lines(lock: str) -> list[str]:
    """The lock without comments, a requirement with its hashes a line."""
    return re.sub(r"^ *#.*\n", "", text(lock), flags=re.MULTILINE).replace("\\\n", "").splitlines()


def pins(lock: str) -> dict[str, set[Version]]:
    """Names and the versions they are pinned to; more than one where it depends on Python or the platform."""
    found: dict[str, set[Version]] = {}
    for line in lines(lock):
        requirement = Requirement(line.split(" --hash=")[0])
        (pin,) = requirement.specifier
        assert pin.operator == "=="
        found.setdefault(canonicalize_name(requirement.name), set()).add(Version(pin.version))
    return found


def flat(requirements: Iterable[str]) -> Iterator[Requirement]:
    """The requirements, and in place of the project's own extras what they ask for."""
    for requirement in map(Requirement, requirements):
        if requirement.name == PROJECT["name"]:
            for extra in requirement.extras:
                yield from flat(PROJECT["optional-dependencies"][extra])
        else:
            yield requirement


def asked(lock: str) -> list[Requirement]:
    """What pyproject.toml asks for, of what the lock is for."""
    return [
        *flat(PYPROJECT["build-system"]["requires"]),
        *flat(PYPROJECT["dependency-groups"]["build"]),
        *flat(PROJECT["dependencies"]),
        *flat(f"{PROJECT['name']}[{extra}]" for extra in LOCKS[lock]),
    ]


def test_every_lock_is_tested_here() -> None:
    assert sorted(LOCKS) == sorted(path.stem for path in (ROOT / "locks").glob("*.txt"))


@pytest.mark.parametrize("lock", LOCKS)
def test_what_pyproject_asks_for_is_pinned_to_a_version_it_allows(lock: str) -> None:
    pinned = pins(lock)
    wrong = [
        str(requirement)
        for requirement in asked(lock)
        if not (versions := pinned.get(canonicalize_name(requirement.name)))
        or not all(version in requirement.specifier for version in versions)
    ]
    assert not wrong, "locks/renew writes the locks anew"


def test_every_lower_bound_is_the_version_that_is_tested() -> None:
    pinned = pins("lowest")
    bounds = {
        canonicalize_name(requirement.name): {Version(part.version)}
        for requirement in asked("lowest")
        for part in requirement.specifier
        if part.operator == ">="
    }
    assert bounds == {name: pinned[name] for name in bounds}
    assert {canonicalize_name(requirement.name) for requirement in asked("lowest")} == bounds.keys()


def test_locks_agree_on_what_they_share() -> None:
    run, test, dev = pins("run"), pins("test"), pins("dev")
    assert run.items() <= test.items() <= dev.items()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_hashes_and_no_place_of_its_own(lock: str) -> None:
    assert [line for line in lines(lock) if not re.search(r"( --hash=sha256:[0-9a-f]{64})+$", line)] == []
    assert not re.search(r"://|file:|@|(^|[\s='\"])[/~\\]\w", text(lock))


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_begin_at_the_first_python_that_pyproject_allows(lock: str) -> None:
    assert f" --universal --python-version {PROJECT['requires-python'].removeprefix('>=')} " in text(lock)


def test_readme_installs_by_hash_or_fetches_nothing() -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)
    for block, lock in zip(blocks, ("run", "test"), strict=False):
        installs = re.findall(r"\bpip install (.*?)(?: &&|$)", block)
        assert installs[0] == f"--quiet --require-hashes -r locks/{lock}.txt"
        assert [install for install in installs[1:] if "--no-deps --no-build-isolation" not in install] == []
