"""lorgnette watch: drafts for whatever arrives in a folder."""

import argparse
import contextlib
import signal
from collections import Counter
from datetime import datetime
from pathlib import Path

from lorgnette.alttext import Destination
from lorgnette.cli import drafting, output
from lorgnette.cli.options import (
    add_films,
    add_scenes,
    add_write,
    path_argument,
    seconds_argument,
    suffixes,
)
from lorgnette.cli.stopping import asked_to_stop
from lorgnette.errors import ExitCode
from lorgnette.files import is_folder, only_one
from lorgnette.jobs.outcome import Outcome, Verdict
from lorgnette.names import shown


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "watch",
        help="caption what arrives in a folder",
        description="Writes a draft for each picture in a folder and its subfolders that has no "
        "words, then for each that arrives, with a line for each, until it is stopped.",
    )
    parser.add_argument("folder", type=path_argument, metavar="FOLDER", help="a folder")
    add_write(
        parser,
        "keep drafts in a sidecar (.xmp) beside each picture, or inside it; default: sidecar",
        default=Destination.SIDECAR,
    )
    parser.add_argument(
        "--settle",
        type=seconds_argument,
        default=2.0,
        metavar="SECONDS",
        help="how long a file has to stay as it is before it counts as whole; default: 2",
    )
    parser.add_argument(
        "--poll",
        type=seconds_argument,
        metavar="SECONDS",
        help="look through the folder that often instead of listening to the system, which knows "
        "nothing of what other computers do on a network folder",
    )
    add_films(parser)
    add_scenes(parser)
    drafting.add_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Caption what arrives in args.folder until a signal comes."""
    folder: Path = args.folder
    if not is_folder(folder):
        output.note(f"lorgnette watch: {shown(folder)} is no folder")
        return ExitCode.CANNOT_RUN
    from lorgnette.jobs.arrivals import Arrivals
    from lorgnette.jobs.watching import draft_arrivals

    def tell(sentence: str) -> None:
        output.note(f"{_now()} {shown(folder)}: {sentence}")

    joining = drafting.joining(args)
    with only_one("watch", folder):
        captioner = drafting.open_captioner(args)
        arrivals = Arrivals(
            folder, settle=args.settle, poll=args.poll, suffixes=suffixes(args), tell=tell
        )
        job = draft_arrivals(
            arrivals,
            captioner,
            args.write,
            naming=args.sidecar_naming,
            anyway=args.describe_anyway,
            reading=drafting.text_reading(args, captioner),
            joining=joining,
            scenes=args.scenes,
            title=f"watch {shown(folder.name)}".rstrip(),
            tell=tell,
        )
        verdicts: Counter[Verdict] = Counter()
        with (
            asked_to_stop(signal.SIGTERM, then=arrivals.stop) as stop,
            contextlib.closing(arrivals),
            contextlib.closing(job),
        ):
            tell("watching; Ctrl+C ends it")
            for outcome in job:
                verdicts[outcome.verdict] += 1
                if outcome.verdict is not Verdict.SKIPPED:
                    output.line(f"{_now()} {shown(outcome.image)}: {_said(outcome)}")
                if stop.asked:
                    break
    drafts, kept = verdicts[Verdict.CAPTIONED], verdicts[Verdict.SKIPPED]
    tell(
        f"ended; {drafts} {'draft' if drafts == 1 else 'drafts'} written, "
        f"{kept} {'picture' if kept == 1 else 'pictures'} had words"
    )
    return ExitCode.INTERRUPTED if stop.signal == signal.SIGINT else ExitCode.OK


def _said(outcome: Outcome) -> str:
    if outcome.verdict is Verdict.CAPTIONED:
        return outcome.alt_text
    return f"{outcome.verdict}: {outcome.reason}"


def _now() -> str:
    return datetime.now().astimezone().strftime("%Y-%m-%d %H:%M:%S")
