import json
from pathlib import Path

import pytest
import torch
from tests.export.layouts import WORDS, Oracle, ResNet, check_captions, filled, run, values
from torch import Tensor, nn

from lorgnette.captioning.manifest import Manifest

pytestmark = pytest.mark.torch

MUST = {"vgg": "last_pooling = true", "inception_v3": "transform_input = false"}
CASES = json.loads((Path(__file__).parent / "recorded" / "torchvision.json").read_text())


class VGGWithGRU(nn.Module):
    """Somebody's own: narrow VGG, its mean beside each word, two layers of GRU, no start token."""

    def __init__(self) -> None:
        super().__init__()
        features: list[nn.Module] = []
        inputs = 3
        for outputs in (8, 12, 16, 20, 24):
            features += [
                nn.Conv2d(inputs, outputs, 3, padding=1),
                nn.BatchNorm2d(outputs),
                nn.ReLU(),
                nn.MaxPool2d(2, 2),
            ]
            inputs = outputs
        self.backbone = nn.ModuleDict({"features": nn.Sequential(*features)})
        self.squeeze = nn.Linear(inputs, 10)
        self.words = nn.Embedding(WORDS, 12)
        self.rnn = nn.GRU(12 + 10, 24, 2, batch_first=True)
        self.out = nn.Linear(24, WORDS)

    def see(self, pixels: Tensor) -> tuple[Tensor]:
        return (torch.relu(self.squeeze(self.backbone["features"](pixels).mean((2, 3)))),)

    def tell(self, image: Tensor, tokens: Tensor) -> Tensor:
        beside = image[:, None].expand(-1, tokens.shape[1], -1)
        said: Tensor = self.out(self.rnn(torch.cat([self.words(tokens), beside], -1))[0])
        return said


VGG_WITH_GRU = """
name = "somebodys"
version = "2"
licence = "MIT"

[files]
weights = "model.pt"
vocabulary = "words.txt"

[pixels]
height = 64
width = 96
mean = [0.5, 0.5, 0.5]
deviation = [0.25, 0.25, 0.25]

[encoder]
network = "vgg"
tensors = "backbone"
last_pooling = true
layers = ["squeeze"]
activation = "relu"

[decoder]
embedding = "words"
rnn = "rnn"
output = "out"
image = "every_input"

[words]
start = "."
end = "."
max = 12
"""


def test_a_vgg_with_a_gru_says_in_the_app_what_it_says_in_pytorch(tmp_path: Path):
    network = filled(VGGWithGRU(), ending=0)
    torch.save({"epoch": 7, "model_state_dict": network.state_dict()}, tmp_path / "model.pt")
    (tmp_path / "words.txt").write_text("\n".join([".", *(f"w{i}" for i in range(1, WORDS))]))
    (tmp_path / "captioner.toml").write_text(VGG_WITH_GRU)
    out = tmp_path / "model"
    assert run("convert", tmp_path / "captioner.toml", "--out", out) == 0
    model = Manifest.read(out)
    assert (model.name, model.version, model.licence) == ("somebodys", "2", "MIT")
    assert (model.image_height, model.image_width, model.max_words) == (64, 96, 12)
    assert (model.start_id, model.end_id) == (WORDS, 0)
    check_captions(out, Oracle(network.see, network.tell, start=0))


class AttendingLSTM(nn.Module):
    """Somebody's own: additive attention with tanh over a ResNet's map, start from its mean."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(WORDS, 12)
        self.U = nn.Linear(256, 14)
        self.W = nn.Linear(24, 14)
        self.v = nn.Linear(14, 1)
        self.init_h = nn.Linear(256, 24)
        self.cell = nn.LSTMCell(12 + 256, 24)
        self.out = nn.Linear(24, WORDS)

    def forward(self, grid: Tensor, tokens: Tensor) -> Tensor:
        h = torch.tanh(self.init_h(grid.mean(1)))
        c, said = torch.zeros_like(h), []
        for t in range(tokens.shape[1]):
            weights = self.v(torch.tanh(self.U(grid) + self.W(h)[:, None])).softmax(1)
            context = (weights * grid).sum(1)
            h, c = self.cell(torch.cat([self.embed(tokens[:, t]), context], 1), (h, c))
            said.append(self.out(h))
        return torch.stack(said, 1)


ATTENDING = """
[files]
weights = { cnn = "cnn.pth", rnn = "rnn.pth" }
vocabulary = "words.json"

[pixels]
resize = "crop"
resize_side = 80
height = 64
width = 64

[encoder]
network = "resnet"
tensors = "cnn"

[decoder]
embedding = "rnn.embed"
rnn = "rnn.cell"
output = "rnn.out"
image = "initial_state"
initial_hidden = "rnn.init_h"
initial_activation = "tanh"

