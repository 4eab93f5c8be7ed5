"""A person's own text with words for people made neutral; all else keeps its spelling."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lorgnette.english.lexicon import SENTENCE_ENDS, SPELLED
from lorgnette.english.people import neutral
from lorgnette.english.person_words import FORMS
from lorgnette.english.said import Said


@dataclass(frozen=True, slots=True)
class Rewriting:
    """A text with words for people made neutral."""

    text: str
    found: str  # the first words that were replaced, as they stood


def rewritten(text: str) -> Rewriting | None:
    """Return text with words for people made neutral; None where there is none to replace.

    All other words keep their spelling, and what stands between them stays.
    """
    tokens = [_Token(match[0], *match.span()) for match in _TOKEN.finditer(text)]
    begins = [_begins(tokens, place) for place in range(len(tokens))]
    words = [_as_listed(tokens, place, begins=begins[place]) for place in range(len(tokens))]

    apostrophe = "\u2019" if "\u2019" in text else "'"

    def spelt(word: Said) -> str:
        if word.text != words[word.start] or word.end - word.start > 1:
            return word.text.replace("'", apostrophe)
        if begins[word.start]:
            return SPELLED.get(word.text, word.text)
        return tokens[word.start].text

    parts: list[str] = []
    found = ""
    position = 0  # in tokens; one that no word stands for is left out
    for start, end, said in _grouped(neutral(words)):
        unchanged = [word.text for word in said] == words[start:end]
        last = start if unchanged else end
        if last > position and not found:
            found = text[tokens[position].start : tokens[last - 1].end]
        before = (tokens[start - 1].end, tokens[start].start) if position else (0, tokens[0].start)
        parts.append(text[slice(*before)])
        new = " ".join(map(spelt, said))
        capital = begins[position] and tokens[position].text[0].isupper()
        parts.append(f"{new[0].upper()}{new[1:]}" if capital else new)
        position = end
    if position < len(tokens):
        found = found or tokens[position].text
    if not found:
        return None
    return Rewriting("".join(parts) + text[tokens[-1].end :], found)


class _Token(NamedTuple):
    """A word or a mark of a text, and where it stands."""

    text: str
    start: int
    end: int


_TOKEN = re.compile(r"\w+(?:[-'\u2019]\w+)*(?:(?<=s)['\u2019](?=\s\w))?|[^\w\s]")
_QUOTES = frozenset("\"'\u2018\u2019\u201c\u201d(")


def _begins(tokens: Sequence[_Token], place: int) -> bool:
    """Tell whether a sentence begins at place."""
    while place and tokens[place - 1].text in _QUOTES:
        place -= 1
    return not place or tokens[place - 1].text in SENTENCE_ENDS


def _as_listed(tokens: Sequence[_Token], place: int, *, begins: bool) -> str:
    """Return a word of a text as the tables of words have it; a name keeps its capital."""
    word = tokens[place].text.replace("\u2019", "'")
    small = f"{word[0].lower()}{word[1:]}"
    if small in SPELLED:  # "Asian" is no name
        return small
    after = tokens[place + 1].text if place + 1 < len(tokens) else ""
    if begins and not (small in FORMS and after[:1].isupper()):  # "Lady Liberty" is one
        return small
    return word


def _grouped(said: Sequence[Said]) -> list[tuple[int, int, list[Said]]]:
    """Return (start, end, what is said there) for each stretch of the words that were given."""
    groups: list[tuple[int, int, list[Said]]] = []
    for word in said:
        if groups and word.start < groups[-1][1]:
            start, end, words = groups[-1]
            groups[-1] = min(start, word.start), max(end, word.end), [*words, word]
        else:
            groups.append((word.start, word.end, [word]))
    return groups
