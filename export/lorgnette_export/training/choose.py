"""Fitting what lorgnette.captioning.choosing decides by: which sentence, and how sure of it?

Which sentence: a ridge regression from what is known of each sentence to its CIDEr-D with people's
captions alone, less a price for each thing that is not there, as it differs from the photo's
others. How sure: a logistic regression on the same of the sentence that was chosen, with captions
that a model wrote as well, for landscapes and lone things have no others. How sure of what is done
in it: another one, on whether any person says so. All are fitted on photos that the network was not
trained on, and reported on folds of photos that were not used to fit.
"""

import argparse
import dataclasses
import json
import math
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from tqdm import tqdm

from lorgnette.captioning import choosing, doing, images, judging
from lorgnette.captioning.candidates import stem
from lorgnette.captioning.caption import Word
from lorgnette.captioning.captioner import Captioner
from lorgnette.captioning.choosing import Found
from lorgnette.captioning.evidence import TRAITS
from lorgnette.errors import ExitCode
from lorgnette_export import families
from lorgnette_export.conversion import convert
from lorgnette_export.data import boxes, captioned
from lorgnette_export.data.boxes import Box
from lorgnette_export.data.captioned import DataError, Photo
from lorgnette_export.measuring import mentions, metrics
from lorgnette_export.measuring.confidence import (
    RIGHT,
    Floats,
    auroc,
    expected_calibration_error,
)
from lorgnette_export.reading.runs import read_run
from lorgnette_export.training import judge

PRICE = 0.2  # CIDEr-D that saying a thing costs which neither boxes nor captions have
RIDGE = 0.05  # of the photos' sentences, on traits of variance 1


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "choose",
        help="teach a captioner that has evidence which of its sentences to choose",
        description="Adds to a training checkpoint that judge and evidence have been at how much "
        "the search and the evidence weigh when sentences are compared, and how sure to be of the "
        "one that is chosen; prints how good both are on photos that were not used to fit.",
    )
    parser.add_argument("checkpoint", type=Path, metavar="CHECKPOINT")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--encoder-weights", type=Path, metavar="FILE", help="of the detector")
    parser.add_argument(
        "--model",
        type=Path,
        metavar="DIR",
        help="what the same checkpoint was converted to already, which saves converting it",
    )
    parser.add_argument(
        "--price",
        type=float,
        default=PRICE,
        metavar="CIDER_D",
        help="that saying a thing costs which is not on the photo (default: %(default)s)",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="CHECKPOINT")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Fit both, print the report, write the new checkpoint."""
    saved = dict(read_run(args.checkpoint))
    if "evidence" not in saved:
        raise DataError(f"{args.checkpoint} has no evidence yet: run `evidence` first")
    photos, drawn = captioned.read(args.data), boxes.read(args.data)
    with tempfile.TemporaryDirectory() as folder:
        out = args.model
        if out is None:
            out = Path(folder, "model")
            model = families.read([args.checkpoint], encoder_weights=args.encoder_weights)
            convert.convert(model, out, convert.Options())
        captioner = Captioner.open(out, provider="cpu")
        fitted = fit(captioner, photos, drawn, price=args.price)
    report = {**fitted.report, "doings": fitted.doings}
    print(json.dumps(report, indent=1))
    saved["evidence"]["table"] |= {
        "choice": fitted.choice,
        "confidence": fitted.confidence,
        "doing": fitted.doing,
    }
    torch.save(saved, args.out)
    args.out.with_suffix(".choice.json").write_text(json.dumps(report, indent=1))
    return ExitCode.OK


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """Weights for evidence.json, and what was measured on folds that were not used to fit.

    Attributes:
        report: of each set of photos.
        doings: how often people say what the sentences say is done, and what is doubted.
    """

    choice: dict[str, float]
    confidence: dict[str, float]
    doing: dict[str, float]
    report: dict[str, Any]
    doings: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """A photo's sentences, the search's choice first.

    Attributes:
        scores: CIDEr-D of each.
        invented: how many things each says that are not there.
        wanted: stems of the words of its captions.
        machine: it is scored against captions that a model wrote: how sure to be is learned from
            it, as landscapes and lone things have no others; which sentence to choose is not.
    """

    source: str
    found: tuple[Found, ...]
    scores: Floats
    invented: Floats
    wanted: frozenset[str] = frozenset()
    machine: bool = False

    @property
    def values(self) -> Floats:
        """Traits of each sentence, (sentence, trait)."""
        return np.array([[found.traits[name] for name in TRAITS] for found in self.found])


def fit(
    captioner: Captioner,
    photos: Sequence[Photo],
    drawn: Mapping[Path, Sequence[Box]],
    *,
    price: float = PRICE,
) -> Fitted:
    """Return weights fitted on the val photos: the choice on those with people's captions alone.

    Args:
        drawn: boxes of the photos that have any.
        price: CIDEr-D that saying a thing costs which is not there.

    Raises:
        DataError: there are none, or the model has no evidence.
    """
    if captioner.evidence_table is None:
        raise DataError("the model has no evidence to choose by")
    val = [photo for photo in photos if photo.split == "val"]
    peoples = sum(not photo.machine for photo in val)
    if peoples < judge.FOLDS:
        raise DataError(f"{peoples} val photos with people's captions are too few to fit on")
    found = cases(captioner, val, drawn)
    return fit_cases(found, captioner.manifest.confidence, price=price)


def cases(
    captioner: Captioner, photos: Sequence[Photo], drawn: Mapping[Path, Sequence[Box]]
) -> list[Case]:
    """Return what the captioner finds for each photo, scored against people's captions."""

    def find(photo: Photo) -> tuple[Found, ...]:
        found = captioner.found(images.load(photo.file, captioner.least_side))
        return tuple(sorted(found, key=lambda each: each.hypothesis.score, reverse=True))

    with ThreadPoolExecutor(captioner.threads) as pool:
        every = list(tqdm(pool.map(find, photos), total=len(photos), unit="photo"))
    pairs = [pair for pair in zip(photos, every, strict=True) if pair[1]]
    found_cases: list[Case] = []
    for source in dict.fromkeys(photo.source for photo, _ in pairs):
        of_source = [pair for pair in pairs if pair[0].source == source]
        wanted = [[" ".join(captioned.words(c)) for c in p.captions] for p, _ in of_source]
        scores = np.zeros((max(len(found) for _, found in of_source), len(of_source)))
        for rank in range(len(scores)):  # one sentence a photo: rare words weigh as in evaluate
            said = [" ".join(found[min(rank, len(found) - 1)].words) for _, found in of_source]
            scores[rank] = metrics.cider_d_each(said, wanted)
        found_cases += [
            Case(
                source,
                found,
                scores[: len(found), column],
                _invented(photo, found, drawn),
                frozenset(stem(word) for each in wanted[column] for word in each.split()),
                photo.machine,
            )
            for column, (photo, found) in enumerate(of_source)
        ]
    return found_cases


