"""lorgnette read: which words stand in these pictures?"""

import argparse
import os
import sys
from pathlib import Path

from lorgnette import paths
from lorgnette.errors import ExitCode


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "read",
        help="print the text in pictures",
        description="Prints the text in pictures in the order in which a person reads it, without "
        "the words that are unsure. Nothing is written.",
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a picture or a folder")
    parser.add_argument(
        "--provider",
        choices=["auto", "cpu", "cuda"],
        default="auto",
        help="execution provider; auto is cuda where it really runs",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the text in what args.paths stand for."""
    from lorgnette.captioning import images
    from lorgnette.jobs.reading import read_batch
    from lorgnette.ocr import quoting
    from lorgnette.ocr.reader import Reader

    reader = Reader.open(paths.text_model(), provider=args.provider, threads=os.cpu_count() or 1)
    several = len(args.paths) > 1 or args.paths[0].is_dir()
    failed = False
    for number, outcome in enumerate(read_batch(images.find(args.paths), reader)):
        if several:
            print("\n" * (number > 0) + f"{outcome.image}:")
        if outcome.text is None:
            failed = True
            print(outcome.error, file=sys.stderr)
            continue
        if said := quoting.plain(outcome.text):
            print(said, flush=True)
        if reason := outcome.text.reason:
            print(f"{outcome.image.name}: {reason}", file=sys.stderr)
    return ExitCode.SOME_FAILED if failed else ExitCode.OK
