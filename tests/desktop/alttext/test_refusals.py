"""Files that embedding would harm: a sidecar takes the words, and every byte stays."""

import os
import re
import struct
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, TiffImagePlugin
from tests.fuzz import examples

from lorgnette import alttext
from lorgnette.alttext import AltText, Destination, containers
from lorgnette.alttext.container import CannotEmbedError, assemble
from lorgnette.files import Source

Sample = Callable[[str], Path]
WORDS = AltText(text="A cat", language="en")


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def riff_chunk(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def after_start(data: bytes, part: bytes) -> bytes:
    """Return a JPEG with a segment right after its SOI."""
    return data[:2] + part + data[2:]


def after_head(data: bytes, part: bytes) -> bytes:
    """Return a PNG with a chunk right after its IHDR."""
    return data[:33] + part + data[33:]


def riff(data: bytes, part: bytes) -> bytes:
    """Return a WebP with one more chunk at its end."""
    whole = data + part
    return whole[:4] + struct.pack("<I", len(whole) - 8) + whole[8:]


def before_picture(data: bytes, part: bytes) -> bytes:
    """Return a GIF with a block right after its colour table."""
    at = 13 + 3 * 2 ** ((data[10] & 7) + 1)
    return data[:at] + part + data[at:]


def xmp_segment(packet: bytes) -> bytes:
    return segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet)


def gif_packet(packet: bytes) -> bytes:
    trailer = b"\1" + bytes(range(255, -1, -1)) + b"\0"
    return b"\x21\xff\x0bXMP DataXMP" + packet + trailer


JUMBF = b"JP\0\1\0\0\0\1\0\0\0\x20jumb\0\0\0\x18jumdc2pa"
EMPTY = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></x:xmpmeta>'
)
LARGE = EMPTY.replace(b"/></x:", b">" + b" " * 65300 + b"</rdf:RDF></x:")

REFUSED: dict[str, tuple[str, Callable[[bytes], bytes], str]] = {
    "signed JPEG": ("plain.jpg", lambda d: after_start(d, segment(0xEB, JUMBF)), "C2PA"),
    "signed PNG": ("plain.png", lambda d: after_head(d, png_chunk(b"caBX", JUMBF)), "C2PA"),
    "signed WebP": ("exif-icc.webp", lambda d: riff(d, riff_chunk(b"C2PA", JUMBF)), "C2PA"),
    "signed GIF": (
        "plain.gif",
        lambda d: before_picture(d, b"\x21\xff\x0bC2PA_GIF\1\0\0\0"),
        "C2PA",
    ),
    "two packets in JPEG": (
        "packet.jpg",
        lambda d: after_start(d, xmp_segment(EMPTY)),
        "more than one",
    ),
    "two packets in PNG": (
        "packet.png",
        lambda d: after_head(d, png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + EMPTY)),
        "more than one",
    ),
    "two packets in WebP": (
        "packet.webp",
        lambda d: riff(d, riff_chunk(b"XMP ", EMPTY)),
        "more than one",
    ),
    "two packets in GIF": (
        "plain.gif",
        lambda d: before_picture(before_picture(d, gif_packet(EMPTY)), gif_packet(EMPTY)),
        "more than one",
    ),
    "outdated packet in PNG": (
        "plain.png",
        lambda d: after_head(d, png_chunk(b"tEXt", b"Raw profile type xmp\0\nxmp\n1\n00")),
        "outdated",
    ),
    "damaged packet in PNG": (
        "packet.png",
        lambda d: d.replace(b"xmp:Rating='4'", b"xmp:Rating='5'"),
        "damaged",
    ),
    "JPEG with data behind it": ("plain.jpg", lambda d: d + b"AXS!" * 50, "follows"),
    "JPEG with a preview behind it": ("plain.jpg", lambda d: d + b"\0" * 9 + d, "follows"),
    "WebP with data behind it": ("lossy.webp", lambda d: d + b"tail", "follows"),
    "packet with a DOCTYPE": (
        "plain.jpg",
        lambda d: after_start(d, xmp_segment(b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + EMPTY)),
        "document type",
    ),
    "malformed packet": (
        "plain.jpg",
        lambda d: after_start(d, xmp_segment(EMPTY[:-3])),
        "not well-formed",
    ),
    "full packet": ("plain.jpg", lambda d: after_start(d, xmp_segment(LARGE)), "no room"),
    "GIF87a": ("plain.gif", lambda d: b"GIF87a" + d[6:], "GIF87a"),
    "TIFF in a circle": (
        "pages.tiff",
        lambda d: d.replace(*_second_directory(d)),
        "circle",
    ),
    "TIFF without a directory": ("pages.tiff", lambda d: d[:4] + b"\0" * 4 + d[8:], "no directory"),
    "broken index of pictures": (
        "two-pictures.mpo",
        lambda d: d[: d.rindex(b"\xff\xd8")] + b"\0\0" + d[d.rindex(b"\xff\xd8") + 2 :],
        "index",
    ),
    "a PNG called JPEG": ("plain.jpg", lambda d: b"\x89PNG\r\n\x1a\n" + d, "otherwise"),
}


