import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from lorgnette.captioning import inspection, manifest
from lorgnette.captioning.captioner import Captioner
from lorgnette.errors import BrokenModelError


@pytest.fixture
def model(toy_model: Path, tmp_path: Path) -> Path:
    """Return a copy of the toy model that may be spoilt."""
    return Path(shutil.copytree(toy_model, tmp_path / "model"))


def seal(folder: Path, **changed: object) -> None:
    """Make the manifest fit the files again, as someone who means harm would."""
    content = json.loads((folder / manifest.NAME).read_text())
    files = {n: dataclasses.asdict(manifest.record(folder / n)) for n in content["files"]}
    (folder / manifest.NAME).write_text(json.dumps({**content, **changed, "files": files}))


def external(location: str) -> TensorProto:
    tensor = TensorProto(name="secret", data_type=TensorProto.FLOAT, dims=[1])
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=location)
    return tensor


def with_initializer(graph: onnx.ModelProto, tensor: TensorProto) -> None:
    graph.graph.initializer.append(tensor)


def with_constant(graph: onnx.ModelProto, tensor: TensorProto) -> None:
    graph.graph.node.append(helper.make_node("Constant", [], ["c"], value=tensor))


def with_subgraph(graph: onnx.ModelProto, tensor: TensorProto) -> None:
    value = helper.make_tensor_value_info("s", TensorProto.FLOAT, [1])
    branch = helper.make_graph([], "branch", [], [value], [tensor])
    node = helper.make_node("If", ["condition"], ["c"], then_branch=branch, else_branch=branch)
    graph.graph.node.append(node)


def with_function(graph: onnx.ModelProto, tensor: TensorProto) -> None:
    node = helper.make_node("Constant", [], ["c"], value=tensor)
    opset = helper.make_opsetid("", 18)
    graph.functions.append(helper.make_function("local", "f", [], ["c"], [node], [opset]))


@pytest.mark.parametrize(
    "hide",
    [with_initializer, with_constant, with_subgraph, with_function],
    ids=lambda f: f.__name__,
)
@pytest.mark.parametrize("location", ["../../secret.bin", "/etc/passwd", "weights.bin"])
def test_a_graph_that_points_at_another_file_is_refused(model: Path, hide, location: str):
    graph = onnx.load(model / manifest.ENCODER)
    hide(graph, external(location))
    (model / manifest.ENCODER).write_bytes(graph.SerializeToString())
    seal(model)
    with pytest.raises(BrokenModelError, match="keeps tensors in another file") as caught:
        Captioner.open(model, provider="cpu")
    assert repr(location) in str(caught.value)


def test_an_opset_that_the_manifest_does_not_name_is_refused(model: Path):
    seal(model, opset=17)
    with pytest.raises(BrokenModelError, match="opset 18; its manifest says 17"):
        Captioner.open(model, provider="cpu")


def test_an_opset_newer_than_onnxruntime_is_refused_with_what_to_do(model: Path):
    for name in (manifest.ENCODER, manifest.DECODER_STEP):
        graph = onnx.load(model / name)
        graph.opset_import[0].version = 99
        (model / name).write_bytes(graph.SerializeToString())
    seal(model, opset=99)
    with pytest.raises(BrokenModelError, match="update onnxruntime, or convert the model"):
        Captioner.open(model, provider="cpu")


def test_inspection_agrees_with_onnx_about_the_toy_model(toy_model: Path):
    for name in (manifest.ENCODER, manifest.DECODER_STEP):
        graph = onnx.load(toy_model / name)
        assert inspection.inspect(toy_model / name) == inspection.Inspected(
            graph.opset_import[0].version, ()
        )


def test_a_file_that_is_cut_off_anywhere_is_refused_or_has_fewer_fields(
    toy_model: Path, tmp_path: Path
):
    data = (toy_model / manifest.ENCODER).read_bytes()
    refused = 0
    for end in range(1, len(data)):
        (tmp_path / "cut.onnx").write_bytes(data[:end])
        try:
            inspection.inspect(tmp_path / "cut.onnx")
        except BrokenModelError:
            refused += 1
    # Between two fields of the outermost message a shorter file is a whole one to protobuf.
    assert refused > 0.9 * len(data)


def test_graphs_within_graphs_without_end_are_refused(tmp_path: Path):
    def field(number: int, content: bytes) -> bytes:
        size, coded = len(content), b""
        while size > 127:
            coded, size = coded + bytes([size & 127 | 128]), size >> 7
        return bytes([number << 3 | 2]) + coded + bytes([size]) + content

    graph = b""
    for _ in range(2000):  # node 1, attribute 5, graph 6; protobuf itself gives up at 100
        graph = field(1, field(5, field(6, graph)))
    (tmp_path / "deep.onnx").write_bytes(field(7, graph))
    with pytest.raises(BrokenModelError, match="no ONNX file"):
        inspection.inspect(tmp_path / "deep.onnx")


def test_tensors_of_its_own_are_fine(tmp_path: Path):
    graph = helper.make_graph([], "g", [], [], [numpy_helper.from_array(np.ones(9), "own")])
    file = tmp_path / "own.onnx"
    file.write_bytes(helper.make_model(graph).SerializeToString())
    assert inspection.inspect(file).external == ()
