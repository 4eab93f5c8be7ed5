"""The text model that is shipped: PP-OCRv6's two graphs in less room and time.

Run as `python -m lorgnette_export.conversion.text_model SOURCE PICTURES OUTPUT`. SOURCE is a text
model as it comes (detector.onnx, recogniser.onnx, characters.txt and text-model.json), PICTURES a
folder of pages and screens in the scripts that are to be read: what the detector sees of them tells
in which range each of its convolutions works (static quantisation, Jacob et al. 2018). In whole
numbers of eight bits they take a third of the time. The recogniser only keeps its weights in
float16: in eight bits it takes 60 % of its time, and misreads small grey letters twice as often.
"""

import argparse
import hashlib
import json
import random
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import version_converter
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process
from onnxscript import ir, optimizer
from onnxscript.rewriter import pattern, rewrite
from onnxscript.rewriter.ort_fusions import erfgelu
from PIL import Image

from lorgnette.graphs import Graph
from lorgnette.ocr import reader
from lorgnette_export.conversion import precision

Floats = npt.NDArray[np.float32]

_OPSET = 17  # the first that has all that quantisation writes
_MOST = 40  # inputs that ranges are taken from


class _Seen(CalibrationDataReader):  # type: ignore[misc]  # onnxruntime has no types
    """Hands inputs to onnxruntime's calibration, one at a time."""

    def __init__(self, inputs: list[Floats]) -> None:
        self._left: Iterator[Floats] = iter(inputs)

    def get_next(self) -> dict[str, Floats] | None:
        pixels = next(self._left, None)
        return None if pixels is None else {reader.PIXELS: pixels}


class _Listening(Graph):
    """Keeps some of what it is given, each with the same chance."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            path,
            inputs=(reader.PIXELS,),
            outputs=(reader.PROBABILITIES,),
            provider="cpu",
            threads=1,
            sizes_vary=True,
        )
        self.kept: list[Floats] = []
        self._heard = 0
        self._chance = random.Random(1)  # noqa: S311

    def run(self, inputs: Mapping[str, npt.NDArray[Any]]) -> list[Floats]:
        self._heard += 1
        if len(self.kept) < _MOST:
            self.kept.append(inputs[reader.PIXELS])
        elif (at := self._chance.randrange(self._heard)) < _MOST:
            self.kept[at] = inputs[reader.PIXELS]
        return super().run(inputs)


def seen(source: Path, pictures: Path) -> list[Floats]:
    """Return some of what the detector is given while the pictures of a folder are read."""
    detector, recogniser = (
        _Listening(source / reader.DETECTOR),
        _Listening(source / reader.RECOGNISER),
    )
    opened = reader.Reader(detector, recogniser, reader.classes(source), reader.check(source))
    for path in sorted(pictures.iterdir()):
        with Image.open(path) as image:
            opened.read(image.convert("RGB"))
    return detector.kept


def plain(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return the same graph with what would keep its layers from whole numbers taken out.

    Identities are gone, and erf's five operators are one Gelu.
    """
    converted = ir.from_proto(version_converter.convert_version(model, _OPSET))
    optimizer.optimize(converted)
    gelu = pattern.RewriteRuleSet([erfgelu.rule1, erfgelu.rule2], commute=True)
    rewrite(converted, gelu)
    simpler = ir.to_proto(converted)
    onnx.checker.check_model(simpler)
    return simpler


def quantise(source: Path, output: Path, inputs: list[Floats]) -> None:
    """Write a graph with eight-bit layers whose ranges are those that inputs lead to."""
    with tempfile.TemporaryDirectory() as folder:
        before, prepared = Path(folder, "plain.onnx"), Path(folder, "prepared.onnx")
        onnx.save(plain(onnx.load(source)), before)
        quant_pre_process(str(before), str(prepared), skip_symbolic_shape=True)
        quantize_static(
            str(prepared),
            str(output),
            _Seen(inputs),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=["Conv"],
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax,
        )


def main() -> None:
    """Make the text model."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("source", "pictures", "output"):
        parser.add_argument(name, type=Path)
    args = parser.parse_args()
    args.output.mkdir(parents=True, exist_ok=True)
    detector, recogniser = reader.DETECTOR, reader.RECOGNISER
    quantise(args.source / detector, args.output / detector, seen(args.source, args.pictures))
    smaller = onnx.load(args.source / recogniser)
    precision.halve(smaller)
    onnx.save(smaller, args.output / recogniser)
    shutil.copy(args.source / reader.CHARACTERS, args.output)
    content = json.loads((args.source / reader.MANIFEST).read_text("utf-8"))
    content["version"] += ", smaller"
    content["files"] = {name: _sealed(args.output / name) for name in content["files"]}
    (args.output / reader.MANIFEST).write_text(json.dumps(content, indent=2) + "\n", "utf-8")


def _sealed(path: Path) -> Mapping[str, Any]:
    data = path.read_bytes()
    return {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}


if __name__ == "__main__":
    main()
