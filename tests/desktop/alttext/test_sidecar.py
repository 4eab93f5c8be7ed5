"""Which .xmp speaks of which picture."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from lorgnette import alttext
from lorgnette.alttext import (
    AltText,
    Destination,
    Effect,
    SidecarError,
    SidecarNaming,
    sidecar,
    xmp,
)
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
    # Without an ending only its first bytes make it a picture.
    path.write_bytes(b"any kind of file" if path.suffix else b"\xff\xd8\xff\xd9")
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
        *(
            ("IMG_1.jpg", ["IMG_1.xmp", f"IMG_1.{ending}"], ["IMG_1.xmp"])
            for ending in (
                *("AAE", "json", "pp3", "dop", "THM", "cos", "wav", "on1", "xml", "nksc", "vrd"),
                *("arp", "mp3", "ini", "html", "md", "log", "zip", "lua", "m4a", "csv", "jpg~"),
            )
        ),
        *(
            ("IMG_1.jpg", ["IMG_1.xmp", f"IMG_1.{ending}"], [])
            for ending in ("MOV", "mp4", "psd", "NEF", "DNG", "tiff", "pdf", "svg", "xcf", "MTS")
        ),
        ("IMG_1.jpg", ["IMG_1.xmp", "IMG_1"], []),
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
    assert sidecar.place(path, SidecarNaming.WITH_EXTENSION).path.name == expected


def test_a_folder_owns_no_sidecar(tmp_path: Path) -> None:
    path = picture(tmp_path, "IMG_1.jpg")
    (tmp_path / "IMG_1").mkdir()
    (tmp_path / "IMG_1.png").mkdir()
    assert sidecar.beside(path) == []
    made = make(tmp_path, "IMG_1.xmp")
    assert sidecar.beside(path) == made


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
    [b"<x:xmpmeta", b"not XML", b"<!DOCTYPE a><a/>", b"<a>\xff</a>", b"\xff\xfe<\0a\0/\0>\0"],
)
def test_a_malformed_one_is_left_alone(data: bytes, tmp_path: Path) -> None:
    path = picture(tmp_path, "a.bmp")
    other = tmp_path / "a.bmp.xmp"
    other.write_bytes(data)
    with pytest.raises(SidecarError, match=r"a\.bmp\.xmp"):
        alttext.write(path, WORDS, Destination.SIDECAR)
    assert other.read_bytes() == data


@pytest.mark.parametrize("data", [b"", b" \r\n", bytes(4096)])
@pytest.mark.parametrize("name", ["a.bmp.xmp", "a.xmp"])
def test_one_with_nothing_in_it_is_filled(data: bytes, name: str, tmp_path: Path) -> None:
    """A full disk, or a program that broke off, left it so."""
    path = picture(tmp_path, "a.bmp")
    (tmp_path / name).write_bytes(data)
    assert alttext.read(path).troubles == ()
    written = alttext.write(path, WORDS, Destination.SIDECAR)
    assert written.path == tmp_path / name
    assert alttext.read(path).alt_text == WORDS
    assert alttext.read(path).troubles == ()


@pytest.mark.parametrize("kind", [Path.mkdir, os.mkfifo], ids=["folder", "pipe"])
def test_a_name_that_is_taken_is_said_to_be_so(
    kind: Callable[[Path], None], tmp_path: Path
) -> None:
    path = picture(tmp_path, "a.bmp")
    kind(tmp_path / "a.bmp.xmp")
    with pytest.raises(SidecarError, match=r"a\.bmp\.xmp: it is a .*, not a file") as raised:
        alttext.write(path, WORDS, Destination.SIDECAR)
    assert "another name" in raised.value.hint
    other = picture(tmp_path, "b.bmp")
    kind(tmp_path / "b.xmp")
    short = SidecarNaming.WITHOUT_EXTENSION
    written = alttext.write(other, WORDS, Destination.SIDECAR, naming=short)
    assert written.path == tmp_path / "b.bmp.xmp"
    assert "b.xmp is taken" in written.reason


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


SHORT = SidecarNaming.WITHOUT_EXTENSION


@pytest.mark.parametrize(
    ("image", "others", "expected", "reason"),
    [
        ("IMG_1.JPG", [], "IMG_1.xmp", ""),
        ("a.b.jpg", [], "a.b.xmp", ""),
        ("IMG_1.JPG", ["IMG_1.mov", "IMG_10.png"], "IMG_1.xmp", ""),
        ("no-ending", [], "no-ending.xmp", ""),
        ("photo.jpg", ["photo.png"], "photo.xmp", ""),
        ("photo.png", ["photo.jpg"], "photo.png.xmp", "photo.xmp is for photo.jpg"),
        ("IMG_1.JPG", ["IMG_1.NEF"], "IMG_1.JPG.xmp", "IMG_1.xmp is for IMG_1.NEF"),
        ("photo.jpg.png", ["photo.jpg"], "photo.jpg.png.xmp", "photo.jpg.xmp is for photo.jpg"),
        ("photo.jpg", ["photo"], "photo.jpg.xmp", "photo.xmp is for photo"),
    ],
)
def test_a_new_one_gets_the_short_name_where_no_other_file_may_claim_it(
    image: str, others: list[str], expected: str, reason: str, tmp_path: Path
) -> None:
    path = picture(tmp_path, image)
    for other in others:
        picture(tmp_path, other)
    planned = alttext.plan(path, WORDS, Destination.SIDECAR, naming=SHORT).outcome
    written = alttext.write(path, WORDS, Destination.SIDECAR, naming=SHORT)
    assert (written.path.name, written.reason) == (expected, reason)
    assert (planned.path, planned.reason) == (written.path, written.reason)
    assert alttext.read(path).alt_text == WORDS
    for other in others:
        assert alttext.read(tmp_path / other).alt_text is None


def test_the_short_name_says_which_picture_it_means(tmp_path: Path, exiftool) -> None:
    path = picture(tmp_path, "IMG_1.JPG")
    written = alttext.write(path, WORDS, Destination.SIDECAR, naming=SHORT)
    assert exiftool.alt_text(written.path) == WORDS.text
    tags = exiftool.tags(written.path, "-XMP-photoshop:all")
    assert tags["XMP-photoshop:SidecarForExtension"] == "JPG"
    read = subprocess.run(
        ["exiv2", "-px", written.path], capture_output=True, text=True, check=True
    ).stdout
    extension = next(line for line in read.splitlines() if "SidecarForExtension" in line)
    assert extension.split()[-1] == "JPG"
    assert WORDS.text in read
    again = AltText(text="Other words", language="en")
    alttext.write(path, again, Destination.SIDECAR, overwrite=True)
    assert exiftool.tags(written.path, "-XMP-photoshop:all") == tags
    assert exiftool.alt_text(written.path) == again.text


def test_who_has_the_short_name_does_not_depend_on_who_comes_first(tmp_path: Path) -> None:
    later, first = picture(tmp_path, "photo.png"), picture(tmp_path, "photo.jpg")
    for path in (later, first):
        alttext.write(path, AltText(text=path.name), Destination.SIDECAR, naming=SHORT)
    assert {path.name for path in tmp_path.glob("*.xmp")} == {"photo.xmp", "photo.png.xmp"}
    for path in (later, first):
        assert alttext.read(path).alt_text == AltText(text=path.name)


@pytest.mark.parametrize("there", ["IMG_1.JPG.xmp", "IMG_1.jpg.XMP", "IMG_1.xmp", "IMG_1.XMP"])
@pytest.mark.parametrize("naming", SidecarNaming)
def test_one_that_is_there_is_updated_whatever_its_name(
    there: str, naming: SidecarNaming, tmp_path: Path, exiftool
) -> None:
    path = picture(tmp_path, "IMG_1.JPG")
    make(tmp_path, there)
    written = alttext.write(path, WORDS, Destination.SIDECAR, naming=naming, overwrite=True)
    assert (written.path.name, written.reason) == (there, "")
    assert len(list(tmp_path.iterdir())) == 2
    assert exiftool.alt_text(written.path) == WORDS.text


@pytest.mark.parametrize(
    ("extension", "others", "reason"),
    [
        ("png", ["photo.png"], "photo.xmp is for photo.png"),
        ("png", [], "photo.xmp is for another file"),
        ("", ["photo.mov"], "photo.xmp is for another file"),
    ],
)
def test_one_of_another_file_keeps_its_name_and_its_bytes(
    extension: str, others: list[str], reason: str, tmp_path: Path
) -> None:
    path = picture(tmp_path, "photo.jpg")
    for other in others:
        picture(tmp_path, other)
    foreign = tmp_path / "photo.xmp"
    before = xmp.merge(None, AltText(text="Foreign"), date=DATE, extension=extension)
    foreign.write_bytes(before)
    written = alttext.write(path, WORDS, Destination.SIDECAR, naming=SHORT, overwrite=True)
    assert (written.path.name, written.reason) == ("photo.jpg.xmp", reason)
    assert foreign.read_bytes() == before


def test_two_pictures_that_differ_in_case_have_one_each(tmp_path: Path) -> None:
    upper, lower = picture(tmp_path, "a.BMP"), picture(tmp_path, "a.bmp")
    if upper.samefile(lower):
        pytest.skip("this file system ignores case")
    for path in (upper, lower):
        alttext.write(path, AltText(text=path.name), Destination.SIDECAR, naming=SHORT)
    assert {path.name for path in tmp_path.glob("*.xmp")} == {"a.xmp", "a.bmp.xmp"}
    assert alttext.read(upper).alt_text == AltText(text=upper.name)


def test_a_fall_back_gets_the_name_that_was_wished_for(tmp_path: Path) -> None:
    first, second = picture(tmp_path, "a.bmp"), picture(tmp_path, "a.png")
    written = [
        alttext.write(path, WORDS, Destination.EMBED, naming=SHORT) for path in (first, second)
    ]
    assert [each.path.name for each in written] == ["a.xmp", "a.png.xmp"]
    assert "a sidecar only" in written[0].reason
    assert written[1].reason.endswith("; a.xmp is for a.bmp")
