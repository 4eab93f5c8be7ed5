"""Photoshop's image resources: in its own files, where they are only read, and in others'.

A resource is a block of `8BIM`, a number, a name and data (Adobe's file format specification).
"""

from collections.abc import Iterator

from lorgnette.alttext import captions
from lorgnette.alttext.container import MAX_BLOCKS, Container, Contents
from lorgnette.alttext.markup import MAX_BYTES
from lorgnette.files import Source

_MARKS = {b"8BIM", b"PHUT", b"DCSR", b"AgHg", b"MeSa"}  # the first is Photoshop's own
_IIM, _XMP = 0x0404, 0x0424
_HEAD = 26  # bytes of a PSD file's head


def inside(resources: bytes) -> Contents:
    """Return the words in a block of image resources, as far as it is sound."""
    return Contents.of(
        Contents(packets=(data,)) if kind == _XMP else Contents(suggestions=captions.of_iim(data))
        for kind, data in _resources(resources)
        if kind in {_IIM, _XMP}
    )


def _resources(block: bytes) -> Iterator[tuple[int, bytes]]:
    position = 0
    for _ in range(MAX_BLOCKS):
        if block[position : position + 4] not in _MARKS or len(block) < position + 12:
            return
        kind = int.from_bytes(block[position + 4 : position + 6], "big")
        name = 1 + block[position + 6]
        at = position + 6 + name + name % 2
        length = int.from_bytes(block[at : at + 4], "big")
        yield kind, block[at + 4 : at + 4 + length]
        position = at + 4 + length + length % 2


def look(source: Source) -> Contents:
    """Return the words in a PSD file's resources, which follow its head and its colours."""
    start = _HEAD + 4 + int.from_bytes(source.read(_HEAD, 4), "big")
    length = int.from_bytes(source.read(start, 4), "big")
    return inside(source.read(start + 4, min(length, MAX_BYTES)))


CONTAINER = Container(
    name="Photoshop",
    suffixes=frozenset({".psd", ".psb"}),
    matches=lambda head: head.startswith(b"8BPS"),
    look=look,
)
