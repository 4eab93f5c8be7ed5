"""`lorgnette-export words`: teach a captioner that has evidence which words people would say."""

import argparse
import hashlib
import json
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional
from tqdm import tqdm

from lorgnette.english.lexicon import FUNCTION_WORDS
from lorgnette.errors import ExitCode
from lorgnette_export.data import captioned
from lorgnette_export.data.captioned import DataError, Photo
from lorgnette_export.networks import efficientnet_lite, mobilenet_detector
from lorgnette_export.networks import evidence as network
from lorgnette_export.networks.encoders import Encoder
from lorgnette_export.networks.evidence import POOLED, Words
from lorgnette_export.reading.runs import read_run
from lorgnette_export.training import features
from lorgnette_export.training.features import runner

LEAST_PHOTOS = 20  # that a word is said of by a person
EPOCHS = 8
_HELD_OUT = 10  # one training photo in so many is reported on, and not learned from
_BATCH = 128
_RATE = 1e-3
_DECAY = 0.02
_UNSEEN, _UNHEARD = 0.2, 0.5  # dropout of channels and of what the hidden layer makes of them
_MANY_CAPTIONS = 5  # from which on a photo has its whole weight
_MACHINE = 0.5  # weight of a photo whose captions a model wrote
_FEWEST = 1e-4  # share of a word that is in no caption that was learned from


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `words`."""
    parser = subparsers.add_parser(
        "words",
        help="teach a trained captioner that has evidence which words people would say",
        description="Adds to the evidence of a training checkpoint how likely people say each of "
        "some thousand words of a picture, by which `choose` then chooses among sentences, too. "
        "It depends on the checkpoint through its frozen CNNs alone, and `evidence --like` takes "
        "it over to another one.",
    )
    parser.add_argument("checkpoint", type=Path, metavar="CHECKPOINT")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--grids", type=Path, required=True, metavar="DIR", help="as of train; kept between calls"
    )
    parser.add_argument(
        "--encoder-weights", type=Path, required=True, metavar="FILE", help="of the detector"
    )
    parser.add_argument(
        "--input-size", type=int, default=288, metavar="PIXELS", help="as of judge; %(default)s"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="CHECKPOINT")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Learn, print the report, write the new checkpoint."""
    saved = dict(read_run(args.checkpoint))
    if "evidence" not in saved:
        raise DataError(f"{args.checkpoint} has no evidence yet: run `evidence` first")
    data = args.data.resolve()  # what is kept in --grids goes by files' full names
    photos = [photo for photo in captioned.read(data) if photo.split == "train"]
    seen = pooled(
        [photo.file for photo in photos], args.encoder_weights, args.input_size, args.grids
    )
    layers, table, report = fit(photos, seen)
    saved["evidence"] = with_words(saved["evidence"], layers, table)
    torch.save(saved, args.out)
    print(json.dumps(report, indent=1))
    return ExitCode.OK


