"""The command on a model of which it is known what it says."""

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image
from tests.desktop.captioning.test_captioner import saying

from lorgnette import paths
from lorgnette.captioning.captioner import Captioner
from lorgnette_export import cli
from lorgnette_export.data.captioned import Photo
from lorgnette_export.measuring.evaluate import captions_of
from lorgnette_export.measuring.naming import WORDNET

BEAGLE = "insample_n02088364_beagle_1.png"


@pytest.fixture(scope="module")
def model(toy_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that says "a dog runs" of red, "a man runs" of green, "a wave runs" of blue."""
    folder = tmp_path_factory.mktemp("model") / "model"
    return saying(toy_model, folder, red="dog", green="man", blue="wave", picture="runs")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    for name in ("captions", "labels"):
        (folder / name).mkdir()

    def save(source: str, *photos: tuple[str, str, list[str]], **more: bool) -> None:
        images = []
        for file, colour, captions in photos:
            Image.new("RGB", (40, 40), colour).save(folder / file)
            images.append({"file": file, "split": "val", "captions": captions, **more})
        old = folder / "captions" / f"{source}.json"
        kept = json.loads(old.read_text())["images"] if old.exists() else []
        old.write_text(json.dumps({"set": source, "images": kept + images}))

    save(
        "coco",
        ("a.png", "red", ["A dog runs.", "The dog runs fast."]),
        ("b.png", "lime", ["A cat sleeps.", "A sleeping cat."]),
    )
    save(
        "coco2",
        ("c.png", "lime", ["A thing stands there.", "What is that?"]),
        ("d.png", "blue", ["A wave runs.", "Waves in the sea."]),
    )
    save(
        "written",
        ("e.png", "blue", ["A wave."]),
        ("f.png", "lime", ["A hill."]),
        ("g.png", "red", ["A lake."]),
        ("h.png", "lime", ["A town."]),
        machine=True,
        empty=True,
    )
    save("written", (BEAGLE, "red", ["A beagle."]), ("i.png", "red", ["A room."]), machine=True)
    boxes = {"a.png": [["dog", 0.5, 0.5, 1, 1]], "b.png": [], "c.png": [["person", 0.5, 0.5, 1, 1]]}
    (folder / "labels" / "coco.json").write_text(json.dumps({"images": boxes}))
    return folder


def evaluate(capsys: pytest.CaptureFixture[str], *options: str | Path) -> tuple[str, str]:
    assert cli.main(["evaluate", *map(str, options)]) == 0
    out, err = capsys.readouterr()
    return out, err


def test_each_set_has_the_figures_that_it_can_tell(
    model: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = tmp_path / "said.jsonl"
    out, err = evaluate(
        capsys, "--data", data, "--model", model, "--format", "json", "--captions", lines
    )
    sets = json.loads(out)["sets"]
    assert list(sets) == [
        "coco",
        "coco2",
        "written, nobody there",
        "written, things",
        "written, others",
        "coco + coco2",
    ]
    assert [its["photos"] for its in sets.values()] == [2, 2, 4, 1, 1, 4]
    assert [name for name, its in sets.items() if its["machine"]] == list(sets)[2:5]
    # "a man runs" of a cat; on the other photo of a man stands one by its box.
    assert (sets["coco"]["CHAIRs"], sets["coco"]["CHAIRi"]) == (0.5, 0.5)
    assert (sets["coco2"]["CHAIRs"], sets["coco2"]["CHAIRi"]) == (0, 0)
    assert sets["coco + coco2"]["with boxes"] == 3
    assert sets["coco + coco2"]["CHAIRs"] == pytest.approx(1 / 3)
    assert sets["coco"]["BLEU-1"] == pytest.approx(4 / 6)  # of the words said
    nobody = sets["written, nobody there"]
    assert (nobody["people said"], nobody["animals said"], nobody["either said"]) == (
        0.5,
        0.25,
        0.75,
    )
    assert "CHAIRs" not in nobody
    assert "people said" not in sets["coco"]
    things = sets["written, things"]
    if (WORDNET / "data.noun").is_file():
        assert things["names the thing"] == 1
    else:
        assert "names of things" in err
        assert "names the thing" not in things
    first = json.loads(lines.read_text().splitlines()[1])
    assert (first["file"], first["caption"], first["draft"]) == (
        "b.png",
        "a man runs",
        "A person runs.",
    )


def test_the_table_has_people_and_machine_apart_and_nothing_where_nothing_is_known(
    model: Path, data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")  # no Java
    out, err = evaluate(
        capsys, "--data", data, "--model", model, "--limit", "1", "--wordnet", data / "none"
    )
    people, machine = out.strip().split("\n\n")[1:]
    assert people.splitlines()[0].split("  ")[0] == "people's captions"
    rows = {line.split("  ")[0]: line.split()[-3:] for line in people.splitlines()}
    assert rows["photos"] == ["1", "1", "2"]
    assert rows["CHAIRs"][0] == rows["CHAIRs, drafted"][0] == "0.000"
    assert "written, nobody there" in machine
    assert "people said, drafted" in machine
    assert "METEOR" not in out
    assert "left out: METEOR" in err
    assert f"names of things: {data / 'none'} holds no WordNet" in err
    assert "names the thing" not in out


def test_a_photo_that_cannot_be_read_says_nothing(
    model: Path,
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PATH", "")  # no Java
    mine = tmp_path / "data"
    shutil.copytree(data, mine)
    (mine / "f.png").write_bytes(b"no picture")
    out, _ = evaluate(capsys, "--data", mine, "--model", model, "--format", "json")
    nobody = json.loads(out)["sets"]["written, nobody there"]
    assert (nobody["unreadable"], nobody["declined"]) == (1, 0)
    assert nobody["people said"] == nobody["draft"]["people said"] == 0.25


def test_what_the_app_declines_is_said_in_the_models_words_and_not_drafted(
    tmp_path: Path,
) -> None:
    blank = tmp_path / "blank.png"
    Image.new("RGB", (64, 64), "white").save(blank)
    photo = Photo(file=blank, source="own", split="val", captions=("Nothing.",))
    captioner = Captioner.open(paths.shipped_model(), provider="cpu")
    (said,) = captions_of(captioner, [photo])
    assert said.draft == ""
    assert said.model
    assert 0 < said.confidence < 1
    assert not said.unreadable
