"""What the files know, shown, and joined to drafts where that is asked for."""

import json
from pathlib import Path

import pytest
from PIL import Image
from tests.oracles import ExifTool

from lorgnette import cli


def run(*arguments: object) -> int:
    return cli.main([str(argument) for argument in arguments])


@pytest.fixture
def told(tmp_path: Path, exiftool: ExifTool) -> Path:
    """A picture with a name, a place and a day."""
    picture = tmp_path / "told.jpg"
    Image.new("RGB", (64, 48), (200, 20, 20)).save(picture)
    exiftool.run(
        *("-overwrite_original", "-XMP-iptcExt:PersonInImage=Anna", "-XMP-photoshop:City=Rome"),
        *("-EXIF:DateTimeOriginal=2026:05:03 12:00:00", "-XMP-dc:Subject=gate", picture),
    )
    return picture


def test_show_tells_what_is_known(told: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("show", told) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Alt text: missing",
        "People: Anna",
        "Place: Rome",
        "Taken: 3 May 2026",
        "Keywords: gate",
    ]
    run("show", told, "--format", "json")
    content = json.loads(capsys.readouterr().out)["known"]
    assert (content["people"], content["city"], content["date"]) == (
        ["Anna"], "Rome", "2026-05-03",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "A red picture."),
        (["--with-names"], "A red picture."),  # which speaks of nobody
        (["--with-place"], "A red picture, in Rome."),
        (["--with-names", "--with-place", "--with-date"], "A red picture, in Rome, 3 May 2026."),
    ],
)
def test_drafts_say_it_where_that_is_asked_for(
    told: Path, toy_model: Path, options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("caption", told, "--model", toy_model, *options) == 0
    assert capsys.readouterr().out == f"{told}: {said}\n"
