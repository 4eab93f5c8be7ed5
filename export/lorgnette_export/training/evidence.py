"""`lorgnette-export evidence`: teach a trained captioner to tell what it sees, and how surely."""

import argparse
import hashlib
import json
import zlib
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from lorgnette.errors import ExitCode
from lorgnette_export.data import captioned
from lorgnette_export.data.captioned import DataError, Photo
from lorgnette_export.evidence import head, thresholds, truth
from lorgnette_export.evidence import things as table
from lorgnette_export.evidence.things import Thing, WordNet
from lorgnette_export.networks import efficientnet_lite, mobilenet_detector
from lorgnette_export.networks import evidence as network
from lorgnette_export.networks.efficientnet_lite import LAST_CHANNELS
from lorgnette_export.networks.encoders import ENCODERS, Encoder
from lorgnette_export.networks.evidence import Evidence
from lorgnette_export.reading.runs import read_run
from lorgnette_export.training import features
from lorgnette_export.training.features import runner

EPOCHS = 6
WORDNET = Path("/usr/share/wordnet")  # where Debian's wordnet-base has it
_HELD_OUT = 10  # one training photo in so many measures, and is not learned from
_PEOPLES = "flickr8k"
_CLASSES_SET = 2  # photos with written captions: landscapes, and things of ImageNet's classes
MOST_WORDS = 400  # of one thing, in evidence.json


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `evidence`."""
    parser = subparsers.add_parser(
        "evidence",
        help="teach a trained captioner to tell what it sees, and how surely",
        description="Adds to a training checkpoint a network that tells things, animals and the "
        "number of people, and the table of what may be believed of it. Neither depends on the "
        "checkpoint but through its frozen CNNs: what an earlier call has learned from the same "
        "photos is kept in --grids and taken from there.",
    )
    parser.add_argument("checkpoint", type=Path, metavar="CHECKPOINT")
    parser.add_argument("--out", type=Path, required=True, metavar="CHECKPOINT")
    parser.add_argument(
        "--like",
        type=Path,
        metavar="CHECKPOINT",
        help="take the evidence of this one, which stands on the same frozen CNNs; nothing is "
        "learned then, and only --out is needed",
    )
    parser.add_argument("--data", type=Path, metavar="DIR")
    parser.add_argument("--grids", type=Path, metavar="DIR", help="as of train; kept between calls")
    parser.add_argument("--encoder-weights", type=Path, metavar="FILE", help="of the detector")
    parser.add_argument(
        "--input-size", type=int, default=288, metavar="PIXELS", help="as of judge; %(default)s"
    )
    parser.add_argument(
        "--wordnet", type=Path, default=WORDNET, metavar="DIR", help="default: %(default)s"
    )
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    saved = dict(read_run(args.checkpoint))
    if saved["config"].get("whole_cnn"):
        raise DataError(
            f"{args.checkpoint} has trained all of its CNN, and evidence stands on a part of it "
            "that is as ImageNet left it"
        )
    if args.like is not None:
        other = read_run(args.like)
        if "evidence" not in other:
            raise DataError(f"{args.like} has no evidence")
        saved["evidence"] = other["evidence"]
        torch.save(saved, args.out)
        return ExitCode.OK
    if args.data is None or args.grids is None or args.encoder_weights is None:
        raise DataError("to teach evidence takes --data, --grids and --encoder-weights, or --like")
    data = args.data.resolve()  # what is kept in --grids goes by files' full names
    fitted, report = fit(
        captioned.read(data),
        data,
        grids=args.grids,
        detector=args.encoder_weights,
        size=args.input_size,
        wordnet=args.wordnet,
    )
    saved["evidence"] = fitted
    torch.save(saved, args.out)
    args.out.with_suffix(".evidence.json").write_text(json.dumps(report, indent=1))
    print(json.dumps({k: v for k, v in report.items() if k != "things"}, indent=1))
    return ExitCode.OK


def fit(
    photos: Sequence[Photo], data: Path, *, grids: Path, detector: Path, size: int, wordnet: Path
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what `evidence` adds to a checkpoint, and the report on photos kept apart.

    Raises:
        DataError: WordNet is not there.
    """
    if not (wordnet / "data.noun").exists():
        raise DataError(f"there is no data.noun in {wordnet}; install wordnet-base, or name it")
    names = [photo.file.name for photo in photos]
    key = hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]
    words = WordNet(wordnet)
    things = table.things(words)
    train = [photo for photo in photos if photo.split == "train"]
    kept = [photo for photo in train if zlib.crc32(photo.file.name.encode()) % _HELD_OUT]
    measured = [p for p in photos if p.split == "val"]
    measured += [p for p in train if not zlib.crc32(p.file.name.encode()) % _HELD_OUT]
    evidence = network.pretrained()
    learned = grids / f"evidence-head-{key}.pt"
    if learned.exists():
        evidence.head.load_state_dict(torch.load(learned, weights_only=True))
    else:
        evidence.head = _learned(kept, data, things, words, grids, detector)
        torch.save(evidence.head.state_dict(), learned)
    seen = probabilities([p.file for p in measured], evidence, detector, size, grids)
    truths = truth.read(measured, data, things, words)
    sets = np.array([_set_of(photo) for photo in measured])
    content, report = tabled(
        things,
        thresholds.Measured(probabilities=seen, truths=truths, sets=sets),
        _used(photos),
    )
    return {"head": evidence.head.state_dict(), "table": content}, report


