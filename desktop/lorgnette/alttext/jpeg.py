"""JPEG: the packet is an APP1 segment (XMP part 3, 1.1.3); its rest may follow in further ones.

What follows the picture (further pictures, a film) is found by counting, so a packet may change
its length only where we know who counts, and mend the one index that counts from the front: MPF
(CIPA DC-007).
"""

import re
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lorgnette.alttext import exif, iim, photoshop, signatures, tiff
from lorgnette.alttext.container import (
    MAX_BLOCKS,
    CannotEmbedError,
    CannotMirrorError,
    Container,
    Contents,
    Edit,
    MalformedContainerError,
    Survey,
    Writer,
    spliced,
)
from lorgnette.alttext.xmp import PADDING
from lorgnette.files import CHUNK, Piece, Source

_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_EXTENSION = b"http://ns.adobe.com/xmp/extension/\0"
_EXIF = b"Exif\0\0"
_MPF = b"MPF\0"
# As others write them, too: behind a few stray bytes, or without a second zero.
_EXIF_LIKE = re.compile(rb".{0,4}Exif\0[\0-\xff]", re.IGNORECASE | re.DOTALL)
_XMP_LIKE = re.compile(rb"^(?:http|XMP\0)|<\?xpacket|<x:x[am]pmeta|<rdf:RDF")
_PHOTOSHOP = (b"Photoshop 3.0\0", b"Adobe_Photoshop2.5:")
_OLD_REST = 8  # bytes of the second head, whose meaning nobody tells
_LIMIT = 65502
_CAPTIONS = (exif.IMAGE_DESCRIPTION, exif.WINDOWS_COMMENT, exif.EXIF_COMMENT)
_SOI, _EOI, _SOS, _APP0, _APP1, _APP2, _APP11, _APP13 = (
    *(0xD8, 0xD9, 0xDA),
    *(0xE0, 0xE1, 0xE2, 0xEB, 0xED),
)
_STANDALONE = {0x01, *range(0xD0, 0xD8)}
_END_MARKER = re.compile(rb"\xff\xd9")  # three times as fast as bytes.find
_MARKER = re.compile(rb"\xff[\xc0-\xfe]")
_MOST_GARBAGE = 1 << 20  # bytes between two segments
_MARKER_IN_SCAN = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_GUID_LENGTH = 32
_GUID = re.compile(rb"[0-9A-F]{32}")
_ITEM_LENGTH = re.compile(rb"""Item:(?:Length|Padding)\s*(?:=\s*["']|>)\s*(\d+)""")
_MICRO_VIDEO = re.compile(rb"""MicroVideoOffset\s*(?:=\s*["']|>)\s*(\d+)""")


class _Segment(NamedTuple):
    """A marker segment; start is that of its FF, body follows the length field."""

    marker: int
    start: int
    body: int
    end: int


def _segments(source: Source, *, forgiving: bool = False) -> Iterator[_Segment]:
    """Yield the segments up to the start of the first scan, that one included.

    Args:
        forgiving: skip what stands between two segments and belongs to neither.

    Raises:
        MalformedContainerError: something else came.
    """
    position = 2
    for _ in range(MAX_BLOCKS):
        head = source.read(position, 4)
        if head[:2] == b"\xff\xff":  # fill, of any length
            fill = source.read(position, CHUNK)
            position += len(fill) - len(fill.lstrip(b"\xff")) - 1
            head = source.read(position, 4)
        if forgiving and head[:1] != b"\xff":
            marker_at = _MARKER.search(source.read(position, _MOST_GARBAGE))
            position += 0 if marker_at is None else marker_at.start()
            head = source.read(position, 4)
        if len(head) < 4 or head[0] != 0xFF:
            raise MalformedContainerError("the JPEG file is damaged before its picture data")
        marker = head[1]
        if marker in _STANDALONE:
            yield _Segment(marker, position, position + 2, position + 2)
            position += 2
            continue
        end = position + 2 + int.from_bytes(head[2:4], "big")
        if marker in {0x00, _SOI, _EOI} or end < position + 4 or end > source.size:
            raise MalformedContainerError("the JPEG file is damaged before its picture data")
        yield _Segment(marker, position, position + 4, end)
        if marker == _SOS:
            return
        position = end
    raise MalformedContainerError("the JPEG file has too many segments")


def _starts(source: Source, segment: _Segment, marker: int, start: bytes) -> bool:
    return (
        segment.marker == marker
        and segment.end - segment.body >= len(start)
        and source.read(segment.body, len(start)) == start
    )


def _body(source: Source, segment: _Segment, skip: int) -> bytes:
    return source.read(segment.body + skip, segment.end - segment.body - skip)


