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
    "coursefile": "asked body course dosing errors library node schedule shape units",
    "asked": "body course coursefile dosing errors regimen units",
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
    # quantities become text, once
    "remarks": "body course dosing lived pharmacy plan regimen units",
    "readout": "course regimen units",
    "plain": "ceiling course regimen units",
    "report": "__init__ dosing left pharmacy plain plan regimen remarks units",
    "listing": "body comparing errors plain regimen units",
    "calendar": "__init__ dosing errors plan units",
    "tables": "ceiling course errors left pharmacy plan readout regimen remarks units",
    "sidebyside": "ceiling comparing regimen tables units",
    # the second check
    "verifying.__init__": "",
    "verifying.order": "ceiling course dosing plan units",
    "verifying.fits": "units",
    "verifying.misread": "body course regimen units",
    "verifying.miswritten": "dosing units verifying.misread verifying.order",
    "verifying.older": "body dosing units",
    "verifying.slips": "course dosing regimen units verifying.fits verifying.misread verifying.miswritten "
    "verifying.older verifying.order",
    "verifying.recompute": "body ceiling course dosing plan regimen units verifying.order verifying.slips",
    "verifying.verdict": "body dosing remarks units verifying.order verifying.recompute",
    "verifying.ordered": "asked errors library units verifying.order verifying.recompute",
    "verifying.orders": "asked errors library plain verifying.order verifying.ordered verifying.rows",
    "verifying.rows": "__init__ plain report units verifying.order verifying.recompute verifying.verdict",
    "verifying.page": "errors tables units verifying.order verifying.verdict",
    # many patients at once
    "cohort.__init__": "cohort.planner",
    "cohort.columns": "errors units",
    "cohort.known": "",
    "cohort.guess": "body cohort.columns units",
    "cohort.refusals": "asked body cohort.columns cohort.guess cohort.known errors units",
    "cohort.treatment": "body ceiling dosing plan remarks units",
    "cohort.ladder": "cohort.treatment units",
    "cohort.dress": "",
    "cohort.amounts": "asked body cohort.columns cohort.dress cohort.guess cohort.known cohort.refusals cohort.treatment "
    "dosing errors library pharmacy plan remarks units",
    "cohort.standings": "asked cohort.columns cohort.dress cohort.guess cohort.known cohort.ladder cohort.refusals "
    "cohort.treatment errors units",
    "cohort.doses": "asked body cohort.amounts cohort.columns cohort.dress cohort.known cohort.treatment dosing plan report units",
    "cohort.planner": "asked cohort.amounts cohort.columns cohort.doses cohort.dress cohort.guess cohort.standings library",
    "cohort.blocks": "cohort.columns errors",
    "cohort.results": "errors",
    "cohort.batch": "cohort.blocks cohort.columns cohort.dress cohort.guess cohort.planner cohort.results errors library",
    "cli": "__init__ asked body calendar ceiling cohort.batch comparing coursefile errors library lint listing plain plan "
    "remarks report shape sidebyside tables units verifying.order verifying.ordered verifying.orders verifying.page "
    "verifying.rows",
}
ALONE = {
    "typer": ["cli"],
    "pint": ["units"],
    "yaml": ["node"],
    "rich": ["cohort.batch", "sidebyside", "tables"],
    "icalendar": ["calendar"],
}
NO_OUTSIDE = {
    "regimen", "body", "course", "dosing", "ceiling", "lived", "dates", "plan", "left", "pharmacy", "comparing"
}  # fmt: skip
GUESSES = {"cohort.batch", "cohort.guess", "cohort.refusals"}
"""Where floats only choose which exact answer to look up, or time is told."""
FILES = {".".join(path.relative_to(PACKAGE).with_suffix("").parts): path for path in PACKAGE.rglob("*.py")}
MODULES = sorted(FILES)


def tree(module: str) -> ast.AST:
    return ast.parse(FILES[module].read_text("utf-8"))


def imports(module: str) -> tuple[set[str], set[str]]:
    """The modules of this package and the top-level packages from elsewhere that a module imports anywhere."""
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
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not calls & {"print", "open", "input", "float"}
    assert not re.search(r"\.(now|today|utcnow)\(", FILES[module].read_text("utf-8"))


@pytest.mark.parametrize("module", sorted({*MODULES} - GUESSES))
def test_no_number_is_a_float(module: str) -> None:
    for node in ast.walk(tree(module)):
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), node.lineno
        assert not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float")
