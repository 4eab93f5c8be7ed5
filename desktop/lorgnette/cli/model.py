"""lorgnette model: what is this model, and is it whole?"""

import argparse
import json
from pathlib import Path

from lorgnette import paths
from lorgnette.cli import output
from lorgnette.cli.options import path_argument
from lorgnette.errors import ExitCode
from lorgnette.files import read_file


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "model",
        help="check and describe a model directory",
        description="Opens a model directory, checks every file of it and prints its card.",
    )
    parser.add_argument(
        "folder",
        nargs="?",
        type=path_argument,
        metavar="DIR",
        help="default: the model that is shipped",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check the model directory args.folder and print what it is."""
    from lorgnette.captioning import manifest
    from lorgnette.captioning.captioner import Captioner

    folder: Path = args.folder or paths.shipped_model()
    model = Captioner.open(folder, provider="cpu").manifest
    size = sum(record.size for record in model.files.values())
    output.line(f"{model.label}: {model.family}, {model.precision}, {size / 1e6:.1f} MB")
    output.line(f"Licence: {model.licence}")
    output.line(
        f"Words: {model.vocabulary_size}; pixels: {model.image_width} x {model.image_height}"
    )
    if model.gate:
        output.line(f"Checked when it was exported: {json.dumps(model.gate)}")
    card = folder / manifest.CARD
    if card.is_file():
        output.line("")
        for line in read_file(card).decode("utf-8", "replace").strip().splitlines():
            output.line(line)
    return ExitCode.OK
