"""Fitting what lorgnette.captioning.judging decides by: is it a photo, and is the caption right?

Both are logistic regressions on what the model computes anyway, fitted on pictures and captions
that it was not trained on, and reported on folds that were not used to fit.
"""

import argparse
import contextlib
import dataclasses
import io
import json
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional
from tqdm import tqdm

from lorgnette.captioning import decoding, images, judging
from lorgnette.captioning.captioner import Captioner
from lorgnette.errors import ExitCode, UnreadableImageError
from lorgnette.files import find_pictures
from lorgnette_export import families
from lorgnette_export.conversion import convert
from lorgnette_export.data import captioned
from lorgnette_export.data.captioned import DataError, Photo
from lorgnette_export.measuring import metrics
from lorgnette_export.measuring.confidence import (
    RIGHT,
    Floats,
    auroc,
    expected_calibration_error,
    reliability,
)
from lorgnette_export.networks.encoders import ENCODERS, Encoder
from lorgnette_export.networks.photo_head import pooled
from lorgnette_export.reading.runs import read_run
from lorgnette_export.training.features import Runner, pixels_of, runner

FOLDS = 5
PHOTOS_KEPT = 0.99  # share of photos whose photo_probability the threshold lies below


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "judge",
        help="teach a trained captioner when to be silent and how sure to be",
        description="Adds to a training checkpoint what tells photos from other pictures, and a "
        "calibrated confidence; prints how good both are on pictures that were not used to fit.",
    )
    parser.add_argument("checkpoint", type=Path, metavar="CHECKPOINT")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--photos", type=Path, nargs="+", required=True, metavar="DIR", help="folders of photos"
    )
    parser.add_argument(
        "--others",
        type=Path,
        required=True,
        metavar="DIR",
        help="a folder of pictures that are no photos",
    )
    parser.add_argument("--encoder-weights", type=Path, metavar="FILE")
    parser.add_argument(
        "--input-size",
        type=convert.side,
        metavar="PIXELS",
        help="side of the square that the app will show it; default: that of the training. "
        "Trained on crops, it knows things as large, and sees more of a whole picture that is "
        "shown a little larger",
    )
    parser.add_argument(
        "--length-exponent",
        type=_length_exponent,
        default=decoding.LENGTH_EXPONENT,
        metavar="X",
        help="of the length that sentences' log-probabilities are divided by when they are "
        "compared; more makes captions longer (default: %(default)s)",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="CHECKPOINT")
    parser.set_defaults(run=run)


def _length_exponent(text: str) -> float:
    with contextlib.suppress(ValueError):
        if 0 <= (value := float(text)) <= decoding.MOST_LENGTH_EXPONENT:
            return value
    raise argparse.ArgumentTypeError(
        f"{text} is no number from 0 to {decoding.MOST_LENGTH_EXPONENT:g}"
    )


def run(args: argparse.Namespace) -> int:
    """Fit both, print the report, write the new checkpoint."""
    # Words that no person chose cannot tell what people would take for right.
    val = [p for p in captioned.read(args.data) if p.split == "val" and not p.machine]
    if not val:
        raise DataError(f"{args.data} has no photos of the split 'val'")
    saved = dict(read_run(args.checkpoint))
    model = families.read(
        [args.checkpoint], encoder_weights=args.encoder_weights, input_size=args.input_size
    )
    model = dataclasses.replace(model, length_exponent=args.length_exponent)
    size = model.preprocessing.height
    encoder = dataclasses.replace(ENCODERS["efficientnet-lite2"], image_size=size)
    cnn = model.encoder.get_submodule("cnns.0")
    photo, threshold, report = fit_photo(encoder, cnn, args.photos, args.others)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "model")
        convert.convert(model, out, convert.Options())
        weights, confidence_report = fit_confidence(Captioner.open(out, provider="cpu"), val)
    report |= confidence_report
    print(json.dumps(report, indent=1))
    saved["photo"] = photo.state_dict()
    saved["judging"] = {
        "photo_threshold": threshold,
        "confidence": weights,
        "length_exponent": args.length_exponent,
    }
    saved["image_size"] = size
    torch.save(saved, args.out)
    args.out.with_suffix(".judging.json").write_text(json.dumps(report, indent=1))
    return ExitCode.OK


def fit_photo(
    encoder: Encoder, cnn: nn.Module, photos: Sequence[Path], others: Path
) -> tuple[nn.Linear, float, dict[str, Any]]:
    """Return a layer on pooled(), its threshold, and how well both do on folds not used to fit.

    Every picture is also seen smaller and through another codec, for a detector must not tell a
    photo by how it was stored.
    """
    is_photo = list(find_pictures(photos))
    is_other = list(find_pictures([others]))
    if not is_photo or not is_other:
        raise DataError("the folders hold no photos, or no other pictures")
    files = [*is_photo, *is_other]
    wanted = np.array([1.0] * len(is_photo) + [0.0] * len(is_other))
    look = runner(encoder, cnn)
    with ThreadPoolExecutor() as pool:
        each = pool.map(lambda numbered: _glances(encoder, look, *numbered), enumerate(files))
        seen = np.stack(list(tqdm(each, total=len(files), unit="picture")))
    fold = np.random.default_rng(0).permutation(len(files)) % FOLDS
    held_out = np.zeros(len(files))
    for i in range(FOLDS):
        layer = logistic(_flat(seen[fold != i]), np.repeat(wanted[fold != i], seen.shape[1]))
        held_out[fold == i] = probabilities(layer, seen[fold == i, 0])
    threshold = float(np.quantile(held_out[wanted == 1], 1 - PHOTOS_KEPT))
    kinds = [file.relative_to(others).parts[0] for file in is_other]
    declined = held_out[len(is_photo) :] < threshold
    report = {
        "photos": len(is_photo),
        "photos_declined": float((held_out[: len(is_photo)] < threshold).mean()),
        "others": len(is_other),
        "others_declined": float(declined.mean()),
        "others_declined_by_kind": {
            kind: float(declined[[k == kind for k in kinds]].mean()) for kind in sorted(set(kinds))
        },
    }
    return logistic(_flat(seen), np.repeat(wanted, seen.shape[1])), threshold, report


