"""SVG: its title and metadata are read here; alt text is written to sidecars only."""

import re

from lorgnette.alttext.container import Container, Contents, Suggestion
from lorgnette.alttext.xmp import MAX_BYTES, RDF, MalformedPacketError, clean, parse
from lorgnette.files import Source

_SVG = "http://www.w3.org/2000/svg"
_ROOT = re.compile(rb"<(?:[\w.-]+:)?svg[\s>]")


def look(source: Source) -> Contents:
    """Return the drawing's title and description, and its XMP."""
    data = source.read(0, MAX_BYTES + 1)
    try:
        root = parse(data)
    except MalformedPacketError:  # or it has a DOCTYPE, which we do not read
        return Contents()
    suggestions = [
        Suggestion(f"SVG {kind}", text)
        for kind in ("title", "desc")
        for child in root.children
        if child.name == f"{_SVG} {kind}" and (text := clean(child.text))
    ]
    return Contents(packets=(data,) if RDF.encode() in data else (), suggestions=tuple(suggestions))


CONTAINER = Container(
    name="SVG",
    suffixes=frozenset({".svg"}),
    matches=lambda head: head[:1] in {b"<", b"\xef"} and _ROOT.search(head) is not None,
    look=look,
)
