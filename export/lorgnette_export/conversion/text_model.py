"""The text model that is shipped: PP-OCRv6's two graphs in less room and time.

Run as `python -m lorgnette_export.conversion.text_model SOURCE PICTURES OUTPUT`. SOURCE is a text
model as it comes (detector.onnx, recogniser.onnx, characters.txt and text-model.json), PICTURES a
folder of pages and screens in the scripts that are to be read: what the graphs see of them tells
in which range each of their convolutions works (static quantisation, Jacob et al. 2018). In whole
numbers of eight bits the detector takes a third of the time. Of the recogniser only those that mix
channels calculate so (`mixing`): where all do, a fifth less time changes twice as many letters. It
is asked about all its characters only in the columns that those of European languages do not answer
(`likeliest`): in four of a hundred of a Latin page.
"""

import argparse
import hashlib
import json
import random
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper, version_converter
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
# Inputs that ranges are taken from.
_MOST = {reader.DETECTOR: 40, reader.RECOGNISER: 120, reader.QUICK: 300}
_MANY = 96  # channels that are worth mixing in eight bits
# Latin and Greek letters, what is above and between them, and punctuation.
_EUROPEAN = ((0x20, 0x24F), (0x370, 0x3FF), (0x1E00, 0x1EFF), (0x2000, 0x20FF))
# Of a column's largest logit among those: from here on no other character was likelier, nor likely
# enough to make it doubtful, in 21,000 columns of Latin pages and 3,100 of Chinese ones.
_ANSWERS_FROM = 16.0


class _Seen(CalibrationDataReader):  # type: ignore[misc]  # onnxruntime has no types
    """Hands inputs to onnxruntime's calibration, one at a time."""

    def __init__(self, inputs: list[Floats]) -> None:
        self._left: Iterator[Floats] = iter(inputs)

    def get_next(self) -> dict[str, Floats] | None:
        pixels = next(self._left, None)
        return None if pixels is None else {reader.PIXELS: pixels}


class Listening(Graph):
    """Keeps some of what it is given, each with the same chance."""

    def __init__(self, path: Path) -> None:
        """Open a graph of a text model."""
        super().__init__(
            path,
            inputs=(reader.PIXELS,),
            outputs=reader.OUTPUTS[path.name],
            provider="cpu",
            threads=1,
            sizes_vary=True,
        )
        self.kept: list[Floats] = []
        self._most = _MOST[path.name]
        self._heard = 0
        self._chance = random.Random(1)  # noqa: S311

    def run(self, inputs: Mapping[str, npt.NDArray[Any]]) -> list[Floats]:
        """Return what the graph does."""
        self._heard += 1
        if len(self.kept) < self._most:
            self.kept.append(inputs[reader.PIXELS])
        elif (at := self._chance.randrange(self._heard)) < self._most:
            self.kept[at] = inputs[reader.PIXELS]
        return super().run(inputs)


class _Silent(Graph):
    """A quick recogniser that reads nothing, so that the other one sees every line."""

    def __init__(self) -> None:
        """Open nothing."""

    def run(self, inputs: Mapping[str, npt.NDArray[Any]]) -> list[Floats]:
        """Return as many columns as there are rows of pixels, in which no character begins."""
        columns = inputs[reader.PIXELS].shape[2]
        return [np.zeros(columns, np.float32), np.ones(columns, np.float32)]


def seen(source: Path, pictures: Path) -> tuple[list[Floats], list[Floats]]:
    """Return some of what both graphs are given while the pictures of a folder are read."""
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder, reader.RECOGNISER)
        onnx.save(likeliest(plain(onnx.load(source / whole.name)), reader.classes(source)), whole)
        detector, recogniser = Listening(source / reader.DETECTOR), Listening(whole)
    graphs = {reader.DETECTOR: detector, reader.RECOGNISER: recogniser, reader.QUICK: _Silent()}
    read(reader.Reader(graphs, reader.classes(source), ""), pictures)
    return detector.kept, recogniser.kept


def read(opened: reader.Reader, pictures: Path) -> None:
    """Read all pictures of a folder."""
    for path in sorted(pictures.iterdir()):
        with Image.open(path) as image:
            opened.read(image.convert("RGB"))


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


def quantise(
    model: onnx.ModelProto,
    output: Path,
    inputs: list[Floats],
    layers: list[str],
) -> None:
    """Write a graph with eight-bit layers whose ranges are those that inputs lead to.

    Weights keep seven bits, so that no sum is cut off on CPUs that add pairs in sixteen: the
    answers are the same on every machine.

    Args:
        model: one that is `plain`.
        layers: the names of those that are to calculate so.
    """
    with tempfile.TemporaryDirectory() as folder:
        before, prepared = Path(folder, "plain.onnx"), Path(folder, "prepared.onnx")
        onnx.save(model, before)
        quant_pre_process(str(before), str(prepared), skip_symbolic_shape=True)
        quantize_static(
            str(prepared),
            str(output),
            _Seen(inputs),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=["Conv"],
            nodes_to_quantize=layers,
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax,
        )


def convolutions(model: onnx.ModelProto) -> list[str]:
    """Return the names of a graph's convolutions."""
    return [node.name for node in model.graph.node if node.op_type == "Conv"]


