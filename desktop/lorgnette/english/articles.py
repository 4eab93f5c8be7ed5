"""Whether a word has a or an before it."""

import re

_SOUNDS_A_VOWEL = re.compile(
    r"[aeio]|u(?!ni(?!nt|de|n)|s|ten|ku|-)|hour|honest|heir", re.IGNORECASE
)
_SOUNDS_NONE = re.compile(r"eu|ewe|one\b|one-|once", re.IGNORECASE)


def takes_an(word: str) -> bool:
    """Tell whether the article before word is "an"."""
    return word != "u" and bool(_SOUNDS_A_VOWEL.match(word)) and not _SOUNDS_NONE.match(word)
