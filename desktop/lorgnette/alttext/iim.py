"""IIM, IPTC's older records (IIM 4.2): the words in them, and a new caption for them."""

import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from lorgnette.alttext import captions
from lorgnette.alttext.container import (
    MAX_BLOCKS,
    About,
    CannotMirrorError,
    Contents,
    Fact,
    MalformedContainerError,
)

CAPTION = "IIM Caption-Abstract"  # what the field is called for people
MOST_BYTES = 2000  # of a caption

_CAPTION, _CODING = (2, 120), (1, 90)
_FACTS = {
    (2, 25): About.KEYWORD,
    (2, 55): About.DATE,
    (2, 90): About.CITY,
    (2, 92): About.SUBLOCATION,
    (2, 95): About.STATE,
    (2, 101): About.COUNTRY,
    (2, 105): About.HEADLINE,
    (2, 5): About.TITLE,
}
_UTF_8 = b"\x1b%G"


class _Dataset(NamedTuple):
    number: tuple[int, int]
    body: bytes
    start: int
    end: int


def _datasets(records: bytes) -> Iterator[_Dataset]:
    """Yield the datasets, up to the zeros that may follow them.

    Raises:
        MalformedContainerError: something else comes.
    """
    position = 0
    last = len(records.rstrip(b"\0"))  # zeros may follow
    for _ in range(MAX_BLOCKS):
        if position >= last:
            return
        if records[position : position + 1] != b"\x1c" or len(records) < position + 5:
            raise MalformedContainerError("its IIM records are damaged")
        record, number, length = struct.unpack_from(">BBH", records, position + 1)
        start = position + 5
        if length & 0x8000:  # the length of the length
            start += length & 0x7FFF
            length = int.from_bytes(records[position + 5 : start], "big")
        end = start + length
        if end > len(records):
            raise MalformedContainerError("its IIM records are damaged")
        yield _Dataset((record, number), records[start:end], position, end)
        position = end
    raise MalformedContainerError("it has too many IIM records")


def inside(records: bytes) -> Contents:
    """Return the words in records, as far as these are sound."""
    found: list[Contents] = []
    with suppress(MalformedContainerError):  # what came before the damage counts
        for each in _datasets(records):
            if each.number == _CAPTION and not any(part.suggestions for part in found):
                found.append(Contents(suggestions=captions.suggested(CAPTION, each.body)))
            elif (about := _FACTS.get(each.number)) and (text := captions.decoded(each.body)):
                found.append(Contents(facts=(Fact(about, text),)))
    return Contents.of(found)


def caption(records: bytes) -> str:
    """Return the caption in records, as far as they are sound; empty where there is none."""
    return next((each.text for each in inside(records).suggestions), "")


def rest(records: bytes) -> int:
    """Return a checksum of all datasets but the caption.

    Raises:
        MalformedContainerError: they are damaged.
    """
    kept = [each for each in _datasets(records) if each.number not in {_CAPTION, _CODING}]
    return zlib.crc32(repr([(each.number, each.body) for each in kept]).encode())


def with_caption(records: bytes, text: str) -> bytes:
    """Return records with text as their caption; the others keep their bytes.

    Raises:
        CannotMirrorError: they are damaged, or have no room or no letters for it.
    """
    try:
        found = list(_datasets(records))
    except MalformedContainerError as error:
        raise CannotMirrorError(str(error)) from error
    coding = next((each.body for each in found if each.number == _CODING), None)
    others = [each.body for each in found if each.number not in {_CAPTION, _CODING}]
    mark = b""
    encoded = text.encode()
    if coding != _UTF_8 and not text.isascii():
        if coding is None and all(_is_utf_8(body) for body in others if len(body) > 2):
            mark = _dataset(_CODING, _UTF_8)
        else:
            try:
                encoded = text.encode("latin-1")
            except UnicodeEncodeError as error:
                reason = "the encoding of its IIM records lacks some letters of the text"
                raise CannotMirrorError(reason) from error
    if len(encoded) > MOST_BYTES:
        raise CannotMirrorError(f"an IIM caption has room for {MOST_BYTES} bytes only")
    new = _dataset(_CAPTION, encoded)
    olds = [each for each in found if each.number == _CAPTION]
    # Behind what has a smaller number, where it should be.
    place = max((each.end for each in found if each.number < _CAPTION), default=0)
    first = olds[0].start if olds else place
    marked = max((each.end for each in found if each.number < _CODING), default=0)
    parts = []
    position = 0
    for at, data in sorted([(marked, mark), (first, new)], key=lambda part: part[0]):
        parts += [_without(records, position, at, olds), data]
        position = at
    return b"".join([*parts, _without(records, position, len(records), olds)])


def _without(records: bytes, start: int, end: int, left_out: list[_Dataset]) -> bytes:
    parts = []
    for each in left_out:
        if start <= each.start < end:
            parts.append(records[start : each.start])
            start = each.end
    return b"".join([*parts, records[start:end]])


def _dataset(number: tuple[int, int], body: bytes) -> bytes:
    return struct.pack(">BBBH", 0x1C, *number, len(body)) + body


def _is_utf_8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True
