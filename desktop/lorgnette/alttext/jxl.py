"""JPEG XL (ISO/IEC 18181-2): alt text is read here, and written to sidecars only."""

from lorgnette.alttext import boxes
from lorgnette.alttext.container import Container, Contents
from lorgnette.files import Source

_BOXED = b"\0\0\0\x0cJXL \r\n\x87\n"
_BARE = b"\xff\x0a"  # a codestream without boxes, and so without words


def look(source: Source) -> Contents:
    """Return the words in the file's boxes; a packet compressed with Brotli is said to be there."""
    return boxes.words(source) if source.read(0, len(_BOXED)) == _BOXED else Contents()


CONTAINER = Container(
    name="JPEG XL",
    suffixes=frozenset({".jxl"}),
    matches=lambda head: head.startswith((_BOXED, _BARE)),
    look=look,
)
