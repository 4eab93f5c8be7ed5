"""lorgnette caption: what is on these pictures?"""

import argparse
import contextlib
import dataclasses
import functools
import hashlib
import sys
import threading
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from lorgnette import paths
from lorgnette.captioning.agreement import agreement
from lorgnette.captioning.caption import is_unsure
from lorgnette.cli import drafting, output
from lorgnette.cli.options import (
    add_films,
    add_scenes,
    add_write,
    path_argument,
    suffixes,
)
from lorgnette.cli.stopping import asked_to_stop
from lorgnette.cluster.errors import NoClusterError
from lorgnette.errors import ExitCode
from lorgnette.files import find_pictures
from lorgnette.jobs.outcome import Outcome, Verdict
from lorgnette.names import shown

if TYPE_CHECKING:
    from lorgnette.jobs.journal import Journal

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
    add_write(parser, "keep the alt text: in a sidecar (.xmp) beside each picture, or inside it")
    parser.add_argument(
        "--overwrite",
        action="store_true",
        help="caption pictures that have alt text already, and replace it",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="with --write: show what would be written where"
    )
    parser.add_argument("--format", choices=["text", "jsonl"], default="text", help="default: text")
    add_films(parser)
    add_scenes(parser)
    drafting.add_options(parser)
    parser.add_argument(
        "--verbose",
        action="store_true",
        help="say on stderr what is in use, and what was seen on each picture, how surely",
    )
    cluster = parser.add_argument_group("on many machines (see resources/guide/archives.md)")
    cluster.add_argument(
        "--cluster",
        metavar="ADDRESS",
        help="do it by a cluster of Dask: tcp://host:8786, the file of a scheduler, or local: "
        "processes of this machine alone",
    )
    cluster.add_argument(
        "--output",
        type=path_argument,
        metavar="DIR",
        help="with --cluster: also keep a table of all outcomes there, as Parquet",
    )
    cluster.add_argument(
        "--journal",
        type=path_argument,
        metavar="DIR",
        help="with --cluster: what undoes the job is kept there; default: .lorgnette/jobs in the "
        "first folder",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Caption what args.paths stand for; print outcomes as they come."""
    if args.dry_run and not args.write:
        output.note("lorgnette caption: --dry-run needs --write sidecar or embed")
        return ExitCode.CANNOT_RUN
    if args.cluster is None and (args.output or args.journal):
        output.note("lorgnette caption: --output and --journal need --cluster")
        return ExitCode.CANNOT_RUN
    drafting.joining(args)  # refuses what contradicts itself before anything is opened
    if args.cluster is not None:
        return _run_on_cluster(args)
    work = Work(args)
    if args.verbose:
        output.note(f"model {work.label}")
        output.note(f"execution provider {work.provider}")

    def count() -> int:
        return sum(1 for _ in find_pictures(args.paths, suffixes(args)))

    with (
        asked_to_stop() as stop,
        contextlib.closing(work.outcomes(find_pictures(args.paths, suffixes(args)))) as outcomes,
        _bar(count) as bar,
    ):
        told = _Told(args, bar)
        for outcome in outcomes:
            told.tell(outcome, work.provider)
            if stop.asked:
                break
    return told.end(count if stop.asked else None)


def _run_on_cluster(args: argparse.Namespace) -> int:
    """Do the same by a cluster."""
    try:
        from lorgnette.cluster import folder, job, results
    except ImportError as error:
        raise NoClusterError("--cluster needs") from error
    from lorgnette.cluster.listing import count
    from lorgnette.jobs.journal import Journal

    asked_for = _asked_for(args)
    if args.write and not args.dry_run:
        title = f"caption --write {args.write}"
        kept = folder.make(folder.new_name(), args.paths, args.journal, title)
    else:
        kept = None
    goes_on = args.output is not None and not args.write and not args.overwrite
    order = job.Order(
        name=folder.new_name() if kept is None else kept.job,
        paths=args.paths,
        opening=functools.partial(Work, _to_be_sent(args)),
        fingerprint=fingerprint(args),
        folder=kept,
        threads=args.threads,
        suffixes=suffixes(args),
        is_done=results.done_before(args.output, asked_for) if goes_on else None,
    )

    def whole() -> int:
        return count(args.paths, suffixes(args))

    ended = False
    try:
        with (
            asked_to_stop() as stop,
            job.connected(args.cluster, args.threads) as connection,
            results.writer(args.output, order.name, asked_for) as rows,
            contextlib.nullcontext() if kept is None else Journal() as own,
            _bar(whole) as bar,
        ):
            told = _Told(args, bar)
            done = job.run(connection, order, tell=output.note, asked_to_stop=lambda: stop.asked)
            with contextlib.closing(done):
                for each in done:
                    rows.add(each)
                    if own is not None and each.outcome.verdict is Verdict.DECLINED:
                        own.decline(each.outcome.image, each.outcome.reason)  # status looks there
                    told.tell(each.outcome, each.provider)
        ended = True
    finally:
        if kept is not None and folder.tidy(kept, ended=ended):
            output.note(f"This was job {kept.job}: lorgnette undo --job {kept.job} takes it back.")
    return told.end(whole if stop.asked else None)


class Work:
    """What captioning does with pictures, as it was asked for: here, or on another machine."""

    def __init__(self, args: argparse.Namespace) -> None:
        """Open what is needed.

        Raises:
            BrokenModelError, ProviderError
        """
        self._args = args
        self._captioner = drafting.open_captioner(args)
        self._reading = drafting.text_reading(args, self._captioner)
        self.label = self._captioner.manifest.label
        self.provider = self._captioner.provider
        self.fingerprint = self._captioner.manifest.fingerprint

    def outcomes(
        self,
        images: Iterable[Path],
        *,
        again: bool = False,
        journal: "Journal | None" = None,
        together: int = 1,
        captioned: Callable[[], object] = lambda: None,
        writing: Callable[[int], object] = lambda _count: None,
    ) -> Generator[Outcome]:
        """Yield what became of each picture, in order.

        Args:
            again: caption also what has alt text, which stays unless it was asked for otherwise.
            journal: in place of the user's; it is closed at the end.
            together: as write_drafts takes it.
            captioned: is called for each, in order, when only the writing is left.
            writing: as write_drafts takes it.
        """
        from lorgnette.jobs.batch import caption_batch, write_drafts

        args = self._args
        job = caption_batch(
            images,
            self._captioner,
            overwrite=args.overwrite or again,
            anyway=args.describe_anyway,
            reading=self._reading,
            joining=drafting.joining(args),
            scenes=args.scenes,
        )

        def noted() -> Generator[Outcome]:
            for outcome in job:
                captioned()
                yield outcome

        with contextlib.closing(job):
            if not args.write:
                yield from job
                return
            yield from write_drafts(
                noted(),
                args.write,
                model=self.label,
                naming=args.sidecar_naming,
                overwrite=args.overwrite,
                dry_run=args.dry_run,
                journal=journal,
                together=together,
                writing=writing,
            )


def fingerprint(args: argparse.Namespace) -> str:
    """Return which model was asked for, without opening it.

    Raises:
        BrokenModelError
    """
    from lorgnette.captioning.manifest import Manifest

    return Manifest.read(args.model or paths.shipped_model()).fingerprint


def _asked_for(args: argparse.Namespace) -> str:
    """Return a digest of what decides outcomes: equal where the same command is given again."""
    sent = vars(_to_be_sent(args)) | {"model": fingerprint(args)}
    for name in ("films", "format", "verbose"):  # what is looked for, and how it is told
        del sent[name]
    return hashlib.sha256(repr(sorted(sent.items())).encode()).hexdigest()


def _to_be_sent(args: argparse.Namespace) -> argparse.Namespace:
    """Return options as they hold on another machine, for one thread of it."""
    model = None if args.model is None else args.model.absolute()
    left_out = {"paths", "run", "output", "journal", "cluster"}
    sent = {name: value for name, value in vars(args).items() if name not in left_out}
    return argparse.Namespace(**sent | {"model": model, "threads": 1})


class _Told:
    """Outcomes on their way to a person or a program, and what they come to."""

    def __init__(self, args: argparse.Namespace, bar: "tqdm[Any]") -> None:
        self._args = args
        self._bar = bar
        self._show = _show_json if args.format == "jsonl" else _show_text
        self._verdicts: Counter[Verdict] = Counter()
        self._places: Counter[str] = Counter()

    def tell(self, outcome: Outcome, provider: str) -> None:
        """Print an outcome."""
        with self._bar.external_write_mode(file=sys.stdout, nolock=False):
            self._show(outcome, provider)
            if self._args.verbose and (seen := _seen(outcome)):
                output.note(f"{shown(outcome.image)}: seen: {seen}")
        self._bar.update()
        self._verdicts[outcome.verdict] += 1
        self._places[_place(outcome)] += 1

    def end(self, count: Callable[[], int] | None) -> ExitCode:
        """Print what it came to; return the exit status.

        Args:
            count: tells how many pictures there are; given where the end was asked for.
        """
        if self._args.write:
            places = self._places
            counted = ", ".join(f"{places[place]} {place}" for place in _PLACES if places[place])
            output.note(f"{'Plan' if self._args.dry_run else 'Written'}: {counted or 'nothing'}.")
        done = self._verdicts.total()
        if count is not None and (remaining := count() - done) > 0:
            output.note(
                f"Stopped after {done} pictures; {remaining} remain. "
                "Run the same command again to go on."
            )
            return ExitCode.INTERRUPTED
        return ExitCode.SOME_FAILED if self._verdicts[Verdict.FAILED] else ExitCode.OK


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
    captioned = outcome.verdict is Verdict.CAPTIONED
    said = outcome.alt_text if captioned else outcome.verdict.value
    note = outcome.reason
    if captioned and outcome.caption is not None and is_unsure(outcome.caption.confidence):
        note = note or "unsure"
    if note:
        said += f" ({note})" if outcome.alt_text else f": {note}"
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
    if caption is not None and caption.frames:
        content["frames"] = [
            {
                "seconds": round(each.seconds, 3),
                "alt_text": each.text,
                "confidence": round(each.confidence, 4),
            }
            for each in caption.frames
        ]
    if outcome.scenes:
        content["scenes"] = [dataclasses.asdict(each) for each in outcome.scenes]
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
def _bar(count: Callable[[], int]) -> Iterator["tqdm[Any]"]:
    """Yield a progress bar on a terminal's stderr; elsewhere one that shows nothing."""
    hidden = not sys.stderr.isatty()
    with tqdm(unit=" pictures", disable=hidden, dynamic_ncols=True) as bar:
        if not hidden:  # counting a large tree takes seconds: the first caption does not wait

            def total() -> None:
                bar.total = count()

            threading.Thread(target=total, daemon=True).start()
        yield bar
