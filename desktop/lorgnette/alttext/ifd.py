"""The directories of TIFF (XMP part 3, 1.1.6): of whole files, and of the Exif in other pictures.

All offsets count from the start, so nothing may move: new values are appended, with a new copy of a
directory behind them where it gets more entries, and whatever points there is pointed anew.
"""

import struct
import zlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from lorgnette.alttext.container import MAX_BLOCKS, Edit, MalformedContainerError
from lorgnette.alttext.markup import MAX_BYTES
from lorgnette.files import Source

EXIF = 0x8769  # points to the Exif directory
BYTE, ASCII, LONG, UNDEFINED = 1, 2, 4, 7

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_BIG_SIZES = {16: 8, 17: 8, 18: 8}
_UNSIGNED = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
_MAX_ENTRIES = 4096


class Value(NamedTuple):
    """What an entry holds."""

    kind: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Form:
    """How a structure spells its numbers."""

    order: str  # of struct
    big: bool

    @classmethod
    def of(cls, source: Source) -> "Form":
        """Return the form that a structure's first bytes announce.

        Raises:
            MalformedContainerError: they announce none.
        """
        head = source.read(0, 8)
        order = {b"II": "<", b"MM": ">"}.get(head[:2])
        if order is None:
            raise MalformedContainerError("the TIFF file's head is damaged")
        big = head[2:4] in {b"\x2b\0", b"\0\x2b"}
        if big and head[4:8] != struct.pack(f"{order}HH", 8, 0):
            raise MalformedContainerError("the TIFF file's head is damaged")
        return cls(order, big)

    @property
    def offset(self) -> str:
        """Return the format of an offset."""
        return self.order + ("Q" if self.big else "I")

    @property
    def count(self) -> str:
        """Return the format of a directory's number of entries."""
        return self.order + ("Q" if self.big else "H")

    @property
    def entry(self) -> str:
        """Return the format of an entry."""
        return self.order + ("HHQQ" if self.big else "HHII")

    @property
    def head(self) -> int:
        """Return where the offset of the first directory stands."""
        return 8 if self.big else 4


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a directory, and where its value lies."""

    tag: int
    kind: int
    count: int
    start: int  # of the value
    length: int  # of the value
    at: int  # of the entry itself
    raw: bytes  # the entry itself

    @property
    def width(self) -> int:
        """Return the bytes of one of its values."""
        return _SIZES.get(self.kind, 1)


@dataclass(frozen=True, slots=True)
class Directory:
    """A list of entries."""

    start: int
    entries: tuple[Entry, ...]
    next: int  # 0: there is none
    partial: bool = False  # some of its entries could not be read

    def find(self, tag: int) -> Entry | None:
        """Return the first entry of this tag."""
        return next((entry for entry in self.entries if entry.tag == tag), None)


def number(source: Source, form: str, at: int) -> int:
    """Return the number that stands at a place.

    Raises:
        MalformedContainerError: the file ends before it.
    """
    data = source.read(at, struct.calcsize(form))
    if len(data) < struct.calcsize(form):
        raise MalformedContainerError("the TIFF file is cut short")
    return int(struct.unpack(form, data)[0])


def directory(source: Source, form: Form, start: int, *, forgiving: bool = False) -> Directory:
    """Return the directory at a place.

    Args:
        forgiving: leave out entries whose values are not all there, instead of raising.

    Raises:
        MalformedContainerError: the file is damaged, or ends too early.
    """
    count = number(source, form.count, start)
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
        entries.append(Entry(tag, kind, values, value, length, at, raw))
    after = number(source, form.offset, first + count * size)
    return Directory(start, tuple(entries), after, partial=len(entries) < count)


def numbers(source: Source, form: Form, entry: Entry | None) -> tuple[int, ...]:
    """Return the whole numbers that an entry holds; none where it holds something else."""
    if entry is None or entry.kind not in _UNSIGNED or entry.length > MAX_BYTES:
        return ()
    data = source.read(entry.start, entry.length)
    return struct.unpack(f"{form.order}{entry.count}{_UNSIGNED[entry.kind]}", data)


def beginning(source: Source, form: Form) -> int:
    """Return where the first directory is.

    Raises:
        MalformedContainerError: nowhere.
    """
    start = number(source, form.offset, form.head)
    if not start:
        raise MalformedContainerError("the TIFF file has no directory")
    return start


def first(source: Source, form: Form) -> Directory:
    """Return the first directory.

    Raises:
        MalformedContainerError: as directory.
    """
    return directory(source, form, beginning(source, form))


def exif(source: Source, form: Form, main: Directory) -> Directory | None:
    """Return the Exif directory that the main one points to; None where it points to none.

    Raises:
        MalformedContainerError: as directory.
    """
    entry = main.find(EXIF)
    if entry is None or entry.kind not in {LONG, 13} or entry.count != 1:
        return None
    return directory(source, form, number(source, f"{form.order}I", entry.start))


def walk(source: Source, form: Form) -> Iterator[Directory]:
    """Yield all directories of the chain that begins with the first.

    Raises:
        MalformedContainerError: there is none, one is not whole, or they run in a circle.
    """
    start = beginning(source, form)
    seen: set[int] = set()
    while start:
        if start in seen or len(seen) > MAX_BLOCKS:
            raise MalformedContainerError("the TIFF file's directories run in a circle")
        seen.add(start)
        found = directory(source, form, start)
        yield found
        start = found.next


def checksum(found: Directory, left_out: Collection[int]) -> int:
    """Return a checksum of a directory's entries, but for some tags'.

    They say where their values lie, so it is another one once a value moves.
    """
    return zlib.crc32(b"".join(each.raw for each in found.entries if each.tag not in left_out))


@dataclass(slots=True)
class Revision:
    """A new version of a structure: entries get new values, which are appended to it."""

    source: Source
    form: Form
    edits: list[Edit] = field(default_factory=list)
    tail: bytes = b""  # what will be appended

    def append(self, data: bytes) -> int:
        """Append data at an even place; return it."""
        if (self.source.size + len(self.tail)) % 2:
            self.tail += b"\0"
        place = self.source.size + len(self.tail)
        self.tail += data
        return place

    def put(self, found: Directory, values: Mapping[int, Value]) -> int:
        """Give entries of a directory new values; return where the directory is now."""
        size = struct.calcsize(self.form.entry)
        entries = {tag: self._entry(tag, value) for tag, value in values.items()}
        old = {entry.tag: entry for entry in found.entries}
        if entries.keys() <= old.keys():
            self.edits += [
                (old[tag].at, old[tag].at + size, entry) for tag, entry in entries.items()
            ]
            return found.start
        raw = [entries.pop(entry.tag, entry.raw) for entry in found.entries]
        tags = [entry.tag for entry in found.entries]
        for tag, entry in sorted(entries.items()):
            # In the order of tags, as it should be; entries in another order keep that.
            place = next((i for i, each in enumerate(tags) if each > tag), len(tags))
            raw.insert(place, entry)
            tags.insert(place, tag)
        copy = struct.pack(self.form.count, len(raw)) + b"".join(raw)
        return self.append(copy + struct.pack(self.form.offset, found.next))

    def point(self, start: int) -> None:
        """Make a directory the first one."""
        head = self.form.head
        place = struct.pack(self.form.offset, start)
        if self.source.read(head, len(place)) != place:
            self.edits.append((head, head + len(place), place))

    def whole(self) -> list[Edit]:
        """Return the edits that make the new version."""
        end = self.source.size
        return [*self.edits, *([(end, end, self.tail)] if self.tail else [])]

    def _entry(self, tag: int, value: Value) -> bytes:
        form = self.form
        room = struct.calcsize(form.offset)
        count = len(value.data) // _SIZES[value.kind]
        if len(value.data) > room:
            return struct.pack(form.entry, tag, value.kind, count, self.append(value.data))
        head = struct.pack(form.entry, tag, value.kind, count, 0)
        return head[: len(head) - room] + value.data.ljust(room, b"\0")
