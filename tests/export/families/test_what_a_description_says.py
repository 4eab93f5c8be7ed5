"""Each thing that TOML can say, beside a network that is built so and says its words by itself."""

import itertools
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from tests.export.layouts import (
    WORDS,
    DecoderRNN,
    EncoderCNN,
    ResNet,
    caffe,
    filled,
    picture_like,
    values,
)
from torch import Tensor, nn
from torch.nn import functional

from lorgnette_export import families
from lorgnette_export.families import cnns
from lorgnette_export.families.tensors import Tensors
from lorgnette_export.families.torch_model import TorchModel
from lorgnette_export.reading.checkpoints import CheckpointError

pytestmark = pytest.mark.torch

START, END = 1, 2
NAMES = ["<pad>", "<start>", "<end>", *(f"w{i}" for i in range(3, WORDS))]
SIZE = 64
MOST = 9
WIDTH = 24


class Plain(nn.Module):
    """A CNN, layers behind its mean, an RNN and words: what each kind below is a change of."""

    def __init__(
        self,
        cnn: nn.Module,
        seen: int,
        *,
        kind: str = "LSTM",
        layers: int = 1,
        vector: int = WIDTH,
    ) -> None:
        super().__init__()
        self.cnn = cnn
        self.fc = nn.Linear(seen, vector)
        self.bn = nn.BatchNorm1d(vector)
        self.bn0 = nn.BatchNorm1d(seen)
        self.embed = nn.Embedding(WORDS, WIDTH)
        self.rnn = getattr(nn, kind)(WIDTH, WIDTH, layers, batch_first=True)
        self.out = nn.Linear(WIDTH, WORDS)

    def hear(self, x: Tensor, state: Any) -> tuple[Tensor, Any]:
        said, state = self.rnn(x[:, None], state)
        return self.out(said[:, 0]), state


def trunk() -> nn.Module:
    return nn.Sequential(*list(ResNet().children())[:-2])


def greedy(first: Tensor | None, step: Callable[[Tensor], Tensor]) -> list[int]:
    """Say words until the end; first are the logits of a word that is said without a start."""
    said: list[int] = []
    logits = step(torch.tensor([START])) if first is None else first
    while len(said) < MOST:
        word = int(logits.argmax())
        if word == END:
            break
        said.append(word)
        logits = step(torch.tensor([word]))
    return said


def from_state(network: Plain, vector: Tensor, state: Callable[[Tensor], Any]) -> list[int]:
    """Start with the picture as the first state, and the start word."""
    held = state(vector)

    def step(token: Tensor) -> Tensor:
        nonlocal held
        logits, held = network.hear(network.embed(token), held)
        return logits

    return greedy(None, step)


def from_input(network: Plain, vector: Tensor, *, start: bool = True) -> list[int]:
    """Hear the picture first; then the start word, or what is said to the picture at once."""
    first, held = network.hear(vector, None)

    def step(token: Tensor) -> Tensor:
        nonlocal held
        logits, held = network.hear(network.embed(token), held)
        return logits

    return greedy(None if start else first, step)


DECODER = 'embedding = "embed"\nrnn = "rnn"\noutput = "out"\n'


@dataclass(frozen=True, slots=True)
class Kind:
    """A way to build a captioner: its own code, and what a description says of it."""

    network: Callable[[], Plain]
    say: Callable[[Plain, Tensor], list[int]]
    encoder: str
    decoder: str
    words: str = ""


def mean(network: Plain, pixels: Tensor) -> Tensor:
    return network.cnn(pixels).mean((2, 3))


def resnet(**more: Any) -> Callable[[], Plain]:
    return lambda: Plain(trunk(), 256, **more)


def twice(vector: Tensor, count: int = 1) -> Tensor:
    return vector[None].repeat(count, 1, 1)