def _extensions(packets: Sequence[bytes], chunks: list[bytes]) -> list[bytes]:
    """Return the packets that continue these, each once, from the chunks in any order."""
    named = {guid for packet in packets for guid in _guids(packet)}
    parts: dict[bytes, dict[int, bytes]] = {}
    for chunk in chunks:
        guid = chunk[:_GUID_LENGTH].upper()
        if guid in named and len(chunk) > _GUID_LENGTH + 8:
            offset = int.from_bytes(chunk[_GUID_LENGTH + 4 : _GUID_LENGTH + 8], "big")
            parts.setdefault(guid, {})[offset] = chunk[_GUID_LENGTH + 8 :]
    return [b"".join(found[offset] for offset in sorted(found)) for found in parts.values()]


def _guids(packet: bytes) -> set[bytes]:
    """Return the names of the packets that continue this one, in whatever spelling."""
    squeezed = packet.replace(b"\0", b"").upper()
    return set(_GUID.findall(squeezed)) if b"HASEXTENDEDXMP" in squeezed else set()


def look(source: Source) -> Contents:
    """Return the words before the picture data, as far as the file is sound."""
    packets: list[bytes] = []
    chunks: list[bytes] = []
    blocks: list[bytes] = []
    resources: list[bytes] = []
    partial = False
    try:  # what came before the damage counts
        for segment in _segments(source, forgiving=True):
            if segment.marker not in {_APP1, _APP13}:
                continue
            body = _body(source, segment, 0)
            if segment.marker == _APP13:
                if body.startswith(_PHOTOSHOP[0]):
                    resources.append(body[len(_PHOTOSHOP[0]) :])
                elif body.startswith(_PHOTOSHOP[1]):
                    resources.append(body[len(_PHOTOSHOP[1]) + _OLD_REST :])
            elif body.startswith(_XMP):
                packets.append(body[len(_XMP) :])
            elif body.startswith(_EXTENSION):
                chunks.append(body[len(_EXTENSION) :])
            elif match := _EXIF_LIKE.match(body):
                _add_exif(blocks, body[match.end() :])
            elif _XMP_LIKE.search(body):
                packets.append(body)
    except MalformedContainerError:
        partial = True
    named = {guid for packet in packets for guid in _guids(packet)}
    partial |= any(chunk[:_GUID_LENGTH].upper() not in named for chunk in chunks)
    packets += _extensions(packets, chunks)
    return Contents.of(
        [
            Contents(packets=tuple(packets), partial=partial),
            *map(tiff.inside, blocks),
            # Resources that are too large for one segment go on in the next.
            photoshop.inside(b"".join(resources)),
        ]
    )


def _add_exif(parts: list[bytes], body: bytes) -> None:
    """Add Exif, or what continues it where it is too large for one segment."""
    if parts and not tiff.CONTAINER.matches(body):
        parts[-1] += body
    else:
        parts.append(body)


def survey(source: Source) -> Survey:
    """Walk the whole file.

    Raises:
        CannotEmbedError: a packet must not be embedded.
    """
    packets: list[bytes] = []
    chunks: list[bytes] = []
    blocks: list[tuple[str, int]] = []
    exif_blocks: list[bytes] = []
    resources: list[bytes] = []
    no_captions = ""
    segments = list(_segments(source))
    for segment in segments:
        if _starts(source, segment, _APP1, _XMP):
            packets.append(_body(source, segment, len(_XMP)))
            continue
        if _starts(source, segment, _APP1, _EXTENSION):
            chunks.append(_body(source, segment, len(_EXTENSION)))
        elif segment.marker == _APP11 and _is_c2pa(source.read(segment.body, 64)):
            raise CannotEmbedError("the file is signed (C2PA), and any change breaks the signature")
        elif _starts(source, segment, _APP1, _EXIF):
            exif_blocks.append(_body(source, segment, len(_EXIF)))
            continue
        elif _starts(source, segment, _APP13, _PHOTOSHOP[0]):
            resources.append(_body(source, segment, len(_PHOTOSHOP[0])))
            continue
        elif segment.marker in {_APP1, _APP13} and _is_odd(source.read(segment.body, 64)):
            no_captions = "it has Exif or IIM in an unusual form"
        blocks.append((f"{segment.marker:02X}", segment.end - segment.start))
    for block in exif_blocks:
        if reason := signatures.by_camera(source, Source.of(block)):
            raise CannotEmbedError(reason)
    if len(packets) > 1:
        raise CannotEmbedError("the file has more than one XMP packet")
    packet = packets[0] if packets else None
    if any(b"Accessibility" in each for each in _extensions(packets, chunks)):
        raise CannotEmbedError("its alt text is in the extended part of its XMP packet")
    end = _end_of_image(source, segments[-1].end)
    blocks += [("scan", end - segments[-1].end), ("trailer", source.size - end)]
    seen = exif.Look.at(exif_blocks, _CAPTIONS)
    blocks += seen.blocks
    captions = seen.captions
    no_captions = no_captions or seen.trouble
    records = [found for data in resources if (found := photoshop.records(data))]
    if records:
        captions[iim.CAPTION] = " / ".join(dict.fromkeys(map(iim.caption, records)))
    if len(records) > 1:
        no_captions = no_captions or "it has more than one set of IIM records"
    try:
        blocks += [("8BIM", photoshop.rest(data)) for data in resources]
    except MalformedContainerError as error:
        blocks += [("8BIM", zlib.crc32(data)) for data in resources]
        if photoshop.records(b"".join(resources)):  # which may be parted between segments
            no_captions = no_captions or str(error)
    return Survey(
        packet=packet,
        blocks=tuple(blocks),
        no_growth=_why_no_growth(source, segments, end, packet or b""),
        captions=captions,
        no_captions=no_captions,
    )


