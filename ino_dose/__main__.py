"""`python -m ino_dose` is `ino-dose`."""

from .commands.process import run

run()