def _invented(photo: Photo, found: Sequence[Found], drawn: Mapping[Path, Sequence[Box]]) -> Floats:
    there = {box.kind for box in drawn.get(photo.file, ())}.union(
        *(mentions.things_said(captioned.words(caption)) for caption in photo.captions)
    )
    return np.array([float(len(mentions.things_said(each.words) - there)) for each in found])


def fit_cases(
    found: Sequence[Case], confidence_before: Mapping[str, float], *, price: float = PRICE
) -> Fitted:
    """Return weights fitted on all cases, and the report on folds.

    Args:
        confidence_before: the manifest's weights, to compare with.
        price: as of fit.
    """
    fold = np.random.default_rng(0).permutation(len(found)) % judge.FOLDS
    chosen = np.zeros(len(found), int)
    beliefs: list[dict[str, float]] = [{} for _ in found]
    for number in range(judge.FOLDS):
        others = [case for case, its in zip(found, fold, strict=True) if its != number]
        weights = choice_weights(others, price=price)
        for place in np.flatnonzero(fold == number).tolist():
            chosen[place], beliefs[place] = _chosen(found[place], weights)
    names = list(beliefs[0])
    values = np.array([[belief[name] for name in names] for belief in beliefs])
    scores = np.array([case.scores[n] for case, n in zip(found, chosen, strict=True)])
    right = (scores >= RIGHT).astype(float)
    held_out = np.zeros(len(found))
    for number in range(judge.FOLDS):
        layer = judge.logistic(values[fold != number], right[fold != number])
        held_out[fold == number] = judge.probabilities(layer, values[fold == number])
    by_source = {
        source: _report(
            [case for case in found if case.source == source],
            chosen[mask],
            held_out[mask],
            confidence_before,
        )
        for source in dict.fromkeys(case.source for case in found)
        for mask in [np.array([case.source == source for case in found])]
    }
    of_doing, doings = _fit_doing(found, chosen, held_out, fold)
    return Fitted(
        choice=choice_weights(found, price=price),
        confidence=_weights(judge.logistic(values, right), names),
        doing=of_doing,
        report=by_source,
        doings=doings,
    )


def _weights(layer: nn.Linear, names: Sequence[str]) -> dict[str, float]:
    return dict(zip(names, layer.weight[0].tolist(), strict=True)) | {"bias": layer.bias.item()}


