"""The head that a simple WebP file lacks."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from lorgnette.alttext import webp
from lorgnette.alttext.container import assemble
from lorgnette.files import Source

Sample = Callable[[str], Path]


def test_the_example_of_a_64_by_48_file(tmp_path: Path) -> None:
    path = tmp_path / "small.webp"
    Image.linear_gradient("L").convert("RGB").resize((64, 48)).save(path)
    source = Source.of(path.read_bytes())
    new = assemble(source, webp.with_packet(source, b"<a/>", {}))
    assert new[12:30] == bytes.fromhex("56503858 0A000000 04 000000 3F0000 2F0000")
    assert new.endswith(b"XMP \4\0\0\0<a/>")


@pytest.mark.parametrize(
    "name",
    ["lossy.webp", "lossless.webp", "lossless-transparent.webp", "exif-icc.webp", "animated.webp"],
)
def test_webpmux_finds_the_packet_and_the_alpha_flag(
    name: str, sample: Sample, tmp_path: Path
) -> None:
    path = sample(name)
    data = path.read_bytes()
    source = Source.of(data)
    for packet in (b"<odd/>", b"<even/>", b"<a much longer one/>"):
        source = Source.of(assemble(source, webp.with_packet(source, packet, {})))
        path.write_bytes(source.read(0, source.size))
        info = subprocess.run(
            ["webpmux", "-info", path], capture_output=True, text=True, check=True
        ).stdout
        assert f"Size of the XMP metadata: {len(packet)}" in info
        with Image.open(path) as image:
            assert ("transparency" in info) == (image.mode == "RGBA")
        got = tmp_path / "packet.xmp"
        subprocess.run(["webpmux", "-get", "xmp", path, "-o", got], capture_output=True, check=True)
        assert got.read_bytes() == packet
