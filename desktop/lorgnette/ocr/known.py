"""Which of the words that were read a dictionary knows.

Of small type in English, more than eight of ten words that are read with a confidence between 0.6
and 0.85 and stand in the dictionary are right, and fewer than two of ten that do not stand there
and are read with 0.85 to 0.97.
"""

import dataclasses
import functools
import re
from collections.abc import Iterable

from lorgnette import spelling
from lorgnette.ocr.found import SURE_FROM, Line, ReadWord

_LEAST = 3  # letters
_ENGLISH = 0.7  # of the words that are sure, known ones: then the text is English
_AROUND = re.compile(r"^[^\w]+|[^\w]+$")


def looked_up(lines: Iterable[Line]) -> list[Line]:
    """Return the lines of a picture, their words known or not as far as a dictionary can tell."""
    before = list(lines)
    told = [[_known(word.text) for word in line.words] for line in before]
    sure = [
        known
        for line, answers in zip(before, told, strict=True)
        for word, known in zip(line.words, answers, strict=True)
        if known is not None and word.confidence >= SURE_FROM
    ]
    english = sum(sure) >= _ENGLISH * max(len(sure), 1)

    def marked(word: ReadWord, known: bool | None) -> ReadWord:
        return dataclasses.replace(word, known=known) if known or english else word

    return [
        dataclasses.replace(line, words=tuple(map(marked, line.words, answers)))
        for line, answers in zip(before, told, strict=True)
    ]


def _known(text: str) -> bool | None:
    """Tell whether the dictionary has a word; None where that says little.

    Three letters are too often a word by chance, and capitals an abbreviation.
    """
    letters = _AROUND.sub("", text)
    if len(letters) < _LEAST:
        return None
    found = in_dictionary(text)
    if found:
        return True if len(letters) > _LEAST else None
    return None if letters.isupper() else found


def mostly_english(words: Iterable[str]) -> bool:
    """Tell whether the English dictionary has half of the words that it could have, or of none."""
    told = [has for has in map(in_dictionary, words) if has is not None]
    return sum(told) * 2 >= len(told)


@functools.lru_cache(10_000)
def in_dictionary(text: str) -> bool | None:
    """Tell whether the English dictionary has a word; None of what has other letters, or none."""
    letters = _AROUND.sub("", text)
    if not (letters.isascii() and letters.isalpha()):
        return None
    return _speller().knows(letters)


@functools.cache
def _speller() -> spelling.Speller:
    # Not the system's dictionaries: the same picture is to read the same on every machine.
    return spelling.Speller(spelling.shipped())
