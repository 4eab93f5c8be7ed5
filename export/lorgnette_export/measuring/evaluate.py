"""How good a model directory is, through the app's own captioner."""

import argparse
import json
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PIL import Image
from tqdm import tqdm

from lorgnette import paths
from lorgnette.captioning import images
from lorgnette.captioning.captioner import DEFAULT_BEAM_SIZE, Captioner
from lorgnette.errors import ExitCode, UnreadableImageError
from lorgnette_export.data import captioned
from lorgnette_export.data.captioned import DataError, Photo

_DECODED_AHEAD = 32


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "evaluate",
        help="score a model directory against people's captions",
        description="Captions the photos of a split with the app's captioner and prints BLEU-1 to "
        "4, ROUGE-L, METEOR and CIDEr-D, for each data set apart. METEOR needs Java.",
    )
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--split", default="val", help="default: val")
    parser.add_argument("--model", type=Path, metavar="DIR", help="default: the shipped model")
    parser.add_argument("--beam-size", type=int, default=DEFAULT_BEAM_SIZE, metavar="N")
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N of each set")
    parser.add_argument("--format", choices=["text", "json"], default="text")
    parser.add_argument(
        "--captions", type=Path, metavar="FILE", help="keep what was said, as JSON Lines"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Score a model and print the figures."""
    captioner = Captioner.open(
        args.model or paths.shipped_model(), provider="auto", beam_size=args.beam_size
    )
    report: dict[str, dict[str, float]] = {}
    left_out: list[str] = []
    said: list[str] = []
    photos = [p for p in captioned.read(args.data) if p.split == args.split]
    if not photos:
        raise DataError(f"{args.data} has no photos of the split {args.split!r}")
    from lorgnette_export.measuring import metrics  # its scorers take a second to load

    for source in dict.fromkeys(photo.source for photo in photos):
        chosen = [photo for photo in photos if photo.source == source][: args.limit]
        texts, unreadable = captions_of(captioner, chosen)
        scores, missing = metrics.score(texts, [photo.captions for photo in chosen])
        report[source] = {"photos": len(chosen), "unreadable": unreadable, **scores}
        left_out = missing
        said += [
            json.dumps({"file": photo.file.name, "source": source, "caption": text})
            for photo, text in zip(chosen, texts, strict=True)
        ]
    if args.captions:
        args.captions.write_text("\n".join(said) + "\n", encoding="utf-8")
    for line in left_out:
        print(f"left out: {line}", file=sys.stderr)
    if args.format == "json":
        print(json.dumps({"model": captioner.manifest.label, "sets": report}, indent=2))
    else:
        print(captioner.manifest.label)
        for source, scores in report.items():
            print(f"\n{source}: {scores.pop('photos'):.0f} photos of {args.split}")
            for name, value in scores.items():
                print(f"  {name:10} {value:.4f}")
    return ExitCode.OK


def captions_of(captioner: Captioner, photos: Sequence[Photo]) -> tuple[list[str], int]:
    """Return the caption of each photo, "" where it cannot be read, and how many those are.

    The sentence that the app chooses, whatever it would make of it or decline: no word for people
    is made neutral, nothing said twice is cut.
    """

    def opened(photo: Photo) -> Image.Image | None:
        try:
            return images.load(photo.file, captioner.least_side)
        except UnreadableImageError as error:
            tqdm.write(str(error), file=sys.stderr)
            return None

    texts = []
    with ThreadPoolExecutor(1) as pool, tqdm(total=len(photos), unit="photo") as bar:
        for first in range(0, len(photos), _DECODED_AHEAD):
            for image in pool.map(opened, photos[first : first + _DECODED_AHEAD]):
                texts.append("" if image is None else captioner.said(image))
                bar.update()
    return texts, texts.count("")
