"""lorgnette undo, lorgnette history: take back what was written."""

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lorgnette.cli import output
from lorgnette.cli.options import path_argument
from lorgnette.errors import ExitCode
from lorgnette.names import shown

if TYPE_CHECKING:
    from lorgnette.cluster.folder import JobSummary
    from lorgnette.jobs.journal import BatchSummary, Undone


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
        help="list the batches and jobs that can be undone",
        description="Lists what was written, the newest batch first; also jobs of many machines "
        "(caption --cluster) that this machine began, or that the folder you are in was part of.",
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
    """Print batches, and jobs of many machines."""
    from lorgnette.cluster import folder
    from lorgnette.jobs.journal import Journal

    with Journal() as journal:
        batches = journal.history()
    every: list[BatchSummary | JobSummary] = [*batches, *folder.history(Path())]
    every.sort(key=lambda each: each.started, reverse=True)
    if args.format == "json":
        output.json_document(list(map(_content, every)))
        return ExitCode.OK
    for each in every:
        output.line(_line(each))
    return ExitCode.OK


def _content(entry: "BatchSummary | JobSummary") -> dict[str, Any]:
    return {
        "batch": getattr(entry, "id", None),
        "job": getattr(entry, "job", None),
        "started": entry.started.isoformat(),
        "title": entry.title,
        "files": entry.files,
        "undone": entry.undone,
        "changed": entry.changed,
    }


def _line(entry: "BatchSummary | JobSummary") -> str:
    from lorgnette.cluster.folder import JobSummary

    started = entry.started.astimezone().strftime("%Y-%m-%d %H:%M")
    if entry.files is None:
        said = "not ended, or its end was not seen"
    else:
        said = "1 file" if entry.files == 1 else f"{entry.files} files"
        said += f", {entry.undone} undone" if entry.undone else ""
        said += f", {entry.changed} changed since" if entry.changed else ""
    if not isinstance(entry, JobSummary):
        return f"{entry.id:5}  {started}  {entry.title}: {said}"
    if entry.away:
        said = f"what undoes it is not there now, in {shown(entry.folder)}"
    elif entry.files is None or entry.undone + entry.changed < entry.files:
        said += f"; lorgnette undo --job {entry.job}"
    return f"  job  {started}  {entry.title}: {said}"
