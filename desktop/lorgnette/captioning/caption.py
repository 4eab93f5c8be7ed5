"""What a model says of a picture."""

from dataclasses import dataclass

# Of the confidence. Below the first a draft says only what is sure; where nothing is, the model's
# own sentence stands, marked as unsure, down to the last, and below that nothing is said. The
# table of things has hardly a word for land, sky and water: of most landscapes nothing is sure.
# Of sentences below the first three to four in ten are right, below the last three in ten. One
# that lacks what is plainly seen, or says what is not seen at all, has to reach DOUBTFUL_BELOW.
UNSURE_BELOW = 0.45
DOUBTFUL_BELOW = 0.55
SILENT_BELOW = 0.21


def is_unsure(confidence: float | None) -> bool:
    """Tell whether a draft of such a confidence, 0 to 1, is to be marked; None: nobody knows it."""
    return confidence is not None and confidence < UNSURE_BELOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word of an alt text, with the comma that follows it, and what the model makes of it.

    Attributes:
        probability: how likely the model's word was at its place, 0 to 1; the least of them where
            the word was made from several ("people" from "a man and a woman").
        doubted: the probability is below `candidates.DOUBTED_BELOW`, and the word is no mere
            article, preposition and the like.
        agreed: the share of the candidates that say it in any form, 0 to 1, this text counted.
    """

    text: str
    probability: float
    doubted: bool = False
    agreed: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A thing that the model saw, whatever it says.

    Attributes:
        name: as it is written in a sentence.
        probability: 0 to 1.
        sure: whether it is believed.
    """

    name: str
    probability: float
    sure: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameCaption:
    """What one frame of an animation or film shows by itself.

    Attributes:
        seconds: from the beginning, when it is shown.
        text: its own sentence; "" where the model declined, and reason says why.
        confidence: that the text is right, 0 to 1.
        seen: as in a `Caption`.
    """

    seconds: float
    text: str
    confidence: float
    reason: str = ""
    seen: tuple[Sighting, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """What the model says of a picture, or of an animation or film.

    An empty text means that the model declined; reason says why.

    Attributes:
        text: the alt text: the words with spaces between them, a capital and a full stop.
        log_probability: of the whole sentence as the model said it, natural logarithm.
        confidence: that the text is right, 0 to 1.
        candidates: at most five alt texts that say different things, text first; fewer where the
            model has no more to say. Where it declined because it is not sure of anything, what
            it would have said; else none.
        words: of text, in their order.
        model_words: the sentence as the model said it, before it was made fit to publish: with its
            own words for people, and whatever it says twice. The text says something else where
            only what is sure is told.
        model_confidence: that those words are right, 0 to 1.
        seen: what the model saw, the likeliest first; none where it has no evidence.
        frames: those that were looked at, in the order of time; none for a picture.
    """

    text: str
    log_probability: float
    confidence: float
    candidates: tuple[str, ...]
    words: tuple[Word, ...]
    model_words: tuple[str, ...] = ()
    model_confidence: float = 0.0
    reason: str = ""
    seen: tuple[Sighting, ...] = ()
    frames: tuple[FrameCaption, ...] = ()