def _learned(
    photos: Sequence[Photo],
    data: Path,
    things: Sequence[Thing],
    words: WordNet,
    folder: Path,
    detector: Path,
) -> network.Head:
    networks = {
        "efficientnet-lite2": efficientnet_lite.pretrained(),
        "mobilenet-detector": mobilenet_detector.pretrained(detector),
    }
    files = [photo.file for photo in photos]
    last, detected = (
        features.compute(files, ENCODERS[name], partial(runner, ENCODERS[name], cnn), folder)
        for name, cnn in networks.items()
    )

    def grids(rows: npt.NDArray[np.int64], view: int) -> tuple[Tensor, Tensor]:
        return (
            torch.from_numpy(last[rows, view, :, :LAST_CHANNELS]),
            torch.from_numpy(detected[rows, view]),
        )

    truths = truth.read(photos, data, things, words)
    return head.learn(grids, truths, things, views=features.PLAIN_VIEWS, epochs=EPOCHS)


class _Sees(nn.Module):
    """Pixels from 0 to 1 -> the evidence."""

    def __init__(self, evidence: Evidence, detector: nn.Module) -> None:
        super().__init__()
        self.trunk = efficientnet_lite.Trunk(efficientnet_lite.pretrained())
        self.detector = detector
        self.evidence = evidence

    def forward(self, pixels: Tensor) -> Tensor:
        trunk = self.trunk((pixels - efficientnet_lite.MEAN) / efficientnet_lite.DEVIATION)
        detected = self.detector((pixels - mobilenet_detector.MEAN) / mobilenet_detector.DEVIATION)
        seen: Tensor = self.evidence(trunk, detected.flatten(2).transpose(1, 2))
        return seen


def probabilities(
    files: Sequence[Path], evidence: Evidence, detector: Path, size: int, folder: Path
) -> npt.NDArray[np.float32]:
    """Return the evidence of each file, (file, OUTPUTS), from pixels as the app sees them.

    What an earlier call in folder has computed with the same head is not computed again.
    """
    weights = b"".join(w.numpy().tobytes() for w in evidence.head.state_dict().values())
    encoder = Encoder(
        name=f"evidence-{size}-{hashlib.sha256(weights).hexdigest()[:8]}",
        image_size=size,
        positions=1,
        channels=network.OUTPUTS,
        mean=0.0,
        deviation=1.0,
        build=Evidence,
    )
    sees = _Sees(evidence, mobilenet_detector.pretrained(detector))
    seen = features.compute(files, encoder, partial(runner, encoder, sees), folder, views=1)
    return np.asarray(seen[:, 0, 0], np.float32)


def tabled(
    things: Sequence[Thing], measured: thresholds.Measured, used: Counter[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the content of evidence.json, and what is to be reported."""
    found = thresholds.find(things, measured)
    pools: dict[str, list[thresholds.Found]] = {}
    for thing, each in zip(things, found, strict=True):
        pools.setdefault(thresholds.pool_of(thing), []).append(each)
    rows = []
    for thing, each in zip(things, found, strict=True):
        # What was believed too seldom has the precision of its kind.
        of = [each] if each.fired >= thresholds.LEAST_FIRED else pools[thresholds.pool_of(thing)]
        fired, right = sum(f.fired for f in of), sum(f.right for f in of)
        rows.append(
            {
                "name": thing.name,
                "plural": thing.plural,
                "kind": thing.kind,
                "words": table.written_words(thing, used)[:MOST_WORDS],
                "outputs": list(thing.outputs),
                "source": thing.source,
                "threshold": each.threshold,
                "precision": round(right / fired, 3) if fired else 0.0,
                "found": round(each.right / each.there, 3) if each.there else 0.0,
                "photos": each.there,
                "instead_of": table.replaceable(thing, things),
                "naming_threshold": each.naming_threshold,
                "at": thing.at,
            }
        )
    people, animals = thresholds.people(measured), thresholds.animals(measured)
    content = {
        "format": 1,
        "outputs": network.OUTPUTS,
        "things": rows,
        "people": people,
        "animals": animals,
        "choice": {},
        "confidence": {},
    }
    report = {
        **thresholds.report(things, found, measured, people, animals),
        "things": [
            {
                "name": thing.name,
                "source": thing.source,
                "threshold": each.threshold,
                "naming_threshold": each.naming_threshold,
                "believed": each.fired,
                "right": each.right,
                "there": each.there,
            }
            for thing, each in zip(things, found, strict=True)
            if each.fired
        ],
    }
    return content, report


def _set_of(photo: Photo) -> int:
    """Return which set a photo counts for: Flickr8k's, MS-COCO's and the like, written ones."""
    if photo.source == _PEOPLES:
        return 0
    return _CLASSES_SET if photo.source == "written" else 1


def _used(photos: Sequence[Photo]) -> Counter[str]:
    """Return the phrases of all captions."""
    used: Counter[str] = Counter()
    for photo in photos:
        for caption in photo.captions:
            words = captioned.words(caption)
            for length in range(1, table.MOST_WORDS + 1):
                used.update(
                    " ".join(words[at : at + length]) for at in range(len(words) - length + 1)
                )
    return used
