"""The command line: arguments -> job -> printed outcomes -> exit code. One module a command."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any

from lorgnette import __version__
from lorgnette.cli import output
from lorgnette.errors import ExitCode, LorgnetteError

_COMMANDS = (
    *("caption", "watch", "read", "words", "status", "undo", "export_text", "import_text"),
    *("model", "gui"),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; without a command, open the window."""
    output.prepare()
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments:
        from lorgnette.gui.app import main as open_window  # Qt only where a window is wanted

        code: int = open_window([])
        return code
    try:
        args = _parser().parse_args(arguments)
        if args.prints:
            output.require()
        exit_code: int = args.run(args)
    except output.NobodyReadsError as error:
        return error.exit_code
    except LorgnetteError as error:
        output.note(f"lorgnette: {error}\n{error.hint}".rstrip())
        return error.exit_code
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except FileNotFoundError:
        if _is_somewhere():
            raise
        output.note(
            "lorgnette: the folder that you are in is gone\nGo to another one, and try again."
        )
        return ExitCode.CANNOT_RUN
    return exit_code


def _is_somewhere() -> bool:
    """Return whether there is a folder that names without one count from."""
    try:
        os.getcwd()  # noqa: PTH109
    except OSError:
        return False
    return True


class _Parser(argparse.ArgumentParser):
    def _print_message(self, message: str, file: Any = None) -> None:
        """Print help and complaints as all else, where argparse would not care."""
        if message and file is sys.stdout:
            output.write(message)
        elif message:
            output.note(message)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="lorgnette",
        description="Describes the pictures on your own computer, offline. "
        "Without arguments it opens the window.",
    )
    parser.set_defaults(prints=True)
    parser.add_argument("--version", action="version", version=f"lorgnette {__version__}")
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    for name in _COMMANDS:
        importlib.import_module(f"lorgnette.cli.{name}").add_parser(subparsers)
    return parser
