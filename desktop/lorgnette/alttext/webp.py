"""WebP (RFC 9649): the packet is a chunk of its own, announced by a flag in VP8X."""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lorgnette.alttext import exif, tiff
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
from lorgnette.alttext.markup import ENOUGH
from lorgnette.alttext.xmp import PADDING
from lorgnette.files import Piece, Source

_XMP_FLAG = 0x04
_EXIF_FLAG = 0x08
_ALPHA_FLAG = 0x10
_XMP = {b"XMP ", b"XMP\0", b"_PMX"}  # in capitals; the others are how old programs spelt it
_PREFIX = b"Exif\0\0"  # as JPEG has it, and some programs have it here
_CAPTIONS = (exif.IMAGE_DESCRIPTION, exif.EXIF_COMMENT)
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

    @property
    def is_xmp(self) -> bool:
        return self.kind.upper() in _XMP

    def body(self, source: Source) -> bytes:
        return source.read(self.start + 8, min(self.length, ENOUGH))


def _chunks(source: Source, *, forgiving: bool = False) -> Iterator[_Chunk]:
    """Yield the chunks.

    Args:
        forgiving: to the file's end, whatever its head says, without the last one's padding.

    Raises:
        MalformedContainerError: they are not what the file's head says.
    """
    end = source.size if forgiving else 8 + int.from_bytes(source.read(4, 4), "little")
    position = 12
    for _ in range(MAX_BLOCKS):
        if position == end or (forgiving and position == end + 1):
            return
        head = source.read(position, 8)
        if len(head) < 8:
            raise MalformedContainerError("the WebP file is cut short")
        chunk = _Chunk(head[:4], position, int.from_bytes(head[4:], "little"))
        if chunk.end - (forgiving and chunk.length % 2) > min(end, source.size):
            raise MalformedContainerError("the WebP file is cut short")
        yield chunk
        position = chunk.end
    raise MalformedContainerError("the WebP file has too many chunks")


def look(source: Source) -> Contents:
    """Return the words in the file, as far as it is sound."""
    found: list[Contents] = []
    try:  # what came before the damage counts
        for chunk in _chunks(source, forgiving=True):
            if chunk.is_xmp:
                found.append(Contents(packets=(chunk.body(source),)))
            elif chunk.kind == b"EXIF":
                found.append(tiff.inside(chunk.body(source)))
    except MalformedContainerError:
        found.append(Contents(partial=True))
    return Contents.of(found)


def survey(source: Source) -> Survey:
    """Walk the whole file.

    Raises:
        CannotEmbedError: a packet must not be embedded.
    """
    chunks = list(_chunks(source))
    kinds = [chunk.kind for chunk in chunks]
    packets = [chunk.body(source) for chunk in chunks if chunk.is_xmp]
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
    blocks = tuple(
        (chunk.kind.decode("latin-1"), chunk.length)
        for chunk in chunks
        if chunk.kind not in {b"VP8X", b"EXIF"} and not chunk.is_xmp
    )
    bodies = [chunk.body(source) for chunk in chunks if chunk.kind == b"EXIF"]
    seen = exif.Look.at([body.removeprefix(_PREFIX) for body in bodies], _CAPTIONS)
    return Survey(
        packet=packets[0] if packets else None,
        blocks=(*blocks, *seen.blocks),
        captions=seen.captions,
        no_captions=seen.trouble,
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


def with_packet(source: Source, packet: bytes, captions: Mapping[str, str]) -> tuple[Piece, ...]:
    """Return the file with packet as its XMP chunk, and texts in its caption fields.

    New chunks come behind the picture, Exif first.

    Raises:
        CannotMirrorError: these cannot be written.
    """
    chunks = list(_chunks(source))
    flags = _XMP_FLAG
    new: list[tuple[_Chunk | None, bytes]] = []
    if captions:
        old = next((c for c in chunks if c.kind == b"EXIF"), None)
        body = b"" if old is None else old.body(source)
        prefix = _PREFIX if body.startswith(_PREFIX) else b""
        block = exif.with_captions(body.removeprefix(_PREFIX), captions)
        new.append((old, _chunk(b"EXIF", prefix + block)))
        flags |= _EXIF_FLAG
    old = next((c for c in chunks if c.is_xmp), None)
    new.append((old, _chunk(b"XMP ", packet)))
    behind = [c.end for c in chunks if c.kind in _KNOWN][-1]
    edits: list[Edit] = [
        (behind, behind, data) if chunk is None else (chunk.start, chunk.end, data)
        for chunk, data in new
    ]
    if chunks[0].kind == b"VP8X":
        at = chunks[0].start + 8
        present = source.read(at, 1)[0]
        if present | flags != present:
            edits.append((at, at + 1, bytes([present | flags])))
    else:
        head = bytearray(_extended_head(source, chunks[0]))
        head[8] |= flags
        edits.append((12, 12, bytes(head)))
    growth = sum(len(data) - (end - start) for start, end, data in edits)
    if growth:
        edits.append((4, 8, struct.pack("<I", source.size - 8 + growth)))
    return spliced(source.size, edits)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


CONTAINER = Container(
    name="WebP",
    suffixes=frozenset({".webp"}),
    matches=lambda head: head.startswith(b"RIFF") and head[8:12] == b"WEBP",
    look=look,
    writer=Writer(survey=survey, with_packet=with_packet, padding=PADDING),
)
