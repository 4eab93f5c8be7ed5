"""How the people on a picture are called."""

from collections.abc import Sequence
from enum import StrEnum

from lorgnette.captioning.caption import Word
from lorgnette.english import people


class People(StrEnum):
    """The choices."""

    NEUTRAL = "neutral"  # a person, a child, people
    AS_IS = "as-is"  # the model's words


def neutral(words: Sequence[Word]) -> list[Word]:
    """Return words with those for people made neutral; each as likely as the words it stands for.

    Args:
        words: lower case, a possessive in one piece ("man's").
    """
    return [
        Word(
            text=said.text,
            probability=min(word.probability for word in words[said.start : said.end]),
        )
        for said in people.neutral([word.text for word in words])
    ]
