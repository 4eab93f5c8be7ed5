"""Options that more than one command has, so that they are called and explained alike."""

import argparse
from collections.abc import Callable
from pathlib import Path

from lorgnette.alttext import Destination, SidecarNaming, language_tag
from lorgnette.files import FILMS, SUFFIXES


def path_argument(text: str) -> Path:
    """Return an argument as a path; an empty one, of an unset variable, is no folder."""
    if not text:
        raise argparse.ArgumentTypeError("the path is empty")
    return Path(text)


def words_argument(text: str) -> str:
    """Return an argument as words; bytes in another encoding would be lost in silence."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise argparse.ArgumentTypeError("the words are in another encoding than UTF-8") from None
    return text


def language_argument(text: str) -> str:
    """Return an argument as a BCP 47 tag; empty for none."""
    tag = language_tag(text)
    if tag.lower() != text.strip().replace("_", "-").lower():
        raise argparse.ArgumentTypeError(
            f"{text!a} is no language tag (BCP 47), such as en, de or pt-BR"
        )
    return tag


def number_between(low: int, high: int) -> Callable[[str], int]:
    """Return what reads an argument as a whole number, from low to high."""

    def number(text: str) -> int:
        value = int(text) if text.isascii() and text.isdigit() else low - 1
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text} is not a number from {low} to {high}")
        return value

    return number


def seconds_argument(text: str) -> float:
    """Return an argument as seconds, from a tenth to a day."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.1 <= value <= 86400:
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds from 0.1 to 86400")
    return value


def add_films(parser: argparse.ArgumentParser) -> None:
    """Add --films to a command that searches folders."""
    parser.add_argument(
        "--films",
        action="store_true",
        help="of folders, take films, too (MP4, MOV, WebM, MKV, AVI, 3GP); one that is named is "
        "taken anyway",
    )


def add_scenes(parser: argparse.ArgumentParser) -> None:
    """Add --scenes to a command that captions."""
    parser.add_argument(
        "--scenes",
        action="store_true",
        help="list what is seen in animations and films, scene by scene with its time, in the "
        "extended description",
    )


def suffixes(args: argparse.Namespace) -> frozenset[str]:
    """Return which files of folders are meant."""
    return SUFFIXES | FILMS if args.films else SUFFIXES


def add_also(parser: argparse.ArgumentParser) -> None:
    """Add --also to a command that writes a person's words."""
    parser.add_argument(
        "--also",
        choices=["caption-fields"],
        help="caption-fields: copy reviewed text to the picture's caption fields, too, where these "
        "say nothing yet, for programs that look nowhere else",
    )


def add_write(
    parser: argparse.ArgumentParser, meaning: str, default: Destination | None = None
) -> None:
    """Add --write, and how sidecars are named."""
    parser.add_argument(
        "--write",
        type=Destination,
        choices=list(Destination),
        default=default,
        metavar="{sidecar,embed}",
        help=meaning,
    )
    parser.add_argument(
        "--sidecar-naming",
        type=SidecarNaming,
        choices=list(SidecarNaming),
        default=SidecarNaming.WITH_EXTENSION,
        metavar="{with-extension,without-extension}",
        help="what a new sidecar is called: NAME.EXT.xmp (default), or NAME.xmp where no other "
        "picture can lay claim to it; one that is there keeps its name",
    )
