import pickle
from pathlib import Path

import pytest
import torch
from tests.export.layouts import (
    WORDS,
    DecoderRNN,
    EncoderCNN,
    Oracle,
    check_captions,
    filled,
    run,
)
from torch import nn

from lorgnette.captioning.manifest import Manifest

pytestmark = pytest.mark.torch

UDACITY_WORDS = ["<start>", "<end>", "<unk>", *(f"word{i}" for i in range(WORDS - 3))]
YUNJEY_WORDS = ["<pad>", *UDACITY_WORDS[:-1]]
SMALL = ("--input-size", 64)


class Vocabulary:
    def __init__(self, words: list[str]) -> None:
        self.word2idx = {word: i for i, word in enumerate(words)}
        self.idx2word = dict(enumerate(words))
        self.idx = len(words)


def save(network: nn.Module, file: Path, *, old: bool = False) -> Path:
    torch.save(network.state_dict(), file, _use_new_zipfile_serialization=not old)
    return file


def save_words(words: list[str], file: Path, protocol: int = 3) -> Path:
    file.write_bytes(pickle.dumps(Vocabulary(words), protocol))
    return file


def oracle(encoder: nn.Module, decoder: nn.Module) -> Oracle:
    # As sample() has it, the first word is what is said to the image: no start is put in.
    return Oracle(
        lambda pixels: (encoder(pixels),), lambda image, tokens: decoder(image, tokens[:, 1:])
    )


@pytest.mark.parametrize(
    ("linear_norm", "layers", "names", "old"),
    [
        (("embed", None), 1, ("word_embeddings", "hidden2vocab"), False),
        (("embed", "batch_norm"), 3, ("embeddings", "fc"), True),
    ],
)
def test_udacity_projects_say_in_the_app_what_they_say_in_pytorch(
    linear_norm: tuple[str, str | None],
    layers: int,
    names: tuple[str, str],
    old: bool,
    tmp_path: Path,
):
    encoder = filled(EncoderCNN(16, *linear_norm))
    decoder = filled(DecoderRNN(16, 24, layers, *names), ending=1)
    files = (
        save(encoder, tmp_path / "encoder-3.pkl", old=old),
        save(decoder, tmp_path / "decoder-3.pkl", old=old),
        save_words(UDACITY_WORDS, tmp_path / "vocab.pkl"),
    )
    assert run("convert", *files, "--out", tmp_path / "model", *SMALL) == 0
    model = Manifest.read(tmp_path / "model")
    assert (model.family, model.resize, model.start_id, model.end_id) == (
        "udacity",
        "crop",
        WORDS,
        1,
    )
    assert (model.interpolation, model.silent_ids) == ("bilinear", (0,))
    check_captions(tmp_path / "model", oracle(encoder, decoder))


def test_the_yunjey_tutorial_says_in_the_app_what_it_says_in_pytorch(tmp_path: Path):
    encoder = filled(EncoderCNN(16, "linear", "bn"))
    decoder = filled(DecoderRNN(16, 24, 1, "embed", "linear"), ending=2)
    files = (
        save(encoder, tmp_path / "encoder-5-3000.pkl", old=True),
        save(decoder, tmp_path / "decoder-5-3000.pkl", old=True),
    )
    words = save_words(YUNJEY_WORDS, tmp_path / "vocab.pkl", protocol=0)
    out = tmp_path / "model"
    assert run("convert", *files, "--vocabulary", words, "--out", out, *SMALL) == 0
    model = Manifest.read(out)
    assert (model.family, model.resize, model.silent_ids) == ("yunjey", "squash", (0, 1))
    assert (model.interpolation, model.whole, model.forbidden_ids) == ("lanczos", True, ())
    check_captions(out, oracle(encoder, decoder))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """Return the three files of a Udacity project."""
    folder = tmp_path_factory.mktemp("project")
    return (
        save(filled(EncoderCNN(16, "embed", None)), folder / "encoder-3.pkl"),
        save(filled(DecoderRNN(16, 24, 1, "embed", "linear")), folder / "decoder-3.pkl"),
        save_words(UDACITY_WORDS, folder / "vocab.pkl"),
    )


def refusal(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert run("convert", *arguments, *SMALL) == 2
    return capsys.readouterr().err


def test_a_vocabulary_of_another_training_is_refused(
    project: tuple[Path, Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    words = save_words(UDACITY_WORDS[:-4], tmp_path / "vocab.pkl")
    said = refusal(capsys, *project[:2], words, "--out", tmp_path / "model")
    assert "the vocabulary has 56 words, the decoder 60" in said
    assert not (tmp_path / "model").exists()


@pytest.mark.parametrize(
    ("left_out", "expected"),
    [
        (0, "name the encoder's file as well"),
        (1, "name the decoder's file as well"),
        (2, "its vocabulary is missing"),
    ],
)
def test_a_file_that_was_forgotten_is_named(
    project: tuple[Path, Path, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    left_out: int,
    expected: str,
):
    given = [file for i, file in enumerate(project) if i != left_out]
    assert expected in refusal(capsys, *given, "--out", tmp_path / "model")


def test_a_layer_that_the_family_does_not_have_is_named(
    project: tuple[Path, Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    more = dict(torch.load(project[0], weights_only=True))
    more["attend.weight"] = torch.ones(3, 3, 3)
    torch.save(more, tmp_path / "encoder-4.pkl")
    said = refusal(capsys, tmp_path / "encoder-4.pkl", *project[1:], "--out", tmp_path / "model")
    assert "1 tensors have no place in this family: attend.weight" in said


def test_a_tensor_that_is_missing_is_named(
    project: tuple[Path, Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    fewer = dict(torch.load(project[0], weights_only=True))
    del fewer["resnet.5.0.bn2.running_mean"]
    torch.save(fewer, tmp_path / "encoder-4.pkl")
    said = refusal(capsys, tmp_path / "encoder-4.pkl", *project[1:], "--out", tmp_path / "model")
    assert "encoder-4.pkl: the tensor resnet.5.0.bn2.running_mean is missing" in said


def test_what_data_parallel_adds_to_names_is_taken_off(project: tuple[Path, Path, Path]):
    from lorgnette_export.reading.checkpoints import Checkpoint

    weights = torch.load(project[1], weights_only=True)
    renamed = {f"module.{name}": tensor for name, tensor in weights.items()}
    checkpoint = Checkpoint(path=project[1], content={"epoch": 3, "state_dict": renamed})
    assert [set(network) for network in checkpoint.networks()] == [set(weights)]


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.97])
@pytest.mark.parametrize("old", [False, True])
def test_a_file_that_was_cut_off_says_how_much_of_it_is_there(
    old: bool, cut: float, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    whole = save(DecoderRNN(256, 256, 1, "embed", "linear"), tmp_path / "decoder-3.pkl", old=old)
    size = whole.stat().st_size
    whole.write_bytes(whole.read_bytes()[: int(size * cut)])
    said = refusal(capsys, whole, "--out", tmp_path / "model")
    expected = f"ends after {int(size * cut) / 2**20:.1f} of {size / 2**20:.1f} MiB: download it"
    assert f"decoder-3.pkl: it {expected}" in said
