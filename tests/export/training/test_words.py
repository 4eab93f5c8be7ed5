"""Words that people would say of a picture: learned, and put into the evidence."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.export.training.squares import COLOURS

from lorgnette_export import cli, families
from lorgnette_export.conversion import gate
from lorgnette_export.data import captioned
from lorgnette_export.data.captioned import DataError, Photo
from lorgnette_export.families import own
from lorgnette_export.networks import efficientnet_lite, evidence, mobilenet_detector
from lorgnette_export.networks.decoder import Decoder, Shape
from lorgnette_export.training import words
from lorgnette_export.training.config import Config

pytestmark = pytest.mark.torch


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the release of a captioner that was never trained and has no evidence."""
    torch.manual_seed(0)
    shape = Shape(
        encoders=("efficientnet-lite2", "mobilenet-detector"), vocabulary=3, hidden=32,
        embedding=16, heads=2,
    )  # fmt: skip
    cnns = [efficientnet_lite.pretrained(), mobilenet_detector.MobileNetDetector()]
    about = {"name": "tiny", "version": "1", "licence": "", "vocabulary": [*captioned.SPECIALS]}
    file = tmp_path_factory.mktemp("release") / "tiny.safetensors"
    own.write(own.Look(Decoder(shape), cnns), about, file)
    return file


def photo(name: str, *captions: str, machine: bool = False) -> Photo:
    return Photo(file=Path(name), source="own", split="train", captions=captions, machine=machine)


def test_what_people_say_is_told_from_what_is_seen() -> None:
    random = np.random.default_rng(0)
    seen = random.normal(0, 1, (600, evidence.POOLED)).astype(np.float16)
    photos = []
    for number, row in enumerate(seen):
        row[:400] += 1.0 if number % 3 == 0 else -1.0
        thing = "cat" if number % 3 == 0 else "horse"
        captions = (f"a {thing} is running", f"the {thing}", "an animal")
        photos.append(photo(f"{number}", *captions))
    photos.append(photo("machine", "a feline", machine=True))
    layers, table, report = words.fit(photos, np.concatenate([seen, seen[:1]]))
    assert table["texts"] == ["animal", "cat", "horse", "running"]
    assert table["shares"] == pytest.approx([1 / 3, 2 / 9, 4 / 9, 1 / 3], abs=0.02)
    with torch.inference_mode():
        likely = torch.sigmoid(layers(torch.from_numpy(seen[:300]).float())).numpy()
    there = np.arange(300) % 3 == 0
    assert likely[there, 1].mean() > 0.5
    assert likely[~there, 1].mean() < 0.1
    assert likely[:, 0].mean() == pytest.approx(1 / 3, abs=0.05)
    assert report["cross-entropy"] < report["without looking"] - 0.2
    assert report["words"] == 4
    assert 30 < report["apart"] < 90


def test_words_that_few_people_say_are_none() -> None:
    with pytest.raises(DataError, match="no word"):
        words.fit([photo("one", "a cat")], np.zeros((1, evidence.POOLED), np.float16))


def test_evidence_tells_the_words_of_what_the_command_computes(
    release: Path, tmp_path: Path
) -> None:
    gate.pictures(1)[0].resize((96, 96)).save(tmp_path / "picture.png")
    found = words.pooled([tmp_path / "picture.png"], release, 96, tmp_path)
    layers = evidence.Words(5).eval()
    look = families.read([release]).encoder
    assert isinstance(look, own.Look)
    look.evidence = evidence.pretrained()
    look.evidence.words = layers
    pixels = np.asarray(gate.pictures(1)[0].resize((96, 96)), np.float32) / 255
    normal = (pixels - efficientnet_lite.MEAN) / efficientnet_lite.DEVIATION
    with torch.inference_mode():
        wanted = look.eval()(torch.from_numpy(normal.transpose(2, 0, 1)[None]).float())[-1]
        told = torch.sigmoid(layers(torch.from_numpy(np.array(found)).float()))
    np.testing.assert_allclose(told, wanted[:, evidence.OUTPUTS :], atol=2e-3)


def test_the_command_adds_words_and_nothing_else(
    release: Path, squares: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "LEAST_PHOTOS", 4)
    table = {"outputs": evidence.OUTPUTS, "things": [], "choice": {"score": 1.0}}
    run = {"config": dataclasses.asdict(Config()), "vocabulary": [], "weights": {}}
    torch.save(run, tmp_path / "blind.pt")
    head = evidence.Head().state_dict()
    torch.save(run | {"evidence": {"head": head, "table": table}}, tmp_path / "seeing.pt")
    more = ["--data", squares, "--grids", tmp_path / "grids", "--encoder-weights", release]
    more += ["--input-size", "64", "--out", tmp_path / "telling.pt"]
    given = [str(each) for each in more]
    assert cli.main(["words", str(tmp_path / "blind.pt"), *given]) == 2
    assert cli.main(["words", str(tmp_path / "seeing.pt"), *given]) == 0
    saved = torch.load(tmp_path / "telling.pt", weights_only=True)["evidence"]
    texts = saved["table"]["words"]["texts"]
    assert {*COLOURS, "square", "circle"} <= set(texts)
    assert saved["table"]["outputs"] == evidence.OUTPUTS + len(texts)
    assert saved["table"]["choice"] == {"score": 1.0}
    assert (saved["head"]["cells.weight"] == head["cells.weight"]).all()
    evidence.Words(len(texts)).load_state_dict(saved["words"])
