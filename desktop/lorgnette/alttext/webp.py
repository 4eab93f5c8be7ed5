"""WebP (RFC 9649): the packet is a chunk of its own, announced by a flag in VP8X."""

import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from lorgnette.alttext import tiff
from lorgnette.alttext.container import (
    MAX_BLOCKS,
    CannotEmbedError,
    Container,
    Contents,
    Edit,
    MalformedContainerError,
    Survey,
    Writer,
    spliced,
)
from lorgnette.alttext.markup import MAX_BYTES
from lorgnette.alttext.xmp import PADDING
from lorgnette.files import Piece, Source

_XMP_FLAG = 0x04
_ALPHA_FLAG = 0x10
_XMP = {b"XMP ", b"XMP\0"}  # the second is how some old programs spelt it
_KNOWN = {b"VP8X", b"ICCP", b"ANIM", b"ANMF", b"ALPH", b"VP8 ", b"VP8L", b"EXIF"}


@dataclass(frozen=True, slots=True)
class _Chunk:
    """A chunk; start is that of its name, end the byte after its padding."""

    kind: bytes
    start: int
    length: int

    @property
    def end(self) -> int:
        return self.start + 8 + self.length + self.length % 2

    def body(self, source: Source) -> bytes:
        return source.read(self.start + 8, min(self.length, MAX_BYTES))


def _chunks(source: Source) -> Iterator[_Chunk]:
    """Yield the chunks.

    Raises:
        MalformedContainerError: they are not what the file's head says.
    """
    end = 8 + int.from_bytes(source.read(4, 4), "little")
    position = 12
    for _ in range(MAX_BLOCKS):
        if position == end:
            return
        head = source.read(position, 8)
        if len(head) < 8:
            raise MalformedContainerError("the WebP file is cut short")
        chunk = _Chunk(head[:4], position, int.from_bytes(head[4:], "little"))
        if chunk.end > min(end, source.size):
            raise MalformedContainerError("the WebP file is cut short")
        yield chunk
        position = chunk.end
    raise MalformedContainerError("the WebP file has too many chunks")


def look(source: Source) -> Contents:
    """Return the words in the file, as far as it is sound."""
    found: list[Contents] = []
    with suppress(MalformedContainerError):  # what came before the damage counts
        for chunk in _chunks(source):
            if chunk.kind in _XMP:
                found.append(Contents(packets=(chunk.body(source),)))
            elif chunk.kind == b"EXIF":
                found.append(tiff.inside(chunk.body(source)))
    return Contents.of(found)


def survey(source: Source) -> Survey:
    """Walk the whole file.

    Raises:
        CannotEmbedError: a packet must not be embedded.
    """
    chunks = list(_chunks(source))
    kinds = [chunk.kind for chunk in chunks]
    packets = [chunk.body(source) for chunk in chunks if chunk.kind in _XMP]
    if 8 + int.from_bytes(source.read(4, 4), "little") != source.size:
        raise CannotEmbedError("data follows the WebP file's end")
    if b"C2PA" in kinds:
        raise CannotEmbedError("the file is signed (C2PA), and any change breaks the signature")
    if len(packets) > 1:
        raise CannotEmbedError("the file has more than one XMP packet")
    if kinds[:1] == [b"VP8X"]:
        if chunks[0].length != 10:
            raise MalformedContainerError("the WebP file's head is damaged")
    elif kinds[:1] not in ([b"VP8 "], [b"VP8L"]) or _KNOWN.intersection(kinds[1:]):
        raise MalformedContainerError("the WebP file's chunks are out of order")
    else:
        _extended_head(source, chunks[0])
    return Survey(
        packet=packets[0] if packets else None,
        blocks=tuple(
            (chunk.kind.decode("latin-1"), chunk.length)
            for chunk in chunks
            if chunk.kind not in {b"VP8X", *_XMP}
        ),
    )


def _extended_head(source: Source, image: _Chunk) -> bytes:
    """Return the VP8X chunk that a simple file lacks.

    Raises:
        MalformedContainerError: the image's own head is damaged.
    """
    head = source.read(image.start + 8, min(10, image.length))
    flags = _XMP_FLAG
    width = height = 0
    if image.kind == b"VP8 " and head[3:6] == b"\x9d\x01\x2a" and len(head) == 10:
        width, height = (int(value) & 0x3FFF for value in struct.unpack_from("<HH", head, 6))
    elif image.kind == b"VP8L" and head[:1] == b"\x2f" and len(head) >= 5:
        bits = int.from_bytes(head[1:5], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        flags |= _ALPHA_FLAG if bits >> 28 & 1 else 0
    if not (width and height):
        raise MalformedContainerError("the WebP file's picture is damaged")
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return struct.pack("<4sII", b"VP8X", 10, flags) + size


def with_packet(source: Source, packet: bytes) -> tuple[Piece, ...]:
    """Return the file with packet as its XMP chunk, behind the picture and Exif."""
    chunks = list(_chunks(source))
    chunk = b"XMP " + struct.pack("<I", len(packet)) + packet + b"\0" * (len(packet) % 2)
    old = next((c for c in chunks if c.kind in _XMP), None)
    if old is not None:
        start, end = old.start, old.end
    else:
        start = end = [c.end for c in chunks if c.kind in _KNOWN][-1]
    edits: list[Edit] = [(start, end, chunk)]
    growth = len(chunk) - (end - start)
    if chunks[0].kind == b"VP8X":
        flags = chunks[0].start + 8
        if not source.read(flags, 1)[0] & _XMP_FLAG:
            edits.append((flags, flags + 1, bytes([source.read(flags, 1)[0] | _XMP_FLAG])))
    else:
        head = _extended_head(source, chunks[0])
        edits.append((12, 12, head))
        growth += len(head)
    if growth:
        edits.append((4, 8, struct.pack("<I", source.size - 8 + growth)))
    return spliced(source.size, edits)


CONTAINER = Container(
    name="WebP",
    suffixes=frozenset({".webp"}),
    matches=lambda head: head.startswith(b"RIFF") and head[8:12] == b"WEBP",
    look=look,
    writer=Writer(survey=survey, with_packet=with_packet, padding=PADDING),
)
