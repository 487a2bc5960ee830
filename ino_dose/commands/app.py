"""Arguments → the one command that they name, and how it ends."""

from __future__ import annotations

import os
import sys
from contextlib import redirect_stderr
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from .. import __version__
from ..errors import InputError
from . import result

COMMANDS = ("plan", "regimens", "show", "compare", "lint", "bsa", "verify", "exposure", "cohort")
"""The commands; each is the function of its name in the file of its name. Only the one asked for is imported."""


def main(arguments: list[str] | None = None) -> None:
    """Run a command and exit: 0 computed, 2 refused, 3 a finding, 4 some inputs refused, 1 our own fault."""
    given = _words(sys.argv[1:]) if arguments is None else arguments
    wanted = given[:1] if given and given[0] in COMMANDS else list(COMMANDS)
    try:
        with redirect_stderr(result.Shown(sys.stderr)):
            _app(wanted)(given, prog_name="ino-dose")
    except InputError as error:
        for fault in error.faults:
            result.say(fault)
    except (MemoryError, SystemError) as error:
        if isinstance(error, SystemError) and "exception" not in str(error):
            raise
        # the interpreter's "error return without exception set" is a MemoryError that there was no memory for
        result.say("ino-dose: there is not enough memory for this")
    except OSError as error:
        result.say(f"{error.filename or 'ino-dose'}: {error.strerror or error}")
    else:
        return
    sys.exit(result.REFUSED)


def _words(arguments: list[str]) -> list[str]:
    """The arguments as UTF-8, whatever the locale: in an ASCII one Python hands over half of ë and ²."""
    return [os.fsencode(each).decode("utf-8", "surrogateescape") for each in arguments]


def _app(commands: list[str]) -> typer.Typer:
    app = typer.Typer(
        help="Every dose of inotuzumab ozogamicin in a course, in mg and mg/m², and where it stands "
        "against the ceiling before transplant. An aid to a qualified person, who checks every number.",
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_root)
    for name in commands:
        app.command(name, cls=Command)(getattr(import_module(f".{name}", __package__), name))
    return app


class Command(TyperCommand):
    """A command that refuses an option written twice instead of keeping the last."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments once for their order, then as usual."""
        _, _, order = self.make_parser(ctx).parse_args(args=list(args))
        for parameter in order:
            if parameter.nargs == 1 and not parameter.multiple and order.count(parameter) > 1:
                raise InputError(parameter.opts[-1], "is written twice", "keep one")
        return super().parse_args(ctx, args)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"ino-dose {__version__}")
        raise typer.Exit


def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass
