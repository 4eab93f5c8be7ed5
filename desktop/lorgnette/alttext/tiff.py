"""TIFF and BigTIFF: the packet is tag 700 of the first directory (XMP part 3, 1.1.6)."""

from collections import deque
from collections.abc import Iterator, Mapping

from lorgnette.alttext import captions as words
from lorgnette.alttext import exif, ifd, iim, photoshop, signatures
from lorgnette.alttext.container import (
    About,
    CannotEmbedError,
    Container,
    Contents,
    Fact,
    MalformedContainerError,
    Survey,
    Writer,
    spliced,
)
from lorgnette.alttext.ifd import Directory, Form, Revision, Value
from lorgnette.alttext.markup import ENOUGH, MAX_BYTES
from lorgnette.alttext.xmp import PADDING
from lorgnette.files import Piece, Source

_XMP, _IIM, _RESOURCES, _DNG, _C2PA = 700, 33723, 34377, 50706, 0xCD41
_EXTENTS = ((273, 279), (324, 325))  # strips, tiles: (offsets, byte counts)
_BELOW = (330, 34665, 34853, 40965)  # tags that lead to further directories
_MAX_DIRECTORIES = 1000  # that are looked at; a book may have more pages, but no more words
_LAST_CLASSIC = (1 << 32) - 1
# These may change, and are looked at one by one.
_WRITTEN = frozenset({_XMP, _IIM, _RESOURCES, exif.DESCRIPTION, exif.XP_COMMENT})


