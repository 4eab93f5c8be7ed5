"""What a model says of a picture."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word of a caption and how likely it was at its place, 0 to 1."""

    text: str
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """What the model says of a picture.

    An empty text means that the model declined; reason says why.
    """

    text: str
    log_probability: float  # of the whole sentence, natural logarithm
    confidence: float  # 0 to 1
    candidates: tuple[str, ...]  # sentences, the best first; text is one of them unless declined
    words: tuple[Word, ...]
    reason: str = ""
