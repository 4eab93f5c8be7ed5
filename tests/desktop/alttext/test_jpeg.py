"""What follows a JPEG's picture is still found afterwards."""

import struct
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageSequence

from lorgnette import alttext
from lorgnette.alttext import AltText, Destination, jpeg
from lorgnette.alttext.container import assemble
from lorgnette.files import Source

Sample = Callable[[str], Path]
WORDS = AltText(text="A cat", language="en")


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def packet(directory: str) -> bytes:
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:GCamera="http://ns.google.com/photos/1.0/camera/" '
        'xmlns:Item="http://ns.google.com/photos/1.0/container/item/" '
        'xmlns:note="http://ns.adobe.com/xmp/note/" '
        f"{directory}/></rdf:RDF></x:xmpmeta>"
    ).encode()


def with_xmp(data: bytes, content: bytes) -> bytes:
    return data[:2] + segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + content) + data[2:]


def embed(picture: Path, data: bytes) -> alttext.Written:
    picture.write_bytes(data)
    return alttext.write(picture, WORDS, Destination.EMBED)


def test_the_segment_has_its_standard_bytes(sample: Sample) -> None:
    data = sample("plain.jpg").read_bytes()
    source = Source.of(data)
    new = assemble(source, jpeg.with_packet(source, b"<a/>", {}))
    jfif = 4 + 16  # SOI, then APP0 with its marker
    assert data[2:4] == b"\xff\xe0"
    assert new == (
        data[:jfif]
        + bytes.fromhex("FFE1 0023 687474703A2F2F6E732E61646F62652E636F6D2F7861702F312E302F 00")
        + b"<a/>"
        + data[jfif:]
    )


def test_exif_stays_first(sample: Sample) -> None:
    picture = sample("exif-icc-comment.jpg")
    alttext.write(picture, WORDS, Destination.EMBED)
    data = picture.read_bytes()
    assert data.index(b"Exif\0\0") < data.index(b"ns.adobe.com/xap") < data.index(b"ICC_PROFILE")


@pytest.mark.parametrize("behind", [False, True])
def test_the_second_picture_is_found(sample: Sample, behind: bool, exiftool) -> None:
    """behind: the packet stands behind the index, which then counts across it."""
    picture = sample("two-pictures.mpo")
    data = picture.read_bytes()
    if behind:
        at = data.index(b"MPF\0") - 4
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        part = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet(""))
        base = at + 8
        offset = data.rindex(b"\xff\xd8") - base
        entry = data.index(struct.pack("<I", offset), at) - 8
        (size,) = struct.unpack_from("<I", data, entry - 12)
        index = bytearray(data[:end])
        struct.pack_into("<I", index, entry - 12, size + len(part))
        struct.pack_into("<I", index, entry + 8, offset + len(part))
        data = bytes(index) + part + data[end:]
    second = data[data.rindex(b"\xff\xd8") :]
    written = embed(picture, data)
    assert (written.destination, written.reason) == (Destination.EMBED, "")
    after = picture.read_bytes()
    assert after.endswith(second)
    with Image.open(picture) as image:
        assert image.n_frames == 2
        assert image.mpinfo[0xB002][0]["Size"] == len(after) - len(second)
        for frame in ImageSequence.Iterator(image):
            frame.load()
    assert exiftool.output("-b", "-MPImage2", picture) == second


def film() -> bytes:
    return b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 8


@pytest.mark.parametrize(
    ("directory", "gap"),
    [
        (f'GCamera:MicroVideoOffset="{len(film())}"', b""),
        (f"Item:Length='{len(film())}'", b""),
        (f'Item:Length="{len(film())}"', b"\0" * 64),
    ],
)
def test_a_film_behind_the_picture_may_move(sample: Sample, directory: str, gap: bytes) -> None:
    picture = sample("plain.jpg")
    data = with_xmp(picture.read_bytes(), packet(directory)) + gap + film()
    written = embed(picture, data)
    assert written.destination is Destination.EMBED
    after = picture.read_bytes()
    assert after.endswith(gap + film())
    assert directory.encode() in after


