"""Which module may import which, and which one alone may import a library: the picture as a table."""

import ast
import re
from pathlib import Path

import pytest

import ino_dose

PACKAGE = Path(ino_dose.__file__).parent

ARROWS = {
    "__init__": "",
    "__main__": "cli",
    "errors": "",
    # text becomes quantities and nouns, once
    "units": "errors",
    "node": "errors",
    "shape": "",
    "audit": "course errors regimen units",
    "schedule": "audit course errors node regimen shape units",
    "product": "errors node regimen schedule shape units",
    "library": "errors product regimen schedule",
    "coursefile": "asked body course dosing errors library node shape units",
    "asked": "body course coursefile dosing errors regimen units",
    "ordered": "asked errors library order regimen units verify",
    "orders": "asked errors order ordered report verify_report",
    "lint": "coursefile errors library node product schedule",
    # no files, no clock, no printing
    "regimen": "units",
    "body": "errors units",
    "course": "errors regimen units",
    "dosing": "course errors units",
    "ceiling": "course regimen units",
    "lived": "body course dosing errors units",
    "dates": "course dosing errors regimen",
    "plan": "body ceiling course dates dosing errors lived regimen units",
    "left": "ceiling plan units",
    "pharmacy": "dosing regimen units",
    "comparing": "ceiling course dosing regimen units",
    # a second check of somebody else's order
    "order": "ceiling course dosing plan units",
    "fits": "units",
    "misread": "body course regimen units",
    "miswritten": "dosing misread units",
    "older": "body dosing units",
    "slips": "course dosing fits misread miswritten older order regimen units",
    "verify": "body ceiling course dosing order plan regimen slips units",
    # quantities become text, once
    "remarks": "body course dosing lived pharmacy plan regimen units",
    "readout": "course regimen units",
    "report": "__init__ body ceiling comparing course dosing errors left pharmacy plan regimen remarks units",
    "calendar": "__init__ dosing errors plan units",
    "tables": "ceiling course dosing errors left pharmacy plan readout regimen remarks units",
    "verdict": "body dosing order remarks units verify",
    "verify_report": "__init__ course order regimen report units verdict verify",
    "verify_tables": "errors order tables units verdict",
    "sidebyside": "ceiling comparing regimen tables units",
    "cli": "__init__ asked body calendar ceiling comparing coursefile errors library lint ordered orders plan "
    "remarks report shape sidebyside tables units verify_report verify_tables",
}
ALONE = {
    "typer": ["cli"],
    "pint": ["units"],
    "yaml": ["node"],
    "rich": ["sidebyside", "tables"],
    "icalendar": ["calendar"],
}
NO_OUTSIDE = {
    "regimen", "body", "course", "dosing", "ceiling", "lived", "dates", "plan", "left", "pharmacy", "comparing"
}  # fmt: skip
MODULES = sorted(path.stem for path in PACKAGE.glob("*.py"))


def imports(module: str) -> tuple[set[str], set[str]]:
    """The modules of this package and the top-level packages from elsewhere that a module imports anywhere."""
    own, foreign = set(), set()
    for node in ast.walk(ast.parse((PACKAGE / f"{module}.py").read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            names = [node.module.split(".")[0]] if node.module else [alias.name for alias in node.names]
            own |= {name if name in MODULES else "__init__" for name in names}
        elif isinstance(node, ast.ImportFrom):
            foreign.add(str(node.module).split(".")[0])
        elif isinstance(node, ast.Import):
            foreign |= {alias.name.split(".")[0] for alias in node.names}
    return own, foreign


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_what_its_arrows_say(module: str) -> None:
    assert module in ARROWS, "a new module gets its line in the table above"
    own, foreign = imports(module)
    assert own == set(ARROWS[module].split())
    assert "ino_dose" not in foreign


@pytest.mark.parametrize(("library", "owners"), ALONE.items())
def test_a_library_has_its_door(library: str, owners: list[str]) -> None:
    assert [module for module in MODULES if library in imports(module)[1]] == owners


@pytest.mark.parametrize("module", sorted(NO_OUTSIDE))
def test_what_must_be_right_knows_no_files_no_clock_and_no_streams(module: str) -> None:
    assert not imports(module)[1] & {"os", "sys", "pathlib", "io", "time", "random", "json", "csv"}
    calls = {
        node.func.id
        for node in ast.walk(ast.parse((PACKAGE / f"{module}.py").read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not calls & {"print", "open", "input", "float"}
    assert not re.search(r"\.(now|today|utcnow)\(", (PACKAGE / f"{module}.py").read_text("utf-8"))


@pytest.mark.parametrize("module", MODULES)
def test_no_number_is_a_float(module: str) -> None:
    for node in ast.walk(ast.parse((PACKAGE / f"{module}.py").read_text("utf-8"))):
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), node.lineno
        assert not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float")
