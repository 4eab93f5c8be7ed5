"""A film on the command line: described, kept beside it, shown, counted, exported, undone."""

import json
from pathlib import Path

import pytest
import skimage.data
from PIL import Image
from tests.desktop.films import clips

from lorgnette.cli import main


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    clips.write(folder / "clip.mp4")
    (folder / "broken.mp4").write_bytes(b"\0\0\0\x18ftypisom" + bytes(400))
    Image.fromarray(skimage.data.chelsea()).save(folder / "cat.jpg")
    return folder


@pytest.mark.model
def test_films_of_folders_are_taken_if_asked_and_a_broken_one_stops_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["caption", str(folder)]) == 0
    assert "mp4" not in capsys.readouterr().out
    options = ["--films", "--scenes", "--describe-anyway", "--format", "jsonl"]
    assert main(["caption", *options, str(folder)]) == 1
    told = {
        Path(content["path"]).name: content
        for content in map(json.loads, capsys.readouterr().out.splitlines())
    }
    assert told["broken.mp4"]["verdict"] == "failed"
    assert told["broken.mp4"]["reason"]
    assert told["cat.jpg"]["verdict"] == "captioned"
    assert "frames" not in told["cat.jpg"]
    assert len(told["clip.mp4"]["frames"]) >= 3


def test_words_for_a_film_are_kept_beside_it_and_can_be_undone(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    film = folder / "clip.mp4"
    before = film.read_bytes()
    scenes = "0:00 to 0:01: A red wall.\n0:01 to 0:03: A green one."
    words = ["set", str(film), "Walls in three colours.", "--extended", scenes]
    assert main([*words, "--language", "en", "--write", "embed"]) == 0
    assert "sidecar only" in capsys.readouterr().out
    assert film.read_bytes() == before
    assert (folder / "clip.mp4.xmp").exists()
    assert main(["show", str(film)]) == 0
    assert "Walls in three colours." in capsys.readouterr().out
    assert main(["status", "--films", "--format", "json", str(folder)]) == 0
    counted = json.loads(capsys.readouterr().out)
    assert (counted["pictures"], counted["reviewed"]) == (3, 1)
    for form, name in (("vtt", "clip.vtt"), ("scenes", "clip.scenes.txt")):
        assert main(["export-text", "--films", "--format", form, str(folder)]) == 0
        assert name in capsys.readouterr().out
    cues = (folder / "clip.vtt").read_text(encoding="utf-8")
    assert "00:00:01.000 --> 00:00:03.000\nA green one.\n" in cues
    assert (folder / "clip.scenes.txt").read_text(encoding="utf-8").endswith("A green one.\n")
    for _ in range(3):
        assert main(["undo"]) == 0
    assert sorted(path.name for path in folder.iterdir()) == ["broken.mp4", "cat.jpg", "clip.mp4"]
