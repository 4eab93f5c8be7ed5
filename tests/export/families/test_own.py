"""A run's checkpoint and the release made from it, with the real CNN and a small decoder."""

import dataclasses
import os
from pathlib import Path

import pytest
import safetensors.torch
import torch
from tests.export.layouts import run, values

from lorgnette.captioning.manifest import Manifest
from lorgnette_export import families
from lorgnette_export.conversion.convert import Options, convert
from lorgnette_export.data import captioned
from lorgnette_export.families import own
from lorgnette_export.networks.decoder import Decoder, Shape
from lorgnette_export.networks.encoders import ENCODERS
from lorgnette_export.networks.evidence import Evidence
from lorgnette_export.reading.checkpoints import CheckpointError
from lorgnette_export.training.config import Config

pytestmark = pytest.mark.torch

WORDS = [*captioned.SPECIALS, *(f"w{i}" for i in range(40))]


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a checkpoint as training writes it, of a decoder that was never trained."""
    config = Config(hidden=32, embedding=16, heads=2)
    decoder = Decoder(Shape(vocabulary=len(WORDS), hidden=32, embedding=16, heads=2))
    decoder.load_state_dict({n: values(n, t.shape) for n, t in decoder.state_dict().items()})
    file = tmp_path_factory.mktemp("run") / "checkpoint.pt"
    content = {
        "config": dataclasses.asdict(config),
        "vocabulary": WORDS,
        "weights": decoder.state_dict(),
    }
    torch.save(content, file)
    return file


@pytest.fixture(scope="module")
def release(checkpoint: Path) -> Path:
    file = checkpoint.with_name("captioner.safetensors")
    assert run("release", checkpoint, "--out", file, "--name", "tiny", "--model-version", "3") == 0
    return file


@pytest.mark.skipif(os.name != "posix", reason="permissions are others elsewhere")
def test_a_release_is_as_readable_as_any_other_new_file(release: Path, tmp_path: Path):
    other = tmp_path / "other"
    other.touch()
    assert release.stat().st_mode == other.stat().st_mode
    assert [file.name for file in release.parent.iterdir() if file.name.endswith(".part")] == []


def test_a_release_holds_everything_and_its_kernels_as_float16(release: Path):
    tensors = safetensors.torch.load_file(release)
    assert any(name.startswith("cnns.0._blocks.") for name in tensors)
    assert any(name.startswith("decoder.") for name in tensors)
    for name, tensor in tensors.items():
        if tensor.is_floating_point():
            assert tensor.dtype == (torch.float16 if tensor.dim() > 1 else torch.float32), name


def test_converting_a_release_gives_the_same_model_directory_each_time(
    release: Path, tmp_path: Path
):
    options = Options(precision="fp16", pictures=5)
    for name in ("one", "other"):
        convert(families.read([release]), tmp_path / name, options)
    model = Manifest.read(tmp_path / "one")
    assert model.label.startswith("tiny/3+")
    assert model.gate["captions"]["beam 3"]["equal"] == 1
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "other" / file.name).read_bytes()


@torch.inference_mode()
def test_a_release_is_what_the_run_has_learnt(checkpoint: Path, release: Path):
    run_model, release_model = families.read([checkpoint]), families.read([release])
    assert run_model.vocabulary == release_model.vocabulary
    pixels = values("pixels", (1, 3, 260, 260)).float()
    for wanted, found in zip(run_model.encoder(pixels), release_model.encoder(pixels), strict=True):
        torch.testing.assert_close(found, wanted, rtol=0, atol=0.1 * float(wanted.abs().max()))


def test_a_release_of_other_sizes_is_refused(
    release: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    tensors = safetensors.torch.load_file(release)
    with safetensors.safe_open(release, framework="pt") as file:
        metadata = file.metadata()
    del tensors["decoder.query.weight"]
    safetensors.torch.save_file(tensors, tmp_path / "less.safetensors", metadata)
    assert run("convert", tmp_path / "less.safetensors", "--out", tmp_path / "model") == 2
    said = capsys.readouterr().err
    assert "less.safetensors: its weights do not fit" in said
    assert "decoder.query.weight" in said


def test_a_release_that_is_cut_off_is_refused(
    release: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    cut = tmp_path / "cut.safetensors"
    cut.write_bytes(release.read_bytes()[:-100])
    assert run("convert", cut, "--out", tmp_path / "model") == 2
    assert "cut.safetensors: it is damaged or cut off" in capsys.readouterr().err


@torch.inference_mode()
def test_a_top_that_sentences_and_evidence_share_is_kept_once(tmp_path: Path) -> None:
    torch.manual_seed(0)
    names = ("efficientnet-lite2", "mobilenet-detector", "efficientnet-lite2-imagenet")
    shape = Shape(encoders=names, vocabulary=len(WORDS), hidden=32, embedding=16, heads=2)
    cnns = [ENCODERS[name].build() for name in names]
    look = own.Look(Decoder(shape), cnns, evidence=Evidence()).eval()
    about = {"name": "tiny", "version": "1", "licence": "none", "vocabulary": WORDS, "evidence": {}}
    own.write(look, about, tmp_path / "one.safetensors")
    tensors = safetensors.torch.load_file(tmp_path / "one.safetensors")
    assert any(name.startswith("cnns.2.") for name in tensors)
    assert not any(name.startswith("evidence.top.") for name in tensors)
    again = families.read([tmp_path / "one.safetensors"]).encoder.eval()
    pixels = torch.randn(2, 3, 96, 96)
    for mine, other in zip(look(pixels), again(pixels), strict=True):
        torch.testing.assert_close(mine, other, rtol=0.02, atol=0.02)  # it was float16
    # Each grid is that of the CNN alone, and the third CNN stands on the trunk of the first.
    first, detector, top = cnns
    seen = [first(pixels), detector(pixels * (0.502 / 0.5) + (0.498 - 0.5) / 0.5)]
    seen.append(top(first.trunk(pixels)))
    features, hidden = look.decoder.look([grid.flatten(2).transpose(1, 2) for grid in seen])
    torch.testing.assert_close(look(pixels)[0], features, rtol=1e-3, atol=1e-3)
    torch.testing.assert_close(look(pixels)[1], hidden, rtol=1e-3, atol=1e-3)
    missing = {name: value for name, value in tensors.items() if name != "cnns.2.conv.weight"}
    with safetensors.safe_open(tmp_path / "one.safetensors", "pt") as file:
        metadata = file.metadata()
    safetensors.torch.save_file(missing, tmp_path / "two.safetensors", metadata)
    with pytest.raises(CheckpointError, match=r"cnns\.2\.conv"):
        families.read([tmp_path / "two.safetensors"])