RESNET = 'network = "resnet"\ntensors = "cnn"\n'
FC = RESNET + 'layers = ["fc"]\n'
STATE = DECODER + 'image = "initial_state"\n'
INPUT = DECODER + 'image = "first_input"\n'
KINDS = {
    "the picture is both states of an LSTM": Kind(
        resnet(),
        lambda n, x: from_state(n, n.fc(mean(n, x)), lambda v: (twice(v), twice(v))),
        FC,
        STATE + 'initial_hidden = "picture"\ninitial_cell = "picture"',
    ),
    "the picture is the first output of an LSTM of two layers": Kind(
        resnet(layers=2),
        lambda n, x: from_state(
            n, n.fc(mean(n, x)), lambda v: (twice(v, 2), torch.zeros_like(twice(v, 2)))
        ),
        FC,
        STATE + 'initial_hidden = "picture"\ninitial_cell = "zeros"',
    ),
    "the picture is the first cell of an LSTM": Kind(
        resnet(),
        lambda n, x: from_state(
            n, n.fc(mean(n, x)), lambda v: (torch.zeros_like(twice(v)), twice(v))
        ),
        FC,
        STATE + 'initial_hidden = "zeros"\ninitial_cell = "picture"',
    ),
    "the picture is the first state of a GRU, every layer": Kind(
        resnet(kind="GRU", layers=3),
        lambda n, x: from_state(n, n.fc(mean(n, x)), lambda v: twice(v, 3)),
        FC,
        STATE,
    ),
    "a part of the picture's vector for each layer": Kind(
        resnet(kind="GRU", layers=2, vector=2 * WIDTH),
        lambda n, x: from_state(
            n, n.fc(mean(n, x)), lambda v: torch.stack([v[:, :WIDTH], v[:, WIDTH:]])
        ),
        FC,
        STATE,
    ),
    "activation before the norm": Kind(
        resnet(),
        lambda n, x: from_input(n, n.bn(torch.relu(n.fc(mean(n, x))))),
        RESNET + 'layers = ["fc", "relu", "bn"]',
        INPUT,
    ),
    "tanh behind the norm": Kind(
        resnet(),
        lambda n, x: from_input(n, torch.tanh(n.bn(n.fc(mean(n, x))))),
        RESNET + 'layers = ["fc", "bn"]\nactivation = "tanh"',
        INPUT,
    ),
    "a norm before the linear layer": Kind(
        resnet(),
        lambda n, x: from_input(n, n.fc(n.bn0(mean(n, x)))),
        RESNET + 'layers = ["bn0", "fc"]',
        INPUT,
    ),
    "no start word behind the picture": Kind(
        resnet(layers=2),
        lambda n, x: from_input(n, n.fc(mean(n, x)), start=False),
        FC,
        INPUT,
        'start = ""',
    ),
    "zeros in the place of a start word": Kind(
        resnet(kind="GRU"),
        lambda n, x: _from_zeros(n, n.fc(mean(n, x))),
        FC,
        STATE,
        'start = ""',
    ),
    "the strides of Caffe": Kind(
        lambda: Plain(_caffe_trunk(), 256),
        lambda n, x: from_input(n, n.fc(mean(n, x))),
        FC + "caffe = true",
        INPUT,
    ),
    "another name for the CNN": Kind(
        lambda: _renamed(Plain(trunk(), 256)),
        lambda n, x: from_input(n, n.fc(n.eyes["look"](x).mean((2, 3)))),  # type: ignore[index]
        'network = "resnet"\ntensors = "eyes.look"\nlayers = ["fc"]',
        INPUT,
    ),
}


def _from_zeros(network: Plain, vector: Tensor) -> list[int]:
    held: Any = twice(vector)
    first, held = network.hear(torch.zeros(1, WIDTH), held)

    def step(token: Tensor) -> Tensor:
        nonlocal held
        logits, held = network.hear(network.embed(token), held)
        return logits

    return greedy(first, step)


def _caffe_trunk() -> nn.Module:
    return nn.Sequential(*list(caffe(ResNet()).children())[:-2])


def _renamed(network: Plain) -> Plain:
    network.eyes = nn.ModuleDict({"look": network.cnn})
    del network.cnn
    return network


