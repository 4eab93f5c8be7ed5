"""TIFF and BigTIFF: the packet is tag 700 of the first directory (XMP part 3, 1.1.6).

All offsets count from the file's start, so nothing may move: a new packet is appended, with a new
copy of the first directory behind it, and the file's head is pointed there.
"""

import struct
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from lorgnette.alttext import captions, photoshop
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

_XMP, _DESCRIPTION, _IIM, _RESOURCES, _DNG, _C2PA = 700, 270, 33723, 34377, 50706, 0xCD41
_BELOW = (330, 34665, 34853, 40965)  # tags that lead to further directories
_MAX_DIRECTORIES = 1000  # that are looked at; a book may have more pages, but no more words
_EXTENTS = ((273, 279), (324, 325))  # strips, tiles: (offsets, byte counts)
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_BIG_SIZES = {16: 8, 17: 8, 18: 8}
_UNSIGNED = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
_MAX_ENTRIES = 4096
_LAST_CLASSIC = (1 << 32) - 1


@dataclass(frozen=True, slots=True)
class _Form:
    """How a file spells its numbers."""

    order: str  # of struct
    big: bool

    @property
    def offset(self) -> str:
        return self.order + ("Q" if self.big else "I")

    @property
    def count(self) -> str:
        """Return the format of a directory's number of entries."""
        return self.order + ("Q" if self.big else "H")

    @property
    def entry(self) -> str:
        return self.order + ("HHQQ" if self.big else "HHII")

    @property
    def head(self) -> int:
        """Return where the offset of the first directory stands."""
        return 8 if self.big else 4


@dataclass(frozen=True, slots=True)
class _Entry:
    tag: int
    kind: int
    count: int
    start: int  # of the value
    length: int  # of the value
    raw: bytes  # the entry itself


@dataclass(frozen=True, slots=True)
class _Directory:
    start: int
    entries: tuple[_Entry, ...]
    next: int  # 0: there is none

    def find(self, tag: int) -> _Entry | None:
        return next((entry for entry in self.entries if entry.tag == tag), None)


