"""lorgnette undo, lorgnette history: take back what was written."""

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from lorgnette.cli import output
from lorgnette.cli.options import path_argument
from lorgnette.errors import ExitCode
from lorgnette.names import shown

if TYPE_CHECKING:
    from lorgnette.jobs.journal import Undone


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add both commands to the parser."""
    parser = subparsers.add_parser(
        "undo",
        help="restore the files that a batch has changed",
        description="Gives every file of a batch its old bytes back. A file that has changed "
        "since is left alone.",
    )
    parser.add_argument(
        "batch",
        nargs="?",
        type=int,
        metavar="BATCH",
        help="its number in the history; default: the last one that is not undone",
    )
    parser.add_argument(
        "--job",
        metavar="ID",
        help="a job of many machines (caption --cluster), from any of them, in place of a batch",
    )
    parser.add_argument(
        "--folder",
        type=path_argument,
        metavar="DIR",
        help="with --job: only pictures in this folder and its subfolders",
    )
    parser.add_argument(
        "--journal",
        type=path_argument,
        metavar="DIR",
        help="with --job: where it was told to keep what undoes it",
    )
    parser.set_defaults(run=run_undo)
    parser = subparsers.add_parser(
        "history",
        help="list the batches that can be undone",
        description="Lists what was written, the newest batch first.",
    )
    parser.add_argument("--format", choices=["text", "json"], default="text", help="default: text")
    parser.set_defaults(run=run_history)


def run_undo(args: argparse.Namespace) -> int:
    """Undo a batch or a job; print what became of each file."""
    if args.job is None and (args.folder or args.journal):
        output.note("lorgnette undo: --folder and --journal need --job")
        return ExitCode.CANNOT_RUN
    if args.job is not None and args.batch is not None:
        output.note("lorgnette undo: a batch or --job, not both")
        return ExitCode.CANNOT_RUN
    if args.job is not None:
        from lorgnette.cluster import folder

        found = folder.find(args.job, args.folder or Path(), args.journal)
        return _told(folder.undo(found, args.folder))
    from lorgnette.jobs.journal import Journal

    with Journal() as journal:
        return _told(journal.undo(args.batch))


def _told(every: Iterable["Undone"]) -> int:
    failed = False
    for undone in every:
        failed = failed or not undone.restored
        said = "restored" if undone.restored else f"left alone: {undone.reason}"
        output.line(f"{shown(undone.path)}: {said}")
    return ExitCode.SOME_FAILED if failed else ExitCode.OK


def run_history(args: argparse.Namespace) -> int:
    """Print the batches."""
    from lorgnette.jobs.journal import Journal

    with Journal() as journal:
        batches = journal.history()
    if args.format == "json":
        content = [
            {
                "batch": batch.id,
                "started": batch.started.isoformat(),
                "title": batch.title,
                "files": batch.files,
                "undone": batch.undone,
                "changed": batch.changed,
            }
            for batch in batches
        ]
        output.json_document(content)
        return ExitCode.OK
    for batch in batches:
        started = batch.started.astimezone().strftime("%Y-%m-%d %H:%M")
        files = "1 file" if batch.files == 1 else f"{batch.files} files"
        notes = f", {batch.undone} undone" if batch.undone else ""
        notes += f", {batch.changed} changed since" if batch.changed else ""
        output.line(f"{batch.id:5}  {started}  {batch.title}: {files}{notes}")
    return ExitCode.OK
