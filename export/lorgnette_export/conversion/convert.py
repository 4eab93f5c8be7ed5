"""Checkpoint -> candidate folder -> gate -> model directory."""

import argparse
import dataclasses
import itertools
import json
import math
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import onnx
import torch
from PIL import Image
from torch import Tensor, nn

from lorgnette.captioning import images, manifest
from lorgnette.captioning.captioner import Captioner
from lorgnette.captioning.manifest import Manifest
from lorgnette.files import find_pictures
from lorgnette_export import families
from lorgnette_export.conversion import card, gate, precision
from lorgnette_export.conversion import expected as expectations
from lorgnette_export.conversion.graph import DEFAULT_OPSET, MAX_OPSET, graph_of
from lorgnette_export.conversion.reference import reference_of, rounding_of
from lorgnette_export.families import finishing
from lorgnette_export.families.torch_model import LEAST_SIDE, MOST_SIDE, TorchModel
from lorgnette_export.measuring import metrics
from lorgnette_export.reading.checkpoints import CheckpointError

PRODUCER = "lorgnette-export"
PRECISIONS = ("fp32", "fp16", "int8")
SEARCHES = ("owner", "lorgnette")
_LEAST_KEPT = 32  # of a side of a picture that keeps its shape, in pixels


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a person may choose about a conversion."""

    precision: Literal["fp32", "fp16", "int8"] = "fp32"
    opset: int = DEFAULT_OPSET
    force: bool = False  # publish what fails the gate, and say so in the manifest
    expect: Path | None = None  # what the captioner's own program says of pictures
    images: Path | None = None  # a folder of pictures for the gate; drawn ones otherwise
    pictures: int = gate.PICTURES


@dataclass(frozen=True, slots=True)
class Converted:
    """A model directory that was written, and what the gate found."""

    manifest: Manifest
    failures: tuple[str, ...]  # not empty only with force


def convert(model: TorchModel, out: Path, options: Options) -> Converted:
    """Write a model directory, if it says what PyTorch says, and what is expected of it.

    Raises:
        GateError: it does not, and force is not given; out is as it was.
        CheckpointError: out is a file, or there are too few pictures to compare on.
        UnreadableImageError: one of the pictures cannot be decoded.
    """
    expected = check(out, options)
    pictures = _pictures(options, model.preprocessing.least_side)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as scratch:
        candidate, reference = Path(scratch, "candidate"), Path(scratch, "reference")
        candidate.mkdir()
        reference.mkdir()
        written = _write_candidate(model, candidate, options)
        captioner = Captioner.open(candidate, provider="cpu", threads=1)
        wanted = reference_of(model, captioner, pictures)
        wanted.write(reference)
        measured = gate.measure(candidate, reference)
        lost, failures = _judged(model, wanted, measured, options.precision)
        if failures and not measured.problems:  # is it more than rounding?
            rounding = rounding_of(model, captioner, wanted, measured)
            wanted = dataclasses.replace(wanted, said=rounding.said)
            lost, failures = _judged(model, wanted, measured, options.precision, rounding.errors)
        if failures and not options.force:
            raise gate.GateError("\n".join([_refusal(out, wanted, measured), *failures]))
        compared = None
        if expected and not measured.problems:
            captioner = Captioner.open(candidate, provider="cpu", threads=1)
            compared = expectations.compare(captioner, expected)
            if not all(each.equal for each in compared):
                if not options.force:
                    raise _unexpected(model, captioner, out, options, compared)
                failures += [each.line for each in compared if not each.equal]
        written = dataclasses.replace(
            written, gate=_report(model, options, wanted, measured, lost, compared, failures)
        )
        written.write(candidate)
        if model.assumed is not None:
            text = card.text(model, written)
            (candidate / manifest.CARD).write_text(text, encoding="utf-8", newline="\n")
        gate.publish(candidate, out)
    return Converted(written, tuple(failures))


def _unexpected(
    model: TorchModel,
    captioner: Captioner,
    out: Path,
    options: Options,
    compared: Sequence[expectations.Compared],
) -> expectations.ExpectedError:
    """Return the error that captions are not those of the owner's program."""
    advice = expectations.other_ways(captioner, [each.expected for each in compared])
    taken = "".join(f"\n  - {line}" for line in card.assumed(model))
    lines = [expectations.refusal(out, options.expect or out, compared, advice)]
    if taken:
        lines.append(f"Taken for granted was:{taken}")
    if options.precision != "fp32":
        lines.append(f"With --precision {options.precision} some captions are others; try fp32.")
    return expectations.ExpectedError("\n".join(lines))