def test_a_film_that_nobody_announces_may_not(sample: Sample) -> None:
    picture = sample("plain.jpg")
    data = with_xmp(picture.read_bytes(), packet("Item:Length='20'")) + film()
    assert "follows" in embed(picture, data).reason


def test_a_samsung_trailer_may_move(sample: Sample) -> None:
    picture = sample("plain.jpg")
    block = b"\0\0\x01\x0a\x08\0\0\0Image_UT1234"
    directory = b"SEFH" + struct.pack("<IIHHII", 106, 1, 0, 0x0A01, len(block), len(block))
    trailer = block + directory + struct.pack("<I", len(directory)) + b"SEFT"
    written = embed(picture, picture.read_bytes() + trailer)
    assert written.destination is Destination.EMBED
    assert picture.read_bytes().endswith(trailer)


def test_room_in_the_packet_helps_where_nothing_may_move(
    sample: Sample, other_packet: bytes
) -> None:
    picture = sample("packet.jpg")
    data = picture.read_bytes().replace(other_packet, other_packet) + b"AXS!" * 20
    written = embed(picture, data)
    assert written.destination is Destination.EMBED
    after = picture.read_bytes()
    assert len(after) == len(data)
    assert after.endswith(b"AXS!" * 20)


def extended(guid: bytes, whole: bytes, at: int, end: int) -> bytes:
    head = b"http://ns.adobe.com/xmp/extension/\0" + guid
    return segment(0xE1, head + struct.pack(">II", len(whole), at) + whole[at:end])


@pytest.mark.parametrize("words", [False, True])
def test_the_extended_part(sample: Sample, words: bool) -> None:
    """words: it has the alt text, which cannot be changed there."""
    guid = b"0123456789ABCDEF" * 2
    inside = "a" * 1000
    if words:
        inside = (
            "<Iptc4xmpCore:AltTextAccessibility xmlns:Iptc4xmpCore="
            '"http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/">Far away'
            "</Iptc4xmpCore:AltTextAccessibility>"
        )
    whole = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f"<rdf:Description>{inside}</rdf:Description></rdf:RDF>"
    ).encode()
    half = len(whole) // 2
    picture = sample("plain.jpg")
    data = picture.read_bytes()
    main = with_xmp(data, packet(f'note:HasExtendedXMP="{guid.decode()}"'))
    parts = extended(guid, whole, half, len(whole)) + extended(guid, whole, 0, half)
    picture.write_bytes(main[:2] + parts + main[2:])  # in the wrong order, before the packet
    found = alttext.read(picture).alt_text
    assert (found.text if found else None) == ("Far away" if words else None)
    written = alttext.write(picture, WORDS, Destination.EMBED, overwrite=True)
    assert ("extended part" in written.reason) == words
    assert parts in picture.read_bytes()


def test_captions_are_suggestions(sample: Sample) -> None:
    picture = sample("exif-icc-comment.jpg")
    iim = b"\x1c\x01\x5a\0\3\x1b%G\x1c\x02\x78\0\x0bA caf\xc3\xa9 IIM"
    resource = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(iim)) + iim
    data = picture.read_bytes()
    picture.write_bytes(data[:2] + segment(0xED, b"Photoshop 3.0\0" + resource) + data[2:])
    reading = alttext.read(picture)
    assert reading.alt_text is None
    assert {(each.where, each.text) for each in reading.suggestions} == {
        ("Exif ImageDescription", "A caption in Exif"),
        ("IIM Caption-Abstract", "A café IIM"),
    }


def test_marks_in_later_scans_do_not_end_the_picture(sample: Sample) -> None:
    data = sample("progressive-gray.jpeg").read_bytes()
    at = data.index(b"\xff\xc4", data.index(b"\xff\xda"))
    comment = segment(0xFE, b"not the end: \xff\xd9")
    tail = b"\0" * 30
    picture = sample("plain.jpg")
    written = embed(picture, data[:at] + comment + data[at:] + tail)
    assert written.destination is Destination.EMBED
    with Image.open(BytesIO(picture.read_bytes())) as image:
        image.load()
