"""lorgnette read: which words stand in these pictures?"""

import argparse
import os
from typing import TYPE_CHECKING

from lorgnette import paths
from lorgnette.cli import output
from lorgnette.cli.options import path_argument
from lorgnette.errors import ExitCode
from lorgnette.files import find_pictures
from lorgnette.names import shown

if TYPE_CHECKING:
    from lorgnette.ocr.found import PictureText


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "read",
        help="print the text in pictures",
        description="Prints the text in pictures in the order in which a person reads it, without "
        "the words that are unsure. Nothing is written.",
    )
    parser.add_argument(
        "paths", nargs="+", type=path_argument, metavar="PATH", help="a picture or a folder"
    )
    parser.add_argument(
        "--provider",
        choices=["auto", "cpu", "cuda"],
        default="auto",
        help="execution provider; auto is cuda where it really runs",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the text in what args.paths stand for."""
    from lorgnette.jobs.reading import read_batch
    from lorgnette.ocr import quoting
    from lorgnette.ocr.reader import Reader

    reader = Reader.open(paths.text_model(), provider=args.provider, threads=os.cpu_count() or 1)
    several = len(args.paths) > 1 or os.path.isdir(args.paths[0])  # noqa: PTH112
    failed = False
    for number, outcome in enumerate(read_batch(find_pictures(args.paths), reader)):
        if several:
            output.write("\n" * (number > 0))
            output.line(f"{shown(outcome.image)}:")
        if outcome.text is None:
            failed = True
            output.note(str(outcome.error))
            continue
        if said := quoting.plain(outcome.text):
            for line in said.split("\n"):
                output.line(line)
        reasons = [_unread(outcome.text), outcome.text.reason]
        if not said and not any(reasons):
            reasons = ["no text was found that can be read"]
        for reason in filter(None, reasons):
            output.note(f"{shown(outcome.image.name)}: {reason}")
    return ExitCode.SOME_FAILED if failed else ExitCode.OK


def _unread(text: "PictureText") -> str:
    """Say how much looks like text of which no word is sure; empty where there is none.

    Writing that the text model does not know leaves nothing else behind.
    """
    count = sum(line.likely_text and not line.sure_text for line in text.lines)
    lines = "1 line looks" if count == 1 else f"{count} lines look"
    return f"{lines} like text that cannot be read" if count else ""
