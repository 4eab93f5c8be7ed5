"""Captioners as public ones are, each with its own program: from a picture's file to the sentence.

The programs are written after those of the repositories, torchvision's transforms spelled out.
"""

import json
import pickle
from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from tests.export.layouts import (
    WORDS,
    DecoderRNN,
    EncoderCNN,
    FCModel,
    ResNet,
    ShowAttendDecoder,
    ShowAttendEncoder,
    caffe,
    filled,
    resnet_features,
    values,
)
from torch import Tensor, nn

from lorgnette.captioning.captioner import Captioner
from lorgnette_export import families
from lorgnette_export.conversion import gate
from lorgnette_export.conversion.convert import Options, convert
from lorgnette_export.families import cnns
from lorgnette_export.families.tensors import Tensors

pytestmark = pytest.mark.torch

NAMES = ["<pad>", "<start>", "<end>", "<unk>", *(f"word{i}" for i in range(4, WORDS))]
PAD, START, END, UNKNOWN = range(4)
BILINEAR, LANCZOS = Image.Resampling.BILINEAR, Image.Resampling.LANCZOS


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return pictures of several sizes and kinds, one of them larger than any network looks at."""
    folder = tmp_path_factory.mktemp("photos")
    files = []
    for i, picture in enumerate(gate.pictures(5)):
        file = folder / f"{i}.{'png' if i % 2 else 'jpg'}"
        (picture.resize((1001, 669)) if i == 0 else picture).save(file)
        files.append(file)
    return files


def tensor(picture: Image.Image) -> Tensor:
    """transforms.ToTensor and Normalize, as ImageNet's."""
    x = torch.from_numpy(np.asarray(picture).copy()).permute(2, 0, 1).float().div(255)
    mean, deviation = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    return ((x - mean[:, None, None]) / deviation[:, None, None])[None]


def resized(picture: Image.Image, side: int) -> Image.Image:
    """transforms.Resize(side)."""
    w, h = picture.size
    size = (side, int(side * h / w)) if w <= h else (int(side * w / h), side)
    return picture.resize(size, BILINEAR)


def cropped(picture: Image.Image, side: int) -> Image.Image:
    """transforms.CenterCrop(side)."""
    left, top = round((picture.width - side) / 2.0), round((picture.height - side) / 2.0)
    return picture.crop((left, top, left + side, top + side))


def lively(network: nn.Module, *, ending: int | None = None, times: float = 3) -> nn.Module:
    """Fill a network so that it says other words of other pictures."""
    filled(network, ending=ending)
    with torch.no_grad():
        for p in network.parameters():
            if p.dim() == 2 and len(p) == WORDS:
                p *= times
    return network


def telling_apart(layer: nn.Linear, seen: Tensor, times: float = 1.0) -> None:
    """Make a layer tell apart what was seen (picture, channel), with numbers of about `times`."""
    with torch.no_grad():
        given = layer(seen)
        layer.weight *= times / given.std(0).mean()
        layer.bias.copy_(-(seen @ layer.weight.T).mean(0))


def counting(decoder: ShowAttendDecoder) -> None:
    """Let the first cell count the words, and the end come after a few of them.

    The tutorial's own search stops where no sentence ends, and likes short ones best.
    """
    cell, width = decoder.decode_step, decoder.decode_step.hidden_size
    with torch.no_grad():
        for gate_, bias in enumerate((10.0, 10.0, 0.2, 10.0)):
            cell.weight_ih[gate_ * width] = cell.weight_hh[gate_ * width] = 0
            cell.bias_ih[gate_ * width], cell.bias_hh[gate_ * width] = bias, 0
        decoder.init_c.weight[0] = decoder.init_c.bias[0] = 0
        decoder.fc.weight[:, 0] = 0
        decoder.fc.weight[END, 0], decoder.fc.bias[END] = 40, -30


class Vocabulary:
    def __init__(self) -> None:
        self.word2idx = {word: i for i, word in enumerate(NAMES)}
        self.idx2word = dict(enumerate(NAMES))


@dataclass(frozen=True)
class Program:
    """A captioner with its own program."""

    files: Sequence[Path]
    say: Callable[[Path], str]
    as_json: bool = False


