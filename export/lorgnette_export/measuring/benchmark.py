"""How fast the app captions a folder on this machine, beside what bounds it.

All lines are measured in one run on the same photos, for machines and moments differ: compare
them as ratios. What ratios are made of is measured by turns, a few rounds, and the median counts.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
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
from lorgnette.files import find_pictures
from lorgnette.jobs.batch import caption_batch
from lorgnette.jobs.writing import WriteBatch
from lorgnette_export import families
from lorgnette_export.data.captioned import DataError
from lorgnette_export.families.torch_model import TorchModel

_FEW = 30  # photos for what is measured apart


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
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="default: 3")
    parser.add_argument(
        "--checkpoint", type=Path, metavar="FILE", help="of the same model, for eager PyTorch"
    )
    parser.add_argument("--format", choices=["text", "json"], default="text")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Measure and print."""
    files = list(find_pictures([args.folder]))[: args.limit]
    if not files:
        raise DataError(f"{args.folder} holds no pictures")
    captioner = Captioner.open(
        args.model or paths.shipped_model(), provider=args.provider, threads=args.threads
    )
    model = families.read([args.checkpoint], encoder_weights=None) if args.checkpoint else None
    report = measure(captioner, files, model, args.rounds)
    report |= stages(captioner, files[:_FEW])
    report["peak memory"] = _peak_megabytes(captioner, args.model, files)
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


def measure(
    captioner: Captioner, files: Sequence[Path], model: TorchModel | None, rounds: int
) -> dict[str, float]:
    """Return seconds a photo of the app, of what bounds it, and of eager PyTorch if model is given.

    The floor is decoding alone and the network alone, one after the other, each on all cores;
    the app also finds further candidates, so that there is a floor with these, too.
    """
    threads = captioner.threads
    opened = [images.load(file, captioner.least_side) for file in files]
    lines: dict[str, Callable[[], float]] = {
        "app": lambda: _app(captioner, files),
        "decoding alone, all cores": lambda: seconds_a_photo(
            lambda file: images.load(file, captioner.least_side), files, threads=threads
        ),
        "network alone, all cores": lambda: seconds_a_photo(
            captioner.hypotheses, opened, threads=threads
        ),
        "network and candidates, all cores": lambda: seconds_a_photo(
            lambda image: captioner.describe(image, anyway=True), opened, threads=threads
        ),
    }
    if model is not None:
        lines["eager PyTorch, one at a time"] = lambda: seconds_a_photo(
            lambda file: _eager(model, captioner, file), files[:_FEW], threads=1
        )
    for line in lines.values():
        line()  # plans memory, and brings the photos from the disk
    taken = {name: [line()] for name, line in lines.items()}
    for _ in range(rounds - 1):
        for name, line in lines.items():
            taken[name].append(line())
    report = {name: statistics.median(seconds) for name, seconds in taken.items()}
    decoding = report["decoding alone, all cores"]
    for name, part in (
        ("floor", "network alone, all cores"),
        ("floor with candidates", "network and candidates, all cores"),
    ):
        report[name] = decoding + report[part]
        report[f"times the {name}"] = report["app"] / report[name]
    if model is not None:
        report["times as fast as eager PyTorch"] = (
            report["eager PyTorch, one at a time"] / report["app"]
        )
    return report


def stages(captioner: Captioner, files: Sequence[Path]) -> dict[str, float]:
    """Return seconds a photo of each stage, on one core."""
    opened = [images.load(file, captioner.least_side) for file in files]
    work: dict[str, tuple[Callable[[Any], object], Sequence[Any]]] = {
        "open and decode": (lambda file: images.load(file, captioner.least_side), files),
        "resize": (captioner.pixels, opened),
        "resize and encoder": (captioner.look, opened),
        "resize, encoder and beam search": (captioner.hypotheses, opened),
        "the same and candidates": (lambda i: captioner.describe(i, anyway=True), opened),
    }
    return {
        **{f"{name}, one core": seconds_a_photo(*w, threads=1) for name, w in work.items()},
        "write a sidecar": _writing(files),
    }


def _app(captioner: Captioner, files: Sequence[Path]) -> float:
    started = perf_counter()
    for _ in caption_batch(files, captioner, overwrite=True):
        pass
    return (perf_counter() - started) / len(files)


def seconds_a_photo(work: Callable[[Any], object], on: Sequence[Any], *, threads: int) -> float:
    """Return wall-clock seconds for one of on, when threads of them are worked on at once."""
    started = perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(work, on):
            pass
    return (perf_counter() - started) / len(on)


def _peak_megabytes(captioner: Captioner, model: Path | None, files: Sequence[Path]) -> float:
    """Return the most memory that the app has at once, in a process without PyTorch.

    The app is the command that captions files with the same model and the same threads.
    """
    command = [sys.executable, "-m", "lorgnette", "caption", "--overwrite"]
    command += ["--provider", captioner.provider, "--threads", str(captioner.threads)]
    command += ["--model", str(model)] if model else []
    # What a process weighed before it became the app counts for it: a small one has to start it.
    started_by = "import os, subprocess as s, sys; "
    started_by += "process = s.Popen(sys.argv[1:], stdout=s.DEVNULL); "
    started_by += "print(os.wait4(process.pid, 0)[2].ru_maxrss)"
    done = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-c", started_by, *command, *map(str, files)],
        capture_output=True,
        check=True,
        text=True,
    )
    return int(done.stdout) / (1e6 if sys.platform == "darwin" else 1e3)


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
        length_exponent=model.length_exponent,
    )