def _is_odd(start: bytes) -> bool:
    """Return whether a segment holds what some readers take for Exif or Photoshop's resources."""
    return bool(_EXIF_LIKE.match(start)) or start.startswith(_PHOTOSHOP[1:])


def _is_c2pa(start: bytes) -> bool:
    return start.startswith(b"JP") and (b"jumb" in start or b"c2pa" in start)


def _end_of_image(source: Source, scan: int) -> int:
    """Return the byte after EOI.

    Raises:
        MalformedContainerError: there is none.
    """
    at = _find(source, scan, _END_MARKER)
    if at is None:
        raise MalformedContainerError("the JPEG file is cut short")
    if at + 2 == source.size:
        return at + 2  # the first is the last: nothing in between can be another's
    position = scan
    while position < source.size:
        data = source.read(position, CHUNK)
        match = _MARKER_IN_SCAN.search(data)
        if match is None:
            position += max(1, len(data) - 1)
            continue
        at, marker = position + match.start(), match[0][1]
        if marker == _EOI:
            return at + 2
        if marker == 0x01:
            position = at + 2
            continue
        length = int.from_bytes(source.read(at + 2, 2), "big")
        if marker == _SOI or length < 2:
            break
        position = at + 2 + length
    raise MalformedContainerError("the JPEG file is cut short")


def _find(source: Source, start: int, marker: re.Pattern[bytes]) -> int | None:
    while start < source.size:
        data = source.read(start, CHUNK)
        if match := marker.search(data):
            return start + match.start()
        start += max(1, len(data) - 1)  # a marker's two bytes may be parted
    return None


@dataclass(frozen=True, slots=True)
class _PictureIndex:
    """An MPF index: offsets of entries count from base; entry 0 is the first picture itself."""

    base: int
    table: int  # where the entries stand in the file
    order: str
    entries: tuple[tuple[int, int], ...]  # (size, offset)


