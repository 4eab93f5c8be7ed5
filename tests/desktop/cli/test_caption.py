"""What the caption command makes of its options, in this process; its files are end to end's."""

import dataclasses
import json
import shutil
from pathlib import Path

import pytest
from PIL import Image
from tests.desktop.captioning.seeing import TOY_EVIDENCE, with_evidence

from lorgnette import cli
from lorgnette.captioning import manifest
from lorgnette.captioning.manifest import Manifest
from lorgnette.captioning.vocabulary import Vocabulary


@pytest.fixture
def man_model(toy_model: Path, tmp_path: Path) -> Path:
    """Return a model directory that says "A red man." of what is mostly red."""
    folder = shutil.copytree(toy_model, tmp_path / "model")
    before = Vocabulary.read(folder / manifest.VOCABULARY)
    words = tuple("man" if word == "picture" else word for word in before.words)
    Vocabulary(words).write(folder / manifest.VOCABULARY)
    model = Manifest.read(toy_model)
    files = model.files | {manifest.VOCABULARY: manifest.record(folder / manifest.VOCABULARY)}
    dataclasses.replace(model, files=files).write(folder)
    return folder


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ([], "A red person."),
        (["--people", "neutral"], "A red person."),
        (["--people", "as-is"], "A red man."),
    ],
)
def test_people_are_called_as_it_was_asked_for(
    man_model: Path,
    red: Path,
    options: list[str],
    text: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["caption", str(red), "--model", str(man_model), *options]) == 0
    assert capsys.readouterr().out == f"{red}: {text}\n"


@pytest.mark.parametrize("options", [["--dry-run"], []])
def test_sidecars_are_called_as_it_was_asked_for(
    toy_model: Path, red: Path, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    bitmap = shutil.copy(red, red.with_name("red.bmp"))
    assert cli.main([
        "caption", str(red.parent), "--model", str(toy_model), "--format", "jsonl",
        "--write", "sidecar", "--sidecar-naming", "without-extension", *options,
    ]) == 0  # fmt: skip
    outcomes = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    named = {o["path"]: (Path(o["written_to"]).name, o.get("reason", "")) for o in outcomes}
    assert named == {
        str(bitmap): ("red.xmp", ""),
        str(red): ("red.png.xmp", "red.xmp is for red.bmp"),
    }
    there = {path.name for path in red.parent.glob("*.xmp")}
    assert there == (set() if options else {"red.xmp", "red.png.xmp"})


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "declined: the model is not sure enough of anything in this picture"),
        (["--describe-anyway"], "A red picture. (unsure)"),
    ],
)
def test_a_model_that_is_sure_of_nothing_declines_and_keeps_its_sentence_as_a_candidate(
    toy_model: Path,
    tmp_path: Path,
    options: list[str],
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    unsure = dataclasses.replace(TOY_EVIDENCE, confidence={"bias": -3.0})
    model = with_evidence(toy_model, tmp_path / "model", unsure)
    path = tmp_path / "dim.png"
    Image.new("RGB", (64, 48), (110, 80, 60)).save(path)
    assert cli.main(["caption", str(path), "--model", str(model), *options]) == 0
    assert capsys.readouterr().out == f"{path}: {said}\n"
    cli.main(["caption", str(path), "--model", str(model), "--format", "jsonl", *options])
    assert json.loads(capsys.readouterr().out)["candidates"][0] == "A red picture."


def test_what_was_seen_is_told_where_it_is_asked_for(
    toy_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = with_evidence(toy_model, tmp_path / "model")
    path = tmp_path / "water.png"
    Image.new("RGB", (64, 48), (20, 102, 204)).save(path)
    command = ["caption", str(path), "--model", str(model)]
    cli.main([*command, "--verbose"])
    assert f"{path}: seen: boat 0.8, otter 0.4\n" in capsys.readouterr().err
    cli.main(command)
    assert "seen" not in capsys.readouterr().err
    cli.main([*command, "--format", "jsonl"])
    assert json.loads(capsys.readouterr().out)["seen"] == [
        {"name": "boat", "probability": 0.8, "sure": True},
        {"name": "otter", "probability": 0.4, "sure": False},
    ]


def test_where_the_candidates_agree_is_told_to_programs(
    toy_model: Path, red: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main(["caption", str(red), "--model", str(toy_model), "--format", "jsonl"])
    content = json.loads(capsys.readouterr().out)
    assert len(content["candidates"]) == 3
    assert content["agreement"] == {"all": ["picture"], "some": [], "one": ["red", "green", "blue"]}
