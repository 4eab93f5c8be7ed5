"""lorgnette export-text: the alt text of a folder in other forms."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from lorgnette.cli import output
from lorgnette.cli.options import add_films, path_argument, suffixes
from lorgnette.errors import ExitCode
from lorgnette.files import find_pictures
from lorgnette.jobs.text_export import Line, Skipped, TextFormat
from lorgnette.names import shown

_BESIDE = ("txt", "vtt", "scenes")  # a file beside each picture or film


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "export-text",
        help="export the alt text of a folder",
        description="Prints the alt text of all pictures in a folder as one document, or writes "
        "one .txt file beside each picture.",
    )
    parser.add_argument("folder", type=path_argument, metavar="FOLDER")
    parser.add_argument(
        "--format",
        required=True,
        choices=[*TextFormat, *_BESIDE],
        metavar="{csv,jsonl,html,markdown,txt,vtt,scenes}",
        help="a manifest (csv, jsonl), a gallery page (html), a list (markdown), or one NAME.txt "
        "a picture, as training programs read it (txt); of films whose scenes are listed, NAME.vtt "
        "for players, which read it aloud (vtt), or NAME.scenes.txt (scenes)",
    )
    parser.add_argument(
        "--output", type=path_argument, metavar="FILE", help="write the document to a file"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace FILE if it is there")
    parser.add_argument(
        "--data",
        action="store_true",
        help="csv for programs: without a byte order mark, and without the apostrophe that keeps "
        "a spreadsheet from running a cell as a formula",
    )
    add_films(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Export the alt text of the folder args.folder."""
    from lorgnette.jobs import text_export

    skipped: list[Skipped] = []

    def lines(base: Path) -> Iterator[Line]:
        for line in text_export.read_lines(find_pictures([args.folder], suffixes(args)), base):
            if isinstance(line, Line):
                yield line
            else:
                skipped.append(line)

    if args.format in _BESIDE:
        suffix, contents_of = {
            "txt": (".txt", text_export.plain_text),
            "vtt": (".vtt", text_export.web_vtt),
            "scenes": (".scenes.txt", text_export.scene_list),
        }[args.format]
        for outcome in text_export.write_text_files(lines(args.folder), suffix, contents_of):
            if isinstance(outcome, Skipped):
                skipped.append(outcome)
            else:
                output.line(shown(outcome.path))
    else:
        form = TextFormat(args.format)
        # Names in a document are relative to where it lies.
        base = args.folder if args.output is None else args.output.absolute().parent
        text = text_export.document(form, lines(base), spreadsheet=not args.data)
        if args.output is None:
            output.document(text)
        else:
            mark = "\ufeff" if form is TextFormat.CSV and not args.data else ""
            text_export.save_document(args.output, mark + text, overwrite=args.overwrite)
            output.line(shown(args.output))
    for each in skipped:
        output.note(f"{shown(each.image)}: left out: {each.reason}")
    return ExitCode.SOME_FAILED if skipped else ExitCode.OK
