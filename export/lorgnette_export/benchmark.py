"""How fast the app captions a folder on this machine, beside what bounds it.

All lines are measured in one run on the same photos, for machines and moments differ: compare
them as ratios.
"""

import argparse
import json
import os
import resource
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter
from typing import Any

import torch
from PIL import Image

from lorgnette import paths
from lorgnette.alttext import AltText, Destination, Origin
from lorgnette.captioning import images
from lorgnette.captioning.captioner import DEFAULT_BEAM_SIZE, Captioner
from lorgnette.captioning.decoding import Floats, Ints, SpecialIds, beam_search
from lorgnette.errors import ExitCode
from lorgnette.jobs.batch import caption_batch
from lorgnette.jobs.writing import WriteBatch
from lorgnette_export import families
from lorgnette_export.dataset import DataError
from lorgnette_export.families.torch_model import TorchModel


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "benchmark",
        help="measure how fast a folder is captioned",
        description="Captions the photos of a folder with the app and prints photos a second, "
        "seconds a stage and peak memory; beside it, in the same run, the parts alone and, with "
        "--checkpoint, the same network in eager PyTorch. Nothing in the folder is written.",
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--model", type=Path, metavar="DIR", help="default: the shipped model")
    parser.add_argument("--provider", choices=["auto", "cpu", "cuda"], default="cpu")
    parser.add_argument("--threads", type=int, default=0, metavar="N", help="default: all cores")
    parser.add_argument("--limit", type=int, default=100, metavar="N", help="photos; default: 100")
    parser.add_argument(
        "--checkpoint", type=Path, metavar="FILE", help="of the same model, for eager PyTorch"
    )
    parser.add_argument("--format", choices=["text", "json"], default="text")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Measure and print."""
    files = list(images.find([args.folder]))[: args.limit]
    if not files:
        raise DataError(f"{args.folder} holds no pictures")
    captioner = Captioner.open(
        args.model or paths.shipped_model(), provider=args.provider, threads=args.threads
    )
    captioner.caption(files[0])  # the first call of a graph plans its memory
    report = measure(captioner, files)
    if args.checkpoint:
        model = families.read([args.checkpoint], encoder_weights=None)
        eager = seconds_a_photo(lambda f: _eager(model, captioner, f), files[:30], threads=1)
        report["eager PyTorch, one at a time"] = eager
        report["times eager PyTorch"] = eager / report["app"]
    if args.format == "json":
        print(json.dumps(report, indent=1))
        return ExitCode.OK
    print(
        f"{len(files)} photos, {captioner.threads} threads of {os.cpu_count()} cores, "
        f"{captioner.provider}, {captioner.manifest.label}"
    )
    for name, value in report.items():
        unit = " MB" if "memory" in name else "" if "times" in name else " ms"
        number = value if "memory" in name or "times" in name else value * 1000
        print(f"  {name:40} {number:9.2f}{unit}")
    print(f"  {'photos a second':40} {1 / report['app']:9.2f}")
    return ExitCode.OK


def measure(captioner: Captioner, files: Sequence[Path]) -> dict[str, float]:
    """Return seconds a photo of the app and of its parts, and megabytes of peak memory."""
    started = perf_counter()
    for _ in caption_batch(files, captioner, overwrite=True):
        pass
    app = (perf_counter() - started) / len(files)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    megabytes = peak / 1e6 if sys.platform == "darwin" else peak / 1e3
    opened = [images.load(file, captioner.least_side) for file in files[:30]]
    threads = captioner.threads

    def load(file: Path) -> Image.Image:
        return images.load(file, captioner.least_side)

    decode_alone = seconds_a_photo(load, files, threads=threads)
    network_alone = seconds_a_photo(captioner.hypotheses, opened, threads=threads)
    floor = decode_alone + network_alone
    return {
        "app": app,
        "floor: decoding plus network, all cores": floor,
        "times the floor": app / floor,
        "decoding alone, all cores": decode_alone,
        "network alone, all cores": network_alone,
        "open and decode, one core": seconds_a_photo(load, files[:30], threads=1),
        "resize, one core": seconds_a_photo(captioner.pixels, opened, threads=1),
        "encoder, one core": seconds_a_photo(captioner.look, opened, threads=1),
        "encoder and decoder, one core": seconds_a_photo(captioner.hypotheses, opened, threads=1),
        "write a sidecar": _writing(files[:30]),
        "peak memory": megabytes,
    }


def seconds_a_photo(work: Callable[[Any], object], on: Sequence[Any], *, threads: int) -> float:
    """Return wall-clock seconds for one of on, when threads of them are worked on at once."""
    started = perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(work, on):
            pass
    return (perf_counter() - started) / len(on)


def _writing(files: Sequence[Path]) -> float:
    """Return seconds for the sidecar of one photo, written and journalled like any other."""
    with tempfile.TemporaryDirectory() as folder:
        copies = [Path(folder, f"{i}{file.suffix}") for i, file in enumerate(files)]
        for file, copy in zip(files, copies, strict=True):
            shutil.copyfile(file, copy)
        draft = AltText(text="A dog runs.", language="en", origin=Origin.MACHINE, reviewed=False)
        with WriteBatch(Destination.SIDECAR, title="benchmark") as batch:
            started = perf_counter()
            for copy in copies:
                batch.write(copy, draft)
            return (perf_counter() - started) / len(files)


@torch.inference_mode()
def _eager(model: TorchModel, captioner: Captioner, file: Path) -> Any:
    """Caption as somebody would who has only PyTorch and Pillow: everything decoded in full."""
    with Image.open(file) as image:
        pixels = captioner.pixels(image.convert("RGB"))
    features, hidden = model.encoder.eval()(torch.from_numpy(pixels)[None])[:2]

    def say(tokens: Ints, rows: Floats, state: Floats) -> tuple[Floats, Floats]:
        said, after = model.decoder_step(*map(torch.from_numpy, (tokens, rows, state)))
        return said.numpy(), after.numpy()

    return beam_search(
        say,
        features.numpy(),
        hidden.numpy(),
        ids=SpecialIds(start=model.start_id, end=model.end_id),
        beam_size=DEFAULT_BEAM_SIZE,
        max_length=model.max_words,
    )
