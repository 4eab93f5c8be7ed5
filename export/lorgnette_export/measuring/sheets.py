"""Photos with what a model says of them on pages, for a person to judge."""

import argparse
import json
import textwrap
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from lorgnette.captioning import images
from lorgnette.errors import ExitCode
from lorgnette_export.data import captioned
from lorgnette_export.data.captioned import DataError, Photo
from lorgnette_export.measuring.figures import set_of

COLUMNS, ROWS = 4, 3
_CELL = 420  # pixels a side, of which the lower part is text
_PHOTO = (400, 270)
_FONT = 15  # pixels
_LETTERS = 54  # a line


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "sheets",
        help="put photos and what was said of them on pages, to judge by eye",
        description="Draws photos of a split, always the same ones, with number, draft, the "
        "model's own words where they differ, confidence and what was seen, twelve on a page.",
    )
    parser.add_argument("captions", type=Path, metavar="FILE", help="of evaluate --captions")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--set", metavar="NAME", help="only photos of one set, as evaluate calls it"
    )
    parser.add_argument("--count", type=int, default=100, metavar="N", help="default: 100")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="for page-01.png...")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Draw the pages."""
    photos = {(photo.source, photo.file.name): photo for photo in captioned.read(args.data)}
    try:
        lines = [json.loads(line) for line in args.captions.read_text("utf-8").splitlines()]
        said = [(photos[line["source"], line["file"]], line) for line in lines]
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"{args.captions} holds no captions of {args.data}: {error}") from error
    wanted = [pair for pair in said if args.set in {None, set_of(pair[0])}]
    if not wanted:
        raise DataError(f"{args.captions} has no photo of the set {args.set!r}")
    # By name and not by place, so that another model's sheets show the same photos.
    wanted.sort(key=lambda pair: zlib.crc32(pair[0].file.name.encode()))
    chosen = wanted[: args.count]
    args.out.mkdir(parents=True, exist_ok=True)
    for number, first in enumerate(range(0, len(chosen), COLUMNS * ROWS), 1):
        path = args.out / f"page-{number:02}.png"
        page(chosen[first : first + COLUMNS * ROWS], first + 1).save(path)
        print(path)
    return ExitCode.OK


def page(said: Sequence[tuple[Photo, dict[str, Any]]], first: int) -> Image.Image:
    """Return a page of photos, each with its line of evaluate --captions.

    Args:
        first: the number of the first of them.
    """
    rows = -(-len(said) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * _CELL, rows * _CELL), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(_FONT)
    for place, (photo, line) in enumerate(said):
        left, top = place % COLUMNS * _CELL + 10, place // COLUMNS * _CELL + 10
        picture = images.load(photo.file, _PHOTO[0])
        picture.thumbnail(_PHOTO)
        sheet.paste(picture, (left, top))
        text = "\n".join(textwrap.wrap(f"{first + place}. {told(line)}", _LETTERS, max_lines=7))
        draw.text((left, top + _PHOTO[1] + 5), text, "black", font)
    return sheet


def told(line: dict[str, Any]) -> str:
    """Return what stands under a photo."""
    draft, own = line["draft"], line["caption"]
    words = [draft or "(declined)"]
    if draft.rstrip(".").lower() != own:
        words.append(f"[{own}]")
    words.append(f"{line['confidence']:.2f}")
    if line["seen"]:
        words.append(f"seen: {line['seen']}")
    return " ".join(words)
