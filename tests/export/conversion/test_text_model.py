"""Graphs of a text model in eight bits: the same answers in less room, as onnxruntime sees them."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from lorgnette_export.conversion import text_model

CLASSES, DEEP = 20, 256


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    """A convolution, erf's five operators for Gelu, and a softmax over all characters."""
    chance = np.random.default_rng(3)
    weights = {
        "w": chance.normal(0, 0.3, (DEEP, 3, 8, 1)),
        "root": np.sqrt(2),
        "one": 1.0,
        "half": 0.5,
        "head": chance.normal(0, 0.3, (DEEP, CLASSES)),
        "bias": chance.normal(0, 0.1, CLASSES),
    }
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["c"]),
        helper.make_node("Identity", ["c"], ["i"]),
        helper.make_node("Div", ["i", "root"], ["d"]),
        helper.make_node("Erf", ["d"], ["e"]),
        helper.make_node("Add", ["e", "one"], ["a"]),
        helper.make_node("Mul", ["i", "a"], ["m"]),
        helper.make_node("Mul", ["m", "half"], ["g"]),
        helper.make_node("Squeeze", ["g"], ["s"], axes=[2]),
        helper.make_node("Transpose", ["s"], ["t"], perm=[0, 2, 1]),
        helper.make_node("MatMul", ["t", "head"], ["p"]),
        helper.make_node("Add", ["p", "bias"], ["q"]),
        helper.make_node("Softmax", ["q"], ["fetch_name_0"], axis=2),
    ]
    made = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 8, "width"])],
        [helper.make_tensor_value_info("fetch_name_0", TensorProto.FLOAT, [1, "width", CLASSES])],
        [numpy_helper.from_array(np.array(v, np.float32), name) for name, v in weights.items()],
    )
    path = tmp_path / "graph.onnx"
    onnx.save(
        helper.make_model(made, ir_version=7, opset_imports=[helper.make_opsetid("", 11)]), path
    )
    return path


def run(path: Path, pixels: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return session.run(None, {"x": pixels})[0]


def test_eight_bits_say_the_same(graph: Path, tmp_path: Path) -> None:
    chance = np.random.default_rng(5)
    strips = [chance.uniform(-1, 1, (1, 3, 8, 40)).astype(np.float32) for _ in range(8)]
    made = tmp_path / "made.onnx"
    text_model.quantise(graph, made, strips)
    onnx.checker.check_model(onnx.load(made))
    assert made.stat().st_size < graph.stat().st_size * 0.8
    wide = chance.uniform(-1, 1, (1, 3, 8, 120)).astype(np.float32)
    before, after = run(graph, wide), run(made, wide)
    assert after.shape == before.shape == (1, 120, CLASSES)
    assert np.abs(after - before).max() < 0.05
    assert (after.argmax(axis=2) == before.argmax(axis=2)).mean() > 0.9


def test_what_keeps_layers_from_whole_numbers_is_taken_out(graph: Path) -> None:
    kinds = [node.op_type for node in text_model.plain(onnx.load(graph)).graph.node]
    assert "Gelu" in kinds
    assert not {"Identity", "Erf"} & set(kinds)
