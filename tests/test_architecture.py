"""The house: which floor may call which, and which file alone has the door to a library."""

import ast
import re
from pathlib import Path

import pytest

import ino_dose

PACKAGE = Path(ino_dose.__file__).parent
FLOORS = (
    "__main__",
    "commands",
    "cohort",
    "output",
    "verify records",
    "files",
    "tables",
    "request",
    "engine",
    "counts_and_dates",
    "units",
    "errors",
    "__init__",
)
"""From the roof down: a file imports from its own floor and from those below it, and nothing in a circle."""
GUESSES = {"cohort.run", "tables.bsa_column", "cohort.refusals", "records.plain", "records.carried_sizes"}
"""Where floats only choose which exact answer to look up, or time is told."""
LONGEST = 300
FILES = {".".join(path.relative_to(PACKAGE).with_suffix("").parts): path for path in PACKAGE.rglob("*.py")}
MODULES = sorted(FILES)
ALONE = {
    "pint": ["units"],
    "yaml": ["files.yaml_node"],
    "rich": ["cohort.run", "output.terminal"],
    "icalendar": ["output.plan_ics"],
}


def tree(module: str) -> ast.AST:
    return ast.parse(FILES[module].read_text("utf-8"))


def imports(module: str) -> tuple[set[str], set[str]]:
    """The modules of this package, and the packages from elsewhere, that a module imports anywhere, types included."""
    own, foreign = set(), set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.ImportFrom) and node.level:
            above = module.split(".")[: -node.level] + (node.module or "").split(".")
            base = ".".join(part for part in above if part)
            names = [base] if base in FILES else [f"{base}.{alias.name}".lstrip(".") for alias in node.names]
            own |= {name if name in FILES else f"{base}.__init__".lstrip(".") for name in names}
        elif isinstance(node, ast.ImportFrom):
            foreign.add(str(node.module).split(".")[0])
        elif isinstance(node, ast.Import):
            foreign |= {alias.name.split(".")[0] for alias in node.names}
    return own, foreign


def floor(module: str) -> int:
    return next(n for n, rooms in enumerate(FLOORS) if module.split(".")[0] in rooms.split())


@pytest.mark.parametrize("module", MODULES)
def test_a_file_imports_from_its_own_floor_and_below(module: str) -> None:
    own, foreign = imports(module)
    assert "ino_dose" not in foreign
    assert not [each for each in own if floor(each) < floor(module)]


def test_nothing_is_imported_in_a_circle() -> None:
    left = {module: imports(module)[0] - {module} for module in MODULES}
    while free := [module for module, needs in left.items() if not needs & left.keys()]:
        for module in free:
            del left[module]
    assert not left


def test_the_house_has_few_modules_beside_its_packages_and_no_long_file() -> None:
    assert len([module for module in MODULES if "." not in module]) <= 8
    assert not {m: n for m in MODULES if (n := len(FILES[m].read_text("utf-8").splitlines())) > LONGEST}


@pytest.mark.parametrize("module", MODULES)
def test_a_file_says_in_a_sentence_what_it_is(module: str) -> None:
    first = (ast.get_docstring(tree(module)) or "").split("\n")[0]
    assert first.endswith((".", ":"))


@pytest.mark.parametrize(("library", "owners"), ALONE.items())
def test_a_library_has_its_door(library: str, owners: list[str]) -> None:
    assert [module for module in MODULES if library in imports(module)[1]] == owners


def test_the_commands_alone_know_typer() -> None:
    assert {module.split(".")[0] for module in MODULES if "typer" in imports(module)[1]} == {"commands"}


@pytest.mark.parametrize("module", [module for module in MODULES if module.startswith("engine.")])
def test_the_engine_knows_no_files_no_clock_no_streams_and_no_options(module: str) -> None:
    assert not imports(module)[1] & {"os", "sys", "pathlib", "io", "time", "random", "json", "csv"}
    calls = {
        node.func.id
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not calls & {"print", "open", "input", "float"}
    text = FILES[module].read_text("utf-8")
    assert not re.search(r"\.(now|today|utcnow)\(", text)
    assert not re.search(r"--[a-z]|REGIMEN", text)


@pytest.mark.parametrize("module", sorted({*MODULES} - GUESSES))
def test_no_number_is_a_float(module: str) -> None:
    for node in ast.walk(tree(module)):
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), node.lineno
        assert not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float")


def test_no_constant_has_two_meanings() -> None:
    found: dict[str, str] = {}
    for module in MODULES:
        for node in getattr(tree(module), "body", ()):
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            for name in (each.id for each in targets if isinstance(each, ast.Name)):
                if name.isupper() and not name.startswith("_") and len(name) > 1:
                    assert name not in found, f"{name} stands in {found[name]} and in {module}"
                    found[name] = module
