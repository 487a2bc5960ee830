"""Which schedules there are: the bundled ones, a site's own, and any file a person names."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from ..errors import Fault, Field, InputError
from . import BUNDLED, text_file

if TYPE_CHECKING:
    from ..engine.body import Growth
    from ..engine.exposure import Ceiling
    from ..engine.preparation import Product
    from ..engine.regimen import Regimen
    from .recognised_file import Codes


class Library:
    """The bundled regimens, and those in a site's folder, each read once."""

    def __init__(self, files: dict[str, Path]) -> None:
        self.files = files
        self._read: dict[Path, Regimen] = {}
        self._all: tuple[list[Regimen], list[Fault]] | None = None

    def regimen(self, name: str) -> Regimen:
        """The regimen with this id, or in the file at this path: what has a slash or ends in .yaml or .yml."""
        return self._in(Path(name)) if "/" in name or name.endswith((".yaml", ".yml")) else self.known(name)

    def _in(self, path: Path) -> Regimen:
        from . import regimen_file

        if path not in self._read:
            self._read[path] = regimen_file.read(path)
        return self._read[path]

    def known(self, id: str) -> Regimen:
        """The regimen with this id and nothing else: what stands in a table never opens another file."""
        if id not in self.files:
            problem, kind = f"there is no regimen {id!r}", "there is no such regimen"
            raise InputError(Field("regimen"), problem, self._nearest(id), kind=kind)
        return self._in(self.files[id])

    def some(self, names: Iterable[str]) -> list[Regimen]:
        """The regimens with these names, each once. Two files with one id could not be told apart."""
        found: dict[str, Regimen] = {}
        for name in dict.fromkeys(names):
            regimen = self.regimen(name)
            if regimen.id in found:
                raise InputError(name, f"another regimen here has the id {regimen.id}", "give the file another name")
            found[regimen.id] = regimen
        return list(found.values())

    def all(self) -> tuple[list[Regimen], list[Fault]]:
        """Every regimen that can be read, and the faults of those of the site that cannot."""
        if self._all is None:
            self._all = self._every()
        return self._all

    def _every(self) -> tuple[list[Regimen], list[Fault]]:
        found: list[Regimen] = []
        faults: list[Fault] = []
        for path in self.files.values():
            try:
                found.append(self._in(path))
            except InputError as error:
                if path.parent == BUNDLED:
                    raise
                faults += error.faults
        return found, faults

    def _nearest(self, name: str) -> str:
        from difflib import get_close_matches

        name = name.lower()
        near = [id for id in self.files if name and id.lower().startswith(name)]
        if len(near) > 1:
            return "write one of " + "; ".join(f"{id} ({self._in(self.files[id]).title})" for id in near)
        close = near or get_close_matches(name, self.files, 3)
        return f"did you mean {' or '.join(close)}?" if close else "ino-dose regimens lists them all"


def at(site: str | Path | None = None) -> Library:
    """The bundled library with a site's folder, hidden files apart. A file there may not take the id of a bundled one."""
    files = {path.stem: path for path in BUNDLED.glob("*.yaml")}
    if site == "":
        raise InputError(Field("schedules"), "no folder is named", "write its path, which is . for this one")
    if site is not None and not text_file.is_folder(Path(site)):
        raise InputError(Field("schedules"), f"there is no folder {str(site)!r}", "check the path")
    for path in [] if site is None else [*Path(site).glob("[!.]*.yaml"), *Path(site).glob("[!.]*.yml")]:
        if there := files.get(path.stem):
            whose = "a bundled regimen" if there.parent == BUNDLED else str(there)
            raise InputError(str(path), f"{path.stem} is the id of {whose}", "give the file another name")
        files[path.stem] = path
    return Library(dict(sorted(files.items())))


def everything() -> list[Path]:
    """Every bundled file that lint reads: the regimens, the ceiling, the product, the growth references, the codes."""
    return [
        *sorted(BUNDLED.glob("*.yaml")),
        *sorted(BUNDLED.glob("ceiling/*.yaml")),
        *sorted(BUNDLED.glob("product/*.yaml")),
        *sorted(BUNDLED.glob("growth/*.yaml")),
        *sorted(BUNDLED.glob("recognised/*.yaml")),
    ]


def ceiling(path: Path | None = None) -> Ceiling:
    """The ceiling on exposure before transplant: the bundled one, or a site's own."""
    from . import ceiling_file

    return ceiling_file.read(path or BUNDLED / "ceiling" / "pre-transplant.yaml")


def product(vial: Literal["us", "eu"] = "us") -> Product:
    """The facts of the vial, of the US or of the EU, of the bag and the label's windows."""
    from . import product_file

    return product_file.read(BUNDLED / "product" / "besponsa.yaml", "vial" if vial == "us" else "eu vial")


def growth() -> Growth:
    """From which body mass index on, by height, the person is asked whether pounds were typed as kilograms."""
    from . import growth_file

    return growth_file.read(BUNDLED / "growth" / "bmi-by-height.yaml")


def recognised() -> Codes:
    """How records of hospitals name the drug, sizes, units, and what became of an administration."""
    from . import recognised_file

    return recognised_file.read(BUNDLED / "recognised" / "codes.yaml")


class Facts(NamedTuple):
    """The schedules, the ceiling, the product and the growth references that plans rest on."""

    books: Library
    ceiling: Ceiling
    product: Product
    growth: Growth

    def regimen(self, name: str) -> Regimen:
        """The regimen with this id, or in the file at this path."""
        return self.books.regimen(name)

    def all(self) -> list[Regimen]:
        """Every regimen that can be read."""
        return self.books.all()[0]


def facts(site: str | Path | None = None, limits: Path | None = None) -> Facts:
    """What is bundled, with a site's own schedules, or its ceiling in place of the bundled one."""
    return Facts(at(site), ceiling(limits), product(), growth())