def sampled(encoder: nn.Module, decoder: DecoderRNN, x: Tensor) -> list[int]:
    """sample() of yunjey's tutorial and of the Udacity project."""
    embedding, output = (getattr(decoder, name) for name in decoder.names)
    ids, states = [], None
    inputs = encoder(x).unsqueeze(1)
    for _ in range(20):
        hiddens, states = decoder.lstm(inputs, states)
        predicted = output(hiddens.squeeze(1)).max(1)[1]
        ids.append(int(predicted))
        inputs = embedding(predicted).unsqueeze(1)
    return ids


def show_and_tell(
    folder: Path, photos: Sequence[Path], norm: str | None, see: Callable[[Image.Image], Tensor]
) -> Program:
    linear = "linear" if norm == "bn" else "embed"
    encoder = lively(EncoderCNN(16, linear, norm))
    assert isinstance(encoder, EncoderCNN)
    seen = [encoder.resnet(see(Image.open(photo).convert("RGB"))).flatten(1) for photo in photos]
    telling_apart(getattr(encoder, linear), torch.cat(seen))
    decoder = lively(DecoderRNN(16, 24, 1, "embed", "linear"), ending=END)
    assert isinstance(decoder, DecoderRNN)
    torch.save(encoder.state_dict(), folder / "encoder-5-3000.pkl")
    torch.save(decoder.state_dict(), folder / "decoder-5-3000.pkl")
    (folder / "vocab.pkl").write_bytes(pickle.dumps(Vocabulary(), 3))

    def say(file: Path) -> str:
        words = []
        for word_id in sampled(encoder, decoder, see(Image.open(file).convert("RGB"))):
            words.append(NAMES[word_id])
            if NAMES[word_id] == "<end>":
                break
        return " ".join(words)

    names = ("encoder-5-3000.pkl", "decoder-5-3000.pkl", "vocab.pkl")
    return Program([folder / name for name in names], say)


def udacity(folder: Path, photos: Sequence[Path]) -> Program:
    return show_and_tell(folder, photos, None, lambda p: tensor(cropped(resized(p, 256), 224)))


def yunjey(folder: Path, photos: Sequence[Path]) -> Program:
    return show_and_tell(folder, photos, "bn", lambda p: tensor(p.resize((224, 224), LANCZOS)))


def sgrvinod(folder: Path, photos: Sequence[Path]) -> Program:
    encoder, decoder = filled(ShowAttendEncoder()), lively(ShowAttendDecoder(), ending=END)
    assert isinstance(decoder, ShowAttendDecoder)

    def see(file: Path) -> Tensor:
        picture = Image.open(file).convert("RGB").resize((256, 256), BILINEAR)
        seen: Tensor = encoder(tensor(picture))
        return seen

    means = torch.cat([see(photo).mean((1, 2)) for photo in photos])
    telling_apart(decoder.init_h, means)
    telling_apart(decoder.init_c, means)
    counting(decoder)
    content = {"encoder": encoder.state_dict(), "decoder": decoder.state_dict()}
    torch.save(content, folder / "BEST_checkpoint.pth.tar")
    (folder / "WORDMAP.json").write_text(json.dumps({w: i for i, w in enumerate(NAMES)}))

    def say(file: Path) -> str:
        return " ".join(NAMES[i] for i in beam_search(see(file), decoder, 5))

    return Program([folder / "BEST_checkpoint.pth.tar", folder / "WORDMAP.json"], say, as_json=True)


def beam_search(encoded: Tensor, decoder: ShowAttendDecoder, k: int) -> list[int]:
    """caption_image_beam_search of sgrvinod's caption.py, without its attention maps."""
    seen = encoded.view(1, -1, encoded.size(-1))
    seen = seen.expand(k, seen.size(1), seen.size(2))
    previous = torch.full((k, 1), START)
    seqs, top_scores = previous, torch.zeros(k, 1)
    complete: list[list[int]] = []
    scores_of: list[float] = []
    h, c = decoder.init_h(seen.mean(1)), decoder.init_c(seen.mean(1))
    for step in range(1, 52):
        embeddings = decoder.embedding(previous).squeeze(1)
        awe = torch.sigmoid(decoder.f_beta(h)) * decoder.attention(seen, h)
        h, c = decoder.decode_step(torch.cat([embeddings, awe], 1), (h, c))
        scores = top_scores.expand(k, WORDS) + decoder.fc(h).log_softmax(1)
        top, places = (scores[0] if step == 1 else scores.view(-1)).topk(k, 0, True, True)
        rows, words = places // WORDS, places % WORDS
        seqs = torch.cat([seqs[rows], words.unsqueeze(1)], 1)
        going = [i for i, word in enumerate(words) if word != END]
        for i in set(range(k)) - set(going):
            complete.append(seqs[i].tolist())
            scores_of.append(float(top[i]))
        k = len(going)
        if k == 0:
            break
        seqs, h, c = seqs[going], h[rows[going]], c[rows[going]]
        seen, top_scores, previous = seen[rows[going]], top[going, None], words[going, None]
    return complete[scores_of.index(max(scores_of))]


