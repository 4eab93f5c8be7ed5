"""Real things made small: a model that names colours, photos, folders that are not the user's."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import onnx
import pytest
import skimage.data
from hypothesis import settings
from onnx import TensorProto, helper, numpy_helper
from PIL import Image
from tests.oracles import ExifTool
from xdist.scheduler import LoadScopeScheduling

from lorgnette.captioning import manifest
from lorgnette.captioning.manifest import Manifest
from lorgnette.captioning.vocabulary import Vocabulary

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# The suite says the same of the same program each time; an hour of new examples is asked for.
settings.register_profile("same", derandomize=True)
settings.load_profile("default" if "LORGNETTE_FUZZ" in os.environ else "same")

# Folders that one worker keeps to itself, for what their files share: a display, a trained network.
TOGETHER = ("tests/end_to_end/window", "tests/export/training")
SLOW = (*TOGETHER, "tests/end_to_end", "tests/export")

TOY_WORDS = ("<start>", "<end>", "<unk>", "a", "red", "green", "blue", "picture")
TOY_SIDE = 16


class ByFile(LoadScopeScheduling):
    """Gives each file, or folder of TOGETHER, to one worker: what its tests share is made once."""

    def _split_scope(self, nodeid: str) -> str:
        return next((f for f in TOGETHER if nodeid.startswith(f"{f}/")), nodeid.split("::")[0])


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByFile:
    """Share out the tests among workers, however many there are."""
    return ByFile(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let workers begin with what takes long, so that none waits for another at the end."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: [not item.nodeid.startswith(folder) for folder in SLOW])


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test data, config and cache folders of its own; return the one above them."""
    home = tmp_path_factory.mktemp("home")
    for variable in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(variable, str(home / variable))
    return home


@pytest.fixture(scope="session")
def toy_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a model directory that says "A red picture." of what is mostly red."""
    folder = tmp_path_factory.mktemp("toy-model")
    save_toy_graphs(folder)
    Vocabulary(TOY_WORDS).write(folder / manifest.VOCABULARY)
    toy_manifest(folder).write(folder)
    return folder


def save_toy_graphs(folder: Path) -> None:
    """Write the two graphs of the toy model: pixel means in, transitions and colours out."""
    size = len(TOY_WORDS)
    follows = np.full((size, size), -20.0, np.float32)
    index = {word: i for i, word in enumerate(TOY_WORDS)}
    for said, following in [
        ("<start>", "a"),
        ("a", "red"),
        ("a", "green"),
        ("a", "blue"),
        ("red", "picture"),
        ("green", "picture"),
        ("blue", "picture"),
        ("picture", "<end>"),
    ]:
        follows[index[said], index[following]] = 10.0
    colours = np.zeros((3, size), np.float32)
    for channel, word in enumerate(("red", "green", "blue")):
        colours[channel, index[word]] = 5.0

    def value(name: str, kind: int, *shape: int | str) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, kind, shape)

    number, whole = TensorProto.FLOAT, TensorProto.INT64
    encoder = helper.make_graph(
        [
            helper.make_node("ReduceMean", ["pixels", "axes"], ["hidden"], keepdims=0),
            helper.make_node("Unsqueeze", ["hidden", "one"], ["features"]),
        ],
        "encoder",
        [value("pixels", number, "image", 3, TOY_SIDE, TOY_SIDE)],
        [value("features", number, "image", 1, 3), value("hidden", number, "image", 3)],
        [
            numpy_helper.from_array(np.array([2, 3], np.int64), "axes"),
            numpy_helper.from_array(np.array([1], np.int64), "one"),
        ],
    )
    step = helper.make_graph(
        [
            helper.make_node("Gather", ["follows", "token_ids"], ["from_word"]),
            helper.make_node("MatMul", ["hidden", "colours"], ["from_image"]),
            helper.make_node("Add", ["from_word", "from_image"], ["logits"]),
            helper.make_node("LogSoftmax", ["logits"], ["log_probabilities"]),
            helper.make_node("Identity", ["hidden"], ["hidden_after"]),
        ],
        "decoder_step",
        [value("token_ids", whole, "beam"), value("hidden", number, "beam", 3)],
        [
            value("log_probabilities", number, "beam", size),
            value("hidden_after", number, "beam", 3),
        ],
        [
            numpy_helper.from_array(follows, "follows"),
            numpy_helper.from_array(colours, "colours"),
        ],
    )
    for graph, name in ((encoder, manifest.ENCODER), (step, manifest.DECODER_STEP)):
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
        onnx.checker.check_model(model, full_check=True)
        onnx.save(model, folder / name)


def toy_manifest(folder: Path) -> Manifest:
    """Return the manifest of the toy model whose files lie in folder."""
    return Manifest(
        name="toy",
        version="1",
        family="toy",
        licence="CC0-1.0",
        image_height=TOY_SIDE,
        image_width=TOY_SIDE,
        resize="squash",
        mean=(0.0, 0.0, 0.0),
        deviation=(1.0, 1.0, 1.0),
        start_id=0,
        end_id=1,
        unknown_id=2,
        max_words=8,
        vocabulary_size=len(TOY_WORDS),
        opset=18,
        precision="fp32",
        files={
            name: manifest.record(folder / name)
            for name in (manifest.ENCODER, manifest.DECODER_STEP, manifest.VOCABULARY)
        },
    )


@pytest.fixture(scope="session")
def photo() -> Callable[[str], Image.Image]:
    """Return a function from a name in skimage.data (astronaut, coffee, cat...) to its photo."""
    return lambda name: Image.fromarray(getattr(skimage.data, name)()).convert("RGB")


@pytest.fixture
def red(tmp_path: Path) -> Path:
    """Return a red picture, of which the toy model says "A red picture."."""
    path = tmp_path / "red.png"
    Image.new("RGB", (64, 48), (200, 20, 20)).save(path)
    return path


@pytest.fixture(scope="session")
def exiftool() -> Iterator[ExifTool]:
    """Return ExifTool, started once."""
    tool = ExifTool()
    yield tool
    tool.close()
