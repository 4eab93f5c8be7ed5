"""What ExifTool or exiv2 sees in a packet is seen; what is written they see; all else stays."""

import re
import struct
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from PIL import Image
from tests.fuzz import examples
from tests.fuzz.packets import Packet, packets
from tests.oracles import ExifTool, exiv2

from lorgnette.alttext import AltText, xmp
from lorgnette.alttext.texts import clean

NEW = AltText(text="New words <é> & 猫", language="en")
ALT_TEXT = re.compile(r"XMP-iptcCore:AltTextAccessibility(-[A-Za-z].*)?")
# Ours, ExifTool's names for what it does not understand, and what it cannot decode.
NOT_OTHERS = re.compile(r"XMP:|.*(AltText|ExtDescr)|XMP-(lorgnette|x):|[^:]*:Rdf")


def jpeg() -> bytes:
    buffer = BytesIO()
    Image.new("L", (8, 8)).save(buffer, "JPEG")
    return buffer.getvalue()


JPEG = jpeg()


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the tests put a JPEG, each in place of the one before."""
    return tmp_path_factory.mktemp("packets") / "picture.jpg"


def put(picture: Path, packet: bytes) -> Path:
    head = struct.pack(">BBH", 0xFF, 0xE1, 31 + len(packet)) + b"http://ns.adobe.com/xap/1.0/\0"
    picture.write_bytes(JPEG[:2] + head + packet + JPEG[2:])
    return picture


def flat(value: Any) -> list[str]:
    """Return the texts in a value of ExifTool's, which lists and nests them."""
    if isinstance(value, dict):
        value = list(value.values())
    return (
        [text for each in value for text in flat(each)]
        if isinstance(value, list)
        else [clean(str(value))]
    )


def seen_by_exiftool(tags: dict[str, Any]) -> list[str]:
    found = [
        text for name, value in tags.items() if ALT_TEXT.fullmatch(name) for text in flat(value)
    ]
    return [text for text in found if text and "?" not in text]


def seen_by_exiv2(picture: Path) -> list[str]:
    line = exiv2(picture, "-K", "Xmp.iptc.AltTextAccessibility", "-Pt").rstrip("\n")
    texts = re.split(r'(?:, )?(?:lang|type)="[^"]*" ?', line)
    return [text for text in map(clean, texts) if text]


def is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


@examples(60)
@given(packet=packets())
def test_every_word_is_seen(packet: Packet, picture: Path, exiftool: ExifTool) -> None:
    words = xmp.read(packet.data)
    seen = {text for _, text in words.items}
    assert words.trouble == ""
    assert {clean(text) for text in packet.texts} <= seen
    put(picture, packet.data)
    for text in seen_by_exiftool(exiftool.tags(picture, "-XMP-iptcCore:all")):
        assert text in seen
    if not is_utf8(packet.data):  # exiv2 takes each byte for a character, whatever is declared
        return
    for text in seen_by_exiv2(picture):  # which cuts texts of references short
        assert any(each.startswith(text) for each in seen)


@examples(60)
@given(packet=packets())
def test_what_is_seen_is_replaced_and_all_else_stays(
    packet: Packet, picture: Path, exiftool: ExifTool
) -> None:
    put(picture, packet.data)
    tags = exiftool.tags(picture, "-XMP:all", "-m")
    keys = exiv2(picture, "-PXkt")
    merged = xmp.merge(packet.data, NEW, date="2026-11-27T00:00:00+00:00")
    put(picture, merged)
    found = xmp.read(merged, "en").alt_text
    assert found is not None
    assert found.text == NEW.text
    after = exiftool.tags(picture, "-XMP:all", "-m")
    for name, value in tags.items():
        if not NOT_OTHERS.match(name) and name.startswith("XMP") and "?" not in str(value):
            assert after.get(name) == value, (name, packet.data)
    if any(map(ALT_TEXT.fullmatch, tags)):  # it understands how the packet spells RDF
        assert after["XMP-iptcCore:AltTextAccessibility-en"] == NEW.text
    if keys:
        assert others(exiv2(picture, "-PXkt")) == others(keys)
        assert f'lang="en" {NEW.text}' in exiv2(picture, "-PXkt")


def others(keys: str) -> list[str]:
    """Return exiv2's lines but those of ours."""
    return re.findall(r"(?m)^Xmp\.(?!iptc\.|lorgnette\.).*", keys)
