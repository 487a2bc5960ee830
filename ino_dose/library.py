"""Which schedules there are: the bundled ones, and any file a person names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .errors import InputError

if TYPE_CHECKING:
    from .product import Product
    from .regimen import Ceiling, Regimen

_PACKAGE = Path(__file__).parent
BUNDLED = _PACKAGE / "schedules" if (_PACKAGE / "schedules").is_dir() else _PACKAGE.parent / "schedules"


def ids() -> list[str]:
    """The ids of the bundled regimens, in order."""
    return sorted(path.stem for path in BUNDLED.glob("*.yaml"))


def files() -> list[Path]:
    """Every bundled file: the regimens and the ceiling."""
    return [*(BUNDLED / f"{id}.yaml" for id in ids()), *sorted(BUNDLED.glob("ceiling/*.yaml"))]


def regimen(name: str) -> Regimen:
    """The regimen with this id, or in the file at this path."""
    from . import schedule

    return schedule.read(path(name))


def ceiling() -> Ceiling:
    """The bundled ceiling on exposure before transplant."""
    from . import schedule

    return schedule.read_ceiling(BUNDLED / "ceiling" / "pre-transplant.yaml")


def product() -> Product:
    """The facts of the vial, the bag and the label's windows."""
    from . import product

    return product.read(BUNDLED / "product" / "besponsa.yaml")


def path(name: str) -> Path:
    """The file of a regimen: what has a slash or ends in .yaml or .yml is a path, else an id."""
    if "/" in name or name.endswith((".yaml", ".yml")):
        return Path(name)
    if name not in (known := ids()):
        raise InputError("REGIMEN", f"there is no regimen {name!r}", _nearest(name, known))
    return BUNDLED / f"{name}.yaml"


def _nearest(name: str, known: list[str]) -> str:
    from difflib import get_close_matches

    near = [id for id in known if name and id.startswith(name)] or get_close_matches(name, known, 3)
    return f"did you mean {' or '.join(near)}?" if near else "ino-dose regimens lists them all"