def brought(folder: Path, network: nn.Module, toml: str, names: Sequence[str] = NAMES) -> Path:
    torch.save(network.state_dict(), folder / "all.pth")
    (folder / "words.json").write_text(json.dumps(list(names)))
    (folder / "all.toml").write_text(
        f'[files]\nweights = "all.pth"\nvocabulary = "words.json"\n'
        f"[pixels]\nheight = {SIZE}\nwidth = {SIZE}\n{toml}"
    )
    return folder / "all.toml"


@torch.inference_mode()
def said(model: TorchModel, pixels: Tensor) -> list[int]:
    """Say words with what becomes the two graphs."""
    features, hidden = model.encoder(pixels)
    token, words = model.start_id, []
    while len(words) < MOST:
        logits, hidden = model.decoder_step(torch.tensor([token]), features, hidden)
        token = int(logits.argmax())
        if token == model.end_id:
            break
        words.append(token)
    return words


@torch.inference_mode()
@pytest.mark.parametrize("name", KINDS)
def test_a_network_that_is_described_says_its_own_words(name: str, tmp_path: Path):
    kind = KINDS[name]
    network = filled(kind.network())
    assert isinstance(network, Plain)
    with torch.no_grad():
        network.out.weight *= 4
    toml = f"[encoder]\n{kind.encoder}\n[decoder]\n{kind.decoder}\n[words]\n{kind.words}"
    model = families.read([brought(tmp_path, network, toml)])
    different = set()
    for scale in (0.3, 1.0, 2.0, -1.0):
        pixels = picture_like(SIZE) * scale
        wanted = kind.say(network, pixels)
        assert said(model, pixels) == wanted
        different.add(tuple(wanted))
    assert len(different) > 1, "it says the same of every picture: nothing was tested"


@pytest.mark.parametrize("name", [n for n in KINDS if "state" in n or "cell" in n or "part" in n])
def test_a_picture_that_does_not_fit_the_state_is_refused(name: str, tmp_path: Path):
    kind = KINDS[name]
    network = filled(kind.network())
    toml = f"[encoder]\n{RESNET}\n[decoder]\n{kind.decoder}"  # 256 numbers, not 24
    with pytest.raises(CheckpointError, match="has 256 numbers, the RNN's state 24"):
        families.read([brought(tmp_path, network, toml)])


@pytest.mark.parametrize(
    ("kind", "decoder", "expected"),
    [
        ("LSTM", "", 'initial_hidden = "picture", and initial_cell = "picture" or "zeros"'),
        ("LSTM", 'initial_hidden = "zeros"', "the picture would reach nothing"),
        ("GRU", 'initial_hidden = "zeros"', "the picture would reach nothing"),
        ("GRU", 'initial_cell = "picture"', "a GRU has no cell"),
    ],
)
def test_a_picture_that_reaches_nothing_is_refused(
    kind: str, decoder: str, expected: str, tmp_path: Path
):
    toml = f"[encoder]\n{FC}\n[decoder]\n{STATE}{decoder}"
    with pytest.raises(CheckpointError, match=expected):
        families.read([brought(tmp_path, filled(resnet(kind=kind)()), toml)])


def test_a_picture_of_which_the_tensors_leave_nothing_is_refused(tmp_path: Path):
    network = filled(resnet()())
    assert isinstance(network, Plain)
    with torch.no_grad():
        network.fc.weight.zero_()
    toml = f"[encoder]\n{FC}\n[decoder]\n{INPUT}"
    with pytest.raises(CheckpointError, match="it says the same of every picture"):
        families.read([brought(tmp_path, network, toml)])


def vgg(*, norm: bool, pools: bool, activates: bool) -> nn.Sequential:
    parts: list[nn.Module] = []
    inputs = 3
    for outputs in (8, 12, 16):
        parts.append(nn.Conv2d(inputs, outputs, 3, padding=1))
        parts += [nn.BatchNorm2d(outputs)] if norm else []
        parts += [nn.ReLU(), nn.MaxPool2d(2, 2)]
        inputs = outputs
    kept = len(parts) - (0 if pools else 1 if activates else 2)
    return nn.Sequential(*parts[:kept])


