"""Caption fields in Exif (CIPA DC-008): read, and given new texts without moving anything else."""

import struct
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from lorgnette.alttext import ifd
from lorgnette.alttext.captions import decoded
from lorgnette.alttext.container import (
    CannotMirrorError,
    MalformedContainerError,
    assemble,
    spliced,
)
from lorgnette.alttext.ifd import Directory, Form, Revision, Value
from lorgnette.alttext.texts import clean
from lorgnette.files import Source

# Tags, and what these fields are called for people.
DESCRIPTION, XP_COMMENT, USER_COMMENT, _VERSION = 0x010E, 0x9C9C, 0x9286, 0x9000
IMAGE_DESCRIPTION = "Exif ImageDescription"
WINDOWS_COMMENT = "Windows XPComment"
EXIF_COMMENT = "Exif UserComment"
COMMENTS = frozenset({WINDOWS_COMMENT, EXIF_COMMENT})

_DAMAGED = "its Exif block is damaged"
_ASCII, _UNICODE = b"ASCII\0\0\0", b"UNICODE\0"
_MAIN_WRITTEN = frozenset({DESCRIPTION, XP_COMMENT, ifd.EXIF})
_EXIF_WRITTEN = frozenset({USER_COMMENT, _VERSION})


@dataclass(frozen=True, slots=True)
class Look:
    """What a picture's Exif blocks say, which are none or one as a rule."""

    captions: dict[str, str]  # what each caption field says
    blocks: tuple[tuple[str, int], ...]  # all else in them, for a survey
    trouble: str = ""  # why the captions cannot be written

    @classmethod
    def at(cls, blocks: Sequence[bytes], names: Collection[str]) -> Self:
        """Return what some of the caption fields say, and a checksum of the rest."""
        lengths = tuple(("Exif", len(block)) for block in blocks)
        if len(blocks) > 1:
            return cls(dict.fromkeys(names, ""), lengths, "it has more than one Exif block")
        block = blocks[0] if blocks else b""
        try:
            return cls(captions(block, names), (("Exif", rest(block)),))
        except MalformedContainerError:
            return cls(dict.fromkeys(names, ""), lengths, _DAMAGED)


def captions(block: bytes, names: Collection[str]) -> dict[str, str]:
    """Return what some of the caption fields of an Exif block say; empty texts where nothing.

    Raises:
        MalformedContainerError: the block is damaged.
    """
    texts = dict.fromkeys(names, "")
    if not block:
        return texts
    source = Source.of(block)
    form = Form.of(source)
    main = ifd.first(source, form)
    below = ifd.exif(source, form, main)
    found = {
        IMAGE_DESCRIPTION: decoded(_value(source, main, DESCRIPTION)),
        WINDOWS_COMMENT: xp_text(_value(source, main, XP_COMMENT)),
        EXIF_COMMENT: _comment_text(form, _value(source, below, USER_COMMENT)),
    }
    return {name: found[name] for name in names}


def rest(block: bytes) -> int:
    """Return a checksum of all entries of an Exif block that captions do not touch.

    Raises:
        MalformedContainerError: the block is damaged.
    """
    if not block:
        return hash((0, 0))  # as of one with nothing but captions
    source = Source.of(block)
    form = Form.of(source)
    main, *others = ifd.walk(source, form)
    sums = [ifd.checksum(main, _MAIN_WRITTEN)]
    below = ifd.exif(source, form, main)
    sums.append(0 if below is None else ifd.checksum(below, _EXIF_WRITTEN))
    return hash((*sums, *(ifd.checksum(each, ()) for each in others)))


def values(texts: Mapping[str, str]) -> dict[int, Value]:
    """Return the entries of a main directory that hold texts, of those that belong there."""
    found: dict[int, Value] = {}
    if text := texts.get(IMAGE_DESCRIPTION):
        found[DESCRIPTION] = Value(ifd.ASCII, text.encode() + b"\0")  # UTF-8, as MWG has it
    if text := texts.get(WINDOWS_COMMENT):
        found[XP_COMMENT] = Value(ifd.BYTE, text.encode("utf-16-le") + b"\0\0")
    return found


def with_captions(block: bytes, texts: Mapping[str, str]) -> bytes:
    """Return an Exif block with texts in its caption fields; nothing in it moves.

    Args:
        block: the one there; empty where there is none.

    Raises:
        CannotMirrorError: it is damaged.
    """
    try:
        source = Source.of(block or b"MM\0*\0\0\0\0")
        form = Form.of(source)
        main = ifd.first(source, form) if block else Directory(0, (), 0)
        revision = Revision(source, form)
        new = values(texts)
        if text := texts.get(EXIF_COMMENT):
            below = ifd.exif(source, form, main) or Directory(0, (), 0)
            entries = {USER_COMMENT: Value(ifd.UNDEFINED, _comment(form, text))}
            if not below.entries:
                entries[_VERSION] = Value(ifd.UNDEFINED, b"0232")  # which a directory must have
            start = revision.put(below, entries)
            if start != below.start:
                place = struct.pack(f"{form.order}I", start)
                new[ifd.EXIF] = Value(ifd.LONG, place)
        revision.point(revision.put(main, new))
    except MalformedContainerError as error:
        raise CannotMirrorError(_DAMAGED) from error
    return assemble(source, spliced(source.size, revision.whole()))


def xp_text(data: bytes) -> str:
    """Return the text of a field that only Windows has."""
    return clean(data.decode("utf-16-le", "replace").split("\0", 1)[0])


def _value(source: Source, found: Directory | None, tag: int) -> bytes:
    entry = found.find(tag) if found is not None else None
    return source.read(entry.start, entry.length) if entry else b""


def _comment(form: Form, text: str) -> bytes:
    if text.isascii():
        return _ASCII + text.encode()
    return _UNICODE + text.encode("utf-16-le" if form.order == "<" else "utf-16-be")


def _comment_text(form: Form, data: bytes) -> str:
    if not data.startswith(_UNICODE):
        return decoded(data[8:])
    own, other = ("utf-16-le", "utf-16-be")[:: 1 if form.order == "<" else -1]
    text = data[8:].decode(own, "replace")
    if len(text) > 1 and not any(ord(each) & 0xFF for each in text.rstrip("\0")):
        # Many programs write their own order, whatever the block's.
        text = data[8:].decode(other, "replace")
    return clean(text.split("\0", 1)[0])