def fit_confidence(
    captioner: Captioner, photos: Sequence[Photo]
) -> tuple[dict[str, float], dict[str, Any]]:
    """Return weights for judging.confidence, and a reliability table on folds not used to fit."""
    found: list[dict[str, float]] = []
    said: list[str] = []
    for photo in tqdm(photos, unit="photo"):
        hypotheses = captioner.hypotheses(images.load(photo.file, captioner.least_side))
        found.append(judging.traits(hypotheses))
        said.append(" ".join(captioner.vocabulary.texts(hypotheses[0].token_ids)))
    names = list(found[0])
    values = np.array([[traits[name] for name in names] for traits in found])
    scores = metrics.cider_d_each(
        said, [[" ".join(captioned.words(c)) for c in p.captions] for p in photos]
    )
    right = (scores >= RIGHT).astype(float)
    fold = np.random.default_rng(0).permutation(len(photos)) % FOLDS
    held_out = np.zeros(len(photos))
    for i in range(FOLDS):
        held_out[fold == i] = probabilities(
            logistic(values[fold != i], right[fold != i]), values[fold == i]
        )
    layer = logistic(values, right)
    weights = dict(zip(names, layer.weight[0].tolist(), strict=True)) | {"bias": layer.bias.item()}
    return weights, {
        "right_from_cider_d": RIGHT,
        "right": float(right.mean()),
        "expected_calibration_error": expected_calibration_error(held_out, right),
        "reliability": reliability(held_out, right),
        "sets": _by_set(photos, held_out, right),
    }


def _by_set(photos: Sequence[Photo], confidence: Floats, right: Floats) -> dict[str, Any]:
    sources = np.array([photo.source for photo in photos])
    return {
        source: {
            "right": float(right[sources == source].mean()),
            "expected_calibration_error": expected_calibration_error(
                confidence[sources == source], right[sources == source]
            ),
            "auroc": auroc(confidence[sources == source], right[sources == source]),
        }
        for source in dict.fromkeys(photo.source for photo in photos)
    }


def _glances(encoder: Encoder, look: Runner, number: int, file: Path) -> npt.NDArray[np.float32]:
    """Return pooled() of a picture as it is and as it would look smaller and re-encoded."""
    try:
        image = images.load(file, encoder.image_size)
    except UnreadableImageError:
        image = Image.new("RGB", (encoder.image_size, encoder.image_size), "white")
    random = np.random.default_rng(number)
    scale = random.uniform(0.4, 0.9)
    small = image.resize([max(round(side * scale), 8) for side in image.size])
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=int(random.integers(40, 95)))
    pixels = [pixels_of(picture, encoder) for picture in (image, Image.open(buffer))]
    return pooled(torch.from_numpy(look(np.stack(pixels)))).numpy()


def _flat(seen: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return seen.reshape(-1, seen.shape[-1])


def logistic(values: npt.NDArray[Any], wanted: Floats) -> nn.Linear:
    """Return a layer whose sigmoid is the probability of wanted; both kinds weigh the same way."""
    x = torch.from_numpy(np.asarray(values, np.float32))
    y = torch.from_numpy(np.asarray(wanted, np.float32))
    mean, deviation = x.mean(0), x.std(0) + 1e-3
    scaled = (x - mean) / deviation
    layer = nn.Linear(x.shape[1], 1)
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    decay = 1e-2 if x.shape[1] > 100 else 1e-4  # many channels, few pictures
    optimiser = torch.optim.LBFGS(layer.parameters(), max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimiser.zero_grad()
        logits = layer(scaled)[:, 0]
        loss = functional.binary_cross_entropy_with_logits(logits, y)
        loss = loss + decay * layer.weight.square().sum()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimiser.step(closure)  # type: ignore[no-untyped-call]
    with torch.no_grad():  # fold the scaling into the weights
        weight = layer.weight / deviation
        layer.bias.sub_((weight * mean).sum())
        layer.weight.copy_(weight)
    return layer.requires_grad_(requires_grad=False)


def probabilities(layer: nn.Linear, values: npt.NDArray[Any]) -> Floats:
    """Return what a layer of logistic() makes of each row of values, 0 to 1."""
    x = torch.from_numpy(np.asarray(values, np.float32))
    return torch.sigmoid(layer(x)[:, 0]).double().numpy()