@torch.inference_mode()
@pytest.mark.parametrize(
    ("norm", "pools", "activates"),
    [(n, p, a) for n, p, a in itertools.product((False, True), repeat=3) if a or not p],
)
def test_a_vgg_ends_where_it_is_said_to_end(*, norm: bool, pools: bool, activates: bool):
    network = filled(vgg(norm=norm, pools=pools, activates=activates))
    tensors = Tensors(network.state_dict(), Path("vgg"))
    found = cnns.vgg(tensors, last_pooling=pools, last_activation=activates).eval()
    torch.testing.assert_close(found(picture_like(SIZE)), network(picture_like(SIZE)))


class DenseLayer(nn.Module):
    def __init__(self, inputs: int, growth: int) -> None:
        super().__init__()
        self.norm1 = nn.BatchNorm2d(inputs)
        self.conv1 = nn.Conv2d(inputs, 4 * growth, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(4 * growth)
        self.conv2 = nn.Conv2d(4 * growth, growth, 3, padding=1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        y = self.conv1(torch.relu(self.norm1(x)))
        return torch.cat([x, self.conv2(torch.relu(self.norm2(y)))], 1)


class DenseNet(nn.Module):
    """torchvision's, names and all, with few and narrow blocks; twelve layers in one of them."""

    def __init__(self) -> None:
        super().__init__()
        parts: dict[str, nn.Module] = {
            "conv0": nn.Conv2d(3, 8, 7, 2, 3, bias=False),
            "norm0": nn.BatchNorm2d(8),
            "relu0": nn.ReLU(),
            "pool0": nn.MaxPool2d(3, 2, 1),
        }
        channels = 8
        for number, count in enumerate((2, 12, 1), 1):
            block = nn.Sequential()
            for i in range(count):
                block.add_module(f"denselayer{i + 1}", DenseLayer(channels, 4))
                channels += 4
            parts[f"denseblock{number}"] = block
            if number < 3:
                between = nn.Sequential()
                between.add_module("norm", nn.BatchNorm2d(channels))
                between.add_module("relu", nn.ReLU())
                between.add_module("conv", nn.Conv2d(channels, channels // 2, 1, bias=False))
                between.add_module("pool", nn.AvgPool2d(2, 2))
                parts[f"transition{number}"] = between
                channels //= 2
        parts["norm4"] = nn.BatchNorm2d(channels)
        self.features = nn.Sequential()
        for name, part in parts.items():
            self.features.add_module(name, part)
        self.classifier = nn.Linear(channels, 10)


@torch.inference_mode()
@pytest.mark.parametrize("old", [False, True])
def test_a_densenet_is_read_with_the_relu_behind_its_norm_and_without(*, old: bool):
    network = filled(DenseNet())
    assert isinstance(network, DenseNet)
    wanted = network.features(picture_like(SIZE))
    given = network.state_dict()
    if old:  # as torchvision's files called them
        for name in list(given):
            for part in ("norm1", "norm2", "conv1", "conv2"):
                if f".{part}." in name:
                    given[name.replace(f".{part}.", f".{part[:-1]}.{part[-1]}.")] = given.pop(name)
    tensors = Tensors(given, Path("densenet"))
    bare = cnns.densenet(tensors, last_activation=False).eval()
    torch.testing.assert_close(bare(picture_like(SIZE)), wanted)
    assert tensors.left() == ["classifier.weight", "classifier.bias"]
    whole = cnns.densenet(Tensors(given, Path("densenet"))).eval()
    torch.testing.assert_close(whole(picture_like(SIZE)), functional.relu(wanted))


INCEPTION = json.loads((Path(__file__).parent / "recorded" / "torchvision.json").read_text())[
    "inception_v3"
]


@torch.inference_mode()
def test_an_inception_transforms_its_input_as_torchvisions_does():
    given = {n: values(n, tuple(s)).float() for n, s in INCEPTION["shapes"].items()}
    x = picture_like(128)
    # _transform_input, channel by channel.
    channels = [
        torch.unsqueeze(x[:, i], 1) * (deviation / 0.5) + (average - 0.5) / 0.5
        for i, (deviation, average) in enumerate(
            zip((0.229, 0.224, 0.225), (0.485, 0.456, 0.406), strict=True)
        )
    ]
    plain = cnns.inception_v3(Tensors(given, Path("inception"))).eval()
    wanted = plain(torch.cat(channels, 1))
    found = cnns.inception_v3(Tensors(given, Path("inception")), transform_input=True).eval()(x)
    torch.testing.assert_close(found, wanted, rtol=1e-3, atol=1e-4)
    # A Sequential of its children: numbers for names, with and without its poolings among them.
    names = list(dict.fromkeys(n.split(".")[0] for n in given if not n.startswith(("Aux", "fc"))))
    for gaps in (True, False):
        numbers = {n: i + (i > 2) + (i > 4) if gaps else i for i, n in enumerate(names)}
        renamed = {
            f"{numbers[n.split('.')[0]]}.{n.split('.', 1)[1]}": t
            for n, t in given.items()
            if n.split(".")[0] in numbers
        }
        sequential = cnns.inception_v3(Tensors(renamed, Path("inception")), transform_input=True)
        assert len([p for p in sequential if isinstance(p, nn.MaxPool2d)]) == 2 * gaps
        if gaps:
            torch.testing.assert_close(sequential.eval()(x), found, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("network", ["vgg", "densenet", "inception_v3"])
def test_what_tensors_cannot_tell_of_a_cnn_must_be_said(network: str, tmp_path: Path):
    toml = f'[encoder]\nnetwork = "{network}"\ntensors = "cnn"\n[decoder]\n{INPUT}'
    with pytest.raises(CheckpointError, match="its tensors cannot tell; say in"):
        families.read([brought(tmp_path, filled(resnet()()), toml)])


PIXELS: dict[str, tuple[str, dict[str, Any]]] = {
    "nothing": (
        "",
        {"resize": "squash", "interpolation": "bilinear", "whole": True, "colours": "rgb"},
    ),
    "no normalising": ("normalise = false", {"mean": (0, 0, 0), "deviation": (1, 1, 1)}),
    "no normalising of 255": (
        "normalise = false\nrange = 255",
        {"mean": (0, 0, 0), "deviation": (1 / 255,) * 3},
    ),
    "Caffe's": (
        'range = 255\nmean = [103.939, 116.779, 123.68]\ndeviation = [1, 1, 1]\ncolours = "bgr"',
        {"mean": (103.939 / 255, 116.779 / 255, 123.68 / 255), "colours": "bgr"},
    ),
    "crop": (
        'resize = "crop"\nresize_side = 72\ninterpolation = "lanczos"',
        {"resize": "crop", "resize_side": 72, "interpolation": "lanczos"},
    ),
    "shape kept": ('resize = "keep"\nresize_side = 80', {"resize": "keep", "resize_side": 80}),
    "nearest": ('interpolation = "nearest"', {"interpolation": "nearest"}),
}


@pytest.mark.parametrize("name", PIXELS)
def test_pixels_are_what_is_said_of_them(name: str, tmp_path: Path):
    said, expected = PIXELS[name]
    toml = f"{said}\n[encoder]\n{FC}\n[decoder]\n{INPUT}"
    pixels = families.read([brought(tmp_path, filled(resnet()()), toml)]).preprocessing
    for field, value in expected.items():
        assert getattr(pixels, field) == (
            pytest.approx(value) if isinstance(value, tuple) else value
        )


@pytest.mark.parametrize(
    ("section", "said", "expected"),
    [
        ("pixels", 'interpolation = "sinc"', "pixels.interpolation is one of nearest, bilinear"),
        ("pixels", 'colours = "grey"', "pixels.colours is one of rgb, bgr"),
        ("pixels", "normalise = false\nmean = [0, 0, 0]", "with false there is no mean"),
        ("pixels", "range = 255", "say mean and deviation, too"),
        ("pixels", "range = 100\nnormalise = false", "pixels.range is 1 or 255"),
        ("pixels", "deviation = [1, 0, 1]", "deviation must not be 0"),
        ("pixels", 'resize = "crop"\nresize_side = 20', "the short side of the picture of which"),
        ("pixels", 'resize = "keep"\nresize_side = -3', "pixels.resize_side is 0 to"),
        ("pixels", "whole = false", "says what is not known: whole"),
        ("encoder", "last_pooling = true", "encoder.last_pooling cannot be said of a resnet"),
        ("encoder", 'caffe = "yes"', "true or false"),
        ("search", "beam_size = 99", "search.beam_size is 1 to 20"),
        ("search", "beam_size = true", "search.beam_size is 1 to 20"),
        ("search", 'ended = "never"', "search.ended is one of beside, shrinks"),
        ("search", 'repeat_words = "no"', "search.repeat_words is true or false"),
        ("search", "length_exponent = 9", "search.length_exponent is 9.0; 0 to"),
    ],
)
def test_what_cannot_be_is_refused_where_it_is_said(
    section: str, said: str, expected: str, tmp_path: Path
):
    parts = {"pixels": "", "encoder": FC, "decoder": INPUT, "search": ""}
    parts[section] += said
    pixels = parts.pop("pixels")
    toml = f"{pixels}\n" + "".join(f"[{name}]\n{part}\n" for name, part in parts.items())
    with pytest.raises(CheckpointError, match=expected):
        families.read([brought(tmp_path, filled(resnet()()), toml)])


def test_a_search_is_what_is_said_of_it_and_greedy_unless_told(tmp_path: Path):
    network = filled(resnet()())
    toml = f"[encoder]\n{FC}\n[decoder]\n{INPUT}"
    plain = families.read([brought(tmp_path, network, toml)])
    assert (plain.search.beam_size, plain.search.ended, plain.length_exponent) == (1, "shrinks", 0)
    assert plain.search.repeat_words
    assert plain.search.repeat_pairs
    assert plain.search.unknown
    said = 'beam_size = 4\nended = "competes"\nrepeat_pairs = false\nlength_exponent = 1'
    model = families.read([brought(tmp_path, network, f"{toml}[search]\n{said}")])
    assert (model.search.beam_size, model.search.ended) == (4, "competes")
    assert (model.search.repeat_words, model.search.repeat_pairs) == (True, False)
    assert model.length_exponent == 1
    assert "search.beam_size" in model.said


def test_tensors_that_have_no_place_are_told(tmp_path: Path):
    toml = f"[encoder]\n{FC}\n[decoder]\n{INPUT}"
    model = families.read([brought(tmp_path, filled(resnet()()), toml)])
    assert "bn.running_mean" in model.unused
    assert "fc.weight" not in model.unused


def test_a_family_may_be_told_only_what_its_fork_changed(tmp_path: Path):
    encoder, decoder = EncoderCNN(16, "linear", "bn"), DecoderRNN(16, 24, 1, "embed", "linear")
    torch.save(filled(encoder).state_dict(), tmp_path / "e.pkl")
    torch.save(filled(decoder).state_dict(), tmp_path / "d.pkl")
    (tmp_path / "words.json").write_text(json.dumps(NAMES))
    toml = tmp_path / "fork.toml"
    files = (
        'family = "yunjey"\nname = "fork"\n[files]\nweights = { e = "e.pkl", d = "d.pkl" }\n'
        'vocabulary = "words.json"\n[pixels]\ninterpolation = "bicubic"\nheight = 64\nwidth = 64\n'
    )
    toml.write_text(f"{files}[search]\nbeam_size = 3\n[words]\nmax = 9\n")
    model = families.read([toml])
    assert (model.family, model.name, model.max_words) == ("yunjey", "fork", 9)
    pixels = model.preprocessing
    assert (pixels.interpolation, pixels.height, pixels.whole) == ("bicubic", 64, True)
    assert (model.search.beam_size, model.search.ended) == (3, "shrinks")
    for more, expected in (
        (
            '[encoder]\nnetwork = "vgg"',
            r"with a family its networks are known; leave out \[encoder",
        ),
        ('[words]\nstart = "a"', "says max alone"),
    ):
        toml.write_text(f"{files}{more}\n")
        with pytest.raises(CheckpointError, match=expected):
            families.read([toml])
    toml.write_text(files.replace("yunjey", "show"))
    with pytest.raises(CheckpointError, match="show is no family that is known"):
        families.read([toml])
