"""HEIC and AVIF: read, never written."""

import struct
from pathlib import Path

import pytest
from PIL import Image

from lorgnette import alttext
from lorgnette.alttext import AltText, Destination, xmp

PACKET = xmp.merge(None, AltText(text="A cat", language="en"), date="")


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + kind + body


@pytest.mark.parametrize("suffix", [".avif", ".heic"])
def test_alt_text_inside_is_read_and_a_sidecar_written(suffix: str, tmp_path: Path) -> None:
    if suffix == ".heic":
        import pillow_heif

        pillow_heif.register_heif_opener()
    path = tmp_path / f"picture{suffix}"
    Image.linear_gradient("L").convert("RGB").save(path, xmp=PACKET)
    before = path.read_bytes()
    reading = alttext.read(path)
    assert reading.alt_text == AltText(text="A cat", language="en")
    assert reading.source is Destination.EMBED
    new = AltText(text="My cat", language="en")
    written = alttext.write(path, new, Destination.EMBED, overwrite=True)
    assert (written.destination, path.read_bytes()) == (Destination.SIDECAR, before)
    reading = alttext.read(path)
    assert reading.alt_text == new
    assert [conflict.alt_text.text for conflict in reading.conflicts] == ["A cat"]


def test_the_formats_own_alt_text_is_read(tmp_path: Path) -> None:
    altt = box(b"altt", b"\0\0\0\0" + "Ein Käfer".encode() + b"\0de-DE\0")
    meta = box(b"meta", b"\0\0\0\0" + box(b"iprp", box(b"ipco", altt)))
    path = tmp_path / "a.heic"
    path.write_bytes(box(b"ftyp", b"heic\0\0\0\0mif1heic") + meta)
    assert alttext.read(path).alt_text == AltText(text="Ein Käfer", language="de-DE")


def test_damaged_boxes_hold_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.avif"
    Image.linear_gradient("L").save(path, xmp=PACKET)
    data = path.read_bytes()
    for cut in range(0, min(len(data), 600), 3):
        path.write_bytes(data[:cut])
        assert alttext.read(path).conflicts == ()
