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
    plain = text_model.plain(onnx.load(graph))
    layers = text_model.convolutions(plain)
    assert len(layers) == 1
    text_model.quantise(plain, made, strips, layers)
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


def test_the_likeliest_class_is_said_whether_european_letters_answer_or_not(
    graph: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    characters = ("", *"aé中国語xyzあいうえおかきくけこ", " ")
    assert len(characters) == CLASSES
    pixels = np.random.default_rng(6).uniform(-3, 3, (1, 3, 8, 90)).astype(np.float32)
    wanted = run(graph, pixels)[0]
    european = [0, 1, 2, 6, 7, 8, 19]
    answered = np.isin(wanted.argmax(axis=1), european)
    assert 5 < answered.sum() < 85
    largest = np.log(wanted).max(axis=1)
    made = tmp_path / "likeliest.onnx"

    def told(answers_from: float) -> tuple[np.ndarray, np.ndarray]:
        monkeypatch.setattr(text_model, "_ANSWERS_FROM", answers_from)
        onnx.save(text_model.likeliest(text_model.plain(onnx.load(graph)), characters), made)
        session = onnxruntime.InferenceSession(made, providers=["CPUExecutionProvider"])
        return session.run(["best", "certainty"], {"x": pixels})

    best, certainty = told(1e9)  # every column is asked about all
    assert (best == wanted.argmax(axis=1)).all()
    assert np.allclose(certainty, np.exp(largest), atol=1e-5)
    best, certainty = told(-1e9)  # none is
    few = wanted[:, european]
    assert (best == np.array(european)[few.argmax(axis=1)]).all()
    assert np.allclose(certainty, few.max(axis=1) / few.sum(axis=1), atol=1e-5)


def test_only_convolutions_that_mix_many_channels_of_a_strip_are_named() -> None:
    shapes = {
        "edges": (96, 3, 3, 3),
        "one": (96, 96, 1, 1),
        "squeeze": (96, 96, 1, 1),
        "excite": (96, 96, 1, 1),
        "two": (192, 96, 1, 1),
        "of columns": (120, 192, 1, 1),
    }

    def conv(name: str, inputs: str, output: str) -> onnx.NodeProto:
        return helper.make_node("Conv", [inputs, name], [output], name=name)

    nodes = [
        conv("edges", "x", "a"),
        conv("one", "a", "b"),
        helper.make_node("ReduceMean", ["b"], ["m"]),
        conv("squeeze", "m", "s"),
        helper.make_node("Relu", ["s"], ["r"]),
        conv("excite", "r", "e"),
        helper.make_node("HardSigmoid", ["e"], ["h"]),
        helper.make_node("Mul", ["h", "b"], ["w"]),
        conv("two", "w", "t"),
        helper.make_node("AveragePool", ["t"], ["p"], kernel_shape=[3, 2]),
        conv("of columns", "p", "y"),
    ]
    made = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, None)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(np.zeros(shape, np.float32), n) for n, shape in shapes.items()],
    )
    assert text_model.mixing(helper.make_model(made)) == ["one", "two"]
