"""`lorgnette-export`: from photos with captions to a model that the app runs."""

import argparse
import sys
from collections.abc import Sequence

from lorgnette import __version__
from lorgnette.errors import ExitCode, LorgnetteError
from lorgnette_export.conversion import convert, release
from lorgnette_export.measuring import benchmark, confusions, evaluate, sheets
from lorgnette_export.training import average, choose, curves, evidence, judge, train


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parser = argparse.ArgumentParser(
        prog="lorgnette-export",
        description="Trains a captioner, exports it to ONNX for lorgnette, measures it.",
    )
    parser.add_argument("--version", action="version", version=f"lorgnette {__version__}")
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in (
        train,
        curves,
        average,
        judge,
        evidence,
        choose,
        convert,
        release,
        evaluate,
        confusions,
        sheets,
        benchmark,
    ):
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
