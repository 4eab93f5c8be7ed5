"""How sure the model is of a text, in words."""

from lorgnette.gui.batch.picture import Picture, state_words
from lorgnette.gui.saying.translation import number, quoted, tr


def how_sure(picture: Picture | None) -> str:
    """Return how sure the model is, with the number."""
    if picture is None or picture.alt.confidence is None:
        return tr("The model has not said how sure it is.")
    return tr("{state}. Confidence {number} of 1.").format(
        state=state_words(picture.state), number=number(picture.alt.confidence, 2)
    )


def doubted_words(picture: Picture | None) -> str:
    """Return which words the model doubts."""
    doubted = picture.suggestion.doubted if picture and picture.suggestion else ()
    if not doubted:
        return tr("The model doubts no word of this text.")
    return tr("Doubted words: {words}.").format(words=quoted(doubted))
