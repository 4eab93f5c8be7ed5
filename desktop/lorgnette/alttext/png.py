"""PNG and APNG: the packet is an iTXt chunk, never compressed (XMP part 3, 1.1.5)."""

import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lorgnette.alttext import captions as caption_words
from lorgnette.alttext import exif, iim, photoshop, tiff
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
from lorgnette.files import Piece, Source

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEYWORD = b"XML:com.adobe.xmp"
_OLD_KEYWORD = b"Raw profile type xmp"  # ImageMagick's way before there was iTXt
_OF_XMP = {_KEYWORD, _OLD_KEYWORD}
_PROFILES = {b"Raw profile type " + kind for kind in (b"xmp", b"APP1", b"exif", b"8bim", b"iptc")}
_PROFILE = re.compile(rb"\s*[^\n]*\n\s*\d+\n(.*)", re.DOTALL)
_EXIF = {b"eXIf", b"zxIf"}
_TEXTS = {b"tEXt", b"zTXt", b"iTXt"}
_CAPTIONS = (exif.IMAGE_DESCRIPTION,)
_HEAD = _KEYWORD + b"\0\0\0\0\0"  # not compressed, no language, no translated keyword


@dataclass(frozen=True, slots=True)
class _Chunk:
    """A chunk; start is that of its length field, end the byte after its CRC."""

    kind: bytes
    start: int
    end: int

    def body(self, source: Source, limit: int = ENOUGH) -> bytes:
        return source.read(self.start + 8, min(limit, self.end - self.start - 12))


def _chunks(source: Source, *, beyond: bool = False) -> Iterator[_Chunk]:
    """Yield the chunks to IEND.

    Args:
        beyond: and those that follow it.

    Raises:
        MalformedContainerError: the file ends before it.
    """
    position = len(_SIGNATURE)
    for _ in range(MAX_BLOCKS):
        head = source.read(position, 8)
        end = position + 12 + int.from_bytes(head[:4], "big")
        if len(head) < 8 or end > source.size:
            raise MalformedContainerError("the PNG file is cut short")
        chunk = _Chunk(head[4:8], position, end)
        yield chunk
        if chunk.kind == b"IEND" and not (beyond and source.read(end, 1)):
            return
        position = end
    raise MalformedContainerError("the PNG file has too many chunks")


def _text(kind: bytes, body: bytes) -> tuple[bytes, bytes | None]:
    """Return the keyword and the text of a text chunk; None for text that is damaged."""
    keyword, _, rest = body.partition(b"\0")
    compressed = kind == b"zTXt"
    if kind == b"iTXt":
        compressed = rest[:1] == b"\1"
        rest = rest[2:].partition(b"\0")[2].partition(b"\0")[2]
    elif compressed:
        rest = rest[1:]
    if compressed:
        try:
            rest = zlib.decompressobj().decompress(rest, ENOUGH)
        except zlib.error:
            return keyword, None
    return keyword, rest


def _is_xmp(source: Source, chunk: _Chunk) -> bool:
    return chunk.kind in _TEXTS and chunk.body(source, 18) == _KEYWORD + b"\0"


def _profile(keyword: bytes, text: bytes) -> Contents:
    """Return the words in a raw profile: a name, a length, then hexadecimal digits."""
    match = _PROFILE.match(text)
    try:
        data = bytes.fromhex(b"".join(match[1].split()).decode("ascii")) if match else b""
    except ValueError:
        data = b""
    if not data and keyword in _OF_XMP:
        return Contents(unread=("its outdated XMP chunk is damaged",))
    if data.startswith(b"8BIM"):
        return photoshop.inside(data)
    if data.startswith(b"\x1c"):
        return iim.inside(data)
    exif = tiff.inside(data)
    if b"<" in data and not (exif.packets or exif.suggestions or exif.facts):
        return Contents(packets=(data,))
    return exif


def look(source: Source) -> Contents:
    """Return the words in the file's text chunks, as far as it is sound."""
    found: list[Contents] = []
    try:  # what came before the damage counts
        for chunk in _chunks(source, beyond=True):
            if chunk.kind in _EXIF:
                found.append(_exif(chunk.body(source)))
            elif chunk.kind == b"tXMP":  # a draft's, of 2001
                found.append(Contents(packets=(chunk.body(source),)))
            elif chunk.kind in _TEXTS:
                found.append(_words(*_text(chunk.kind, chunk.body(source))))
    except MalformedContainerError:
        found.append(Contents(partial=True))
    return Contents.of(found)


