"""Captions: words for those who see the picture; offered as a start, never taken for alt text."""

import struct
from collections.abc import Iterator

from lorgnette.alttext.container import Contents, Suggestion
from lorgnette.alttext.texts import MIXED, clean


def suggestions_of(contents: Contents) -> Iterator[Suggestion]:
    """Yield the captions in a picture's Exif and IIM, and those that the container itself has."""
    yield from contents.suggestions
    if text := _image_description(contents.exif):
        yield Suggestion("Exif ImageDescription", text)
    if text := _caption_abstract(contents.iim):
        yield Suggestion("IIM Caption-Abstract", text)


def decoded(data: bytes) -> str:
    """Return text up to its NUL, which programs write in UTF-8 or as Windows does, untold."""
    return clean(data.split(b"\0", 1)[0].decode("utf-8", MIXED))


def _image_description(exif: bytes) -> str:
    """Return tag 0x010E of the first directory of a TIFF structure."""
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None:
        return ""
    try:
        (start,) = struct.unpack_from(f"{order}I", exif, 4)
        (count,) = struct.unpack_from(f"{order}H", exif, start)
        for entry in range(start + 2, start + 2 + 12 * count, 12):
            tag, _, length, offset = struct.unpack_from(f"{order}HHII", exif, entry)
            if tag == 0x010E:
                at = offset if length > 4 else entry + 8
                return decoded(exif[at : at + length])
    except struct.error:  # cut short, or its offsets lead out of it
        return ""
    return ""


def _caption_abstract(iim: bytes) -> str:
    """Return dataset 2:120."""
    position = 0
    while iim[position : position + 1] == b"\x1c" and len(iim) >= position + 5:
        _, record, dataset, length = struct.unpack_from(">BBBH", iim, position)
        if (record, dataset) == (2, 120):
            return decoded(iim[position + 5 : position + 5 + length])
        position += 5 + length
    return ""
