"""lorgnette import-text: a table of texts comes back to its pictures."""

import argparse
from collections import Counter
from pathlib import Path

from lorgnette.alttext import Destination, Effect
from lorgnette.cli import output
from lorgnette.cli.options import add_also, add_write, path_argument, words_argument
from lorgnette.errors import ExitCode
from lorgnette.jobs.text_import import RowOutcome
from lorgnette.names import shown

_COUNTED = ("to sidecars", "embedded", "unchanged", "kept as they are", "left out", "failed")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "import-text",
        help="import a table of alt text",
        description="Shows what a table of texts would give to which pictures, line by line; with "
        "--write it is written, as reviewed alt text.",
    )
    parser.add_argument(
        "table",
        type=path_argument,
        metavar="FILE",
        help="what export-text writes (csv, jsonl), or any CSV with a column of paths and one of "
        "texts",
    )
    add_write(parser, "write the texts: in a sidecar (.xmp) beside each picture, or inside it")
    add_also(parser)
    parser.add_argument(
        "--overwrite", action="store_true", help="replace a person's alt text that is there, too"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="with --write: show what would be written where"
    )
    parser.add_argument(
        "--folder",
        type=path_argument,
        metavar="DIR",
        help="where the paths in the table count from; default: where the table lies",
    )
    for what in ("path", "text"):
        parser.add_argument(
            f"--{what}-column",
            type=words_argument,
            default="",
            metavar="NAME",
            help=f"what the column of {what}s is called; default: found by its usual names",
        )
    parser.add_argument(
        "--data",
        action="store_true",
        help="the table is by a program: an apostrophe before what a spreadsheet would run as a "
        "formula belongs to the text",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Import the table args.table."""
    from lorgnette.jobs import tables, text_import

    if args.dry_run and not args.write:
        output.note("lorgnette import-text: --dry-run needs --write sidecar or embed")
        return ExitCode.CANNOT_RUN
    table: Path = args.table
    columns = tables.Columns(args.path_column, args.text_column)
    records = tables.read(table, columns, spreadsheet=not args.data)
    folder = table.parent if args.folder is None else args.folder
    lines = list(text_import.check(records, folder))
    left_out = [line for line in lines if isinstance(line, text_import.LeftOut)]
    for line in left_out:
        named = f"{shown(line.name)}: " if line.name else ""
        output.note(f"line {line.line}: {named}left out: {line.reason}")
    writes = args.write and not args.dry_run
    job = text_import.write_rows if writes else text_import.plan_rows
    counts = Counter({"left out": len(left_out)})
    rows = (line for line in lines if isinstance(line, text_import.Row))
    try:
        for outcome in job(
            rows,
            args.write or Destination.SIDECAR,
            naming=args.sidecar_naming,
            overwrite=args.overwrite,
            mirror=args.also is not None,
        ):
            counts[_show(outcome)] += 1
    except KeyboardInterrupt:
        undo = "; lorgnette undo takes back what was written" if writes else ""
        output.note(f"Stopped before the end of the table{undo}.")
        return ExitCode.INTERRUPTED
    counted = ", ".join(f"{counts[each]} {each}" for each in _COUNTED if counts[each])
    output.note(f"{'Written' if writes else 'Plan'}: {counted or 'nothing'}.")
    if not args.write:
        output.note("Nothing was written: --write sidecar or --write embed does.")
    failed = counts["failed"] or any(line.fault for line in left_out)
    return ExitCode.SOME_FAILED if failed else ExitCode.OK


def _show(outcome: RowOutcome) -> str:
    """Print what became of a line; return what it counts as."""
    row, written = outcome.row, outcome.written
    if written is None:
        output.note(f"line {row.line}: {shown(row.image)}: {outcome.error}")
        return "failed"
    name = shown(row.image)
    for warning in written.warnings:
        output.note(f"line {row.line}: {name}: {warning}")
    reason = f" ({written.reason})" if written.reason else ""
    match written.effect:
        case Effect.KEEP:
            output.line(f"{name}: kept{reason}")
            return "kept as they are"
        case Effect.UNCHANGED:
            output.line(f"{name}: unchanged")
            return "unchanged"
        case Effect.WRITE:
            text = written.alt_text.text or written.alt_text.state
            also = f", also in {', '.join(written.copied_to)}" if written.copied_to else ""
            output.line(f"{name}: {shown(written.path.name)}{also}{reason}: {text}")
            embedded = written.destination is Destination.EMBED
            return "embedded" if embedded else "to sidecars"