def _fit_doing(
    found: Sequence[Case],
    chosen: npt.NDArray[np.int_],
    confidence: Floats,
    fold: npt.NDArray[np.int_],
) -> tuple[dict[str, float], dict[str, Any]]:
    """Return the weights of what a doing is doubted by, and what is doubted on folds.

    Learned from photos with people's captions: a doing is right where one of them says it.
    """
    rows, right, of_fold = [], [], []
    for case, number, sure, its in zip(found, chosen, confidence, fold, strict=True):
        best = case.found[number]
        words = [
            Word(text=text, probability=math.exp(value))
            for text, value in zip(
                best.words, best.hypothesis.token_log_probabilities, strict=False
            )
        ]
        traits = doing.traits(words, [each.words for each in case.found], float(sure))
        if traits is None or case.machine:
            continue
        place = doing.place_of_doing(best.words)
        rows.append(traits)
        right.append(float(place is not None and stem(best.words[place]) in case.wanted))
        of_fold.append(its)
    if len(set(of_fold)) < judge.FOLDS:
        return {}, {"sentences": len(rows)}
    names = list(rows[0])
    values = np.array([[row[name] for name in names] for row in rows])
    said, folds = np.array(right), np.array(of_fold)
    likely = np.zeros(len(rows))
    for number in range(judge.FOLDS):
        layer = judge.logistic(values[folds != number], said[folds != number])
        likely[folds == number] = judge.probabilities(layer, values[folds == number])
    doubted = likely < doing.DOUBTED_BELOW
    return _weights(judge.logistic(values, said), names), {
        "sentences": len(rows),
        "people say it": float(said.mean()),
        "auroc": auroc(likely, said),
        "doubted": float(doubted.mean()),
        "people say what is doubted": float(said[doubted].mean()) if doubted.any() else None,
        "people say the others": float(said[~doubted].mean()) if not doubted.all() else None,
    }


def choice_weights(found: Sequence[Case], *, price: float = PRICE) -> dict[str, float]:
    """Return the weight of each trait, for a worth that spreads as the search's score does."""
    found = [case for case in found if not case.machine]
    values = np.concatenate([case.values - case.values.mean(0) for case in found])
    worths = [case.scores - price * case.invented for case in found]
    wanted = np.concatenate([worth - worth.mean() for worth in worths])
    spread = values.std(0)
    scaled = values / np.maximum(spread, 1e-6)
    square = scaled.T @ scaled + RIDGE * len(scaled) * np.eye(len(TRAITS))
    weights = np.linalg.solve(square, scaled.T @ wanted) / np.maximum(spread, 1e-6)
    weights[spread < 1e-6] = 0.0
    worth = values @ weights
    weights *= spread[TRAITS.index("score")] / max(float(worth.std()), 1e-9)
    return dict(zip(TRAITS, weights.tolist(), strict=True))


def _chosen(case: Case, weights: Mapping[str, float]) -> tuple[int, dict[str, float]]:
    """Return which sentence the weights choose, and what the confidence in it is made from."""
    worth = case.values @ np.array([weights[name] for name in TRAITS])
    order = np.argsort(-worth, kind="stable")
    again = [dataclasses.replace(case.found[n], worth=float(worth[n])) for n in order]
    return int(order[0]), choosing.confidence_traits(again)


def _report(
    found: Sequence[Case],
    chosen: npt.NDArray[np.int_],
    held_out: Floats,
    confidence_before: Mapping[str, float],
) -> dict[str, Any]:
    before = np.array(
        [
            judging.confidence([each.hypothesis for each in case.found], confidence_before)
            for case in found
        ]
    )
    first = np.array([case.scores[0] for case in found])
    scores = np.array([case.scores[n] for case, n in zip(found, chosen, strict=True)])
    return {
        "photos": len(found),
        "sentences": float(np.mean([len(case.found) for case in found])),
        "cider_d": {
            "of the search": float(first.mean()),
            "chosen": float(scores.mean()),
            "best there is": float(np.mean([case.scores.max() for case in found])),
        },
        "say what is not there": {
            "of the search": float(np.mean([case.invented[0] > 0 for case in found])),
            "chosen": float(
                np.mean([case.invented[n] > 0 for case, n in zip(found, chosen, strict=True)])
            ),
            "at the least": float(np.mean([case.invented.min() > 0 for case in found])),
        },
        "changed": float((chosen != 0).mean()),
        "before": _confidence_report(before, first),
        "after": _confidence_report(held_out, scores),
    }


def _confidence_report(confidence: Floats, scores: Floats) -> dict[str, float | None]:
    right = (scores >= RIGHT).astype(float)
    return {
        "right": float(right.mean()),
        "expected_calibration_error": expected_calibration_error(confidence, right),
        "auroc": auroc(confidence, right),
    }
