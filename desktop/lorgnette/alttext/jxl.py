"""JPEG XL (ISO/IEC 18181-2): alt text is read here, and written to sidecars only."""

from lorgnette.alttext.boxes import boxes
from lorgnette.alttext.container import Container, Contents
from lorgnette.alttext.markup import MAX_BYTES
from lorgnette.files import Source

_BOXED = b"\0\0\0\x0cJXL \r\n\x87\n"
_BARE = b"\xff\x0a"  # a codestream without boxes, and so without words


def look(source: Source) -> Contents:
    """Return the packets in the file's boxes; one that is compressed with Brotli is not read."""
    if source.read(0, len(_BOXED)) != _BOXED:
        return Contents()
    return Contents(
        packets=tuple(
            source.read(box.body, box.end - box.body)
            for box in boxes(source, 0, source.size)
            if box.kind == b"xml " and box.end - box.body <= MAX_BYTES
        )
    )


CONTAINER = Container(
    name="JPEG XL",
    suffixes=frozenset({".jxl"}),
    matches=lambda head: head.startswith((_BOXED, _BARE)),
    look=look,
)
