"""HEIC and AVIF (ISO/IEC 23008-12): alt text is read here, and written to sidecars only."""

import struct
from collections.abc import Iterator

from lorgnette.alttext.boxes import Box, boxes, find
from lorgnette.alttext.container import Container, Contents
from lorgnette.alttext.markup import MAX_BYTES
from lorgnette.alttext.texts import MIXED
from lorgnette.files import Source

_MAX_EXTENTS = 256  # of one item; they may take no byte in the table
_XMP_TYPE = b"application/rdf+xml"
_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"}


def look(source: Source) -> Contents:
    """Return the words in the file's items and properties, as far as it is sound."""
    meta = find(source, 0, source.size, b"meta")
    if meta is None:
        return Contents()
    start = meta.body + 4  # version and flags
    try:
        packets = tuple(_packets(source, start, meta.end))
    except (struct.error, IndexError):  # its tables are damaged
        packets = ()
    return Contents(packets=packets, alt_text=_alt_text(source, start, meta.end))


def _packets(source: Source, start: int, end: int) -> Iterator[bytes]:
    infos = find(source, start, end, b"iinf")
    places = find(source, start, end, b"iloc")
    if infos is None or places is None:
        return
    small = source.read(infos.body, 1) == b"\0"
    wanted = {
        item
        for box in boxes(source, infos.body + (6 if small else 8), infos.end)
        if box.kind == b"infe" and (item := _xmp_item(source, box)) is not None
    }
    data = find(source, start, end, b"idat")
    for item, method, extents in _locations(_body(source, places)):
        if item not in wanted or method > 1 or (method == 1 and data is None):
            continue
        base = data.body if method == 1 and data is not None else 0
        if sum(length for _, length in extents) <= MAX_BYTES:
            yield b"".join(source.read(base + at, length) for at, length in extents)


def _body(source: Source, box: Box) -> bytes:
    return source.read(box.body, min(box.end - box.body, MAX_BYTES))


def _xmp_item(source: Source, box: Box) -> int | None:
    """Return the number of an item that is an XMP packet."""
    body = source.read(box.body, min(box.end - box.body, 256))
    if body[0] < 2:
        return None
    wide = 4 if body[0] == 3 else 2
    kind = 4 + wide + 2
    if body[kind : kind + 4] != b"mime":
        return None
    content_type = body[kind + 4 :].split(b"\0")[1]
    return int.from_bytes(body[4 : 4 + wide], "big") if content_type == _XMP_TYPE else None


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
