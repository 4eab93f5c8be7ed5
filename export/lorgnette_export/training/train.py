"""Training a captioner: the RNN, the CNN's top, the RNN by reward.

On grids that were computed once; or from pictures, the whole CNN if that is wanted, on a GPU.

A run is a folder: its configuration, a checkpoint after each epoch, a table of its history. A run
that was killed goes on from its last checkpoint and loses at most one epoch.
"""

import argparse
import dataclasses
import functools
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import nn

from lorgnette.errors import ExitCode
from lorgnette_export.data import boxes, captioned, texts
from lorgnette_export.data.captioned import DataError, Photo
from lorgnette_export.data.texts import TextsError
from lorgnette_export.networks import efficientnet_lite
from lorgnette_export.networks.encoders import ENCODERS, TRUNK, Encoder, pretrained
from lorgnette_export.reading.runs import read_start
from lorgnette_export.training import features, pictures
from lorgnette_export.training.batches import Shown, Split
from lorgnette_export.training.config import Config, read_config
from lorgnette_export.training.loop import train
from lorgnette_export.training.pictures import Pictures

WATCHED = 500  # training photos that are captioned after each epoch, beside val
_SIZES = ("hidden", "embedding", "heads")  # what weights are of one shape by


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "train",
        help="train a captioner on photos with captions",
        description="Computes the frozen CNN's grids once, then trains the RNN on them. A run that "
        "was stopped goes on where it was when the same command is given again.",
    )
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--out", type=Path, required=True, metavar="RUN", help="the run's folder")
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="a TOML file, as those in configs/"
    )
    parser.add_argument(
        "--start",
        type=Path,
        metavar="CHECKPOINT",
        help="of another run, or a release: begin with its weights and words",
    )
    parser.add_argument(
        "--grids", type=Path, metavar="DIR", help="where the grids are kept; default: RUN/grids"
    )
    parser.add_argument(
        "--detector",
        type=Path,
        metavar="FILE",
        help="frozen_inference_graph.pb of ssd_mobilenet_v2_coco_2018_03_29, or a release that has "
        "its weights, where the configuration names mobilenet-detector",
    )
    parser.add_argument(
        "--texts",
        type=Path,
        metavar="DIR",
        help="captions without photos, a line each in *.txt or *.txt.gz, where the configuration "
        "asks for texts",
    )
    parser.add_argument("--seed", type=int, metavar="N", help="in place of the configuration's")
    parser.add_argument("--threads", type=int, metavar="N", help="default: all cores")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Train as the command line says."""
    if args.threads:
        torch.set_num_threads(args.threads)
    config = read_config(args.config) if args.config else Config()
    if args.seed is not None:
        config = dataclasses.replace(config, seed=args.seed)
    photos = captioned.read(args.data)
    sentences = []
    if config.texts:
        if args.texts is None:
            raise TextsError("the configuration asks for captions without photos (texts)")
        sentences = texts.read(args.texts)
    cache = args.grids or args.out / ("pictures" if config.pictures else "grids")
    begun = read_start(args.start) if args.start else {}
    if begun:
        _check_start(config, begun["config"], args.start)
    others: list[nn.Module] = []
    runners: Runners = []
    if config.pictures:
        others = [pretrained(name, args.detector) for name in config.encoders[1:]]
    else:
        runners = _runners(config, args.detector, begun)

    def shown(chosen: list[Photo], views: int = features.PLAIN_VIEWS) -> Shown:
        files = [photo.file for photo in chosen]
        if config.pictures:
            return Pictures(
                photos=chosen,
                pixels=pictures.held(pictures.compute(files, cache)),
                encoder=ENCODERS[config.encoders[0]],
                size=config.size,
                least_area=config.least_area,
            )
        return Split(
            photos=chosen,
            grids=[features.compute(files, e, made, cache, views) for e, made in runners],
        )

    training = shown([photo for photo in photos if photo.split == "train"], config.views)
    if not training.photos:
        raise DataError(f"{args.data} has no photos of the split 'train'")
    watched = {
        source: shown([p for p in photos if p.source == source and p.split == "val"])
        for source in dict.fromkeys(p.source for p in photos if p.split == "val")
    }
    watched["training photos"] = training.last(WATCHED)
    drawn = boxes.read(args.data) if config.price else None
    print(train(config, training, watched, args.out, begun, sentences, others=others, drawn=drawn))
    return ExitCode.OK


Runners = Sequence[tuple[Encoder, Callable[[], features.Runner]]]


def _runners(config: Config, detector: Path | None, begun: Mapping[str, Any]) -> Runners:
    """Return the frozen CNNs, each with what runs it; the first is the trunk where it is tuned."""
    frozen = [(ENCODERS[name], pretrained(name, detector)) for name in config.encoders]
    if config.top_learning_rate or "cnn" in begun:
        frozen[0] = (TRUNK, efficientnet_lite.Trunk(efficientnet_lite.pretrained()).eval())
    return [(e, functools.cache(partial(features.runner, e, cnn))) for e, cnn in frozen]


def _check_start(config: Config, begun: Mapping[str, Any], path: Path) -> None:
    """Raise DataError unless a run of config can begin with the weights of one of begun."""
    for name in _SIZES:
        if (mine := getattr(config, name)) != begun[name]:
            raise DataError(f"{name} is {begun[name]} in {path}, and {mine} in the configuration")
    known = tuple(begun["encoders"])
    if config.encoders[: len(known)] != known:
        raise DataError(
            f"{path} sees with {', '.join(known)}; the configuration must name that first, "
            f"and names {', '.join(config.encoders)}"
        )