def ruotianluo(folder: Path, photos: Sequence[Path]) -> Program:
    decoder, resnet = lively(FCModel(), ending=0), caffe(filled(ResNet()))
    assert isinstance(decoder, FCModel)

    def see(file: Path) -> Tensor:
        return resnet_features(resnet, tensor(Image.open(file).convert("RGB")))[0]

    telling_apart(decoder.img_embed, torch.cat([see(photo) for photo in photos]))
    vocab = {str(i): f"word{i}" for i in range(1, WORDS - 1)} | {str(WORDS - 1): "UNK"}
    infos = {"opt": Namespace(input_att_dir="data/cocotalk_att"), "vocab": vocab}
    torch.save(decoder.state_dict(), folder / "model-best.pth")
    (folder / "infos_fc-best.pkl").write_bytes(pickle.dumps(infos, protocol=2))
    torch.save(filled(ResNet()).state_dict(), folder / "resnet101.pth")

    def say(file: Path) -> str:
        """eval.py over a folder of pictures: each in its own size, greedily, without UNK."""
        fc = see(file)
        h = c = fc.new_zeros(1, decoder.core.size)
        h, c = decoder.core(decoder.img_embed(fc), h, c)
        token, words = torch.zeros(1).long(), []
        for _ in range(20):
            h, c = decoder.core(decoder.embed(token), h, c)
            log_probabilities = decoder.logit(h).log_softmax(-1)
            log_probabilities[:, -1] -= 1000
            token = log_probabilities.argmax(-1)
            if int(token) == 0:
                break
            words.append(vocab[str(int(token))])
        return " ".join(words)

    names = ("model-best.pth", "infos_fc-best.pkl", "resnet101.pth")
    return Program([folder / name for name in names], say, as_json=True)


class Initial(nn.Module):
    """Somebody's own: the picture is both first states of an LSTM of two layers."""

    def __init__(self) -> None:
        super().__init__()
        self.cnn = nn.Sequential(*list(ResNet().children())[:-1])
        self.fc, self.bn = nn.Linear(256, 24), nn.BatchNorm1d(24)
        self.embed, self.lstm = nn.Embedding(WORDS, 16), nn.LSTM(16, 24, 2, batch_first=True)
        self.out = nn.Linear(24, WORDS)


def initial_state(folder: Path, photos: Sequence[Path]) -> Program:
    network = lively(Initial(), ending=END)
    assert isinstance(network, Initial)
    torch.save({"model": network.state_dict()}, folder / "model.pth")
    (folder / "words.json").write_text(json.dumps(NAMES))
    (folder / "captioner.toml").write_text("""
        [files]
        weights = "model.pth"
        vocabulary = "words.json"
        [pixels]
        height = 96
        width = 96
        resize = "crop"
        resize_side = 101
        interpolation = "bicubic"
        colours = "bgr"
        normalise = false
        [encoder]
        network = "resnet"
        tensors = "cnn"
        layers = ["fc", "relu", "bn"]
        [decoder]
        embedding = "embed"
        rnn = "lstm"
        output = "out"
        image = "initial_state"
        initial_hidden = "picture"
        initial_cell = "picture"
        [words]
        max = 12
    """)

    def say(file: Path) -> str:
        picture = Image.open(file).convert("RGB")
        w, h = picture.size
        size = (101, int(101 * h / w)) if w <= h else (int(101 * w / h), 101)
        picture = cropped(picture.resize(size, Image.Resampling.BICUBIC), 96)
        x = torch.from_numpy(np.asarray(picture)[:, :, ::-1].copy()).permute(2, 0, 1)[None] / 255
        vector = network.bn(torch.relu(network.fc(network.cnn(x).flatten(1))))
        state = (vector[None].repeat(2, 1, 1), vector[None].repeat(2, 1, 1))
        token, words = torch.tensor([[START]]), []
        for _ in range(12):
            output, state = network.lstm(network.embed(token), state)
            token = network.out(output[:, 0]).argmax(-1, keepdim=True)
            if int(token) == END:
                break
            words.append(NAMES[int(token)])
        return " ".join(words)

    return Program([folder / "captioner.toml"], say)


