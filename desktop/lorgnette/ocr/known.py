"""Which of the words that were read a dictionary knows.

Of small type in English, seven to nine of ten words that are read with a confidence between
KNOWN_FROM and SURE_FROM and stand in the dictionary are right, of all others two to five.
"""

import dataclasses
import functools
import re

from lorgnette import spelling
from lorgnette.ocr.found import KNOWN_FROM, SURE_FROM, ReadWord

_LEAST = 4  # letters: fewer are too often a word by chance
_AROUND = re.compile(r"^[^\w]+|[^\w]+$")


def looked_up(word: ReadWord) -> ReadWord:
    """Return word, known where that decides whether it is sure and the dictionary has it."""
    letters = _AROUND.sub("", word.text)
    if (
        KNOWN_FROM <= word.confidence < SURE_FROM
        and len(letters) >= _LEAST
        and letters.isascii()
        and letters.isalpha()
        and _speller().knows(letters)
    ):
        return dataclasses.replace(word, known=True)
    return word


@functools.cache
def _speller() -> spelling.Speller:
    # Not the system's dictionaries: the same picture is to read the same on every machine.
    return spelling.Speller(spelling.shipped())
