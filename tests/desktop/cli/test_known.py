"""What the files know, shown, and joined to drafts where that is asked for."""

import json
from pathlib import Path

import pytest
from PIL import Image
from tests.oracles import ExifTool

from lorgnette import cli
from lorgnette.english.glossary import Rule
from lorgnette.settings import Settings


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


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--note", "Our wedding"], "Our wedding: A red picture."),
        (["--note", "Trip", "--with-place"], "Trip: A red picture, in Rome."),
        (
            ["--template", "{note}: {caption} ({place}, {date})"],
            "A red picture (Rome, 3 May 2026).",
        ),
        (["--template", "{caption} {note}", "--note", "Trip"], "A red picture. Trip."),
    ],
)
def test_drafts_have_the_form_that_is_asked_for(
    told: Path, toy_model: Path, options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("caption", told, "--model", toy_model, *options) == 0
    assert capsys.readouterr().out == f"{told}: {said}\n"


def test_rules_of_the_window_hold_where_they_are_asked_for(
    told: Path, toy_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Settings(glossary=(Rule("picture", "image"),)).write()
    for options, said in (([], "A red picture."), (["--glossary"], "A red image.")):
        assert run("caption", told, "--model", toy_model, *options) == 0
        assert capsys.readouterr().out == f"{told}: {said}\n"


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--template", "{who}"], "there is no {who}"),
        (["--template", "{caption}", "--with-place"], "--template says by itself"),
    ],
)
def test_what_is_no_form_is_refused_before_anything_is_done(
    told: Path, toy_model: Path, options: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        status = run("caption", told, "--model", toy_model, *options)
    except SystemExit as end:  # argparse's
        status = int(str(end.code))
    assert status == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert why in said.err