def mixing(model: onnx.ModelProto) -> list[str]:
    """Return the names of a recogniser's convolutions that mix the channels of each pixel.

    They are three quarters of its work, and lose nothing in eight bits; those that see edges do.
    Those with one value for a whole strip are not among them, nor are those of its columns, from
    where the average over its height is taken.
    """
    shapes = {tensor.name: tensor.dims for tensor in model.graph.initializer}
    found, means = [], set[str]()
    for node in model.graph.node:
        if node.op_type == "AveragePool":
            break
        if node.op_type == "ReduceMean" or (node.op_type != "Mul" and node.input[0] in means):
            means.update(node.output)
        elif node.op_type == "Conv":
            outwards, inwards, *kernel = shapes[node.input[1]]
            if kernel == [1, 1] and min(outwards, inwards) >= _MANY:
                found.append(node.name)
    return found


def likeliest(model: onnx.ModelProto, characters: Sequence[str]) -> onnx.ModelProto:
    """Return a recogniser that says of each column its likeliest class, and how likely it is.

    European letters are asked about first; where one of them, or none at all, answers plainly, the
    other 18,000 characters are not. How likely it is, is then told among the European ones.
    """
    made = onnx.ModelProto()
    made.CopyFrom(model)
    graph = made.graph
    maker = {name: node for node in graph.node for name in node.output}
    softmax = maker[graph.output[0].name]
    added = maker[softmax.input[0]]
    (product,) = (maker[name] for name in added.input if name in maker)
    (bias,) = (name for name in added.input if name not in maker)
    kernel = product.input[1]
    values = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    few = np.array([n for n, character in enumerate(characters) if not n or _european(character)])
    graph.initializer.extend(
        numpy_helper.from_array(value, name)
        for name, value in (
            ("few", few),
            ("few_kernel", np.ascontiguousarray(values[kernel][:, few])),
            ("few_bias", values[bias][few]),
            ("answers_from", np.array(_ANSWERS_FROM, np.float32)),
            ("first_axis", np.array([0])),
        )
    )
    for node in (product, added, softmax):
        graph.node.remove(node)
    node = helper.make_node
    graph.node.extend(
        [
            node("Squeeze", [product.input[0], "first_axis"], ["columns"]),
            *_answers("columns", "few_kernel", "few_bias", "few"),
            node("Gather", ["few", "few_best"], ["few_class"]),
            node("ReduceMax", ["few_logits"], ["few_highest"], axes=[1], keepdims=0),
            node("Less", ["few_highest", "answers_from"], ["open"]),
            node("NonZero", ["open"], ["open_columns"]),
            node("Transpose", ["open_columns"], ["where"], perm=[1, 0]),
            node("GatherND", ["columns", "where"], ["asked"]),
            *_answers("asked", kernel, bias, "all"),
            node("ScatterND", ["few_class", "where", "all_best"], [reader.BEST]),
            node("ScatterND", ["few_certainty", "where", "all_certainty"], [reader.CERTAINTY]),
        ]
    )
    del graph.output[:]
    graph.output.extend(
        helper.make_tensor_value_info(name, kind, ["columns"])
        for name, kind in (
            (reader.BEST, onnx.TensorProto.INT64),
            (reader.CERTAINTY, onnx.TensorProto.FLOAT),
        )
    )
    onnx.checker.check_model(made)
    return made


def _answers(columns: str, kernel: str, bias: str, name: str) -> list[onnx.NodeProto]:
    """Return nodes that say which class is likeliest in each column, and how likely."""
    node = helper.make_node
    return [
        node("Gemm", [columns, kernel, bias], [f"{name}_logits"]),
        node("Softmax", [f"{name}_logits"], [f"{name}_likely"], axis=1),
        node("ReduceMax", [f"{name}_likely"], [f"{name}_certainty"], axes=[1], keepdims=0),
        node("ArgMax", [f"{name}_logits"], [f"{name}_best"], axis=1, keepdims=0),
    ]


def _european(character: str) -> bool:
    return any(first <= ord(character[0]) <= last for first, last in _EUROPEAN)


def main() -> None:
    """Make the text model."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("source", "pictures", "output"):
        parser.add_argument(name, type=Path)
    args = parser.parse_args()
    args.output.mkdir(parents=True, exist_ok=True)
    detector, recogniser = (
        plain(onnx.load(args.source / name)) for name in (reader.DETECTOR, reader.RECOGNISER)
    )
    maps, strips = seen(args.source, args.pictures)
    quantise(detector, args.output / reader.DETECTOR, maps, convolutions(detector))
    quantise(recogniser, args.output / reader.RECOGNISER, strips, mixing(recogniser))
    smaller = likeliest(onnx.load(args.output / reader.RECOGNISER), reader.classes(args.source))
    precision.halve(smaller)
    onnx.save(smaller, args.output / reader.RECOGNISER)
    shutil.copy(args.source / reader.CHARACTERS, args.output)
    content = json.loads((args.source / reader.MANIFEST).read_text("utf-8"))
    content["version"] += ", smaller 3"
    content["files"] = {name: sealed(args.output / name) for name in content["files"]}
    (args.output / reader.MANIFEST).write_text(json.dumps(content, indent=2) + "\n", "utf-8")


def sealed(path: Path) -> Mapping[str, Any]:
    """Return what a manifest says of a file."""
    data = path.read_bytes()
    return {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}


if __name__ == "__main__":
    main()
