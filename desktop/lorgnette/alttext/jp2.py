"""JPEG 2000 (ISO/IEC 15444): alt text is read here, and written to sidecars only."""

from lorgnette.alttext import boxes
from lorgnette.alttext.container import Container

CONTAINER = Container(
    name="JPEG 2000",
    suffixes=frozenset({".jp2", ".jpf", ".jpm", ".jpx", ".jph"}),
    matches=lambda head: head.startswith(b"\0\0\0\x0cjP  \r\n\x87\n"),
    look=boxes.words,
)
