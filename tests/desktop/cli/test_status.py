"""lorgnette status, as a person types it, and as a program reads it."""

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin
from tests.desktop.captioning.seeing import TOY_EVIDENCE, with_evidence

from lorgnette import alttext, cli
from lorgnette.alttext import AltText, Destination, Origin


def run(*arguments: object) -> int:
    return cli.main([str(argument) for argument in arguments])


def draw(path: Path) -> Path:
    Image.new("RGB", (64, 48), (200, 20, 20)).save(path)
    return path


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """A folder with one picture of each kind that files can tell, one of them below."""
    folder = tmp_path / "album"
    (folder / "below").mkdir(parents=True)
    draft = AltText(text="A draft.", origin=Origin.MACHINE, reviewed=False)
    alttext.write(draw(folder / "1 draft.png"), draft, Destination.EMBED)
    alttext.write(draw(folder / "2 told.png"), AltText(text="A red square."), Destination.SIDECAR)
    alttext.write(draw(folder / "3 bare.png"), AltText(decorative=True), Destination.SIDECAR)
    info = PngImagePlugin.PngInfo()
    info.add_text("Description", "Our garden gate")
    Image.new("RGB", (64, 48)).save(folder / "4 caption.png", pnginfo=info)
    draw(folder / "5 none.png")
    (folder / "below" / "6 empty.jpg").touch()
    two = draw(folder / "below" / "7 two.png")
    alttext.write(two, AltText(text="One."), Destination.EMBED)
    two.chmod(0o444)
    alttext.write(two, AltText(text="Other."), Destination.SIDECAR, overwrite=True)
    return folder


def test_counts_by_folder(album: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("status", album) == 1  # one could not be read
    printed = capsys.readouterr()
    assert printed.out.splitlines() == [
        f"{album}{os.sep}: 5 pictures, 1 reviewed, 1 draft, 1 decorative, 1 with only a caption, "
        "1 with none",
        f"{album / 'below'}{os.sep}: 2 pictures, 1 reviewed, 1 unreadable, 1 with a conflict",
        "In all: 7 pictures, 2 reviewed, 1 draft, 1 decorative, 1 with only a caption, "
        "1 with none, 1 unreadable, 1 with a conflict",
    ]
    assert "6 empty.jpg: it is empty" in printed.err


def test_json_has_every_count(album: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("status", album, "--format", "json")
    content = json.loads(capsys.readouterr().out)
    above, below = content.pop("folders")
    assert content == {
        "pictures": 7,
        "reviewed": 2,
        "draft": 1,
        "decorative": 1,
        "caption": 1,
        "declined": 0,
        "none": 1,
        "unreadable": 1,
        "conflicts": 1,
    }
    assert (above["folder"], above["pictures"]) == (str(album), 5)
    assert (below["folder"], below["conflicts"]) == (str(album / "below"), 1)


def test_missing_is_for_pipes(album: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    names = ["4 caption.png", "5 none.png", "below/6 empty.jpg"]
    paths = [os.fsencode(album / name) for name in names]
    assert run("status", album, "--missing") == 1
    assert capsysbinary.readouterr().out == b"".join(path + b"\n" for path in paths)
    assert run("status", album, "--missing", "--null") == 1
    assert capsysbinary.readouterr().out == b"".join(path + b"\0" for path in paths)
    assert run("status", album, "--missing", "--format", "json") == 1
    content = json.loads(capsysbinary.readouterr().out)
    assert [each["standing"] for each in content] == ["caption", "none", "unreadable"]
    assert run("status", album, "--null") == 2


def test_nothing_is_missing(red: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("set", red, "A red square.")
    capsys.readouterr()
    assert run("status", "--missing", red) == 0
    assert capsys.readouterr().out == ""
    assert run("status", red) == 0
    assert capsys.readouterr().out == f"{red.parent}{os.sep}: 1 picture, 1 reviewed\n"


@pytest.mark.skipif(sys.platform != "linux", reason="names are Unicode there")
def test_a_pipe_gets_the_very_name(tmp_path: Path) -> None:
    name = b"caf\xe9.png"
    draw(tmp_path / os.fsdecode(name))
    command = [sys.executable, "-m", "lorgnette", "status", "--missing", tmp_path]
    done = subprocess.run(command, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (1, os.fsencode(tmp_path) + b"/" + name + b"\n")


def test_declined_pictures_are_told_from_untried_ones(
    tmp_path: Path, toy_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unsure = dataclasses.replace(TOY_EVIDENCE, confidence={"bias": -3.0})
    model = with_evidence(toy_model, tmp_path / "model", unsure)
    folder = tmp_path / "album"
    folder.mkdir()
    dim = folder / "dim.png"
    Image.new("RGB", (64, 48), (110, 80, 60)).save(dim)
    run("caption", dim, "--model", model, "--write", "sidecar")
    draw(folder / "red.png")
    capsys.readouterr()
    assert run("status", folder) == 0
    assert "2 pictures, 1 declined, 1 with none" in capsys.readouterr().out
    run("status", "--missing", "--format", "json", dim)
    assert "not sure enough" in json.loads(capsys.readouterr().out)[0]["reason"]
    draw(dim)  # another picture under the same name
    run("status", folder)
    assert "2 pictures, 2 with none" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jpg", b"hello\n"),
        ("b.png", b"<html></html>"),
        ("c.webp", b"\0" * 99),
        ("d.tif", b"%PDF-1"),
    ],
)
def test_what_is_no_picture_whatever_its_name_is_not_counted_as_one_without_words(
    tmp_path: Path, name: str, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_bytes(content)
    assert run("status", tmp_path) == 1
    printed = capsys.readouterr()
    assert "1 picture, 1 unreadable" in printed.out
    assert f"{name}: it is no picture, whatever it is called" in printed.err


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".gif", ".tif", ".bmp", ".avif"])
def test_a_picture_of_another_kind_than_its_name_says_is_one(
    tmp_path: Path, suffix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    draw(tmp_path / f"true{suffix}").rename(tmp_path / "false.jpg")
    assert run("status", tmp_path) == 0
    assert "1 picture, 1 with none" in capsys.readouterr().out
