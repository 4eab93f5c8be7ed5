"""What else the model says in the place of a word."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

_WORD = re.compile(r"\w+(?:['\u2019-]\w+)*")
_MOST_IN_PLACE = 3  # words that may stand for a single one


def other_words(text: str, start: int, candidates: Sequence[str]) -> list[str]:
    """Return what the candidates say in the place of the word that begins at start.

    Those of the first candidates come first; a word that no candidate replaces has no others.
    """
    words = list(_WORD.finditer(text))
    place = next((i for i, word in enumerate(words) if word.start() == start), None)
    if place is None:
        return []
    word = words[place].group()
    said = [each.group().casefold() for each in words]
    found: dict[str, str] = {}
    for candidate in candidates:
        theirs = _WORD.findall(candidate)
        matcher = SequenceMatcher(None, said, [each.casefold() for each in theirs], autojunk=False)
        for _, first, last, their_first, their_last in matcher.get_opcodes():
            if not first <= place < last:
                continue
            if last - first == their_last - their_first:
                other = theirs[their_first + place - first]
            elif last - first == 1 and 0 < their_last - their_first <= _MOST_IN_PLACE:
                other = " ".join(theirs[their_first:their_last])
            else:
                continue
            if word[0].isupper():
                other = other[0].upper() + other[1:]
            if other.casefold() != word.casefold():
                found.setdefault(other.casefold(), other)
    return list(found.values())
