import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from tests.export.layouts import values
from torch import nn

from lorgnette.captioning import manifest
from lorgnette.captioning.captioner import Captioner
from lorgnette.captioning.manifest import Manifest
from lorgnette.captioning.vocabulary import Vocabulary
from lorgnette_export.conversion import convert as conversion
from lorgnette_export.conversion import gate
from lorgnette_export.conversion.convert import Options, convert
from lorgnette_export.conversion.gate import GateError
from lorgnette_export.families.torch_model import Preprocessing, TorchModel
from lorgnette_export.reading.checkpoints import CheckpointError

pytestmark = pytest.mark.torch

WORDS = ("<start>", "<end>", "<unk>", *(f"w{i}" for i in range(37)))


class Encoder(nn.Module):
    """A convolution that is large enough to be stored as float16 or int8."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 16, 8, 8)
        self.conv.load_state_dict(
            {n: values(n, t.shape) for n, t in self.conv.state_dict().items()}
        )

    def forward(self, pixels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        grid = torch.tanh(self.conv(pixels)).flatten(2).transpose(1, 2)
        return grid, grid.mean(1)


class Step(nn.Module):
    """Words from the one before, the grid's mean and the state; a fault for tests to put in."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(len(WORDS), 16)
        self.mix = nn.Linear(48, 32)
        self.out = nn.Linear(32, len(WORDS))
        self.load_state_dict({n: values(n, t.shape) for n, t in self.state_dict().items()})
        with torch.no_grad():
            self.out.weight *= 3
            self.out.bias[1] += 2

    def forward(
        self, token_ids: torch.Tensor, features: torch.Tensor, hidden: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        parts = [self.embed(token_ids), features.mean(1), hidden]
        mixed = torch.tanh(self.mix(torch.cat(parts, -1)))
        return self.out(mixed).log_softmax(-1), mixed[:, :16]


def small(**changed: object) -> TorchModel:
    model: dict[str, object] = {
        "family": "small",
        "name": "small",
        "version": "1",
        "licence": "CC0-1.0",
        "encoder": Encoder(),
        "decoder_step": Step(),
        "preprocessing": Preprocessing(height=32, width=32),
        "vocabulary": Vocabulary(WORDS),
        "start_id": 0,
        "end_id": 1,
        "unknown_id": 2,
        "max_words": 8,
    }
    return TorchModel(**{**model, **changed})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("converted") / "model"
    convert(small(), out, Options())
    return out


def test_a_model_directory_says_what_it_is(converted: Path):
    model = Manifest.read(converted)
    assert (model.name, model.family, model.precision, model.opset) == (
        "small",
        "small",
        "fp32",
        18,
    )
    assert model.gate["passed"]
    assert model.gate["pictures"] == gate.PICTURES == 32
    assert {c: r["equal"] for c, r in model.gate["captions"].items()} == {
        "greedy": 1.0,
        "beam 3": 1.0,
    }
    assert sorted(file.name for file in converted.parent.iterdir()) == ["model"]


@pytest.mark.parametrize("name", [manifest.ENCODER, manifest.DECODER_STEP])
def test_graphs_are_whole_and_say_where_they_come_from(converted: Path, name: str):
    graph = onnx.load(converted / name)
    onnx.checker.check_model(graph, full_check=True)
    assert graph.producer_name == "lorgnette-export"
    assert {p.key: p.value for p in graph.metadata_props} == {
        "family": "small",
        "licence": "CC0-1.0",
        "vocabulary_sha256": Vocabulary(WORDS).sha256,
    }
    for value in (*graph.graph.input, *graph.graph.output):
        assert not value.type.tensor_type.shape.dim[0].HasField("dim_value")
    # Nothing of the machine that it was made on: no stack traces, no paths.
    assert str(Path(__file__).parents[3]).encode() not in (converted / name).read_bytes()
    assert not any(node.metadata_props for node in graph.graph.node)


def test_converting_again_gives_the_same_bytes(converted: Path, tmp_path: Path):
    convert(small(), tmp_path / "again", Options())
    names = sorted(file.name for file in converted.iterdir())
    assert names == sorted(file.name for file in (tmp_path / "again").iterdir())
    for name in names:
        assert (tmp_path / "again" / name).read_bytes() == (converted / name).read_bytes()


@pytest.mark.parametrize(("precision", "share"), [("fp16", 0.6), ("int8", 0.4)])
def test_smaller_weights_make_a_smaller_model(converted: Path, tmp_path: Path, precision, share):
    out = tmp_path / "model"
    convert(small(), out, Options(precision=precision))
    model, whole = Manifest.read(out), Manifest.read(converted)
    assert model.precision == precision
    assert model.files[manifest.ENCODER].size < share * whole.files[manifest.ENCODER].size
    assert model.gate["captions"]["greedy"]["equal"] >= gate.LEAST_EQUAL[precision]
    assert Captioner.open(out, provider="cpu").describe(gate.pictures(1)[0]).text


def test_another_opset_is_what_the_graphs_are_written_in(tmp_path: Path):
    convert(small(), tmp_path / "model", Options(opset=20))
    assert Manifest.read(tmp_path / "model").opset == 20
    graph = onnx.load(tmp_path / "model" / manifest.ENCODER)
    assert [o.version for o in graph.opset_import if o.domain == ""] == [20]


def test_a_model_that_differs_is_not_written_and_all_that_differs_is_said(
    converted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    spoil(monkeypatch)
    with pytest.raises(GateError) as caught:
        convert(small(), tmp_path / "model", Options())
    lines = str(caught.value).splitlines()
    assert "log_probabilities differs by" in str(caught.value)
    assert "greedy: " in str(caught.value)
    assert "beam 3: " in str(caught.value)
    differences = [float(line.split(" by ")[1].split(";")[0]) for line in lines if " by " in line]
    assert differences == sorted(differences, reverse=True)
    assert not list(tmp_path.iterdir())


def test_a_model_that_differs_leaves_the_one_that_was_there(
    converted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    shutil.copytree(converted, tmp_path / "model")
    spoil(monkeypatch)
    with pytest.raises(GateError):
        convert(small(), tmp_path / "model", Options())
    assert Manifest.read(tmp_path / "model") == Manifest.read(converted)


def test_with_force_it_is_written_and_the_manifest_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    spoil(monkeypatch)
    done = convert(small(), tmp_path / "model", Options(force=True))
    assert done.failures
    written = json.loads((tmp_path / "model" / manifest.NAME).read_text())["gate"]
    assert written["passed"] is False
    assert written["failures"] == list(done.failures)


def large(step: Step) -> Step:
    """Make differences between its words so large that float32 cannot hold the small ones."""
    with torch.no_grad():
        step.out.weight *= 3000
    return step


def test_rounding_is_no_fault(tmp_path: Path):
    done = convert(small(decoder_step=large(Step())), tmp_path / "model", Options(pictures=8))
    assert done.manifest.gate["passed"]
    assert done.manifest.gate["differences_below"]["log_probabilities"] > gate.LIMIT


def test_more_than_rounding_is_one_though_all_captions_are_equal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    export = conversion._export

    def faulty(network: nn.Module, *arguments: object) -> onnx.ModelProto:
        graph = export(network, *arguments)  # type: ignore[arg-type]
        for tensor in graph.graph.initializer:
            if tensor.name.endswith("out.bias"):
                values = onnx.numpy_helper.to_array(tensor) * np.float32(1.001)
                tensor.CopyFrom(onnx.numpy_helper.from_array(values, tensor.name))
        return graph

    monkeypatch.setattr(conversion, "_export", faulty)
    with pytest.raises(GateError) as caught:
        convert(small(), tmp_path / "model", Options(pictures=8))
    assert (
        "all captions are PyTorch's, but its figures are further from PyTorch's than rounding"
        in (str(caught.value))
    )
    assert "log_probabilities differs by" in str(caught.value)
    assert "of captions are equal" not in str(caught.value)


def spoil(monkeypatch: pytest.MonkeyPatch) -> None:
    """Change the words that the exported graph prefers, as a faulty exporter would."""
    export = conversion._export

    def faulty(network: nn.Module, *arguments: object) -> onnx.ModelProto:
        graph = export(network, *arguments)  # type: ignore[arg-type]
        for tensor in graph.graph.initializer:
            if tensor.name.endswith("out.bias"):
                values = onnx.numpy_helper.to_array(tensor)[::-1].copy()
                tensor.CopyFrom(onnx.numpy_helper.from_array(values, tensor.name))
        return graph

    monkeypatch.setattr(conversion, "_export", faulty)


def test_the_gate_can_look_at_a_persons_own_pictures(tmp_path: Path):
    (tmp_path / "photos").mkdir()
    for i, picture in enumerate(gate.pictures(5)):
        picture.save(tmp_path / "photos" / f"{i}.png")
    options = Options(images=tmp_path / "photos", pictures=5)
    assert convert(small(), tmp_path / "model", options).manifest.gate["pictures"] == 5
    with pytest.raises(CheckpointError, match="holds 5 pictures; the gate needs 32"):
        convert(small(), tmp_path / "other", Options(images=tmp_path / "photos"))