def _exif(body: bytes) -> Contents:
    """Return the words in Exif, which drafts of the standard compressed, behind its length."""
    if body.startswith(b"\0"):
        try:
            body = zlib.decompressobj().decompress(body[5:], ENOUGH)
        except zlib.error:
            return Contents(partial=True)
    return tiff.inside(body)


def _words(keyword: bytes, text: bytes | None) -> Contents:
    """Return the words in a text chunk."""
    if text is None:
        damaged = ("its XMP chunk is damaged",)
        return Contents(unread=damaged if keyword in _OF_XMP else ())
    if keyword == _KEYWORD:
        return Contents(packets=(text,))
    if keyword in _PROFILES:
        return _profile(keyword, text)
    if keyword == b"Description":
        return Contents(suggestions=caption_words.suggested("PNG Description", text))
    return Contents()


def survey(source: Source) -> Survey:
    """Walk the whole file.

    Raises:
        CannotEmbedError: a packet must not be embedded.
    """
    packets: list[bytes] = []
    blocks: list[tuple[str, int]] = []
    exif_blocks: list[bytes] = []
    end = 0
    for chunk in _chunks(source):
        end = chunk.end
        if not chunk.kind.isalpha():
            raise MalformedContainerError("the PNG file is damaged")
        if _is_xmp(source, chunk):
            packets.append(_checked_packet(source, chunk))
            continue
        if chunk.kind == b"caBX":
            raise CannotEmbedError("the file is signed (C2PA), and any change breaks the signature")
        if chunk.kind == b"dSIG":
            raise CannotEmbedError("the file is signed (dSIG), and any change breaks the signature")
        if chunk.kind in _TEXTS and chunk.body(source, 20) == _OLD_KEYWORD:
            raise CannotEmbedError("the file keeps its XMP packet in an outdated way")
        if chunk.kind == b"eXIf":
            exif_blocks.append(chunk.body(source))
            continue
        blocks.append((chunk.kind.decode("ascii"), chunk.end - chunk.start))
    if blocks[0] != ("IHDR", 25):
        raise MalformedContainerError("the PNG file is damaged")
    if len(packets) > 1:
        raise CannotEmbedError("the file has more than one XMP packet")
    blocks.append(("trailer", source.size - end))
    seen = exif.Look.at(exif_blocks, _CAPTIONS)
    return Survey(
        packet=packets[0] if packets else None,
        blocks=(*blocks, *seen.blocks),
        captions=seen.captions,
        no_captions=seen.trouble,
    )


def _checked_packet(source: Source, chunk: _Chunk) -> bytes:
    body = chunk.body(source)
    if zlib.crc32(chunk.kind + body) != int.from_bytes(source.read(chunk.end - 4, 4), "big"):
        raise MalformedContainerError("the PNG file's XMP chunk is damaged")
    _, packet = _text(chunk.kind, body)
    if packet is None:
        raise MalformedContainerError("the PNG file's XMP chunk is damaged")
    return packet


def with_packet(source: Source, packet: bytes, captions: Mapping[str, str]) -> tuple[Piece, ...]:
    """Return the file with packet as its XMP chunk, and texts in its caption fields.

    New chunks come right after IHDR.

    Raises:
        CannotMirrorError: these cannot be written.
    """
    chunks = list(_chunks(source))
    old = next((c for c in chunks if _is_xmp(source, c)), None)
    start, end = (old.start, old.end) if old is not None else (33, 33)
    edits: list[Edit] = [(start, end, _chunk(b"iTXt", _HEAD + packet))]
    if captions:
        exif_chunk = next((c for c in chunks if c.kind == b"eXIf"), None)
        start, end = (exif_chunk.start, exif_chunk.end) if exif_chunk is not None else (33, 33)
        block = b"" if exif_chunk is None else exif_chunk.body(source)
        edits.append((start, end, _chunk(b"eXIf", exif.with_captions(block, captions))))
    return spliced(source.size, edits)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


CONTAINER = Container(
    name="PNG",
    suffixes=frozenset({".png", ".apng"}),
    matches=lambda head: head.startswith(_SIGNATURE),
    look=look,
    writer=Writer(survey=survey, with_packet=with_packet, padding=0),
)
