"""What the recogniser says column by column -> words with their confidences."""

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter

from lorgnette.ocr.found import ReadWord
from lorgnette.ocr.regions import Floats, Ints

BLANK = 0  # the class that says: no character begins here


def words(
    best: Ints, certainty: Floats, characters: Sequence[str]
) -> tuple[list[ReadWord], list[float]]:
    """Return the words of a strip, and how certain each of their characters is.

    Args:
        best: the likeliest class of each column.
        certainty: of it, 0 to 1.
        characters: by class; what stands for BLANK is never said.
    """
    found: list[ReadWord] = []
    certain: list[float] = []
    begun = 0  # how many characters were certain before this word
    text = ""
    for index, columns in groupby(
        zip(best.tolist(), certainty.tolist(), strict=True), key=itemgetter(0)
    ):
        if index == BLANK:
            continue
        if not (character := characters[index]).isspace():
            text += character
            certain.append(max(value for _, value in columns))
        elif text:
            found.append(ReadWord(text=text, confidence=min(certain[begun:])))
            text, begun = "", len(certain)
    if text:
        found.append(ReadWord(text=text, confidence=min(certain[begun:])))
    return found, certain