def _picture_index(source: Source, segments: list[_Segment]) -> _PictureIndex | None:
    """Return the file's MPF index.

    Raises:
        struct.error: it is damaged.
    """
    segment = next((s for s in segments if _starts(source, s, _APP2, _MPF)), None)
    if segment is None:
        return None
    data = _body(source, segment, len(_MPF))
    base = segment.body + len(_MPF)
    order = ">" if data[:2] == b"MM" else "<"
    (directory,) = struct.unpack_from(f"{order}I", data, 4)
    (count,) = struct.unpack_from(f"{order}H", data, directory)
    for at in range(directory + 2, directory + 2 + 12 * count, 12):
        tag, _, length, offset = struct.unpack_from(f"{order}HHII", data, at)
        if tag == 0xB002:
            entries = tuple(
                struct.unpack_from(f"{order}4xII4x", data, offset + 16 * i)
                for i in range(length // 16)
            )
            return _PictureIndex(base, base + offset, order, entries)
    return None


def _why_no_growth(source: Source, segments: list[_Segment], end: int, packet: bytes) -> str:
    """Return why what follows the picture would suffer if it moved; empty if it would not."""
    known: list[tuple[int, int]] = []
    try:
        index = _picture_index(source, segments)
    except struct.error:
        return "its index of further pictures is damaged"
    if index is not None:
        for size, offset in index.entries[1:]:
            start = index.base + offset
            if offset == 0 or source.read(start, 2) != b"\xff\xd8" or start + size > source.size:
                return "its index of further pictures is damaged"
            known.append((start, start + size))
    media = sum(int(length) for length in _ITEM_LENGTH.findall(packet))
    micro = _MICRO_VIDEO.search(packet)
    lengths = [media, int(micro[1]) if micro else 0, _samsung_trailer(source)]
    known += [
        (source.size - length, source.size) for length in lengths if 0 < length <= source.size - end
    ]
    position = end
    for start, stop in [*sorted(known), (source.size, source.size)]:
        if any(data.strip(b"\0") for data in source.chunks(position, start)):
            return "data follows its picture that other programs may count from its start"
        position = max(position, stop)
    return ""


def _samsung_trailer(source: Source) -> int:
    """Return the length of a SEFT trailer, whose own offsets count back from its end; 0: none."""
    tail = source.read(max(0, source.size - 8), 8)
    length = int.from_bytes(tail[:4], "little") + 8
    head = source.read(max(0, source.size - length), 12)
    if tail[4:] != b"SEFT" or head[:4] != b"SEFH":
        return 0
    count = int.from_bytes(head[8:12], "little")
    entries = source.read(source.size - length + 12, min(12 * count, length))
    offsets = [
        int.from_bytes(entries[i + 4 : i + 8], "little") for i in range(0, len(entries) - 11, 12)
    ]
    return length + max(offsets, default=0)


def with_packet(source: Source, packet: bytes, captions: Mapping[str, str]) -> tuple[Piece, ...]:
    """Return the file with packet as its XMP segment, and texts in its caption fields.

    The MPF index is mended.

    Raises:
        CannotMirrorError: these cannot be written.
    """
    segments = list(_segments(source))
    edits: list[Edit] = []
    if in_exif := {name: text for name, text in captions.items() if name in _CAPTIONS}:
        old = next((s for s in segments if _starts(source, s, _APP1, _EXIF)), None)
        block = b"" if old is None else _body(source, old, len(_EXIF))
        new = _segment(_APP1, _EXIF + exif.with_captions(block, in_exif))
        place = _place(source, segments)
        edits.append((place, place, new) if old is None else (old.start, old.end, new))
    if iim.CAPTION in captions:
        for segment in segments:
            if _starts(source, segment, _APP13, _PHOTOSHOP[0]):
                resources = _body(source, segment, len(_PHOTOSHOP[0]))
                if photoshop.records(resources):
                    body = photoshop.with_caption(resources, captions[iim.CAPTION])
                    data = _segment(_APP13, _PHOTOSHOP[0] + body)
                    edits.append((segment.start, segment.end, data))
    old = next((s for s in segments if _starts(source, s, _APP1, _XMP)), None)
    start, end = (old.start, old.end) if old is not None else (_place(source, segments),) * 2
    edits.append((start, end, _segment(_APP1, _XMP + packet)))
    if (index := _picture_index(source, segments)) is not None:
        edits += _mended(index, edits)
    return spliced(source.size, edits)


def _segment(marker: int, body: bytes) -> bytes:
    """Return a segment.

    Raises:
        CannotMirrorError: its body is too long; a packet is within its limit.
    """
    if len(body) + 2 > 0xFFFF:
        raise CannotMirrorError("its Exif or IIM block has no room for more")
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _place(source: Source, segments: list[_Segment]) -> int:
    """Return where a new segment goes: after JFIF and Exif, which readers expect first."""
    place = 2
    for segment in segments:
        if segment.marker != _APP0 and not _starts(source, segment, _APP1, _EXIF):
            break
        place = segment.end
    return place


def _mended(index: _PictureIndex, edits: Sequence[Edit]) -> list[Edit]:
    """Return what makes the index fit a file with these edits, all before its pictures' ends."""
    growths = [(start, len(data) - (end - start)) for start, end, data in edits]
    whole = sum(growth for _, growth in growths)
    # What lies between the index and the pictures grows.
    behind = sum(growth for start, growth in growths if start > index.base)
    mended: list[Edit] = []
    for number, (size, offset) in enumerate(index.entries):
        at = index.table + 16 * number + 4
        if number == 0 and whole:
            mended.append((at, at + 4, struct.pack(f"{index.order}I", size + whole)))
        elif number and behind:
            place = struct.pack(f"{index.order}I", offset + behind)
            mended.append((at + 4, at + 8, place))
    return mended


CONTAINER = Container(
    name="JPEG",
    suffixes=frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"}),
    matches=lambda head: head.startswith(b"\xff\xd8\xff"),
    look=look,
    writer=Writer(survey=survey, with_packet=with_packet, padding=PADDING, limit=_LIMIT),
)