def with_words(
    evidence: Mapping[str, Any], layers: Words, table: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a checkpoint's evidence with what `fit` has learned."""
    outputs = network.OUTPUTS + len(table["texts"])
    return {
        **evidence,
        "words": layers.state_dict(),
        "table": {**evidence["table"], "words": dict(table), "outputs": outputs},
    }


class _Pools(nn.Module):
    """Pixels from 0 to 1 -> what Words sees, as one cell (image, POOLED, 1)."""

    def __init__(self, detector: nn.Module) -> None:
        super().__init__()
        whole = efficientnet_lite.pretrained()
        self.trunk = efficientnet_lite.Trunk(whole)
        self.top = efficientnet_lite.Top(whole)
        self.detector = detector

    def forward(self, pixels: Tensor) -> Tensor:
        normal = (pixels - efficientnet_lite.MEAN) / efficientnet_lite.DEVIATION
        detected = self.detector((pixels - mobilenet_detector.MEAN) / mobilenet_detector.DEVIATION)
        cells = torch.cat([self.top(self.trunk(normal)), detected], 1).flatten(2).transpose(1, 2)
        return network.pooled(cells)[..., None]


def pooled(
    files: Sequence[Path], detector: Path, size: int, folder: Path
) -> npt.NDArray[np.float16]:
    """Return what Words sees of each file, (file, POOLED), from pixels as the app sees them."""
    names = hashlib.sha256(detector.read_bytes()).hexdigest()[:8]
    encoder = Encoder(
        name=f"pooled-{size}-{names}",
        image_size=size,
        positions=1,
        channels=POOLED,
        mean=0.0,
        deviation=1.0,
        build=lambda: _Pools(mobilenet_detector.MobileNetDetector()),
    )
    pools = _Pools(mobilenet_detector.pretrained(detector))
    return features.compute(files, encoder, partial(runner, encoder, pools), folder, views=1)[
        :, 0, 0
    ]


def fit(
    photos: Sequence[Photo], seen: npt.NDArray[np.float16]
) -> tuple[Words, dict[str, Any], dict[str, Any]]:
    """Return layers, "words" of evidence.json, and how well both tell photos kept apart.

    Args:
        photos: of the split train.
        seen: what Words sees of each, (photo, POOLED).

    Raises:
        DataError: no word is said of enough photos.
    """
    said = [[set(captioned.words(caption)) for caption in photo.captions] for photo in photos]
    peoples = Counter(
        word
        for photo, each in zip(photos, said, strict=True)
        if not photo.machine
        for word in set().union(*each) - FUNCTION_WORDS
    )
    texts = sorted(word for word, count in peoples.items() if count >= LEAST_PHOTOS)
    if not texts:
        raise DataError(f"no word is said of {LEAST_PHOTOS} photos by a person")
    place = {text: number for number, text in enumerate(texts)}
    shares = np.zeros((len(photos), len(texts)), np.float32)
    for row, each in enumerate(said):
        for words in each:
            for word in words & place.keys():
                shares[row, place[word]] += 1 / len(each)
    weights = np.array(
        [
            _MACHINE if photo.machine else min(len(photo.captions) / _MANY_CAPTIONS, 1.0)
            for photo in photos
        ],
        np.float32,
    )
    apart = np.array(
        [
            not photo.machine and not zlib.crc32(photo.file.name.encode()) % _HELD_OUT
            for photo in photos
        ]
    )
    people = np.array([not photo.machine for photo in photos])
    usual = shares[~apart & people].mean(0).clip(_FEWEST, 1 - _FEWEST)
    layers = learn(seen[~apart], shares[~apart], weights[~apart], usual)
    report: dict[str, Any] = {"words": len(texts), "photos": len(photos), "apart": int(apart.sum())}
    if apart.any():
        wanted = torch.from_numpy(shares[apart])
        guessed = torch.logit(torch.from_numpy(usual)).expand_as(wanted)
        with torch.inference_mode():
            logits = layers(torch.from_numpy(seen[apart]).float())
        report["cross-entropy"] = _loss(logits, wanted).mean().item()
        report["without looking"] = _loss(guessed, wanted).mean().item()
    rounded = [float(f"{share:.4g}") for share in usual.tolist()]
    return layers, {"texts": texts, "shares": rounded}, report


def _loss(logits: Tensor, wanted: Tensor) -> Tensor:
    """Return the cross-entropy of each photo, of all words together."""
    return functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none").sum(1)


def learn(
    seen: npt.NDArray[np.float16],
    shares: npt.NDArray[np.float32],
    weights: npt.NDArray[np.float32],
    usual: npt.NDArray[np.float32],
) -> Words:
    """Return layers that have seen each photo EPOCHS times.

    Args:
        seen: of photos, (photo, POOLED).
        shares: of their captions that say each word, (photo, word).
        weights: of the photos.
        usual: shares of any photo's captions.
    """
    torch.manual_seed(0)
    random = np.random.default_rng(0)
    x, y, weight = (
        torch.from_numpy(np.ascontiguousarray(each)) for each in (seen, shares, weights)
    )
    mean = x.float().mean(0)
    deviation = (x.float() - mean).square().mean(0).sqrt() + 1e-2
    layers = Words(shares.shape[1])
    with torch.no_grad():
        layers.words.weight.mul_(0.3)
        layers.words.bias.copy_(torch.logit(torch.from_numpy(usual)))
    optimiser = torch.optim.AdamW(layers.parameters(), lr=_RATE, weight_decay=_DECAY)
    batches = max(len(x) // _BATCH, 1)
    steps = EPOCHS * batches
    for step in tqdm(range(steps), unit="step", desc="words", mininterval=5):
        if step % batches == 0:
            order = torch.from_numpy(random.permutation(len(x)))
        rows = order[step % batches * _BATCH :][:_BATCH]
        for group in optimiser.param_groups:
            group["lr"] = (
                _RATE * min(1.0, (step + 1) / min(100, 1 + steps // 5)) * (1 - step / steps)
            )
        given = functional.dropout((x[rows].float() - mean) / deviation, _UNSEEN)
        hidden = functional.dropout(functional.relu(layers.hidden(given)), _UNHEARD)
        loss = (_loss(layers.words(hidden), y[rows]) * weight[rows]).mean()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    with torch.no_grad():  # fold the scaling into the weights
        layers.hidden.weight.div_(deviation)
        layers.hidden.bias.sub_(layers.hidden.weight @ mean)
    return layers.eval().requires_grad_(requires_grad=False)