[attention]
features = "rnn.U"
hidden = "rnn.W"
score = "rnn.v"
activation = "tanh"

[words]
never = ["#"]
"""


@pytest.fixture(scope="module")
def attending(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ResNet, AttendingLSTM]:
    folder = tmp_path_factory.mktemp("attending")
    cnn, rnn = filled(ResNet()), filled(AttendingLSTM(), ending=2)
    torch.save(cnn.state_dict(), folder / "cnn.pth")
    torch.save(rnn.state_dict(), folder / "rnn.pth")
    words = {"#": 0, "<SOS>": 1, "<EOS>": 2} | {f"w{i}": i for i in range(3, WORDS)}
    (folder / "words.json").write_text(json.dumps(words))
    (folder / "captioner.toml").write_text(ATTENDING)
    return folder, cnn, rnn


def test_attention_over_a_resnet_says_in_the_app_what_it_says_in_pytorch(
    attending: tuple[Path, ResNet, AttendingLSTM], tmp_path: Path
):
    folder, cnn, rnn = attending
    out = tmp_path / "model"
    assert run("convert", folder / "captioner.toml", "--out", out) == 0
    model = Manifest.read(out)
    assert (model.start_id, model.end_id, model.forbidden_ids) == (1, 2, (0,))
    assert model.silent_ids == (1,)
    trunk = nn.Sequential(*list(cnn.children())[:-2])
    check_captions(out, Oracle(lambda p: (trunk(p).flatten(2).transpose(1, 2),), rnn))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('network = "resnet"', 'network = "alexnet"', "encoder.network is one of resnet, vgg"),
        ('rnn = "rnn.cell"', 'rnn = "rnn.lstm"', "there is no LSTM or GRU called rnn.lstm"),
        ('output = "rnn.out"', 'output = "rnn.W"', "rnn.W has 14 words, not the 60 expected"),
        ('score = "rnn.v"', "", "attention lacks 'score'"),
        ('never = ["#"]', 'unknown = "<unk>"', "words.unknown: '<unk>' is not in the vocabulary"),
        ("[words]", "[wrods]", "it says what is not known: wrods"),
        ('tensors = "cnn"', 'tensor = "cnn"', "[encoder] says what is not known: tensor"),
        ("[pixels]", "[pixels", "it cannot be read"),
        ('vocabulary = "words.json"', "", "its vocabulary is missing"),
        ('"cnn.pth"', '"cnn2.pth"', "cnn2.pth: it cannot be read"),
        ("height = 64", 'height = "tall"', "a value is not what it must be"),
        ("[words]", '[words]\nmax = "many"', "a value is not what it must be"),
    ],
)
def test_a_description_that_does_not_fit_says_where(
    attending: tuple[Path, ResNet, AttendingLSTM],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    old: str,
    new: str,
    expected: str,
):
    description = attending[0] / "wrong.toml"
    assert old in ATTENDING
    description.write_text(ATTENDING.replace(old, new))
    assert run("convert", description, "--out", tmp_path / "model") == 2
    assert expected in capsys.readouterr().err


@pytest.mark.parametrize(
    "name", [name for name in CASES if name not in {"torchvision", "resnet18"}]
)
def test_every_cnn_can_be_described(name: str, tmp_path: Path):
    from lorgnette_export import families

    case = CASES[name]
    weights = {f"cnn.{n}": values(n, tuple(s)).float() for n, s in case["shapes"].items()}
    channels = case["shape"][1]
    rnn = {
        "embed.weight": (WORDS, 8),
        "lstm.weight_ih_l0": (32, 8 + channels),
        "lstm.weight_hh_l0": (32, 8),
        "out.weight": (WORDS, 8),
        "out.bias": (WORDS,),
    }
    weights |= {n: values(n, s).float() for n, s in rnn.items()}
    torch.save(weights, tmp_path / "all.pth")
    (tmp_path / "words.txt").write_text("<start>\n<end>\n" + "x\n" * (WORDS - 2))
    (tmp_path / "all.toml").write_text(
        f"""
        [files]
        weights = "all.pth"
        vocabulary = "words.txt"
        [pixels]
        height = {case["size"]}
        width = {case["size"]}
        [encoder]
        network = "{case["network"]}"
        tensors = "cnn"
        {MUST.get(case["network"], "")}
        [decoder]
        embedding = "embed"
        rnn = "lstm"
        output = "out"
        image = "every_input"
        """
    )
    model = families.read([tmp_path / "all.toml"])
    with torch.inference_mode():
        pixels = torch.zeros(1, 3, case["size"], case["size"])
        said, _ = model.decoder_step(torch.tensor([0]), *model.encoder(pixels))
    assert said.shape == (1, WORDS)
    assert said.exp().sum().item() == pytest.approx(1)
