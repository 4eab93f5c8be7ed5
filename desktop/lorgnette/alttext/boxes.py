"""Boxes: what HEIF, AVIF and JPEG XL files are made of (ISO/IEC 14496-12)."""

from collections.abc import Iterator
from typing import NamedTuple

from lorgnette.alttext.container import MAX_BLOCKS
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
