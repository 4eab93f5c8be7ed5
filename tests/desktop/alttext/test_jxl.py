"""JPEG XL: read, never written."""

import struct
from pathlib import Path

from lorgnette import alttext
from lorgnette.alttext import AltText, Destination, xmp

PACKET = xmp.merge(None, AltText(text="A cat"), date="")
SIGNATURE = bytes.fromhex("0000000C4A584C200D0A870A")


def test_a_box_with_a_packet_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jxl"
    path.write_bytes(SIGNATURE + struct.pack(">I", 8 + len(PACKET)) + b"xml " + PACKET)
    assert alttext.read(path).alt_text == AltText(text="A cat")


def test_a_bare_codestream_gets_a_sidecar(tmp_path: Path) -> None:
    path = tmp_path / "a.jxl"
    path.write_bytes(b"\xff\x0a rest")
    written = alttext.write(path, AltText(text="A cat"), Destination.EMBED)
    assert (written.destination, written.path.name) == (Destination.SIDECAR, "a.jxl.xmp")
    assert "JPEG XL" in written.reason