def check(out: Path, options: Options) -> list[expectations.Expected]:
    """See that a conversion can begin, before a minute is spent on it; return what is expected.

    Raises:
        CheckpointError: out cannot be a model directory, or there are too few pictures.
    """
    if out.exists() and not out.is_dir():
        raise CheckpointError(out, "it is a file; name a folder for the model directory")
    existing = next(folder for folder in (out, *out.absolute().parents) if folder.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK):
        raise CheckpointError(out, f"nothing can be written in {existing}")
    if options.expect is not None:
        expected = expectations.read(options.expect, options.images)
    else:
        expected = []
    if options.images is not None and options.expect is None:
        _files(options)
    return expected


def _judged(
    model: TorchModel,
    wanted: gate.Reference,
    measured: gate.Measured,
    precision: str,
    rounding: Mapping[str, float] | None = None,
) -> tuple[dict[int, float], list[str]]:
    """Return the share of CIDEr-D that is lost by beam size, and what is wrong, a line each."""
    lost = {
        theirs.beam_size: _cider_d_lost(model, theirs, ours)
        for theirs, ours in zip(wanted.said, measured.said, strict=False)
    }
    return lost, gate.failures(
        measured, wanted.said, precision=precision, cider_d_lost=lost, rounding=rounding or {}
    )


def _refusal(out: Path, wanted: gate.Reference, measured: gate.Measured) -> str:
    pairs = list(zip(wanted.said, measured.said, strict=False))
    if measured.problems or not pairs:
        return f"{out} was not written, for its graphs are not what the app needs:"
    if all(gate.equal_share(theirs, ours) == 1 for theirs, ours in pairs):
        return (
            f"{out} was not written: all captions are PyTorch's, but its figures are further from "
            "PyTorch's than rounding explains:"
        )
    return f"{out} was not written, for its captions are not PyTorch's:"


def _write_candidate(model: TorchModel, folder: Path, options: Options) -> Manifest:
    shape = model.preprocessing
    pixels = torch.zeros(2, 3, *shape.example)
    with torch.inference_mode():
        features, hidden = model.encoder.eval()(pixels)[:2]
    image, beam = torch.export.Dim("image"), torch.export.Dim("beam")
    axes = {0: image}
    if shape.resize == "keep":
        least, most = min(_LEAST_KEPT, shape.height, shape.width), manifest.MAX_SIDE
        axes |= {
            axis: torch.export.Dim(name, min=least, max=most)
            for axis, name in ((2, "height"), (3, "width"))
        }
    graphs = {
        manifest.ENCODER: _export(
            model.encoder,
            (pixels,),
            (axes,),
            (
                manifest.ENCODER_INPUTS,
                (
                    *manifest.ENCODER_OUTPUTS,
                    *([] if model.photo_threshold is None else [manifest.PHOTO_OUTPUT]),
                    *([] if model.evidence is None else [manifest.EVIDENCE_OUTPUT]),
                ),
            ),
            options,
        ),
        manifest.DECODER_STEP: _export(
            model.decoder_step,
            # Three rows: an axis of one would be taken for a constant.
            (
                torch.tensor([model.start_id] * 3),
                features[:1].repeat(3, 1, 1),
                hidden[:1].repeat(3, 1),
            ),
            ({0: beam}, {0: beam}, {0: beam}),
            (manifest.DECODER_INPUTS, manifest.DECODER_OUTPUTS),
            options,
        ),
    }
    for name, graph in graphs.items():
        graph.producer_name = PRODUCER
        for key, value in (
            ("family", model.family),
            ("licence", model.licence),
            ("vocabulary_sha256", model.vocabulary.sha256),
        ):
            graph.metadata_props.add(key=key, value=value)
        onnx.checker.check_model(graph, full_check=True)
        (folder / name).write_bytes(graph.SerializeToString(deterministic=True))
    model.vocabulary.write(folder / manifest.VOCABULARY)
    files = [manifest.ENCODER, manifest.DECODER_STEP, manifest.VOCABULARY]
    if model.evidence is not None:
        text = json.dumps(model.evidence, ensure_ascii=False, indent=1)
        (folder / manifest.EVIDENCE).write_text(text + "\n", encoding="utf-8", newline="\n")
        files.append(manifest.EVIDENCE)
    written = Manifest(
        name=model.name,
        version=model.version,
        family=model.family,
        licence=model.licence,
        image_height=shape.height,
        image_width=shape.width,
        resize=shape.resize,
        resize_side=shape.resize_side,
        interpolation=shape.interpolation,
        colours=shape.colours,
        whole=shape.whole,
        search=model.search,
        mean=shape.mean,
        deviation=shape.deviation,
        start_id=model.start_id,
        end_id=model.end_id,
        unknown_id=model.unknown_id,
        forbidden_ids=model.forbidden_ids,
        silent_ids=model.silent_ids,
        max_words=model.max_words,
        length_exponent=model.length_exponent,
        vocabulary_size=len(model.vocabulary.words),
        opset=options.opset,
        precision=options.precision,
        photo_threshold=model.photo_threshold,
        confidence=dict(model.confidence),
        files={name: manifest.record(folder / name) for name in files},
    )
    written.write(folder)
    return written


