"""Captions: words for those who see the picture; offered as a start, never taken for alt text."""

import struct

from lorgnette.alttext.container import Suggestion
from lorgnette.alttext.texts import MIXED, clean


def decoded(data: bytes) -> str:
    """Return text up to its NUL, which programs write in UTF-8 or as Windows does, untold."""
    return clean(data.split(b"\0", 1)[0].decode("utf-8", MIXED))


def of_iim(iim: bytes) -> tuple[Suggestion, ...]:
    """Return the caption in IPTC-NAA records: the first dataset 2:120."""
    position = 0
    while iim[position : position + 1] == b"\x1c" and len(iim) >= position + 5:
        _, record, dataset, length = struct.unpack_from(">BBBH", iim, position)
        if (record, dataset) == (2, 120):
            return suggested("IIM Caption-Abstract", iim[position + 5 : position + 5 + length])
        position += 5 + length
    return ()


def suggested(where: str, data: bytes) -> tuple[Suggestion, ...]:
    """Return bytes that hold a caption as what they suggest; nothing where nothing is left."""
    text = decoded(data)
    return (Suggestion(where, text),) if text else ()
