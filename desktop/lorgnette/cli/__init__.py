"""The command line: arguments -> job -> printed outcomes -> exit code. One module a command."""

import argparse
import importlib
import sys
from collections.abc import Sequence

from lorgnette import __version__
from lorgnette.cli import output
from lorgnette.errors import ExitCode, LorgnetteError

_COMMANDS = ("caption", "read", "words", "undo", "export_text", "model", "gui")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; without a command, open the window."""
    output.prepare()
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments:
        from lorgnette.gui.app import main as open_window  # Qt only where a window is wanted

        code: int = open_window([])
        return code
    try:
        args = _parsed(arguments)
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
    return exit_code


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    try:
        return _parser().parse_args(arguments)
    except SystemExit:
        output.flush()
        raise


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
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
