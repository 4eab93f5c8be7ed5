"""What a recogniser says column by column -> words, how certain they are, and where they stand."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lorgnette.ocr.regions import Floats, Ints

BLANK = 0  # the class that says: no character begins here


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelt:
    """A word of a strip.

    Attributes:
        certain: how certain each of its characters is, 0 to 1.
        begins: in the middle of the gap before it, as a share of the strip's width.
        ends: in the middle of the gap after it.
        lacking: how likely one of its characters was left out, 0 to 1.
    """

    text: str
    certain: tuple[float, ...]
    begins: float
    ends: float
    lacking: float = 0.0

    @property
    def confidence(self) -> float:
        """That of its least certain character, one that was left out included."""
        return min(*self.certain, 1 - self.lacking)


def left_out(best: Ints, second: Ints, likely: Floats) -> Floats:
    """Return how likely a character was left out in each column.

    Beside a character its own class is always likely: only another one's counts.

    Args:
        best: the likeliest class of each column.
        second: the next one.
        likely: of that, 0 to 1.
    """
    columns = np.arange(len(best))
    begun = best != BLANK
    before = np.maximum.accumulate(np.where(begun, columns, -1))
    after = np.minimum.accumulate(np.where(begun, columns, len(best))[::-1])[::-1]
    classes = np.concatenate([best, [-1]])  # -1: none stands there
    other = (second != classes[before]) & (second != classes[after])
    lacking: Floats = np.where(~begun & other, likely, 0).astype(np.float32)
    return lacking


def words(
    best: Ints, certainty: Floats, characters: Sequence[str], lacking: Floats | None = None
) -> list[Spelt]:
    """Return the words of a strip.

    Args:
        best: the likeliest class of each column.
        certainty: of it, 0 to 1.
        characters: by class; what stands for BLANK is never said.
        lacking: how likely a character was left out in each column; None where that is unknown.
    """
    if lacking is None:
        lacking = np.zeros(len(best), np.float32)
    found: list[Spelt] = []
    text, certain, lacks, begins = "", list[float](), 0.0, 0.0
    share = len(best)

    def end(at: float) -> None:
        if text:
            found.append(
                Spelt(
                    text=text,
                    certain=tuple(certain),
                    begins=begins / share,
                    ends=at / share,
                    lacking=lacks,
                )
            )

    # Columns of one class beside each other are one character.
    starts = np.flatnonzero(np.diff(best, prepend=-1))
    for index, first, last, certainly, lacked in zip(
        best[starts].tolist(),
        starts.tolist(),
        [*starts[1:].tolist(), share],
        np.maximum.reduceat(certainty, starts).tolist(),
        np.maximum.reduceat(lacking, starts).tolist(),
        strict=True,
    ):
        lacks = max(lacks, lacked)
        if index == BLANK:
            continue
        if (character := characters[index]).isspace():
            middle = (first + last) / 2
            end(middle)
            text, certain, lacks, begins = "", [], 0.0, middle
        else:
            text += character
            certain.append(certainly)
    end(share)
    return found
