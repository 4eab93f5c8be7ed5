"""Every container, through the same round trip; what reads it back is not ours."""

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from lorgnette import alttext
from lorgnette.alttext import AltText, Destination, Effect, Origin
from lorgnette.jobs.journal import Journal
from lorgnette.jobs.writing import WriteBatch

Pixels = Callable[[Path], list[tuple[str, bytes]]]

TEXT = AltText(
    text='A tabby cat & its "owner" <3, 猫 🐈 ]]>',
    extended_description="It sits.\nIt looks at us.",
    language="en",
)


def embed(picture: Path, alt_text: AltText = TEXT, *, overwrite: bool = True) -> Effect:
    written = alttext.write(picture, alt_text, Destination.EMBED, overwrite=overwrite)
    assert (written.destination, written.reason) == (Destination.EMBED, "")
    return written.effect


def test_other_programs_read_it_back(picture: Path, exiftool, pixels: Pixels) -> None:
    before = pixels(picture)
    assert embed(picture) is Effect.WRITE
    tags = exiftool.tags(picture, "-XMP:all", "-lang", "en")
    assert tags["XMP-iptcCore:AltTextAccessibility"] == TEXT.text
    assert tags["XMP-iptcCore:AltTextAccessibility-en"] == TEXT.text
    assert tags["XMP-iptcCore:ExtDescrAccessibility"] == TEXT.extended_description
    assert tags["XMP-lorgnette:Origin"] == "human"
    assert pixels(picture) == before
    assert not re.search("error", exiftool.run("-validate", "-error", "-a", picture), re.IGNORECASE)


def test_exiv2_reads_it_back(picture: Path) -> None:
    if picture.suffix == ".gif" or picture.name == "big.tif":
        pytest.skip("exiv2 0.27 reads no XMP here")
    embed(picture)
    read = subprocess.run(
        ["exiv2", "-q", "-K", "Xmp.iptc.AltTextAccessibility", "-Pt", picture],
        capture_output=True,
        text=True,
        check=False,
    )
    assert f'lang="en" {TEXT.text}' in read.stdout


def test_nothing_else_moves(picture: Path) -> None:
    before = picture.read_bytes()
    embed(picture)
    after = picture.read_bytes()
    assert _without_packet(picture, after) == _without_packet(picture, before)


def _without_packet(picture: Path, data: bytes) -> bytes:
    """Cut a packet out by a second, independent way, and blank the fields that frame it."""
    match picture.suffix:
        case ".jpg" | ".jpeg" | ".mpo":
            head = b"http://ns.adobe.com/xap/1.0/\0"
            at = data.find(head)
            if at >= 0:
                end = at - 2 + int.from_bytes(data[at - 2 : at], "big")
                data = data[: at - 4] + data[end:]
            mpf = data.find(b"MPF\0")  # the size of the first picture, and the others' offsets
            return data if mpf < 0 else data[: mpf + 40] + data[mpf + 200 :]
        case ".png":
            at = data.find(b"iTXtXML:com.adobe.xmp")
            if at < 0:
                return data
            return data[: at - 4] + data[at + 8 + int.from_bytes(data[at - 4 : at], "big") :]
        case ".webp":
            at = data.find(b"XMP ")
            if at >= 0:
                length = int.from_bytes(data[at + 4 : at + 8], "little")
                data = data[:at] + data[at + 8 + length + length % 2 :]
            if data[12:16] == b"VP8X":
                # Its flags; and all of it where there is no other use for it.
                flags = data[20] & ~0x04
                simple = flags & ~0x10 == 0
                data = data[:12] + data[30:] if simple else data[:20] + bytes([flags]) + data[21:]
            return data[:4] + data[8:]
        case ".gif":
            at = data.find(b"\x21\xff\x0bXMP DataXMP")
            end = data.find(b"\x03\x02\x01\0\0", at)
            return data if at < 0 else data[:at] + data[end + 5 :]
        case _:  # what is new is behind all that there was
            return b""


def test_a_tiff_only_grows_at_its_end(sample: Callable[[str], Path]) -> None:
    for name, first in (("pages.tiff", slice(4, 8)), ("big.tif", slice(8, 16))):
        picture = sample(name)
        before = picture.read_bytes()
        embed(picture)
        after = bytearray(picture.read_bytes())
        after[first] = before[first]
        assert bytes(after[: len(before)]) == before


def test_the_same_words_again_change_nothing(picture: Path) -> None:
    os.utime(picture, ns=(10**18, 10**18 + 7))
    embed(picture)
    once, status = picture.read_bytes(), picture.stat()
    assert status.st_mtime_ns == 10**18 + 7  # the picture's own time stays
    assert embed(picture) is Effect.UNCHANGED
    assert picture.read_bytes() == once
    assert picture.stat().st_ino == status.st_ino


def test_new_words_replace_the_old_in_the_same_room(picture: Path, exiftool) -> None:
    embed(picture)
    size = picture.stat().st_size
    embed(picture, AltText(text="Another text", language="en"))
    assert exiftool.alt_text(picture) == "Another text"
    assert "ExtDescrAccessibility" not in exiftool.run("-s", "-XMP:all", picture)
    if picture.suffix != ".png":  # where there is no padding
        assert picture.stat().st_size == size


def test_undo_gives_the_very_bytes_back(picture: Path) -> None:
    before = picture.read_bytes()
    for text in ("One", "Two", "Three"):
        with WriteBatch(Destination.EMBED, overwrite=True) as batch:
            assert batch.write(picture, AltText(text=text)).effect is Effect.WRITE
    with Journal() as journal:
        for _ in range(3):
            assert [undone.restored for undone in journal.undo()] == [True]
    assert picture.read_bytes() == before


@pytest.mark.parametrize("name", ["packet.jpg", "packet.png", "packet.webp", "packet.tif"])
def test_other_properties_keep_their_spelling(
    name: str, sample: Callable[[str], Path], other_packet: bytes
) -> None:
    picture = sample(name)
    embed(picture)
    head, _, tail = other_packet.partition(b" </rdf:RDF>")
    data = picture.read_bytes()
    assert head in data
    assert tail.partition(b"   ")[0].strip() in data
    found = alttext.read(picture)
    assert [s.text for s in found.suggestions if s.where == "dc:description"] == ["By N. N. & co."]


def test_a_draft_keeps_its_provenance(picture: Path) -> None:
    draft = AltText(
        text="A cat",
        language="en",
        origin=Origin.MACHINE,
        reviewed=False,
        model="toy/1+abc",
        confidence=0.25,
    )
    embed(picture, draft)
    assert alttext.read(picture).alt_text == draft


def test_decorative_is_a_value(picture: Path, exiftool) -> None:
    embed(picture)
    embed(picture, AltText(decorative=True))
    assert exiftool.alt_text(picture) == ""
    assert exiftool.tags(picture, "-XMP:all")["XMP-lorgnette:Decorative"] is True
    found = alttext.read(picture).alt_text
    assert found is not None
    assert found.decorative


def test_another_programs_edit_shows(picture: Path, exiftool) -> None:
    if picture.name == "big.tif":
        pytest.skip("ExifTool 12.57 writes no BigTIFF")
    embed(picture, AltText(text="Draft", language="en", origin=Origin.MACHINE, reviewed=False))
    said = exiftool.run(
        "-overwrite_original", "-XMP-iptcCore:AltTextAccessibility-x-default=Mine", picture
    )
    assert "1 image files updated" in said
    found = alttext.read(picture)
    assert found.edited_elsewhere
    assert found.alt_text is not None
    assert (found.alt_text.text, found.alt_text.origin) == ("Mine", Origin.HUMAN)
