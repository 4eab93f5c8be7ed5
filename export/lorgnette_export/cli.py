"""`lorgnette-export`: from photos with captions to a model that the app runs."""

import argparse
import sys
from collections.abc import Sequence

from lorgnette import __version__
from lorgnette.errors import ExitCode, LorgnetteError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    try:
        # Here, because this program is installed where what it needs may not be.
        from lorgnette_export.commands import COMMANDS
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] in {"lorgnette", "lorgnette_export"}:
            raise
        print(
            f"lorgnette-export: it needs {error.name}, which is not installed\nInstall lorgnette "
            "with its extra export, which brings PyTorch: pip install 'lorgnette[export]', or "
            "pip install '.[export]' in a copy of its sources.",
            file=sys.stderr,
        )
        return ExitCode.CANNOT_RUN
    parser = argparse.ArgumentParser(
        prog="lorgnette-export",
        description="Trains a captioner, exports it to ONNX for lorgnette, measures it.",
    )
    parser.add_argument("--version", action="version", version=f"lorgnette {__version__}")
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in COMMANDS:
        module.add_parser(subparsers)
    args = parser.parse_args(argv)
    try:
        exit_code: int = args.run(args)
    except LorgnetteError as error:
        print(f"lorgnette-export: {error}\n{error.hint}".rstrip(), file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    return exit_code


if __name__ == "__main__":
    sys.exit(main())
