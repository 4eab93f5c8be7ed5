"""SVG: its title and metadata are read here; alt text is written to sidecars only."""

import re

from lorgnette.alttext.container import Container, Contents, Suggestion
from lorgnette.alttext.markup import MAX_BYTES, RDF, MalformedPacketError, parse
from lorgnette.alttext.texts import clean
from lorgnette.files import Source

_SVG = "http://www.w3.org/2000/svg"
_ROOT = re.compile(rb"<(?:[\w.-]+:)?svg[\s>]")


def look(source: Source) -> Contents:
    """Return the drawing's title and description, and its XMP."""
    data = source.read(0, MAX_BYTES + 1)
    try:
        top = parse(data).top
    except MalformedPacketError:
        return Contents(packets=(data,))  # which says why, if it speaks of alt text at all
    suggestions = [
        Suggestion(f"SVG {kind}", text)
        for kind in ("title", "desc")
        for root in top.children
        for child in root.children
        if child.name == f"{_SVG} {kind}" and (text := clean(child.whole_text))
    ]
    return Contents(packets=(data,) if RDF.encode() in data else (), suggestions=tuple(suggestions))


CONTAINER = Container(
    name="SVG",
    suffixes=frozenset({".svg"}),
    matches=lambda head: head[:1] in {b"<", b"\xef"} and _ROOT.search(head) is not None,
    look=look,
)
