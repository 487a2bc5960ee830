"""`python -m ino_dose` is `ino-dose`."""

from .cli import run

run()
