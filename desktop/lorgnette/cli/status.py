"""lorgnette status: how far the pictures of a folder have their words."""

import argparse
import os
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from lorgnette.cli import output
from lorgnette.cli.options import add_films, path_argument, suffixes
from lorgnette.cluster import is_table
from lorgnette.cluster.errors import NoClusterError
from lorgnette.errors import ExitCode
from lorgnette.files import find_pictures
from lorgnette.jobs.outcome import Verdict
from lorgnette.jobs.status import Standing, Status, Tally, statuses
from lorgnette.names import shown


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "status",
        help="count which pictures have alt text",
        description="Counts how many pictures have reviewed alt text, drafts or none, folder by "
        "folder. Nothing is written.",
    )
    parser.add_argument(
        "paths",
        nargs="+",
        type=path_argument,
        metavar="PATH",
        help="a picture or a folder; or one with the table of outcomes that caption --output wrote",
    )
    parser.add_argument("--format", choices=["text", "json"], default="text", help="default: text")
    parser.add_argument(
        "--missing",
        action="store_true",
        help="print just the paths of those that lack alt text; the exit status is then 1 if "
        "there are any",
    )
    parser.add_argument(
        "--null", action="store_true", help="with --missing: a NUL after each path, for xargs -0"
    )
    add_films(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Count what args.paths stand for, or print what is missing."""
    if args.null and (not args.missing or args.format == "json"):
        output.note("lorgnette status: --null needs --missing, and no --format json")
        return ExitCode.CANNOT_RUN
    tables = [path for path in args.paths if is_table(path)]
    if tables:
        if len(tables) < len(args.paths):
            output.note("lorgnette status: tables of outcomes and pictures need a call each")
            return ExitCode.CANNOT_RUN
        return _of_tables(args, tables)
    folders: dict[Path, Tally] = defaultdict(Tally)
    whole = Tally()
    missing: list[Status] = []
    for status in statuses(find_pictures(args.paths, suffixes(args))):
        for tally in (folders[status.image.parent], whole):
            tally.add(status)
        if status.standing is Standing.UNREADABLE:
            output.note(f"{shown(status.image)}: {status.reason}")
        if args.missing and status.standing.missing:
            missing.append(status)
            if args.format == "text":
                output.path(status.image, end="\0" if args.null else "\n")
    if args.format == "json":
        output.json_document(_missing(missing) if args.missing else _content(folders, whole))
    elif not args.missing:
        for folder, tally in folders.items():
            output.line(f"{shown(_named(folder))}: {_words(tally)}")
        if len(folders) != 1:
            output.line(f"In all: {_words(whole)}")
    failed = missing or whole.standings[Standing.UNREADABLE]
    return ExitCode.SOME_FAILED if failed else ExitCode.OK


def _of_tables(args: argparse.Namespace, tables: list[Path]) -> int:
    """Count what became of the pictures of jobs on clusters, or print what is missing."""
    try:
        from lorgnette.cluster import results
    except ImportError as error:
        raise NoClusterError("tables of outcomes need") from error
    folders: dict[Path, Counter[Verdict]] = defaultdict(Counter)
    whole: Counter[Verdict] = Counter()
    missing = []
    for path, verdict, reason in (row for table in tables for row in results.read(table)):
        folders[path.parent][verdict] += 1
        whole[verdict] += 1
        if verdict in (Verdict.DECLINED, Verdict.FAILED) and args.missing:
            missing.append({"path": str(path), "standing": verdict.value, "reason": reason})
            if args.format == "text":
                output.path(path, end="\0" if args.null else "\n")
    if args.format == "json":
        by_folder = [
            {"folder": str(folder), **_verdicts(counts)} for folder, counts in folders.items()
        ]
        output.json_document(missing if args.missing else _verdicts(whole) | {"folders": by_folder})
    elif not args.missing:
        for folder, counts in sorted(folders.items()):
            output.line(f"{shown(_named(folder))}: {_verdict_words(counts)}")
        if len(folders) != 1:
            output.line(f"In all: {_verdict_words(whole)}")
    return ExitCode.SOME_FAILED if missing or whole[Verdict.FAILED] else ExitCode.OK


def _verdicts(counts: Counter[Verdict]) -> dict[str, Any]:
    return {"pictures": counts.total(), **{each.value: counts[each] for each in Verdict}}


def _verdict_words(counts: Counter[Verdict]) -> str:
    total = counts.total()
    pictures = "1 picture" if total == 1 else f"{total} pictures"
    return ", ".join([pictures, *(f"{counts[v]} {v}" for v in Verdict if counts[v])])


def _named(folder: Path) -> str:
    return f"{folder}{'' if str(folder).endswith(os.sep) else os.sep}"


def _words(tally: Tally) -> str:
    """Return counts in words, without those that are none."""
    total = tally.standings.total()
    parts = [_said(each, count) for each in Standing if (count := tally.standings[each])]
    if tally.conflicts:
        parts.append(f"{tally.conflicts} with a conflict")
    pictures = "1 picture" if total == 1 else f"{total} pictures"
    return ", ".join([pictures, *parts])


def _said(standing: Standing, count: int) -> str:
    match standing:
        case Standing.DRAFT:
            return "1 draft" if count == 1 else f"{count} drafts"
        case Standing.CAPTION:
            return f"{count} with only a caption"
        case Standing.NONE:
            return f"{count} with none"
        case _:
            return f"{count} {standing}"


def _counts(tally: Tally) -> dict[str, int]:
    counts = {each.value: tally.standings[each] for each in Standing}
    return {"pictures": tally.standings.total(), **counts, "conflicts": tally.conflicts}


def _content(folders: dict[Path, Tally], whole: Tally) -> dict[str, Any]:
    by_folder = [{"folder": str(folder), **_counts(tally)} for folder, tally in folders.items()]
    return {**_counts(whole), "folders": by_folder}


def _missing(missing: list[Status]) -> list[dict[str, str]]:
    return [
        {"path": str(each.image), "standing": each.standing.value, "reason": each.reason}
        for each in missing
    ]
