"""What newcomers do wrong: each ends in a message that names the file or the option."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from tests.export.layouts import WORDS, DecoderRNN, EncoderCNN, filled, run
from torch import Tensor

pytestmark = pytest.mark.torch

Weights = dict[str, Tensor]
NAMES = ["<start>", "<end>", "<unk>", *(f"word{i}" for i in range(WORDS - 3))]
TOML = """
[files]
weights = { e = "encoder.pkl", d = "decoder.pkl" }
vocabulary = "vocab.json"
[pixels]
height = 64
width = 64
[encoder]
network = "resnet"
tensors = "e.resnet"
layers = ["e.embed"]
[decoder]
embedding = "d.embed"
rnn = "d.lstm"
output = "d.linear"
image = "first_input"
"""


@dataclass(frozen=True, slots=True)
class Project:
    """A captioner's files in a folder."""

    folder: Path
    encoder: Weights
    decoder: Weights

    def write(self, encoder: Weights, decoder: Weights, words: Any = NAMES) -> None:
        torch.save(encoder, self.folder / "encoder.pkl")
        torch.save(decoder, self.folder / "decoder.pkl")
        (self.folder / "vocab.json").write_text(json.dumps(words))
        (self.folder / "captioner.toml").write_text(TOML)

    def changed(self, old: str, new: str) -> None:
        assert old in TOML
        (self.folder / "captioner.toml").write_text(TOML.replace(old, new))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    encoder = filled(EncoderCNN(16, "embed", None)).state_dict()
    decoder = filled(DecoderRNN(16, 24, 1, "embed", "linear")).state_dict()
    found = Project(tmp_path, dict(encoder), dict(decoder))
    found.write(found.encoder, found.decoder)
    return found


def norm_first(p: Project) -> None:
    names = ("weight", "bias", "running_mean", "running_var")
    more = {f"norm.{name}": torch.ones(256) for name in names}
    p.write({**p.encoder, **more}, p.decoder)


def narrow(p: Project) -> None:
    p.write({**p.encoder, "embed.weight": p.encoder["embed.weight"][:8],
             "embed.bias": p.encoder["embed.bias"][:8]}, p.decoder)  # fmt: skip


def nan(p: Project) -> None:
    p.write(p.encoder, {**p.decoder, "linear.weight": p.decoder["linear.weight"] * float("nan")})


def quantised(p: Project) -> None:
    weight = torch.quantize_per_tensor(p.decoder["linear.weight"], 0.1, 0, torch.qint8)
    p.write(p.encoder, {**p.decoder, "linear.weight": weight})


def transformer(p: Project) -> None:
    p.write(p.encoder, {"h.0.attn.c_attn.weight": torch.ones(3, 3), "wte.weight": torch.ones(9, 3)})


def words(content: Any) -> Callable[[Project], None]:
    return lambda p: p.write(p.encoder, p.decoder, content)


def toml(old: str, new: str) -> Callable[[Project], None]:
    return lambda p: p.changed(old, new)


FILES = ("encoder.pkl", "decoder.pkl", "vocab.json")
MISTAKES: dict[str, tuple[Callable[[Project], None] | None, tuple[str, ...], str]] = {
    "norm first": (norm_first, FILES, "encoder.pkl: its parts do not fit each other"),
    "other training": (narrow, FILES, "Are all files of one training?"),
    "NaN": (nan, FILES, "decoder.pkl: the tensor linear.weight holds NaN"),
    "transformer": (transformer, FILES, "it is a transformer"),
    "no words": (words({}), FILES, "vocab.json: it is no vocabulary"),
    "words in circles": (words({"vocab": {"vocab": {}}}), FILES, "it is no vocabulary"),
    "an id too large": (words({"a": 10**9}), FILES, "vocab.json: its token ids go from"),
    "one file twice": (None, ("encoder.pkl", "encoder.pkl", "vocab.json"), "name the decoder's"),
    "another family": (None, ("--family", "ruotianluo", *FILES), "the family ruotianluo"),
    "our own family": (None, ("--family", "lorgnette", "encoder.pkl"), "the family lorgnette"),
    "our own of two": (None, ("--family", "lorgnette", *FILES), "the family lorgnette"),
    "no TOML": (None, ("--family", "description", *FILES), "the family description"),
    "too small": (None, (*FILES, "--input-size", "0"), "0 is no whole number from 8 to 1024"),
    "negative": (None, (*FILES, "--input-size=-5"), "--input-size: -5 is no whole number"),
    "too large": (None, (*FILES, "--input-size", "4000"), "4000 is no whole number from 8"),
    "no number": (None, (*FILES, "--input-size", "big"), "big is no whole number"),
    "other use": (toml("first_input", "every_input"), ("captioner.toml",), "its parts do not fit"),
    "huge": (toml("height = 64", "height = 99999"), ("captioner.toml",), "99999 x 64 pixels; 8"),
    "a text": (toml("height = 64", 'height = "64"'), ("captioner.toml",), "captioner.toml: "),
    "no pool": (toml("layers", "pool = [0, 0]\nlayers"), ("captioner.toml",), "captioner.toml: "),
    "one number": (toml("layers", "pool = 3\nlayers"), ("captioner.toml",), "captioner.toml: "),
    "no words said": (toml("[decoder]", "[words]\nmax = 0\n[decoder]"), ("captioner.toml",), "max"),
    "for ever": (toml("[decoder]", "[words]\nmax = 9999\n[decoder]"), ("captioner.toml",), "max"),
    "a file that is gone": (toml("decoder.pkl", "gone"), ("captioner.toml",), "gone: it cannot be"),
    "no such layer": (toml("e.embed", "e.no"), ("captioner.toml",), "e.no.weight is missing"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_ends_in_a_message(
    mistake: str,
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    make, arguments, expected = MISTAKES[mistake]
    if make is not None:
        make(project)
    monkeypatch.chdir(project.folder)
    try:
        status = run("convert", *arguments, "--out", "model")
    except SystemExit as error:  # of an option
        status = int(error.code or 0)
    assert status == 2
    assert expected in capsys.readouterr().err
    assert not (project.folder / "model").exists()


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")
def test_a_quantised_network_is_called_by_its_name(
    project: Project, capsys: pytest.CaptureFixture[str]
):
    quantised(project)
    files = [project.folder / name for name in FILES]
    assert run("convert", *files, "--out", project.folder / "model") == 2
    assert "decoder.pkl: it holds quantised or sparse tensors" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--out", "vocab.json"), "vocab.json: it is a file; name a folder"),
        (("--out", "vocab.json/model"), "nothing can be written in"),
        (("--out", "model", "--images", "."), "it holds 0 pictures; the gate needs 32"),
    ],
)
def test_options_are_checked_before_anything_is_read(
    options: tuple[str, ...],
    expected: str,
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.chdir(project.folder)
    assert run("convert", "no-such-file.pth", *options) == 2
    assert expected in capsys.readouterr().err
