"""GIF89a: the packet is an application extension, raw, with a trailer that old readers skip.

XMP part 3, 1.1.2: a reader that hops through the packet, taking its bytes for lengths, lands
somewhere in the 258 bytes of the trailer, and from each of them at the same end.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lorgnette.alttext.container import (
    MAX_BLOCKS,
    CannotEmbedError,
    Container,
    Contents,
    MalformedContainerError,
    Survey,
    Writer,
    spliced,
)
from lorgnette.alttext.markup import MAX_BYTES
from lorgnette.alttext.xmp import PADDING
from lorgnette.files import Piece, Source

_XMP_HEAD = b"\x21\xff\x0bXMP DataXMP"
_C2PA_HEAD = b"\x21\xff\x0bC2PA_GIF"
_TRAILER = b"\x01" + bytes(range(255, -1, -1)) + b"\0"
_MAX_SUB_BLOCKS = 1_000_000  # of 255 bytes each, where a picture needs many
_IMAGE, _EXTENSION, _END = b"\x2c", b"\x21", b"\x3b"


@dataclass(frozen=True, slots=True)
class _Block:
    head: bytes  # its first 14 bytes
    start: int
    end: int


def _colours(flags: int) -> int:
    """Return the bytes of the colour table that these flags announce."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _sub_blocks_end(source: Source, position: int) -> int:
    for _ in range(_MAX_SUB_BLOCKS):
        length = source.read(position, 1)
        if not length:
            raise MalformedContainerError("the GIF file is cut short")
        position += 1 + length[0]
        if not length[0]:
            return position
    raise MalformedContainerError("the GIF file has too many blocks")


def _blocks(source: Source) -> Iterator[_Block]:
    """Yield the blocks to the end mark, that one included.

    Raises:
        MalformedContainerError: something else came.
    """
    head = source.read(0, 13)
    if len(head) < 13:
        raise MalformedContainerError("the GIF file is cut short")
    position = 13 + _colours(head[10])
    for _ in range(MAX_BLOCKS):
        head = source.read(position, 14)
        kind = head[:1]
        if kind == _END:
            yield _Block(head, position, position + 1)
            return
        if kind == _EXTENSION:
            end = _sub_blocks_end(source, position + 2)
        elif kind == _IMAGE and len(head) > 9:
            end = _sub_blocks_end(source, position + 10 + _colours(head[9]) + 1)
        else:
            raise MalformedContainerError("the GIF file is damaged or cut short")
        yield _Block(head, position, end)
        position = end
    raise MalformedContainerError("the GIF file has too many blocks")


def _packet(source: Source, block: _Block) -> bytes:
    """Return the packet in an XMP extension, written by the book or in sub-blocks."""
    if block.end - block.start > MAX_BYTES:
        raise MalformedContainerError("the GIF file's XMP packet is too large")
    data = source.read(block.start + 14, block.end - block.start - 14)
    if data.endswith(_TRAILER):
        return data.removesuffix(_TRAILER)
    parts = []
    position = 0
    while position < len(data) and data[position]:
        parts.append(data[position + 1 : position + 1 + data[position]])
        position += 1 + data[position]
    return b"".join(parts)


def look(source: Source) -> Contents:
    """Return the words in the file, as far as it is sound."""
    packets: list[bytes] = []
    partial = False
    try:  # what came before the damage counts
        for block in _blocks(source):
            if block.head == _XMP_HEAD:
                packets.append(_packet(source, block))  # noqa: PERF401 - keeps those so far
    except MalformedContainerError:
        partial = True
    return Contents(packets=tuple(packets), partial=partial)


def survey(source: Source) -> Survey:
    """Walk the whole file.

    Raises:
        CannotEmbedError: a packet must not be embedded.
    """
    if source.read(0, 6) != b"GIF89a":
        raise CannotEmbedError("a GIF87a file has no room for alt text")
    packets: list[bytes] = []
    blocks: list[tuple[str, int]] = []
    end = 0
    for block in _blocks(source):
        end = block.end
        if block.head == _XMP_HEAD:
            packets.append(_packet(source, block))
            continue
        if block.head.startswith(_C2PA_HEAD):
            raise CannotEmbedError("the file is signed (C2PA), and any change breaks the signature")
        blocks.append((block.head[:2].hex(), block.end - block.start))
    if len(packets) > 1:
        raise CannotEmbedError("the file has more than one XMP packet")
    blocks.append(("trailer", source.size - end))
    return Survey(packet=packets[0] if packets else None, blocks=tuple(blocks))


def with_packet(source: Source, packet: bytes, _captions: Mapping[str, str]) -> tuple[Piece, ...]:
    """Return the file with packet as its XMP extension.

    A new one comes behind the extensions that concern the whole file, and before the first that
    concerns a picture.
    """
    blocks = list(_blocks(source))
    extension = _XMP_HEAD + packet + _TRAILER
    old = next((block for block in blocks if block.head == _XMP_HEAD), None)
    if old is not None:
        start, end = old.start, old.end
    else:
        start = end = next(
            block.start for block in blocks if block.head[:2] not in {b"\x21\xff", b"\x21\xfe"}
        )
    return spliced(source.size, [(start, end, extension)])


CONTAINER = Container(
    name="GIF",
    suffixes=frozenset({".gif"}),
    matches=lambda head: head.startswith((b"GIF87a", b"GIF89a")),
    look=look,
    writer=Writer(survey=survey, with_packet=with_packet, padding=PADDING),
)