def _matches(head: bytes) -> bool:
    return head[:4] in {b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"}


def look(source: Source) -> Contents:
    """Return the words in the file's directories, wherever these are."""
    return _look(source, "TIFF")


def inside(exif: bytes) -> Contents:
    """Return the words in Exif, which has the structure of a TIFF file; tolerant."""
    exif = exif.removeprefix(b"Exif\0\0")
    if exif[:2] not in {b"II", b"MM"}:  # the number behind it is of no use, and damaged at times
        return Contents(partial=bool(exif.strip(b"\0")))
    try:
        return _look(Source.of(exif), "Exif")
    except MalformedContainerError:
        return Contents(partial=True)


def _look(source: Source, name: str) -> Contents:
    form = Form.of(source)
    found: list[Contents] = []
    for number, directory in enumerate(_directories(source, form)):
        found.append(Contents(partial=directory.partial))
        found += [
            _words(source.read(entry.start, min(entry.length, ENOUGH)), entry.tag, name)
            for entry in directory.entries
            if entry.tag in _WORDS and (number == 0 or entry.tag != exif.DESCRIPTION)
        ]
    return Contents.of(found)


_DATES = {0x9003: About.DATE, 0x9004: About.DIGITISED}
_WORDS = {_XMP, exif.DESCRIPTION, _IIM, _RESOURCES, *_DATES}


def _words(value: bytes, tag: int, name: str) -> Contents:
    if tag == _XMP:
        return Contents(packets=(value,) if value else ())
    if tag == exif.DESCRIPTION:
        return Contents(suggestions=words.suggested(f"{name} ImageDescription", value))
    if tag in _DATES:
        return Contents(facts=(Fact(_DATES[tag], words.decoded(value)),))
    if tag == _IIM:
        return iim.inside(value)
    return photoshop.inside(value)


def _directories(source: Source, form: Form) -> Iterator[Directory]:
    """Yield the directories that can be read, the first one first.

    Raises:
        MalformedContainerError: the first one cannot.
    """
    waiting = deque([ifd.beginning(source, form)])
    seen: set[int] = {0}
    while waiting and len(seen) <= _MAX_DIRECTORIES:
        start = waiting.popleft()
        if start in seen:
            continue
        seen.add(start)
        try:
            directory = ifd.directory(source, form, start, forgiving=True)
        except MalformedContainerError:
            if len(seen) == 2:
                raise
            directory = Directory(start, (), 0, partial=True)
        yield directory
        waiting.append(directory.next)
        for tag in _BELOW:
            waiting.extend(ifd.numbers(source, form, directory.find(tag))[:_MAX_DIRECTORIES])


def survey(source: Source) -> Survey:
    """Walk all directories.

    Raises:
        CannotEmbedError: a packet must not be embedded.
    """
    form = Form.of(source)
    if ifd.beginning(source, form) % 2:
        raise MalformedContainerError("the TIFF file's first directory is at an odd place")
    blocks: list[tuple[str, int]] = []
    directories: list[Directory] = []
    for found in ifd.walk(source, form):
        _require_pixels(source, form, found)
        written = _WRITTEN if not directories else ()
        if found.find(_C2PA) is not None:
            raise CannotEmbedError("the file is signed (C2PA), and any change breaks the signature")
        directories.append(found)
        name = f"directory {len(directories)}"
        blocks.append((name, ifd.checksum(found, written)))
    main = directories[0]
    if main.find(_DNG) is not None:
        raise CannotEmbedError("raw photographs take alt text in a sidecar only")
    if reason := signatures.by_camera(source, source):
        raise CannotEmbedError(reason)
    packets = [entry for entry in main.entries if entry.tag == _XMP]
    if len(packets) > 1:
        raise CannotEmbedError("the file has more than one XMP packet")
    if packets and packets[0].kind not in {1, 7}:
        raise MalformedContainerError("the TIFF file's XMP entry is of the wrong type")
    if not form.big and source.size + MAX_BYTES > _LAST_CLASSIC:
        raise CannotEmbedError("the TIFF file has no room left below 4 GiB")
    records, resources = (_value(source, main, tag) for tag in (_IIM, _RESOURCES))
    captions = {exif.IMAGE_DESCRIPTION: words.decoded(_value(source, main, exif.DESCRIPTION))}
    if not form.big:  # which Windows does not read
        captions[exif.WINDOWS_COMMENT] = exif.xp_text(_value(source, main, exif.XP_COMMENT))
    no_captions = ""
    try:
        blocks += [("IIM", iim.rest(records)), ("8BIM", photoshop.rest(resources))]
    except MalformedContainerError as error:
        no_captions = str(error)
    in_resources = photoshop.records(resources)
    if records or in_resources:
        # Two that differ are nobody's but their writers'.
        both = dict.fromkeys(filter(None, map(iim.caption, (records, in_resources))))
        captions[iim.CAPTION] = " / ".join(both)
    return Survey(
        packet=source.read(packets[0].start, packets[0].length) if packets else None,
        blocks=tuple(blocks),
        captions=captions,
        no_captions=no_captions,
    )


def _value(source: Source, directory: Directory, tag: int) -> bytes:
    entry = directory.find(tag)
    return source.read(entry.start, min(entry.length, MAX_BYTES)) if entry else b""


def _require_pixels(source: Source, form: Form, directory: Directory) -> None:
    """Raise MalformedContainerError unless the picture's strips and tiles are all there."""
    for offsets, counts in _EXTENTS:
        starts, lengths = (
            ifd.numbers(source, form, directory.find(tag)) for tag in (offsets, counts)
        )
        if any(
            start + length > source.size for start, length in zip(starts, lengths, strict=False)
        ):
            raise MalformedContainerError("the TIFF file is cut short")


def with_packet(source: Source, packet: bytes, captions: Mapping[str, str]) -> tuple[Piece, ...]:
    """Return the file with packet as tag 700, and texts in its caption fields.

    Raises:
        CannotMirrorError: these cannot be written.
    """
    form = Form.of(source)
    directory = ifd.first(source, form)
    old = directory.find(_XMP)
    values: dict[int, Value] = {}
    revision = Revision(source, form)
    if old is not None and old.length == len(packet):
        revision.edits.append((old.start, old.start + old.length, packet))
    else:
        values[_XMP] = Value(ifd.BYTE if old is None else old.kind, packet)
    values |= exif.values(captions)
    if iim.CAPTION in captions:
        values |= _caption_values(source, directory, captions[iim.CAPTION])
    if values:
        revision.point(revision.put(directory, values))
    return spliced(source.size, revision.whole())


def _caption_values(source: Source, directory: Directory, text: str) -> dict[int, Value]:
    """Return the IIM records with another caption, wherever the file has them."""
    values: dict[int, Value] = {}
    if records := directory.find(_IIM):
        old = source.read(records.start, min(records.length, MAX_BYTES))
        new = iim.with_caption(old, text)
        # Of four-byte numbers, as many programs have it, which padding makes whole.
        values[_IIM] = Value(records.kind, new + b"\0" * (-len(new) % records.width))
    resources = _value(source, directory, _RESOURCES)
    if photoshop.records(resources):
        values[_RESOURCES] = Value(ifd.BYTE, photoshop.with_caption(resources, text))
    return values


CONTAINER = Container(
    name="TIFF",
    suffixes=frozenset({".tif", ".tiff", ".btf", ".tf8"}),
    matches=_matches,
    look=look,
    relatives="raw photographs",
    writer=Writer(survey=survey, with_packet=with_packet, padding=PADDING),
)
