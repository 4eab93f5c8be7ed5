"""HEIC and AVIF (ISO/IEC 23008-12): alt text is read here, and written to sidecars only."""

import re
import struct
from collections.abc import Iterator
from enum import Enum, auto

from lorgnette.alttext import tiff
from lorgnette.alttext.boxes import Box, are_whole, boxes, find, words
from lorgnette.alttext.container import Container, Contents
from lorgnette.alttext.markup import ENOUGH, MAX_BYTES
from lorgnette.alttext.texts import MIXED
from lorgnette.files import Source

_MAX_EXTENTS = 256  # of one item; they may take no byte in the table
_XMP_TYPE = re.compile(rb"rdf|xmp|xml", re.IGNORECASE)  # application/rdf+xml, by the book
_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"}


def look(source: Source) -> Contents:
    """Return the words in the file's items and properties, as far as it is sound."""
    found: list[Contents] = []
    meta = find(source, 0, source.size, b"meta")
    if meta is not None:
        start = meta.body + 4  # version and flags
        try:
            found.extend(_items(source, start, meta.end))
        except (struct.error, IndexError):  # its tables are damaged
            found.append(Contents(partial=True))
        found.append(Contents(partial=not are_whole(source, start, meta.end)))
        found.append(Contents(alt_text=_alt_text(source, start, meta.end)))
    film = find(source, 0, source.size, b"moov")
    if film is not None:
        tracks = [box for box in boxes(source, film.body, film.end) if box.kind == b"trak"]
        for holder in (film, *tracks):
            notes = find(source, holder.body, holder.end, b"udta")
            packet = notes and find(source, notes.body, notes.end, b"XMP_")
            if packet:
                found.append(Contents(packets=(_body(source, packet),)))
    return Contents.of([*found, words(source)])


def _items(source: Source, start: int, end: int) -> Iterator[Contents]:
    """Yield the words in the items that hold some."""
    infos = find(source, start, end, b"iinf")
    places = find(source, start, end, b"iloc")
    if infos is None or places is None:
        return
    first = infos.body + (6 if source.read(infos.body, 1) == b"\0" else 8)
    wanted = {
        item: kind
        for box in boxes(source, first, infos.end)
        if box.kind == b"infe" and (found := _item(source, box)) is not None
        for item, kind in (found,)
    }
    yield Contents(partial=not are_whole(source, first, infos.end))
    data = find(source, start, end, b"idat")
    for item, method, extents in _locations(_body(source, places)):
        kind = wanted.get(item)
        if kind is None:
            continue
        readable = method == 0 or (method == 1 and data is not None)
        if (
            kind is _Kind.ENCODED
            or not readable
            or sum(length for _, length in extents) > MAX_BYTES
        ):
            if kind is not _Kind.EXIF:
                yield Contents(unread=("its XMP is kept in a way that is not read here",))
            continue
        base = data.body if method == 1 and data is not None else 0
        body = b"".join(source.read(base + at, length) for at, length in extents)
        if kind is _Kind.XMP:
            yield Contents(packets=(body,))
        else:
            yield tiff.inside(body[4 + int.from_bytes(body[:4], "big") :])


def _body(source: Source, box: Box) -> bytes:
    return source.read(box.body, min(box.end - box.body, ENOUGH))


class _Kind(Enum):
    """What an item with words is."""

    XMP = auto()
    ENCODED = auto()  # XMP, but compressed
    EXIF = auto()


def _item(source: Source, box: Box) -> tuple[int, _Kind] | None:
    """Return an item's number and kind; None of one that has no words."""
    body = source.read(box.body, min(box.end - box.body, 256))
    if body[0] < 2:
        return None
    wide = 4 if body[0] == 3 else 2
    kind = 4 + wide + 2
    item = int.from_bytes(body[4 : 4 + wide], "big")
    if body[kind : kind + 4] == b"Exif":
        return item, _Kind.EXIF
    if body[kind : kind + 4] != b"mime":
        return None
    _, content_type, encoding, *_ = [*body[kind + 4 :].split(b"\0"), b"", b""]
    if not _XMP_TYPE.search(content_type):
        return None
    return item, _Kind.ENCODED if encoding else _Kind.XMP


def _locations(body: bytes) -> Iterator[tuple[int, int, list[tuple[int, int]]]]:
    """Yield (item, construction method, (offset, length)s) of an iloc box."""
    version = body[0]
    offset_size, length_size = body[4] >> 4, body[4] & 15
    base_size, index_size = body[5] >> 4, body[5] & 15 if version else 0
    position = 6

    def number(size: int) -> int:
        nonlocal position
        position += size
        if position > len(body):
            raise IndexError
        return int.from_bytes(body[position - size : position], "big")

    wide = 4 if version == 2 else 2
    for _ in range(number(wide)):
        item = number(wide)
        method = number(2) & 15 if version else 0
        number(2)  # which file: always this one
        base = number(base_size)
        extents = []
        for _ in range(min(number(2), _MAX_EXTENTS)):
            number(index_size)
            offset = base + number(offset_size)
            extents.append((offset, number(length_size)))
        yield item, method, extents


def _alt_text(source: Source, start: int, end: int) -> tuple[str, str] | None:
    """Return the text and language of the first altt property (6.5.21)."""
    properties = find(source, start, end, b"iprp")
    container = properties and find(source, properties.body, properties.end, b"ipco")
    box = container and find(source, container.body, container.end, b"altt")
    if not box:
        return None
    text, _, language = source.read(box.body + 4, min(box.end - box.body, 1 << 16)).partition(b"\0")
    words = text.decode("utf-8", MIXED)
    return (words, language.split(b"\0")[0].decode("ascii", "replace")) if words.strip() else None


CONTAINER = Container(
    name="HEIC and AVIF",
    suffixes=frozenset({".heic", ".heif", ".hif", ".avif"}),
    matches=lambda head: (
        head[4:8] == b"ftyp"
        and not _BRANDS.isdisjoint(head[i : i + 4] for i in range(8, min(len(head), 64), 4))
    ),
    look=look,
)
