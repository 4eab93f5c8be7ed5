"""lorgnette caption: what is on these pictures?"""

import argparse
import contextlib
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from lorgnette.alttext import Destination
from lorgnette.captioning.agreement import agreement
from lorgnette.cli import drafting, output
from lorgnette.cli.options import add_sidecar_naming, path_argument
from lorgnette.cli.stopping import asked_to_stop
from lorgnette.errors import ExitCode
from lorgnette.files import find_pictures
from lorgnette.jobs.outcome import Outcome, Verdict
from lorgnette.names import shown

_PLACES = ("sidecars", "embedded", "kept as they are", "declined", "failed")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "caption",
        help="caption pictures and folders",
        description="Prints a line for each picture: its path and what is on it. Folders are "
        "searched with their subfolders. Nothing is written unless --write is given.",
    )
    parser.add_argument(
        "paths", nargs="+", type=path_argument, metavar="PATH", help="a picture or a folder"
    )
    parser.add_argument(
        "--write",
        type=Destination,
        choices=list(Destination),
        metavar="{sidecar,embed}",
        help="keep the alt text: in a sidecar (.xmp) beside each picture, or inside it",
    )
    add_sidecar_naming(parser)
    parser.add_argument(
        "--overwrite",
        action="store_true",
        help="caption pictures that have alt text already, and replace it",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="with --write: show what would be written where"
    )
    parser.add_argument("--format", choices=["text", "jsonl"], default="text", help="default: text")
    drafting.add_options(parser)
    parser.add_argument(
        "--verbose",
        action="store_true",
        help="say on stderr what is in use, and what was seen on each picture, how surely",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Caption what args.paths stand for; print outcomes as they come."""
    if args.dry_run and not args.write:
        output.note("lorgnette caption: --dry-run needs --write sidecar or embed")
        return ExitCode.CANNOT_RUN
    from lorgnette.jobs.batch import caption_batch, write_drafts

    captioner = drafting.open_captioner(args)
    if args.verbose:
        output.note(f"model {captioner.manifest.label}")
        output.note(f"execution provider {captioner.provider}")
    job = caption_batch(
        find_pictures(args.paths),
        captioner,
        overwrite=args.overwrite,
        anyway=args.describe_anyway,
        reading=drafting.text_reading(args, captioner),
        joining=drafting.joining(args),
    )
    outcomes: Iterator[Outcome] = job
    if args.write:
        outcomes = write_drafts(
            job,
            args.write,
            model=captioner.manifest.label,
            naming=args.sidecar_naming,
            overwrite=args.overwrite,
            dry_run=args.dry_run,
        )
    show = _show_json if args.format == "jsonl" else _show_text
    verdicts: Counter[Verdict] = Counter()
    places: Counter[str] = Counter()
    with asked_to_stop() as stop, contextlib.closing(job), _bar(args.paths) as bar:
        for outcome in outcomes:
            with bar.external_write_mode(file=sys.stdout, nolock=False):
                show(outcome, captioner.provider)
                if args.verbose and (seen := _seen(outcome)):
                    output.note(f"{shown(outcome.image)}: seen: {seen}")
            bar.update()
            verdicts[outcome.verdict] += 1
            places[_place(outcome)] += 1
            if stop.asked:
                break
    if args.write:
        counted = ", ".join(f"{places[place]} {place}" for place in _PLACES if places[place])
        output.note(f"{'Plan' if args.dry_run else 'Written'}: {counted or 'nothing'}.")
    done = verdicts.total()
    if stop.asked and (remaining := sum(1 for _ in find_pictures(args.paths)) - done) > 0:
        output.note(
            f"Stopped after {done} pictures; {remaining} remain. "
            "Run the same command again to go on."
        )
        return ExitCode.INTERRUPTED
    return ExitCode.SOME_FAILED if verdicts[Verdict.FAILED] else ExitCode.OK


def _place(outcome: Outcome) -> str:
    if outcome.verdict is Verdict.SKIPPED:
        return "kept as they are"
    if outcome.written_to is None:
        return outcome.verdict.value
    return "embedded" if outcome.written_to == outcome.image else "sidecars"


def _seen(outcome: Outcome) -> str:
    caption = outcome.caption
    things = caption.seen if caption is not None else ()
    return ", ".join(f"{thing.name} {round(thing.probability, 2):g}" for thing in things)


def _show_text(outcome: Outcome, _provider: str) -> None:
    said = outcome.alt_text if outcome.verdict is Verdict.CAPTIONED else outcome.verdict.value
    if outcome.reason:
        said += f" ({outcome.reason})" if outcome.alt_text else f": {outcome.reason}"
    output.line(f"{shown(outcome.image)}: {said}")


def _show_json(outcome: Outcome, provider: str) -> None:
    caption = outcome.caption
    common = agreement(caption.candidates if caption else ())
    content: dict[str, Any] = {
        "path": str(outcome.image),
        "alt_text": outcome.alt_text,
        "confidence": None if outcome.confidence is None else round(outcome.confidence, 4),
        "candidates": list(caption.candidates) if caption else [],
        "agreement": {"all": common.all, "some": common.some, "one": common.one},
        "seen": [
            {"name": thing.name, "probability": round(thing.probability, 4), "sure": thing.sure}
            for thing in (caption.seen if caption else ())
        ],
        "verdict": outcome.verdict.value,
        "seconds": round(outcome.seconds, 4),
        "provider": provider,
    }
    if outcome.extended_description:
        content["extended_description"] = outcome.extended_description
    if outcome.text is not None:
        content["text"] = [
            {
                "text": line.text,
                "confidence": round(line.confidence, 4),
                "box": [round(side, 4) for side in line.box],
            }
            for line in outcome.text.lines
        ]
    if outcome.reason:
        content["reason"] = outcome.reason
    if outcome.written_to:
        content["written_to"] = str(outcome.written_to)
    output.json_line(content)


@contextlib.contextmanager
def _bar(sought: Sequence[Path]) -> Iterator["tqdm[Any]"]:
    """Yield a progress bar on a terminal's stderr; elsewhere one that shows nothing."""
    hidden = not sys.stderr.isatty()
    with tqdm(unit=" pictures", disable=hidden, dynamic_ncols=True) as bar:
        if not hidden:  # counting a large tree takes seconds: the first caption does not wait

            def count() -> None:
                bar.total = sum(1 for _ in find_pictures(sought))

            threading.Thread(target=count, daemon=True).start()
        yield bar
