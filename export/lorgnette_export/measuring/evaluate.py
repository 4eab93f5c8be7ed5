"""How good a model directory is, through the app's own captioner."""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PIL import Image
from tqdm import tqdm

from lorgnette import paths
from lorgnette.captioning import images
from lorgnette.captioning.captioner import DEFAULT_BEAM_SIZE, Captioner
from lorgnette.errors import ExitCode, UnreadableImageError
from lorgnette_export.data import boxes, captioned
from lorgnette_export.data.captioned import DataError, Photo
from lorgnette_export.evidence.things import WordNet
from lorgnette_export.measuring import figures
from lorgnette_export.measuring.figures import Figures, Said, set_of
from lorgnette_export.measuring.naming import WORDNET, Names, node_of

_DECODED_AHEAD = 32


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "evaluate",
        help="score a model directory against people's captions, and count what it invents",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="""\
Captions the photos of a split with the app's captioner and prints, for each data
set apart and for those that are parts of one (coco, coco2) together:

  declined              share of photos that the app drafts nothing for
  BLEU-1 to CIDEr-D     likeness to people's captions
  right                 share of captions whose CIDEr-D is at least 0.5
  AUROC, ECE            how well the confidence tells these
  CHAIRs, CHAIRi        on photos with boxes: share of captions that say a thing, and
                        share of the things said, that is not there: neither the boxes
                        nor any of people's captions have it
  people, animals,      on photos that are marked to have none ("empty": true)
  either said
  names the thing       on photos named as ImageNet's are: a word for the class

Likeness and confidence are of the sentence that the app chooses, in the model's
own words: people say "a man" where the app drafts "a person", and a draft that
says less for being unsure is shorter on purpose. What is said is counted in these
words and, in the lines "drafted", in what the app drafts: saying less and
declining show in the latter alone.

Captions that a model wrote ("machine": true) stand apart, in up to three parts:
nobody there, things, others. A confidence flatters itself on photos that it was
fitted on; judge reports it by folds. METEOR needs Java.""",
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
    parser.add_argument(
        "--wordnet",
        type=Path,
        default=WORDNET,
        metavar="DIR",
        help="WordNet 3.0, Debian's wordnet-base, which names of things need "
        "(default: %(default)s)",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Score a model and print the figures."""
    captioner = Captioner.open(
        args.model or paths.shipped_model(), provider="auto", beam_size=args.beam_size
    )
    every = [p for p in captioned.read(args.data) if p.split == args.split]
    if not every:
        raise DataError(f"{args.data} has no photos of the split {args.split!r}")
    photos = first_of_each_set(every, args.limit)
    names, without_names = _names(args.wordnet, photos)
    seen = boxes.read(args.data)
    said = captions_of(captioner, photos)
    if args.captions:
        args.captions.write_text(_lines(photos, said), encoding="utf-8")
    found, left_out = figures.measure(photos, said, seen, names)
    for line in (*without_names, *left_out):
        print(f"left out: {line}", file=sys.stderr)
    if args.format == "json":
        print(json.dumps({"model": captioner.manifest.label, "sets": found}, indent=2))
    else:
        print(captioner.manifest.label)
        for who, machine in (("people's captions", False), ("captions of a model", True)):
            its = {name: each for name, each in found.items() if each["machine"] == machine}
            if its:
                print(f"\n{_table(who, its)}")
    return ExitCode.OK


def first_of_each_set(photos: Sequence[Photo], limit: int | None) -> list[Photo]:
    """Return the first limit photos of each set, all without one, in their order."""
    counts: dict[str, int] = {}
    found = []
    for photo in photos:
        counts[set_of(photo)] = counts.get(set_of(photo), 0) + 1
        if limit is None or counts[set_of(photo)] <= limit:
            found.append(photo)
    return found


def captions_of(captioner: Captioner, photos: Sequence[Photo]) -> list[Said]:
    """Return what captioner says of each photo, with its own words and as the app drafts it."""

    def opened(photo: Photo) -> Image.Image | None:
        try:
            return images.load(photo.file, captioner.least_side)
        except UnreadableImageError as error:
            tqdm.write(str(error), file=sys.stderr)
            return None

    said = []
    with ThreadPoolExecutor(1) as pool, tqdm(total=len(photos), unit="photo") as bar:
        for first in range(0, len(photos), _DECODED_AHEAD):
            for image in pool.map(opened, photos[first : first + _DECODED_AHEAD]):
                if image is None:
                    said.append(Said(model="", draft="", confidence=0.0, unreadable=True))
                else:
                    drafted = captioner.describe(image)
                    own = drafted if drafted.model_words else captioner.describe(image, anyway=True)
                    said.append(
                        Said(
                            model=" ".join(own.model_words),
                            draft=drafted.text,
                            confidence=own.model_confidence,
                            seen=", ".join(f"{s.name} {s.probability:.2g}" for s in own.seen),
                        )
                    )
                bar.update()
    return said


def _names(wordnet: Path, photos: Sequence[Photo]) -> tuple[Names | None, list[str]]:
    if not any(node_of(photo.file) for photo in photos):
        return None, []
    if not (wordnet / "data.noun").is_file():
        return None, [f"names of things: {wordnet} holds no WordNet (Debian's wordnet-base)"]
    return Names(WordNet(wordnet)), []


def _lines(photos: Sequence[Photo], said: Sequence[Said]) -> str:
    return "".join(
        json.dumps(
            {
                "file": photo.file.name,
                "source": photo.source,
                "caption": each.model,
                "draft": each.draft,
                "confidence": round(each.confidence, 4),
                "seen": each.seen,
            }
        )
        + "\n"
        for photo, each in zip(photos, said, strict=True)
    )


def _table(who: str, sets: Mapping[str, Figures]) -> str:
    """Return figures as lines, a column for each set; "-" where a set cannot tell."""
    columns = {name: dict(_named(its)) for name, its in sets.items()}
    rows = list(dict.fromkeys(row for column in columns.values() for row in column))
    first = max(map(len, (who, *rows)))
    lines = [f"{who:{first}}" + "".join(f"  {name:>8}" for name in columns)]
    for row in rows:
        cells = "".join(
            f"  {_cell(column.get(row)):>{max(8, len(name))}}" for name, column in columns.items()
        )
        lines.append(f"{row:{first}}{cells}")
    return "\n".join(lines)


def _named(its: Figures) -> Iterator[tuple[str, float | None]]:
    """Yield the figures on a set, each of a draft after that of the model's words."""
    for name, value in its.items():
        if name not in {"machine", "draft"}:
            yield name, value
            if name in its["draft"]:
                yield f"{name}, drafted", its["draft"][name]


def _cell(value: float | None) -> str:
    if value is None:
        return "-"
    return str(value) if isinstance(value, int) else f"{value:.3f}"
