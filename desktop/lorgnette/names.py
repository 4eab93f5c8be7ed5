"""Names and words as they are shown: they come from hostile places, and may not act on a screen."""

import re

# What moves the cursor, clears the screen or ends the line; halves of characters.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# What turns the letters around that follow, by which "gpj.exe" looks like "exe.jpg".
_TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SHORT = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}


def shown(name: object) -> str:
    """Return a file's name or path as it can be shown: on one line, every byte of it visible."""
    return _TURNS.sub(_escaped, on_one_line(str(name)))


def on_one_line(text: str) -> str:
    """Return text with what is no character for a screen escaped, as `ls` does with names."""
    return text if text.isprintable() else _CONTROLS.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is no UTF-8
        return f"\\x{code - 0xDC00:02x}"
    if short := _SHORT.get(character):
        return short
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
