"""Words in Markdown, in any of its dialects, as they were meant."""

import re

# Also what only some dialects obey: tables, formulas, attributes, marks, drawn faces.
_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#!|~$^&]|=(?==)|(?<==)=|:(?=[\w+-]+:))")


def escaped(text: str) -> str:
    """Return text that every reader of Markdown shows as it is, also within a link or a picture."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
