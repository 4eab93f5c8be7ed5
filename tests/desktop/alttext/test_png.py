"""PNG chunks, checked by pngcheck."""

import struct
import subprocess
import zlib
from pathlib import Path

from PIL import Image, PngImagePlugin

from lorgnette import alttext
from lorgnette.alttext import png
from lorgnette.alttext.container import Suggestion, assemble
from lorgnette.files import Source


def test_the_chunk_comes_first_and_is_sound(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.linear_gradient("L").save(path)
    source = Source.of(path.read_bytes())
    path.write_bytes(assemble(source, png.with_packet(source, b"<a/>", {})))
    body = b"iTXtXML:com.adobe.xmp\0\0\0\0\0<a/>"
    chunk = struct.pack(">I", 22 + 4) + body + struct.pack(">I", zlib.crc32(body))
    assert path.read_bytes()[33 : 33 + len(chunk)] == chunk
    said = subprocess.run(["pngcheck", "-v", path], capture_output=True, text=True, check=True)
    assert "No errors detected" in said.stdout


def test_text_chunks_are_suggestions(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    info = PngImagePlugin.PngInfo()
    info.add_text("Description", "A café", zip=True)
    info.add_itxt("Comment", "Not this")
    Image.linear_gradient("L").save(path, pnginfo=info)
    reading = alttext.read(path)
    assert (reading.alt_text, reading.suggestions) == (
        None,
        (Suggestion("PNG Description", "A café"),),
    )


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    body = b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(b" " * (64 << 20), 9)
    chunk = struct.pack(">I", len(body)) + b"iTXt" + body
    chunk += struct.pack(">I", zlib.crc32(b"iTXt" + body))
    path = tmp_path / "a.png"
    Image.linear_gradient("L").save(path)
    data = path.read_bytes()
    path.write_bytes(data[:33] + chunk + data[33:])
    found = alttext.read(path)
    assert (found.alt_text, found.unread) == (None, "a.png: its XMP packet is too large")
    (packet,) = png.look(Source.of(path.read_bytes())).packets
    assert len(packet) == (16 << 20) + 1