INCEPTION = Path(__file__).parents[1] / "families" / "recorded" / "torchvision.json"


def inception(folder: Path, photos: Sequence[Path]) -> Program:
    """An Inception an eighth as wide, which transforms its input, under a GRU without a start."""
    shapes = json.loads(INCEPTION.read_text())["inception_v3"]["shapes"]
    narrow = {
        name: [size if size in {1, 3, 5, 7} else max(size // 8, 1) for size in shape]
        for name, shape in shapes.items()
        if not name.startswith(("AuxLogits", "fc"))
    }
    cnn = {n: values(n, tuple(s)).float() for n, s in narrow.items()}
    gru, embed = nn.GRU(16, 24, batch_first=True), nn.Embedding(WORDS, 16)
    fc, out = nn.Linear(256, 16), nn.Linear(24, WORDS)
    network = lively(nn.ModuleDict({"gru": gru, "embed": embed, "fc": fc, "out": out}), ending=END)
    trunk = cnns.inception_v3(Tensors(cnn, Path("inception"))).eval()

    def see(file: Path) -> Tensor:
        x = tensor(Image.open(file).convert("RGB").resize((139, 139), BILINEAR))
        deviation, mean = torch.tensor([0.229, 0.224, 0.225]), torch.tensor([0.485, 0.456, 0.406])
        x = x * (deviation / 0.5)[:, None, None] + ((mean - 0.5) / 0.5)[:, None, None]
        seen: Tensor = trunk(x).mean((2, 3))
        return seen

    telling_apart(fc, torch.cat([see(photo) for photo in photos]))
    weights = {"cnn": cnn, "rest": network.state_dict()}
    torch.save(weights, folder / "inception.tar")
    (folder / "words.txt").write_text("\n".join(NAMES))
    (folder / "inception.toml").write_text("""
        [files]
        weights = "inception.tar"
        vocabulary = "words.txt"
        [pixels]
        height = 139
        width = 139
        [encoder]
        network = "inception_v3"
        tensors = "cnn"
        transform_input = true
        layers = ["rest.fc"]
        [decoder]
        embedding = "rest.embed"
        rnn = "rest.gru"
        output = "rest.out"
        image = "first_input"
        [words]
        start = ""
    """)

    def say(file: Path) -> str:
        inputs, state, words = fc(see(file))[:, None], None, []
        for _ in range(20):
            output, state = gru(inputs, state)
            token = out(output[:, 0]).argmax(-1)
            if int(token) == END:
                break
            words.append(NAMES[int(token)])
            inputs = embed(token)[:, None]
        return " ".join(words)

    return Program([folder / "inception.toml"], say)


PROGRAMS = {
    p.__name__: p for p in (udacity, yunjey, sgrvinod, ruotianluo, initial_state, inception)
}


@torch.inference_mode()
def say_all(program: Program, photos: Sequence[Path]) -> dict[Path, str]:
    return {photo: program.say(photo) for photo in photos}


def write(said: dict[Path, str], file: Path, *, as_json: bool = False) -> Path:
    if as_json:
        vis = [
            {"image_id": i, "file_name": str(p), "caption": c}
            for i, (p, c) in enumerate(said.items())
        ]
        file.write_text(json.dumps(vis))
    else:
        file.write_text("".join(f"{p}\t{c}\n" for p, c in said.items()))
    return file


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_captioner_says_what_its_own_program_says(name: str, tmp_path: Path, photos: list[Path]):
    with torch.inference_mode():
        program = PROGRAMS[name](tmp_path, photos)
    said = say_all(program, photos)
    assert len(set(said.values())) > 2, "it says the same of every picture: nothing is tested"
    file = write(said, tmp_path / "captions.tsv", as_json=program.as_json)
    out = tmp_path / "model"
    done = convert(families.read(list(program.files)), out, Options(expect=file, pictures=4))
    assert done.manifest.gate["passed"] is True
    assert done.manifest.gate["expected"] == {
        "file": "captions.tsv",
        "captions": 5,
        "different": len(set(said.values())),
        "equal": 5,
    }
    assert "5 of 5 are those of captions.tsv" in (out / "MODEL_CARD.md").read_text()
    captioner = Captioner.open(out, provider="cpu")  # as a person's program will
    for photo in photos:
        words = captioner.caption(photo).model_words
        shown = [w for w in said[photo].split() if w not in {"<pad>", "<start>", "<end>"}]
        assert list(words) == shown
