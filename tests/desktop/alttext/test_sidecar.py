"""Which .xmp speaks of which picture."""

import os
import subprocess
from pathlib import Path

import pytest

from lorgnette import alttext
from lorgnette.alttext import AltText, Destination, Effect, SidecarError, sidecar, xmp
from lorgnette.files import CannotWriteError

WORDS = AltText(text="My words", language="en")
DATE = "2026-11-24T12:00:00+00:00"


def make(folder: Path, *names: str) -> list[Path]:
    paths = [folder / name for name in names]
    for path in paths:
        path.write_bytes(xmp.merge(None, AltText(text=path.name), date=DATE))
    return paths


def picture(folder: Path, name: str) -> Path:
    path = folder / name
    path.write_bytes(b"any kind of file")
    return path


@pytest.mark.parametrize(
    ("image", "others", "found"),
    [
        ("IMG_1.JPG", ["IMG_1.JPG.xmp"], ["IMG_1.JPG.xmp"]),
        ("IMG_1.JPG", ["IMG_1.jpg.xmp"], ["IMG_1.jpg.xmp"]),
        ("IMG_1.jpg", ["IMG_1.JPG.XMP"], ["IMG_1.JPG.XMP"]),
        ("IMG_1.NEF", ["IMG_1.xmp"], ["IMG_1.xmp"]),
        ("IMG_1.NEF", ["IMG_1.XMP"], ["IMG_1.XMP"]),
        ("IMG_1.NEF", ["IMG_1.NEF.xmp", "IMG_1.xmp"], ["IMG_1.NEF.xmp", "IMG_1.xmp"]),
        ("IMG_1.NEF", ["IMG_1.xmp", "IMG_1.txt"], ["IMG_1.xmp"]),
        ("IMG_1.heic", ["IMG_1.xmp", "IMG_1.mov"], []),
        ("IMG_1.jpg", ["IMG_1.xmp", "IMG_1.png"], []),
        ("IMG_1.jpg", ["IMG_12.xmp", "IMG_1.png.xmp"], []),
        ("no-ending", ["no-ending.xmp"], ["no-ending.xmp"]),
        (".hidden", [".hidden.xmp"], [".hidden.xmp"]),
    ],
)
def test_which_ones_are_read(
    image: str, others: list[str], found: list[str], tmp_path: Path
) -> None:
    path = picture(tmp_path, image)
    make(tmp_path, *others)
    assert [each.name for each in sidecar.beside(path)] == found
    expected = found[0] if found else f"{image}.xmp"
    assert sidecar.place(path).name == expected


def test_a_name_xmp_says_which_picture_it_means(tmp_path: Path) -> None:
    raw, jpeg = picture(tmp_path, "a.nef"), picture(tmp_path, "a.JPG")
    (path,) = make(tmp_path, "a.xmp")
    extension = b'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" '
    extension += b'photoshop:SidecarForExtension="NEF" lorgnette:Origin'
    path.write_bytes(path.read_bytes().replace(b"lorgnette:Origin", extension))
    assert sidecar.beside(raw) == [path]
    assert sidecar.beside(jpeg) == []


def test_two_of_one_rank_are_refused(tmp_path: Path) -> None:
    path = picture(tmp_path, "a.bmp")
    make(tmp_path, "a.bmp.xmp", "a.bmp.XMP")
    if len(list(tmp_path.iterdir())) < 3:
        pytest.skip("this file system ignores case")
    with pytest.raises(SidecarError, match="two sidecars"):
        alttext.write(path, WORDS, Destination.SIDECAR, overwrite=True)


def test_a_new_one_is_xml_that_other_programs_read(tmp_path: Path, exiftool) -> None:
    path = picture(tmp_path, "a.bmp")
    path.chmod(0o640)
    written = alttext.write(path, WORDS, Destination.SIDECAR)
    assert written.path == tmp_path / "a.bmp.xmp"
    data = written.path.read_bytes()
    assert data.startswith(
        b'<?xml version="1.0" encoding="UTF-8"?>\n<?xpacket begin="\xef\xbb\xbf"'
    )
    assert data.endswith(b'<?xpacket end="w"?>\n')
    assert written.path.stat().st_mode & 0o777 == 0o640  # as private as the picture
    assert exiftool.alt_text(written.path) == WORDS.text
    read = subprocess.run(
        ["exiv2", "-K", "Xmp.iptc.AltTextAccessibility", "-Pt", written.path],
        capture_output=True,
        text=True,
        check=True,
    )
    assert WORDS.text in read.stdout


def test_an_old_one_is_merged(tmp_path: Path, exiftool) -> None:
    path = picture(tmp_path, "a.nef")
    other = tmp_path / "a.xmp"
    exiftool.run("-XMP:Rating=4", "-XMP-dc:Subject=cat", "-o", other)
    before = other.read_bytes()
    written = alttext.write(path, WORDS, Destination.SIDECAR)
    assert (written.path, len(list(tmp_path.iterdir()))) == (other, 2)
    head = before[: before.rindex(b"</rdf:RDF>")]
    assert other.read_bytes().startswith(head)
    tags = exiftool.tags(other, "-XMP:all")
    assert (tags["XMP-xmp:Rating"], tags["XMP-dc:Subject"]) == (4, ["cat"])
    assert exiftool.alt_text(other) == WORDS.text


@pytest.mark.parametrize(
    "data",
    [b"", b"<x:xmpmeta", b"not XML", b"<!DOCTYPE a><a/>", b"<a>\xff</a>", b"\xff\xfe<\0a\0/\0>\0"],
)
def test_a_malformed_one_is_left_alone(data: bytes, tmp_path: Path) -> None:
    path = picture(tmp_path, "a.bmp")
    other = tmp_path / "a.bmp.xmp"
    other.write_bytes(data)
    with pytest.raises(SidecarError, match=r"a\.bmp\.xmp"):
        alttext.write(path, WORDS, Destination.SIDECAR)
    assert other.read_bytes() == data


def test_nothing_new_is_no_write(tmp_path: Path) -> None:
    path = picture(tmp_path, "a.bmp")
    written = alttext.write(path, WORDS, Destination.SIDECAR)
    before = written.path.stat()
    again = alttext.write(path, WORDS, Destination.SIDECAR, overwrite=True)
    assert again.effect is Effect.UNCHANGED
    assert written.path.stat() == before or os.name == "nt"
    assert written.path.stat().st_ino == before.st_ino


def test_a_read_only_one_is_left_alone(tmp_path: Path) -> None:
    path = picture(tmp_path, "a.bmp")
    written = alttext.write(path, WORDS, Destination.SIDECAR)
    written.path.chmod(0o444)
    with pytest.raises(CannotWriteError, match="read-only"):
        alttext.write(path, AltText(text="B"), Destination.SIDECAR, overwrite=True)


def test_a_name_that_is_too_long_is_said_to_be_so(tmp_path: Path) -> None:
    path = picture(tmp_path, "a" * 250 + ".bmp")
    assert alttext.read(path).alt_text is None
    with pytest.raises(CannotWriteError, match="too long"):
        alttext.write(path, WORDS, Destination.SIDECAR)
