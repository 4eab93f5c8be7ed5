"""Captions: words for those who see the picture; offered as a start, never taken for alt text."""

from lorgnette.alttext.container import Suggestion
from lorgnette.alttext.texts import MIXED, clean


def decoded(data: bytes) -> str:
    """Return text up to its NUL, which programs write in UTF-8 or as Windows does, untold."""
    return clean(data.split(b"\0", 1)[0].decode("utf-8", MIXED))


def suggested(where: str, data: bytes) -> tuple[Suggestion, ...]:
    """Return bytes that hold a caption as what they suggest; nothing where nothing is left."""
    text = decoded(data)
    return (Suggestion(where, text),) if text else ()
