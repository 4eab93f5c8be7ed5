"""lorgnette set, lorgnette show: a person's own words for one picture, and what is there."""

import argparse
import dataclasses
from pathlib import Path
from typing import Any

from lorgnette import alttext
from lorgnette.alttext import AltText, Destination, Effect, Reading, State, Version, known
from lorgnette.alttext.known import Known
from lorgnette.cli import output
from lorgnette.cli.options import (
    add_also,
    add_write,
    language_argument,
    path_argument,
    words_argument,
)
from lorgnette.english.joining import day_in_words, listed
from lorgnette.errors import ExitCode
from lorgnette.names import shown

_UNREAD = "unreadable"  # there may be some
_SOURCES = {Destination.EMBED: "embedded", Destination.SIDECAR: "sidecar"}


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add both commands to the parser."""
    parser = subparsers.add_parser(
        "set",
        help="give a picture your own alt text",
        description="Writes your words as a picture's alt text, in place of what it has.",
    )
    parser.add_argument("path", type=path_argument, metavar="PATH", help="a picture")
    words = parser.add_mutually_exclusive_group(required=True)
    words.add_argument("text", nargs="?", type=words_argument, metavar="TEXT", help="its alt text")
    words.add_argument(
        "--decorative", action="store_true", help="it needs none: it says nothing by itself"
    )
    parser.add_argument(
        "--extended",
        type=words_argument,
        metavar="TEXT",
        help="an extended description; an empty one takes it away",
    )
    parser.add_argument(
        "--language",
        type=language_argument,
        metavar="TAG",
        help="of the words, such as en or pt-BR (BCP 47); an empty one: of none",
    )
    add_write(
        parser,
        "in a sidecar (.xmp) beside the picture, or inside it; default: sidecar",
        default=Destination.SIDECAR,
    )
    add_also(parser)
    parser.set_defaults(run=run_set)
    parser = subparsers.add_parser(
        "show",
        help="print a picture's alt text",
        description="Prints the alt text in a picture's file and its sidecars, and what might "
        "serve as such.",
    )
    parser.add_argument("path", type=path_argument, metavar="PATH", help="a picture")
    parser.add_argument(
        "--language",
        type=language_argument,
        default="",
        metavar="TAG",
        help="the one to prefer where there are several",
    )
    parser.add_argument("--format", choices=["text", "json"], default="text", help="default: text")
    parser.set_defaults(run=run_show)


def run_set(args: argparse.Namespace) -> int:
    """Write the words of args, a person's; print where they are now."""
    from lorgnette.jobs.writing import WriteBatch

    path: Path = args.path
    reading = alttext.read(path, args.language or "")
    present = reading.alt_text or AltText()
    extended = reading.extended_description if args.extended is None else args.extended
    alt_text = AltText(
        text=args.text or "",
        extended_description=extended,
        language=present.language if args.language is None else args.language,
        decorative=args.decorative,
    )
    with WriteBatch(
        args.write,
        naming=args.sidecar_naming,
        overwrite=True,
        mirror=args.also is not None,
        title=f"set {shown(path.name)}",
    ) as batch:
        written = batch.write(path, alt_text)
    if written.effect is Effect.UNCHANGED:
        output.line(f"{shown(path)}: unchanged, {shown(written.path.name)} has these words")
    else:
        reason = f" ({written.reason})" if written.reason else ""
        output.line(f"{shown(path)}: written to {shown(written.path.name)}{reason}")
    if written.copied_to:
        output.line(f"{shown(path)}: also in {', '.join(written.copied_to)}")
    for warning in written.warnings:
        output.note(f"{shown(path)}: {warning}")
    return ExitCode.OK


def run_show(args: argparse.Namespace) -> int:
    """Print what is known of the picture args.path."""
    reading = alttext.read(args.path, args.language)
    found = known.read(args.path)
    if args.format == "json":
        output.json_document(_content(args.path, reading, found))
    else:
        for line in [*_lines(reading), *_known_lines(found)]:
            output.line(line)
    unread = reading.alt_text is None and reading.unread
    return ExitCode.SOME_FAILED if unread else ExitCode.OK


def _content(path: Path, reading: Reading, found: Known) -> dict[str, Any]:
    alt_text = reading.alt_text or AltText()
    missing = alt_text.state is State.MISSING
    return {
        "path": str(path),
        "alt_text": None if missing else alt_text.text,
        "extended_description": reading.extended_description,
        "language": alt_text.language,
        "state": _state(reading),
        "origin": None if missing else alt_text.origin.value,
        "source": None if reading.source is None else _SOURCES[reading.source],
        "file": None if reading.path is None else str(reading.path),
        "model": alt_text.model,
        "confidence": alt_text.confidence,
        "edited_elsewhere": reading.edited_elsewhere,
        "conflicts": [_version(version) for version in reading.conflicts],
        "suggestions": [{"where": s.where, "text": s.text} for s in reading.suggestions],
        "known": dataclasses.asdict(found),
        "stale": list(reading.stale),
        "troubles": list(reading.troubles),
    }


def _state(reading: Reading) -> str:
    if reading.alt_text is None:
        return _UNREAD if reading.unread else State.MISSING.value
    return reading.alt_text.state.value


def _version(version: Version) -> dict[str, Any]:
    return {
        "source": _SOURCES[version.source],
        "file": str(version.path),
        "alt_text": version.alt_text.text,
        "language": version.alt_text.language,
        "state": version.alt_text.state.value,
        "origin": version.alt_text.origin.value,
    }


def _known_lines(found: Known) -> list[str]:
    faces = "1 face" if found.faces == 1 else f"{found.faces} faces"
    marked = f" ({faces} marked)" if found.faces else ""
    told = {
        "People": f"{listed(found.people)}{marked}" if found.people else marked.strip(" ()"),
        "Place": found.place,
        "Taken": day_in_words(found.date) if found.date else "",
        "Event": found.event,
        "Title": found.title,
        "Headline": found.headline,
        "Keywords": ", ".join(found.keywords),
    }
    return [f"{name}: {text}" for name, text in told.items() if text]


def _lines(reading: Reading) -> list[str]:
    alt_text = reading.alt_text or AltText()
    lines = [f"Alt text: {alt_text.text or _state(reading)}"]
    if reading.extended_description:
        first, *others = reading.extended_description.split("\n")
        lines += [f"Extended description: {first}", *(f"  {other}" for other in others)]
    if alt_text.language:
        lines.append(f"Language: {alt_text.language}")
    if reading.path is not None:
        lines.append(f"State: {alt_text.state.value}, origin: {alt_text.origin.value}")
        lines.append(f"From: {shown(reading.path.name)}")
    if reading.edited_elsewhere:
        lines.append("Another program has changed it since lorgnette wrote it.")
    lines += [
        f"Conflict: {shown(other.path.name)} says: {other.alt_text.text or other.alt_text.state}"
        for other in reading.conflicts
    ]
    lines += [f"Suggestion ({each.where}): {each.text}" for each in reading.suggestions]
    lines += [f"Out of step: {each}" for each in reading.stale]
    lines += [f"Trouble: {trouble}" for trouble in reading.troubles]
    return lines
