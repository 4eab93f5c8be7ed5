"""--also caption-fields, as a person types it."""

from pathlib import Path

import pytest
from PIL import Image
from tests.oracles import ExifTool

from lorgnette import cli


def run(*arguments: object) -> int:
    return cli.main([str(argument) for argument in arguments])


def test_set_says_where_the_copies_are(
    red: Path, exiftool: ExifTool, capsys: pytest.CaptureFixture[str]
) -> None:
    before = red.read_bytes()
    assert run("set", red, "A gate", "--write", "embed", "--also", "caption-fields") == 0
    said = f"{red}: also in dc:description, Exif ImageDescription\n"
    assert said in capsys.readouterr().out
    assert exiftool.tags(red, "-IFD0:ImageDescription")["IFD0:ImageDescription"] == "A gate"
    exiftool.run("-overwrite_original", "-ImageDescription=Our gate", red)
    assert run("set", red, "A door", "--write", "embed") == 0
    assert "its caption stays as it is: Exif ImageDescription says: Our gate" in (
        capsys.readouterr().err
    )
    run("show", red)
    out = "Out of step: dc:description says something else than Exif ImageDescription: A gate"
    assert out in capsys.readouterr().out
    red.write_bytes(before)


def test_a_table_fills_the_captions_of_pictures_that_have_their_words(
    tmp_path: Path, exiftool: ExifTool, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a.jpg", "b.jpg"):
        Image.new("RGB", (64, 48)).save(tmp_path / name)
        run("set", tmp_path / name, f"Picture {name}", "--write", "embed")
    before = [(tmp_path / name).read_bytes() for name in ("a.jpg", "b.jpg")]
    table = tmp_path / "t.csv"
    run("export-text", tmp_path, "--format", "csv", "--output", table)
    capsys.readouterr()
    also = ["--write", "embed", "--also", "caption-fields"]
    assert run("import-text", table, *also, "--dry-run") == 0
    assert ", also in dc:description, Exif ImageDescription, " in capsys.readouterr().out
    assert run("import-text", table, *also) == 0
    assert run("import-text", table, *also) == 0
    assert "Written: 2 unchanged." in capsys.readouterr().err
    found = exiftool.tags(tmp_path / "b.jpg", "-ImageDescription", "-UserComment")
    assert found["IFD0:ImageDescription"] == found["ExifIFD:UserComment"] == "Picture b.jpg"
    assert run("undo") == 0
    assert [(tmp_path / name).read_bytes() for name in ("a.jpg", "b.jpg")] == before