def _second_directory(data: bytes) -> tuple[bytes, bytes]:
    """Return what leads to the second directory, and what leads back to the first."""
    first = int.from_bytes(data[4:8], "little")
    count = int.from_bytes(data[first : first + 2], "little")
    last = data[first + 2 + 12 * (count - 1) : first + 2 + 12 * count]
    following = data[first + 2 + 12 * count : first + 6 + 12 * count]
    return last + following, last + data[4:8]


@pytest.mark.parametrize("what", sorted(REFUSED))
def test_the_file_stays_and_the_sidecar_says_why(what: str, sample: Sample) -> None:
    name, change, why = REFUSED[what]
    picture = sample(name)
    before = change(picture.read_bytes())
    assert before != picture.read_bytes()
    picture.write_bytes(before)
    written = alttext.write(picture, WORDS, Destination.EMBED)
    assert why in written.reason
    assert written.path == picture.with_name(f"{picture.name}.xmp")
    assert picture.read_bytes() == before
    assert alttext.read(picture).alt_text == WORDS


@pytest.mark.parametrize("suffix", [".bmp", ".ppm", ".avif", ".jp2"])
def test_kinds_that_only_take_sidecars(suffix: str, tmp_path: Path) -> None:
    picture = tmp_path / f"picture{suffix}"
    Image.linear_gradient("L").convert("RGB").save(picture)
    before = picture.read_bytes()
    written = alttext.write(picture, WORDS, Destination.EMBED)
    assert (written.destination, picture.read_bytes()) == (Destination.SIDECAR, before)
    assert "sidecar only" in written.reason


def test_a_read_only_file(sample: Sample) -> None:
    picture = sample("plain.jpg")
    picture.chmod(0o444)
    written = alttext.write(picture, WORDS, Destination.EMBED)
    assert (written.destination, written.reason) == (
        Destination.SIDECAR,
        "the file is read-only",
    )


def test_a_second_name(sample: Sample) -> None:
    picture = sample("plain.jpg")
    os.link(picture, picture.with_name("twin.jpg"))
    written = alttext.write(picture, WORDS, Destination.EMBED)
    assert (written.destination, "hard link" in written.reason) == (Destination.SIDECAR, True)


def test_a_link_stays_a_link(sample: Sample) -> None:
    picture = sample("plain.jpg")
    link = picture.with_name("link.jpg")
    link.symlink_to(picture.name)
    written = alttext.write(link, WORDS, Destination.EMBED)
    assert written.destination is Destination.EMBED
    assert link.is_symlink()
    assert alttext.read(picture).alt_text == WORDS


def test_a_raw_photograph_stays(tmp_path: Path) -> None:
    picture = tmp_path / "raw.tif"
    info = TiffImagePlugin.ImageFileDirectory_v2()
    info[50706] = b"\1\4\0\0"
    info.tagtype[50706] = 1
    Image.linear_gradient("L").save(picture, tiffinfo=info)
    assert "raw" in alttext.write(picture, WORDS, Destination.EMBED).reason


def survey(data: bytes) -> containers.Container:
    source = Source.of(data)
    container = containers.find(source.read(0, containers.HEAD_BYTES))
    if container is None or container.writer is None:
        raise CannotEmbedError
    container.writer.survey(source)
    return container


