"""Which schedules there are: the bundled ones, a site's own, and any file a person names."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..errors import Fault, InputError
from . import BUNDLED as BUNDLED

if TYPE_CHECKING:
    from ..engine.exposure import Ceiling
    from ..engine.preparation import Product
    from ..engine.regimen import Regimen


class Library(NamedTuple):
    """The bundled regimens, and those in a site's folder."""

    files: dict[str, Path]

    def regimen(self, name: str) -> Regimen:
        """The regimen with this id, or in the file at this path."""
        from . import regimen_file

        return regimen_file.read(self.path(name))

    def path(self, name: str) -> Path:
        """The file of a regimen: what has a slash or ends in .yaml or .yml is a path, else an id."""
        if "/" in name or name.endswith((".yaml", ".yml")):
            return Path(name)
        if name not in self.files:
            raise InputError("REGIMEN", f"there is no regimen {name!r}", self._nearest(name))
        return self.files[name]

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
        found: list[Regimen] = []
        faults: list[Fault] = []
        for id, path in self.files.items():
            try:
                found.append(self.regimen(id))
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
            return "write one of:" + "".join(f"\n  {id}: {self.regimen(id).title}" for id in near)
        close = near or get_close_matches(name, self.files, 3)
        return f"did you mean {' or '.join(close)}?" if close else "ino-dose regimens lists them all"


def at(site: Path | None = None) -> Library:
    """The bundled library with a site's folder. A file there may not take the id of a bundled one."""
    files = {path.stem: path for path in BUNDLED.glob("*.yaml")}
    if site is None:
        return Library(dict(sorted(files.items())))
    if not site.is_dir():
        raise InputError("--schedules", f"there is no folder {str(site)!r}", "check the path")
    for path in (*site.glob("*.yaml"), *site.glob("*.yml")):
        if there := files.get(path.stem):
            whose = "a bundled regimen" if there.parent == BUNDLED else str(there)
            raise InputError(str(path), f"{path.stem} is the id of {whose}", "give the file another name")
        files[path.stem] = path
    return Library(dict(sorted(files.items())))


def everything() -> list[Path]:
    """Every bundled file that lint reads: the regimens, the ceiling, the product."""
    return [
        *sorted(BUNDLED.glob("*.yaml")),
        *sorted(BUNDLED.glob("ceiling/*.yaml")),
        *sorted(BUNDLED.glob("product/*.yaml")),
    ]


def ceiling(path: Path | None = None) -> Ceiling:
    """The ceiling on exposure before transplant: the bundled one, or a site's own."""
    from . import regimen_file

    return regimen_file.read_ceiling(path or BUNDLED / "ceiling" / "pre-transplant.yaml")


def product() -> Product:
    """The facts of the vial, the bag and the label's windows."""
    from . import product_file

    return product_file.read(BUNDLED / "product" / "besponsa.yaml")


class Facts:
    """The schedules, the ceiling and the product that plans rest on, each file read once."""

    def __init__(self, books: Library, ceiling: Ceiling, product: Product) -> None:
        self.books = books
        self.ceiling = ceiling
        self.product = product
        self._read: dict[str, Regimen] = {}
        self._all: list[Regimen] | None = None

    def regimen(self, name: str) -> Regimen:
        """The regimen with this id, or in the file at this path."""
        if name not in self._read:
            self._read[name] = self.books.regimen(name)
        return self._read[name]

    def all(self) -> list[Regimen]:
        """Every regimen that can be read."""
        if self._all is None:
            self._all = self.books.all()[0]
        return self._all


def facts(site: Path | None = None, limits: Path | None = None) -> Facts:
    """What is bundled, with a site's own schedules, or its ceiling in place of the bundled one."""
    return Facts(at(site), ceiling(limits), product())
