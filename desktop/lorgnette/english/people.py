"""Words for people without their sex: a man -> a person, two girls -> two children.

What is decided here:

- Nothing is lost and nothing invented.
- Family stays, without sex: parent, child, sibling, spouse. A trade gets its plain name: police
  officer, firefighter, fisher. What is worn as a costume or is no person stays: cowboy, snowman,
  bride, groom, king, queen, and what somebody is dressed as.
- A boy or a girl is a child, whatever the age that the model meant; the adjectives stay, and a
  teenage boy is a teenager.
"""

import re
from collections.abc import Sequence

from lorgnette.english.lexicon import AGENTS, ANIMALS, FUNCTION_WORDS, SPORTS, words_of
from lorgnette.english.person_words import FORMS, KEPT, LONGEST, NEUTRAL
from lorgnette.english.phrases import counted, joined, told_apart
from lorgnette.english.pronouns import with_neutral_pronouns
from lorgnette.english.said import Said

_ROOMS = words_of("room rooms restroom restrooms bathroom bathrooms toilet toilets")


def neutral(words: Sequence[str]) -> list[Said]:
    """Return words with those for people made neutral; the others as they are.

    Args:
        words: lower case, marks apart, a possessive in one piece ("man's"). A word with a capital
            is a name, and stays.
    """
    said = [Said(text, place, place + 1) for place, text in enumerate(words)]
    for change in (_named, counted, joined, told_apart, with_neutral_pronouns):
        said = change(said)
    return said


def _named(said: list[Said]) -> list[Said]:
    """Return said with each word for a person replaced."""
    named: list[Said] = []
    texts = [word.text for word in said]
    place = 0
    while place < len(said):
        length = _kept(texts, place)
        if length:
            named += said[place : place + length]
            place += length
            continue
        for length in range(min(LONGEST, len(said) - place), 0, -1):
            if found := _replaced(texts, place, length):
                sex, after = found
                named += [Said(text, place, place + length, sex) for text in after.split()]
                place += length
                break
        else:
            named.append(said[place])
            place += 1
    return named


def _kept(texts: Sequence[str], place: int) -> int:
    """Return how many words from place on stay as they are, 0 for none."""
    for length in (3, 2):
        if tuple(texts[place : place + length]) in KEPT:
            return length
    before = texts[max(place - 5, 0) : place]
    dressed = any(word in before for word in ("dressed", "costume", "outfit", "disguised"))
    posing_as = any(word in before for word in ("as", "like")) and before[-1] != "while"
    return 1 if dressed and posing_as and texts[place] in FORMS else 0


def _replaced(texts: Sequence[str], place: int, length: int) -> tuple[str, str] | None:
    """Return the sex and the neutral words for length words from place on; None: they stay."""
    words = list(texts[place : place + length])
    after = texts[place + length] if place + length < len(texts) else ""
    owner = ""
    if words[-1].endswith(("'s", "s'")):
        owner = "'s"
        words[-1] = words[-1][:-2] if words[-1].endswith("'s") else words[-1][:-1]
    elif words[-1] in {"mens", "womens"}:
        owner, words[-1] = "'s", words[-1][:-1]
    found = NEUTRAL.get(tuple(words))
    if found is None:
        return None
    sex, neutral_words = found
    if owner:
        if after in _ROOMS:
            return None
        if SPORTS & {*texts[place + length : place + length + 2]}:
            return sex, ""
        return sex, f"{neutral_words}'" if neutral_words.endswith("s") else f"{neutral_words}'s"
    if length == 1 and words[0] in _ADJECTIVAL:
        if words[0] in {"male", "female"} and place and texts[place - 1] in {"is", "are"}:
            return None
        if after in ANIMALS:
            return None
        if after == "and" and words[0] not in _HUMAN and _among_animals(texts, place):
            return None  # male and female elephants; but a man and a dog
        if after in SPORTS or _names_a_trade(texts[place + 1 :], words[0]):
            return sex, ""
    if words[0] in _PARENTS and _among_animals(texts, place):
        return None
    return sex, neutral_words


_PARENTS = words_of("mother mothers mama mom moms mommy mum father fathers papa dad daddy")
_HUMAN = {"man", "woman", "men", "women", "lady", "girl", "boy"}
_ADJECTIVAL = {"male", "female", *_HUMAN, *_PARENTS}


def _names_a_trade(after: Sequence[str], before: str) -> bool:
    """Tell whether what follows "female", "woman" and the like is what the person does or is."""
    if after and after[0] in AGENTS:
        return True
    if before not in {"male", "female"}:
        return False
    for number, word in enumerate(after[:3]):
        if word in FUNCTION_WORDS or word.endswith("ing") or not word[0].isalpha():
            return False
        if word in AGENTS or (word not in _NO_TRADES and _TRADE.fullmatch(word)):
            return True
        if number == 0 and word.endswith("s") and word != "news":  # a verb
            return False
    return False


_TRADE = re.compile(r"[a-z-]{3,}(?:er|or|ist|ian)s?")
_NO_TRADES = words_of(
    "together other another either water paper flower river summer winter corner soccer leather"
)


def _among_animals(texts: Sequence[str], place: int) -> bool:
    """Tell whether "mother" at place is an animal's: one is near, and a person is not named."""
    near = texts[place + 1 : place + 6]
    people = {*FORMS, "person", "people", "child", "children", "kid", "toddler"} - _PARENTS
    before = set(texts[:place])
    return bool(ANIMALS & {*near, *before}) and not people & {*before, *near}
