"""What the caption command makes of its options, in this process; its files are end to end's."""

import dataclasses
import json
import shutil
from pathlib import Path

import pytest

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
