"""Pronouns without a sex: his -> their, or its of an animal; and the verbs that follow them.

A pronoun belongs to the nearest person before it whose sex fits, else to an animal before it
("its"), else to a person: "their".
"""

import dataclasses
import re
from collections.abc import Sequence

from lorgnette.english.lexicon import (
    ANIMALS,
    FUNCTION_WORDS,
    SENTENCE_ENDS,
    THINGS_IN_ING,
    words_of,
)
from lorgnette.english.person_words import HEADS, OTHER_PERSONS
from lorgnette.english.said import Said

_OBJECT_BEFORE = words_of(
    "a an the some this that and or but while as who which where when with without in on at of "
    "to from by for into onto over under above below behind beside between near next through "
    "across along around against towards toward inside off up out away is are was were has have"
) | {",", ";", ":", ")", *SENTENCE_ENDS}
_PERCEIVED = re.compile(r"^(watch|help|let|mak|see|saw|hear)")
_BARE_VERBS = words_of(
    "play ride run walk swim eat dance perform jump sleep get do go climb skate sing paint read "
    "drink cross put ski stand sit cook"
)
_VERBS = {
    "is": "are", "was": "were", "has": "have", "does": "do", "isn't": "aren't",
    "wasn't": "weren't", "hasn't": "haven't", "doesn't": "don't", "ties": "tie", "lies": "lie",
    "dies": "die", "goes": "go",
}  # fmt: skip
_SEX = {
    **dict.fromkeys(("he", "his", "him", "himself", "he's", "he'd"), "m"),
    **dict.fromkeys(("she", "her", "hers", "herself", "she's", "she'd"), "f"),
}


def with_neutral_pronouns(said: list[Said]) -> list[Said]:
    """Return said with he, his, her... as they, their, or it, its of an animal."""
    changed = list(said)
    for place, word in enumerate(said):
        sex = _SEX.get(word.text)
        if sex is None:
            continue
        animal = _is_animals(said, place, sex)
        after = said[place + 1].text if place + 1 < len(said) else ""
        text = _pronoun(said, place, after, animal=animal)
        changed[place] = dataclasses.replace(word, text=text)
        if text == "they":
            _agree(changed, place + 1)
    return changed


def _is_animals(said: Sequence[Said], place: int, sex: str) -> bool:
    """Tell whether the pronoun at place is an animal's."""
    animal = False
    for word in reversed(said[:place]):
        text = word.text.removesuffix("'s")
        if word.sex in {sex} or (not word.sex and (text in OTHER_PERSONS or text in HEADS)):
            return False
        animal = animal or text in ANIMALS
    return animal


def _pronoun(said: Sequence[Said], place: int, after: str, *, animal: bool) -> str:
    text = said[place].text
    if text in {"he", "she"}:
        return "it" if animal else "they"
    if text in {"he's", "she's"}:
        return "it's" if animal else "they're"
    if text in {"he'd", "she'd"}:
        return "it'd" if animal else "they'd"
    if text in {"himself", "herself"}:
        return "itself" if animal else "themself"
    if text == "hers" or (text == "his" and (not after or after in _OBJECT_BEFORE - {"next"})):
        return "its" if animal else "theirs"
    if text == "him" or (text == "her" and _is_object(said, place)):
        return "it" if animal else "them"
    return "its" if animal else "their"


def _is_object(said: Sequence[Said], place: int) -> bool:
    """Tell whether "her" at place stands for a person and owns nothing."""
    after = [word.text for word in said[place + 1 : place + 3]]
    if not after or after[0] in _OBJECT_BEFORE:
        return after[:1] != ["next"] or after[1:] == ["to"]
    if after[0] in _BARE_VERBS and place and _PERCEIVED.match(said[place - 1].text):
        return True
    return (
        after[0].endswith("ing")
        and after[0] not in THINGS_IN_ING
        and len(after) > 1
        and after[1] in FUNCTION_WORDS - {","}
    )


def _agree(said: list[Said], place: int) -> None:
    """Put the verb that follows "they" at place into the plural, and one that "and" joins to it."""
    while place < len(said) and (
        said[place].text.endswith("ly") or said[place].text in {"also", "then", "just", "and"}
    ):
        if said[place].text == "and":
            return
        place += 1
    if place >= len(said):
        return
    verb = _plural_verb(said[place].text)
    if verb == said[place].text:
        return
    said[place] = dataclasses.replace(said[place], text=verb)
    if place + 2 < len(said) and said[place + 1].text == "and":
        joined = said[place + 2]
        said[place + 2] = dataclasses.replace(joined, text=_plural_verb(joined.text))


def _plural_verb(verb: str) -> str:
    if verb in _VERBS:
        return _VERBS[verb]
    if verb.endswith("ies") and len(verb) > 4:
        return f"{verb[:-3]}y"
    if verb.endswith(("sses", "shes", "ches", "xes", "zzes", "oes")):
        return verb[:-2]
    if verb.endswith("s") and not verb.endswith(("ss", "us", "is", "'s")) and len(verb) > 3:
        return verb[:-1]
    return verb
