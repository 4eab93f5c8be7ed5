"""Boxes: what HEIF, AVIF, JPEG XL and JPEG 2000 files are made of (ISO/IEC 14496-12)."""

from collections.abc import Iterator
from typing import NamedTuple

from lorgnette.alttext import tiff
from lorgnette.alttext.container import MAX_BLOCKS, Contents
from lorgnette.alttext.markup import ENOUGH
from lorgnette.files import Source


class Box(NamedTuple):
    """A box; body is the byte after its head."""

    kind: bytes
    body: int
    end: int


def boxes(source: Source, start: int, end: int) -> Iterator[Box]:
    """Yield the boxes between two bytes, as far as they are sound."""
    for _ in range(MAX_BLOCKS):
        head = source.read(start, 16)
        if start + 8 > end or len(head) < 8:
            return
        length, body = int.from_bytes(head[:4], "big"), start + 8
        if length == 1:
            length, body = int.from_bytes(head[8:16], "big"), start + 16
        stop = end if length == 0 else start + length
        if stop < body or stop > end:
            return
        yield Box(head[4:8], body, stop)
        start = stop


def find(source: Source, start: int, end: int, kind: bytes) -> Box | None:
    """Return the first box of a kind between two bytes."""
    return next((box for box in boxes(source, start, end) if box.kind == kind), None)


def are_whole(source: Source, start: int, end: int) -> bool:
    """Return whether boxes fill the room between two bytes."""
    last = start
    for box in boxes(source, start, end):
        last = box.end
    return last >= end


_MOST_LEVELS = 8  # of boxes in boxes
_XMP = bytes.fromhex("BE7ACFCB97A942E89C71999491E3AFAC")  # XMP part 3, 1.2.3


def words(source: Source) -> Contents:
    """Return the words in boxes that stand alone, on a file's first level."""
    found = [_words(source, box) for box in boxes(source, 0, source.size)]
    return Contents.of([*found, Contents(partial=not are_whole(source, 0, source.size))])


def _words(source: Source, box: Box, depth: int = 0) -> Contents:
    length = min(box.end - box.body, ENOUGH)
    match box.kind:
        case b"xml ":
            return Contents(packets=(source.read(box.body, length),))
        case b"uuid":
            data = source.read(box.body, length)
            if data.startswith(_XMP):
                return Contents(packets=(data.removeprefix(_XMP),))
            return tiff.inside(data[len(_XMP) :])
        case b"Exif":  # behind the place where it begins
            start = int.from_bytes(source.read(box.body, 4), "big") + 4
            return tiff.inside(source.read(box.body + start, length))
        case b"jumb" if depth < _MOST_LEVELS:
            inside = boxes(source, box.body, box.end)
            return Contents.of(_words(source, each, depth + 1) for each in inside)
        case b"brob" if source.read(box.body, 4) == b"xml ":
            return Contents(unread=("its XMP is compressed with Brotli, which is not read here",))
    return Contents()
