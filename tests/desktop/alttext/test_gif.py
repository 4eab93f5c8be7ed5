"""GIF extensions, checked by gifsicle."""

import subprocess
from collections.abc import Callable
from pathlib import Path

from lorgnette.alttext import gif
from lorgnette.alttext.container import assemble
from lorgnette.files import Source

Sample = Callable[[str], Path]


def test_it_comes_before_the_first_picture_and_behind_the_loop(sample: Sample) -> None:
    path = sample("animated.gif")
    data = path.read_bytes()
    source = Source.of(data)
    path.write_bytes(assemble(source, gif.with_packet(source, b"<a/>", {})))
    after = path.read_bytes()
    assert after.index(b"NETSCAPE") < after.index(b"XMP Data") < after.index(b"\x21\xf9\x04")
    info = subprocess.run(
        ["gifsicle", "--info", path], capture_output=True, text=True, check=True
    ).stdout
    assert "3 images" in info
    assert "extensions 1" in info


def test_a_packet_in_proper_sub_blocks_is_read(sample: Sample) -> None:
    data = sample("plain.gif").read_bytes()
    packet = b"<a>" + b"b" * 300 + b"</a>"
    blocks = bytes([255]) + packet[:255] + bytes([len(packet) - 255]) + packet[255:] + b"\0"
    at = 13 + 3 * 2 ** ((data[10] & 7) + 1)
    wrong = data[:at] + b"\x21\xff\x0bXMP DataXMP" + blocks + data[at:]
    source = Source.of(wrong)
    assert gif.look(source).packets == (packet,)
    assert assemble(source, gif.with_packet(source, b"<c/>", {}))[at + 14 :].startswith(
        b"<c/>\1\xff"
    )


def test_it_reads_what_exiftool_wrote(sample: Sample, exiftool) -> None:
    path = sample("animated.gif")
    exiftool.run("-overwrite_original", "-XMP-dc:Title=A title", path)
    (packet,) = gif.look(Source.of(path.read_bytes())).packets
    assert b"A title" in packet
    assert packet.endswith(b"?>")