def edges(data: bytes) -> set[int]:
    """Return where the blocks of a file meet, found by their marks."""
    marks = (
        rb"\xff[\xc0-\xc4\xd8-\xfe]|\x21[\xf9\xfe\xff]|IHDR|IDAT|IEND|fcTL|fdAT|PLTE|tRNS|eXIf"
        rb"|VP8[ LX]|ALPH|ANM[FI]|ICCP|EXIF"
    )
    found = {match.start() + shift for match in re.finditer(marks, data) for shift in (0, 2, 4)}
    return {edge for edge in found if edge < len(data)}


def test_cut_short_anywhere_it_is_refused(picture: Path) -> None:
    data = picture.read_bytes()
    survey(data)
    whole = len(data.rstrip(b"\0")) if picture.name == "zeros-after.jpg" else len(data)
    if picture.name == "tail.png":
        whole -= len(b"what somebody left here")
    cuts = edges(data) | set(range(0, whole, max(1, whole // 300))) | {whole - 1, whole - 2}
    if picture.suffix in {".tif", ".tiff"}:
        cuts = {cut for cut in cuts if cut < 8} | {whole // 2}
    if picture.suffix == ".mpo":  # the second picture ends the file, with an end mark of its own
        cuts = {cut for cut in cuts if cut < data.rindex(b"\xff\xd8")}
    for cut in cuts:
        if cut < whole:
            with pytest.raises(CannotEmbedError):
                survey(data[:cut])


@examples(25)
@given(st.data())
def test_damaged_files_are_refused_or_written_without_a_loss(picture: Path, data) -> None:
    whole = bytearray(picture.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, min(len(whole), 4000) - 1))
        whole[at] = data.draw(st.sampled_from([0, 1, 0x7F, 0x80, 0xFE, 0xFF, whole[at] ^ 1]))
    source = Source.of(bytes(whole))
    container = containers.find(source.read(0, containers.HEAD_BYTES))
    if container is None:
        return
    try:
        container.look(source)
        before = container.writer.survey(source)
        if before.no_growth:
            return
        pieces = container.writer.with_packet(source, EMPTY, {})
        after = container.writer.survey(Source.of(assemble(source, pieces)))
    except CannotEmbedError:
        return
    assert after.packet == EMPTY
    assert after.blocks == before.blocks


def iloc(items: int, extents: int) -> bytes:
    """Return an iloc box of version 0 whose extents take no byte."""
    body = b"\0\0\0\0\0\0" + struct.pack(">H", items)
    body += b"".join(struct.pack(">HHH", i, 0, extents) for i in range(items))
    return struct.pack(">I", len(body) + 8) + b"iloc" + body


def heif_box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + kind + body


HOSTILE = {
    "fill.jpg": b"\xff\xd8\xff" + b"\xff" * (8 << 20),
    "tiny-blocks.gif": b"GIF89a\1\0\1\0\0\0\0\x21\xfe" + b"\1a" * (2 << 20),
    "tiny-chunks.png": b"\x89PNG\r\n\x1a\n" + png_chunk(b"aaAA", b"") * 200_000,
    "tiny-chunks.webp": b"RIFF\xff\xff\xff\x7fWEBP" + b"aaaa\0\0\0\0" * 200_000,
    "extents.heic": heif_box(b"ftyp", b"heic\0\0\0\0")
    + heif_box(b"meta", b"\0\0\0\0" + iloc(200, 65535) + heif_box(b"iinf", b"\0\0\0\0\0\0")),
    "boxes.jxl": bytes.fromhex("0000000C4A584C200D0A870A") + heif_box(b"free", b"") * 200_000,
    "wide.tif": b"II*\0\x08\0\0\0" + b"\xff\xff" + b"\0" * 100_000,
    "deep.svg": b"<svg>" + b"<a>" * 100_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_cost_little(name: str, tmp_path: Path) -> None:
    picture = tmp_path / name
    picture.write_bytes(HOSTILE[name])
    began = time.process_time()
    assert alttext.read(picture).alt_text is None
    written = alttext.write(picture, WORDS, Destination.EMBED)
    assert time.process_time() - began < 6  # two seconds for each look, and a slow machine
    assert written.destination is Destination.SIDECAR
    assert picture.read_bytes() == HOSTILE[name]
