"""Damaged pictures and sidecars: no traceback, no endless work, no lost word, no lost byte."""

import contextlib
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFile, ImageSequence
from tests.desktop.alttext.conftest import SAMPLES
from tests.desktop.alttext.test_places import NEW_FILES, PLACES
from tests.fuzz import examples
from tests.fuzz.damage import SEEDS, damaged
from tests.fuzz.packets import Packet, packets
from tests.fuzz.test_packets import NOT_OTHERS, seen_by_exiftool
from tests.oracles import ExifTool

from lorgnette import alttext
from lorgnette.alttext import AltText, Destination, Effect
from lorgnette.errors import LorgnetteError
from lorgnette.jobs.journal import Journal
from lorgnette.jobs.writing import WriteBatch

Whole = Callable[[int], tuple[str, bytes]]
NEW = AltText(text="New words <é> & 猫", language="en")
SECONDS = 20  # of the processor, for whatever is asked of one small file; some take a second
NEAR = (b"ns.adobe.com/xap", b"<x:xmpmeta", b"AltTextAccessibility", b"Exif", b"8BIM", b"II*\0",
        b"MM\0*", b"XMP", b"VP8X", b"RIFF", b"IHDR", b"iTXt", b"zTXt", b"tEXt", b"GIF89a", b"ftyp",
        b"meta", b"iloc", b"iinf", b"infe", b"uuid", b"Exif", b"xml ", b"MPF\0")  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """Return a function from any number to a sound file, of every kind, with or without words."""
    folder = tmp_path_factory.mktemp("wholes")
    found: dict[str, bytes] = {}
    for name, make in SAMPLES.items():
        make(folder / name)
        data = found[name] = (folder / name).read_bytes()
        for place, (base, change) in PLACES.items():
            if base == name:
                found[f"{place}/{name}"] = change(data)
    for name, new in NEW_FILES.items():
        new(folder / name)
        found[f"words/{name}"] = (folder / name).read_bytes()
    for name in ("plain.jpg", "plain.png", "lossy.webp", "animated.gif", "plain.tif", "big.tif"):
        alttext.write(folder / name, AltText(text="A person's words"), Destination.EMBED)
        found[f"embedded/{name}"] = (folder / name).read_bytes()
    names = sorted(found)
    return lambda number: (names[number % len(names)], found[names[number % len(names)]])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


@contextlib.contextmanager
def in_time() -> Iterator[None]:
    began = time.process_time()
    yield
    assert time.process_time() - began < SECONDS


def pixels(picture: Path) -> object:
    """Return what Pillow makes of a picture; its complaint where it makes nothing."""
    assert not ImageFile.LOAD_TRUNCATED_IMAGES
    try:
        with Image.open(picture) as image:
            return [frame.tobytes() for frame in ImageSequence.Iterator(image)]
    except Exception as error:  # noqa: BLE001 - whatever it is, it must stay so
        return type(error)


def empty(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


@examples(25)
@given(number=st.integers(0, 1 << 32), seed=SEEDS)
def test_damaged_pictures(
    whole: Whole, folder: Path, exiftool: ExifTool, number: int, seed: int
) -> None:
    empty(folder)
    name, data = whole(number)
    before = damaged(data, seed, NEAR)
    picture = folder / name.rpartition("/")[2]
    picture.write_bytes(before)
    with in_time():
        reading = alttext.read(picture)
    seen = pixels(picture)
    if isinstance(seen, list):  # nothing is drafted for what nobody can decode
        _no_word_is_lost(picture, reading, exiftool)
    with in_time(), WriteBatch(Destination.EMBED, overwrite=True) as batch:
        try:
            written = batch.write(picture, NEW)
        except LorgnetteError as error:
            assert str(error)
            assert picture.read_bytes() == before
            return
    assert alttext.read(picture).alt_text == NEW
    if written.destination is Destination.SIDECAR:
        assert picture.read_bytes() == before
        assert written.reason
    else:
        assert pixels(picture) == seen
    if written.effect is Effect.WRITE:
        assert batch.number is not None
        with Journal() as journal:
            assert all(one.restored for one in journal.undo(batch.number))
    assert picture.read_bytes() == before
    assert list(folder.iterdir()) == [picture]


@examples(40)
@given(name=st.sampled_from(["picture.bmp.xmp", "picture.xmp"]), packet=packets(), seed=SEEDS)
def test_damaged_sidecars(
    folder: Path, exiftool: ExifTool, name: str, packet: Packet, seed: int
) -> None:
    empty(folder)
    picture = folder / "picture.bmp"
    Image.new("L", (8, 8)).save(picture)
    sidecar = folder / name
    before = damaged(packet.data, seed, (b"AltText", b"rdf:li", b"xmlns", b"encoding", b"/>"))
    sidecar.write_bytes(before)
    with in_time():
        reading = alttext.read(picture)
    _no_word_is_lost(sidecar, reading, exiftool)
    others = _others(sidecar, exiftool)
    with in_time(), WriteBatch(Destination.SIDECAR, overwrite=True) as batch:
        try:
            written = batch.write(picture, NEW)
        except LorgnetteError as error:
            assert str(error)
            assert sidecar.read_bytes() == before
            return
    found = alttext.read(picture, "en").alt_text
    assert found is not None
    assert found.text == NEW.text
    if written.path == sidecar:
        after = _others(sidecar, exiftool, groups=".*")  # that of a damaged prefix is a guess
        assert {name: after.get(name) for name in others} == others
    if batch.number is not None:
        with Journal() as journal:
            assert all(one.restored for one in journal.undo(batch.number))
    assert sidecar.read_bytes() == before


def _no_word_is_lost(file: Path, reading: alttext.Reading, exiftool: ExifTool) -> None:
    """What ExifTool sees is seen, or it is said that something could not be read."""
    output = exiftool.output("-j", "-G1", "-a", "-struct", "-XMP-iptcCore:all", file)
    if b"[{" not in output:
        return
    if file.suffix != ".png" and b"AltTextAccessibility" not in file.read_bytes().replace(
        b"\0", b""
    ):
        return  # it guesses at damaged names; but a PNG may have it compressed
    tags = exiftool.tags(file, "-XMP-iptcCore:all")
    texts = [version.alt_text.text for version in reading.versions]
    ours = bool(texts) or bool(reading.troubles)
    for text in seen_by_exiftool(tags):
        if "\ufffd" not in text:
            assert ours, text


def _others(file: Path, exiftool: ExifTool, groups: str = "dc|xmp|photoshop") -> dict[str, Any]:
    """Return what ExifTool sees besides ours, but for what it guesses, without its groups.

    Names are without capitals, which it gives to what it takes for a country in a damaged language.
    """
    tags = exiftool.tags(file, "-XMP:all", "-m")
    return {
        name.partition(":")[2].casefold(): value
        for name, value in tags.items()
        if re.match(f"XMP-({groups}):", name)
        and not NOT_OTHERS.match(name)
        and "?" not in str(value)
        and "\ufffd" not in str(value)
    }
