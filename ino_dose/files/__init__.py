"""YAML files and nouns: every fault of a file at once, each with its line."""

from pathlib import Path

_PACKAGE = Path(__file__).parent.parent
BUNDLED = _PACKAGE / "schedules" if (_PACKAGE / "schedules").is_dir() else _PACKAGE.parent / "schedules"
"""What ships with the program: in the wheel inside the package, in a checkout beside it."""