def _matches(head: bytes) -> bool:
    return head[:4] in {b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"}


def _form(source: Source) -> _Form:
    head = source.read(0, 8)
    order = "<" if head[:2] == b"II" else ">"
    big = head[2:4] in {b"\x2b\0", b"\0\x2b"}
    if big and head[4:8] != struct.pack(f"{order}HH", 8, 0):
        raise MalformedContainerError("the TIFF file's head is damaged")
    return _Form(order, big)


def _number(source: Source, form: str, at: int) -> int:
    data = source.read(at, struct.calcsize(form))
    if len(data) < struct.calcsize(form):
        raise MalformedContainerError("the TIFF file is cut short")
    return int(struct.unpack(form, data)[0])


def _directory(source: Source, form: _Form, start: int, *, forgiving: bool = False) -> _Directory:
    """Return a directory.

    Args:
        forgiving: leave out entries whose values are not all there, instead of raising.

    Raises:
        MalformedContainerError: the file is damaged, or ends too early.
    """
    count = _number(source, form.count, start)
    if count > _MAX_ENTRIES:
        raise MalformedContainerError("the TIFF file is damaged")
    first = start + struct.calcsize(form.count)
    size = struct.calcsize(form.entry)
    room = struct.calcsize(form.offset)  # a value that fits into its own offset stands there
    entries = []
    for at in range(first, first + count * size, size):
        raw = source.read(at, size)
        if len(raw) < size:
            raise MalformedContainerError("the TIFF file is cut short")
        tag, kind, values, offset = struct.unpack(form.entry, raw)
        length = values * (_SIZES | _BIG_SIZES).get(kind, 1)
        value = offset if length > room else at + size - room
        if value + length > source.size:
            if forgiving:
                continue
            raise MalformedContainerError("the TIFF file is cut short")
        entries.append(_Entry(tag, kind, values, value, length, raw))
    after = _number(source, form.offset, first + count * size)
    return _Directory(start, tuple(entries), after)


def _first(source: Source, form: _Form) -> _Directory:
    return _directory(source, form, _number(source, form.offset, form.head))


def look(source: Source) -> Contents:
    """Return the words in the file's directories, wherever these are."""
    return _look(source, "TIFF")


def inside(exif: bytes) -> Contents:
    """Return the words in Exif, which has the structure of a TIFF file; tolerant."""
    exif = exif.removeprefix(b"Exif\0\0")
    if not _matches(exif):
        return Contents()
    try:
        return _look(Source.of(exif), "Exif")
    except MalformedContainerError:
        return Contents()


def _look(source: Source, name: str) -> Contents:
    form = _form(source)
    return Contents.of(
        _words(source.read(entry.start, min(entry.length, MAX_BYTES)), entry.tag, name)
        for number, directory in enumerate(_directories(source, form))
        for entry in directory.entries
        if entry.tag in _WORDS and (number == 0 or entry.tag != _DESCRIPTION)
    )


_WORDS = {_XMP, _DESCRIPTION, _IIM, _RESOURCES}


def _words(value: bytes, tag: int, name: str) -> Contents:
    if tag == _XMP:
        return Contents(packets=(value,) if value else ())
    if tag == _DESCRIPTION:
        return Contents(suggestions=captions.suggested(f"{name} ImageDescription", value))
    if tag == _IIM:
        return Contents(suggestions=captions.of_iim(value))
    return photoshop.inside(value)


def _directories(source: Source, form: _Form) -> Iterator[_Directory]:
    """Yield the directories that can be read, the first one first.

    Raises:
        MalformedContainerError: the first one cannot.
    """
    waiting = deque([_number(source, form.offset, form.head)])
    seen: set[int] = {0}
    while waiting and len(seen) <= _MAX_DIRECTORIES:
        start = waiting.popleft()
        if start in seen:
            continue
        seen.add(start)
        try:
            directory = _directory(source, form, start, forgiving=True)
        except MalformedContainerError:
            if len(seen) > 2:
                continue
            raise
        yield directory
        waiting.append(directory.next)
        for tag in _BELOW:
            waiting.extend(_numbers(source, form, directory.find(tag))[:_MAX_DIRECTORIES])


def survey(source: Source) -> Survey:
    """Walk all directories.

    Raises:
        CannotEmbedError: a packet must not be embedded.
    """
    form = _form(source)
    start = _number(source, form.offset, form.head)
    if start % 2:
        raise MalformedContainerError("the TIFF file's first directory is at an odd place")
    first = _directory(source, form, start)
    blocks: list[tuple[str, int]] = []
    seen: set[int] = set()
    while start:
        if start in seen or len(blocks) > MAX_BLOCKS:
            raise MalformedContainerError("the TIFF file's directories run in a circle")
        seen.add(start)
        directory = _directory(source, form, start)
        _require_pixels(source, form, directory)
        if directory.find(_C2PA) is not None:
            raise CannotEmbedError("the file is signed (C2PA), and any change breaks the signature")
        blocks += [
            (f"{len(seen)}:{entry.tag}:{entry.kind}", entry.count)
            for entry in directory.entries
            if entry.tag != _XMP or len(seen) > 1
        ]
        start = directory.next
    if first.find(_DNG) is not None:
        raise CannotEmbedError("raw photographs take alt text in a sidecar only")
    packets = [entry for entry in first.entries if entry.tag == _XMP]
    if len(packets) > 1:
        raise CannotEmbedError("the file has more than one XMP packet")
    if packets and packets[0].kind not in {1, 7}:
        raise MalformedContainerError("the TIFF file's XMP entry is of the wrong type")
    if not form.big and source.size + MAX_BYTES > _LAST_CLASSIC:
        raise CannotEmbedError("the TIFF file has no room left below 4 GiB")
    packet = source.read(packets[0].start, packets[0].length) if packets else None
    return Survey(packet=packet, blocks=tuple(blocks))


def _require_pixels(source: Source, form: _Form, directory: _Directory) -> None:
    """Raise MalformedContainerError unless the picture's strips and tiles are all there."""
    for offsets, counts in _EXTENTS:
        starts, lengths = (_numbers(source, form, directory.find(tag)) for tag in (offsets, counts))
        if any(
            start + length > source.size for start, length in zip(starts, lengths, strict=False)
        ):
            raise MalformedContainerError("the TIFF file is cut short")


def _numbers(source: Source, form: _Form, entry: _Entry | None) -> tuple[int, ...]:
    if entry is None or entry.kind not in _UNSIGNED or entry.length > MAX_BYTES:
        return ()
    data = source.read(entry.start, entry.length)
    return struct.unpack(f"{form.order}{entry.count}{_UNSIGNED[entry.kind]}", data)


def with_packet(source: Source, packet: bytes) -> tuple[Piece, ...]:
    """Return the file with packet as tag 700; a longer one than there was is appended."""
    form = _form(source)
    directory = _first(source, form)
    old = directory.find(_XMP)
    if old is not None and old.length == len(packet):
        return spliced(source.size, [(old.start, old.start + old.length, packet)])
    padding = b"\0" * (source.size % 2)
    start = source.size + len(padding)
    appended = padding + packet + b"\0" * (len(packet) % 2)
    size = struct.calcsize(form.entry)
    edits: list[Edit] = []
    if old is not None:
        index = directory.entries.index(old)
        at = directory.start + struct.calcsize(form.count) + index * size + 4
        value = struct.pack(form.order + ("QQ" if form.big else "II"), len(packet), start)
        edits.append((at, at + len(value), value))
    else:
        entry = struct.pack(form.entry, _XMP, 1, len(packet), start)
        entries = [each.raw for each in directory.entries]
        # In the order of tags, as it should be; entries in another order keep that.
        later = (i for i, each in enumerate(directory.entries) if each.tag > _XMP)
        entries.insert(next(later, len(entries)), entry)
        copy = struct.pack(form.count, len(entries)) + b"".join(entries)
        copy += struct.pack(form.offset, directory.next)
        place = struct.pack(form.offset, source.size + len(appended))
        edits.append((form.head, form.head + len(place), place))
        appended += copy
    edits.append((source.size, source.size, appended))
    return spliced(source.size, edits)


CONTAINER = Container(
    name="TIFF",
    suffixes=frozenset({".tif", ".tiff", ".btf", ".tf8"}),
    matches=_matches,
    look=look,
    relatives="raw photographs",
    writer=Writer(survey=survey, with_packet=with_packet, padding=PADDING),
)