def _export(
    network: nn.Module,
    example: tuple[Tensor, ...],
    axes: tuple[dict[int, Any], ...],
    names: tuple[Sequence[str], Sequence[str]],
    options: Options,
) -> onnx.ModelProto:
    """Return network as a graph, its weights in the precision that is asked for."""
    graph = graph_of(
        network, example, inputs=names[0], outputs=names[1], axes=axes, opset=options.opset
    )
    if options.precision == "fp16":
        precision.halve(graph)
    elif options.precision == "int8":
        precision.quantise(graph)
    return graph


def _pictures(options: Options, least_side: int) -> list[Image.Image]:
    if options.images is None or options.expect is not None:
        return gate.pictures(options.pictures)
    return [images.load(file, least_side) for file in _files(options)]


def _files(options: Options) -> list[Path]:
    if options.images is None:
        return []
    files = list(itertools.islice(find_pictures([options.images]), options.pictures))
    if len(files) < options.pictures:
        raise CheckpointError(
            options.images, f"it holds {len(files)} pictures; the gate needs {options.pictures}"
        )
    return files


def _cider_d_lost(model: TorchModel, wanted: gate.Said, found: gate.Said) -> float:
    """Return the share of CIDEr-D, 0 to 1, that found loses with wanted as the only references."""
    if wanted.token_ids == found.token_ids:
        return 0.0
    texts = [
        {i: " ".join(model.vocabulary.texts(ids)) for i, ids in enumerate(said.token_ids)}
        for said in (wanted, found)
    ]
    references = {i: [text] for i, text in texts[0].items()}
    whole = metrics.cider_d(texts[0], references)
    return 1 - metrics.cider_d(texts[1], references) / whole if whole else 0.0


def _report(
    model: TorchModel,
    options: Options,
    wanted: gate.Reference,
    measured: gate.Measured,
    lost: dict[int, float],
    compared: Sequence[expectations.Compared] | None,
    failures: Sequence[str],
) -> dict[str, Any]:
    """Return what the manifest says of the gate; differences as the next power of ten.

    A network that we had to read is not said to have passed unless its captions were compared
    with its own program's: both sides of the rest are our reading of it.

    The last bits of a difference depend on the machine; a model directory must not.
    """
    # Where one sentence is expected of every picture, a network that is misread may say it, too.
    known = model.assumed is None or (compared is not None and expectations.different(compared) > 1)
    expected: dict[str, Any] = {}
    if compared is not None and options.expect is not None:
        equal = sum(each.equal for each in compared)
        expected = {
            "file": options.expect.name,
            "captions": len(compared),
            "different": expectations.different(compared),
            "equal": equal,
        }
    return {
        **({"passed": not failures} if known or failures else {}),
        **({} if model.assumed is None else {"expected": expected or None}),
        **({} if model.assumed is None else {"assumed": card.assumed(model)}),
        **({"failures": list(failures)} if failures else {}),
        "pictures": len(wanted.pictures),
        "differences_below": {
            d.output: float(f"1e{math.ceil(math.log10(max(d.absolute, 1e-9)))}")
            for d in measured.differences
            if np.isfinite(d.absolute)
        },
        "captions": {
            gate.search(theirs.beam_size): {
                "equal": round(gate.equal_share(theirs, ours), 4),
                "cider_d_lost": round(lost[theirs.beam_size], 4),
            }
            for theirs, ours in zip(wanted.said, measured.said, strict=False)
        },
    }


