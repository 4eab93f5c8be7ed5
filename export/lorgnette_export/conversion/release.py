"""`lorgnette-export release`: a run's checkpoint -> one file with everything that it needs."""

import argparse
from pathlib import Path

from lorgnette_export.families import own
from lorgnette_export.reading.checkpoints import CheckpointError


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `release`."""
    parser = subparsers.add_parser(
        "release",
        help="keep a trained captioner as one float16 file, CNN and all",
        description="Write a run's decoder, its CNNs, vocabulary and sizes into one float16 "
        "safetensors file, from which `convert` makes the model directory again.",
    )
    parser.add_argument("checkpoint", metavar="CHECKPOINT", type=Path)
    parser.add_argument("--out", metavar="FILE.safetensors", type=Path, required=True)
    parser.add_argument("--name", default=own.FAMILY)
    parser.add_argument("--model-version", metavar="VERSION", default="0")
    parser.add_argument(
        "--licence",
        default=own.LICENCE,
        help="of the weights: what the photos and captions allow that they were trained on",
    )
    parser.add_argument(
        "--encoder-weights", metavar="FILE", type=Path, help="of a CNN that is not on PyPI"
    )
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    if args.out.is_dir():
        raise CheckpointError(args.out, "it is a folder; name a file for the release")
    own.release(
        args.checkpoint,
        args.out,
        encoder_weights=args.encoder_weights,
        name=args.name,
        version=args.model_version,
        licence=args.licence,
    )
    return 0