def side(text: str) -> int:
    """Return the side of the pictures that a CNN sees, as an option says it."""
    if text.isdecimal() and LEAST_SIDE <= int(text) <= MOST_SIDE:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text} is no whole number from {LEAST_SIDE} to {MOST_SIDE}")


def beam(text: str) -> int:
    """Return how many hypotheses are open at once, as an option says it."""
    if text.isdecimal() and 1 <= int(text) <= manifest.MAX_BEAM:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text} is no whole number from 1 to {manifest.MAX_BEAM}")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `convert`."""
    parser = subparsers.add_parser(
        "convert",
        help="make a model directory for the app from a PyTorch checkpoint",
        description="Make a model directory for the app from a PyTorch checkpoint, and prove that "
        "both say the same. Nothing in the checkpoint is ever run.",
    )
    parser.add_argument("checkpoints", metavar="CHECKPOINT", type=Path, nargs="+")
    parser.add_argument("--out", metavar="MODEL_DIR", type=Path, required=True)
    parser.add_argument("--precision", choices=PRECISIONS, default="fp32")
    parser.add_argument(
        "--opset",
        metavar="N",
        type=int,
        choices=range(DEFAULT_OPSET, MAX_OPSET + 1),
        default=DEFAULT_OPSET,
        help=f"of ONNX, {DEFAULT_OPSET} to {MAX_OPSET}",
    )
    parser.add_argument(
        "--family",
        choices=(families.AUTO, *families.FAMILIES),
        default=families.AUTO,
        help="auto finds it by the names and shapes of the tensors",
    )
    parser.add_argument(
        "--vocabulary", metavar="FILE", type=Path, help="where it is none of CHECKPOINT"
    )
    parser.add_argument(
        "--input-size",
        metavar="PIXELS",
        type=side,
        help=f"side of the square that the CNN sees, {LEAST_SIDE} to {MOST_SIDE}",
    )
    parser.add_argument(
        "--encoder-weights", metavar="FILE", type=Path, help="of a CNN that is not in CHECKPOINT"
    )
    parser.add_argument(
        "--expect",
        metavar="FILE",
        type=Path,
        help="what your own program says: lines of PICTURE, a tab and its caption, or JSON; every "
        "caption is compared",
    )
    parser.add_argument(
        "--images",
        metavar="DIR",
        type=Path,
        help=f"compare on {gate.PICTURES} pictures from here, not on drawn ones; with --expect, "
        "where its pictures are",
    )
    parser.add_argument(
        "--search",
        choices=SEARCHES,
        default=SEARCHES[0],
        help="owner: as your program searches (default); lorgnette: a beam of 3, and by its rules",
    )
    parser.add_argument(
        "--beam-size",
        metavar="N",
        type=beam,
        help=f"1 to {manifest.MAX_BEAM}, where your program's beam is not the family's own",
    )
    parser.add_argument(
        "--force", action="store_true", help="write the model although its captions differ"
    )
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    options = Options(
        precision=args.precision,
        opset=args.opset,
        force=args.force,
        expect=args.expect,
        images=args.images,
    )
    check(args.out, options)
    model = families.read(
        args.checkpoints,
        family=args.family,
        vocabulary=args.vocabulary,
        encoder_weights=args.encoder_weights,
        input_size=args.input_size,
    )
    if args.search == "lorgnette" and model.assumed is not None:
        model = finishing.searched_as_lorgnette(model)
    if args.beam_size is not None:
        search = dataclasses.replace(model.search, beam_size=args.beam_size)
        model = dataclasses.replace(model, search=search, said=model.said | {"search.beam_size"})
    converted = convert(model, args.out, options)
    size = sum(record.size for record in converted.manifest.files.values())
    print(f"{args.out}: {converted.manifest.label}, {size / 1e6:.1f} MB")
    for failure in converted.failures:
        print(f"  not as it should be: {failure}")
    if model.assumed is not None:
        print(f"  its captions: {card.compared(converted.manifest)}")
        print("  taken for granted, for tensors cannot tell:")
        for line in card.assumed(model):
            print(f"  - {line}")
        if names := card.unused(model):
            print(f"  no place was found for {names}")
    return 0
