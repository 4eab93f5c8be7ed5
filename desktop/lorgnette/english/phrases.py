"""Several people in one sentence: counted, joined, told apart.

"A man and a woman" are "two people", for "a person and a person" reads badly and the number is
exact; where only one of the numbers is known the other word stays ("several men and a woman":
"several people"). Apart in a sentence, the second is "another person".
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from lorgnette.english.lexicon import ADJECTIVES, OWNERS
from lorgnette.english.person_words import HEADS, SINGULAR
from lorgnette.english.said import Said

_NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
}  # fmt: skip
_NUMBER_WORDS = {number: word for word, number in _NUMBERS.items()}
_ONE = {"a", "an", "one"}
_MANY = {"several", "some", "many", "few", "both", "these", "those", "all", "various", "numerous"}
_DETERMINERS = {*_ONE, *_NUMBERS, *_MANY, *OWNERS, "the", "this", "that", "another", "each"}


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A word for people with its determiner and adjectives: said[start:head + 1]."""

    start: int
    head: int
    determiner: str
    adjectives: tuple[str, ...]

    @property
    def end(self) -> int:
        return self.head + 1


def _phrase(said: Sequence[Said], head: int) -> _Phrase:
    """Return the phrase whose last word is at head."""
    start = head
    while start and said[start - 1].text in ADJECTIVES:
        start -= 1
    adjectives = tuple(word.text for word in said[start:head])
    determiner = said[start - 1].text if start else ""
    if determiner not in _DETERMINERS:
        return _Phrase(start, head, "", adjectives)
    return _Phrase(start - 1, head, determiner, adjectives)


def counted(said: list[Said]) -> list[Said]:
    """Return said with the number of each replaced word as its determiner has it.

    Models, like the people they learn from, say "a women" and "two man".
    """
    counted = list(said)
    for place, word in enumerate(said):
        if not word.sex:
            continue
        bare = word.text.removesuffix("'s")
        owner = word.text[len(bare) :]
        determiner = _phrase(said, place).determiner
        number = bare
        if determiner in {*_ONE, "another", "this", "each"}:
            number = SINGULAR.get(bare, bare)
        elif _NUMBERS.get(determiner, 0) > 1 or determiner in _MANY - {"some", "all"}:
            number = HEADS.get(bare, bare)
        counted[place] = dataclasses.replace(word, text=number + owner)
    return counted


def joined(said: list[Said]) -> list[Said]:
    """Return said with "a person and a person" as "two people"."""
    place = 0
    while place < len(said):
        if said[place].text in HEADS or said[place].text in SINGULAR:
            first = _phrase(said, place)
            second = _second(said, first)
            if second is not None and (joined := _sum(said, first, second)):
                rest = _continued(said[second.end :])
                said = [*said[: first.start], *joined, *rest]
                place = first.start + len(joined) - 1
                continue
        place += 1
    return said


def _second(said: Sequence[Said], first: _Phrase) -> _Phrase | None:
    """Return the phrase that "and" or a comma joins to first."""
    place = first.end
    while place < len(said) and said[place].text in {",", "and", "&"}:
        place += 1
    start = place
    if start == first.end and not _starts_another(said[start : start + 1], said[first.head]):
        return None
    if place < len(said) and said[place].text in _DETERMINERS:
        place += 1
    while place < len(said) and said[place].text in ADJECTIVES:
        place += 1
    if place == len(said) or not (said[place].text in HEADS or said[place].text in SINGULAR):
        return None
    second = _phrase(said, place)
    return second if second.start == start else None


def _starts_another(following: Sequence[Said], head: Said) -> bool:
    """Tell whether a person follows head at once, as models say that have no comma.

    "a man a woman and a dog", "a man woman and dog".
    """
    return head.text in HEADS and any(
        word.text in _ONE or (word.text in HEADS and {word.sex, head.sex} == {"m", "f"})
        for word in following
    )


def _sum(said: Sequence[Said], first: _Phrase, second: _Phrase) -> list[Said]:
    """Return both phrases as one; nothing when they cannot be one."""
    one = SINGULAR.get(said[first.head].text, said[first.head].text)
    same_head = one == SINGULAR.get(said[second.head].text, said[second.head].text)
    shared = first.adjectives == second.adjectives or not (second.adjectives or second.determiner)
    if not same_head or not shared or not (said[first.head].sex or said[second.head].sex):
        return []
    if second.determiner in OWNERS and second.determiner != first.determiner:
        return []
    numbers = [_number(said, phrase) for phrase in (first, second)]
    start, end = said[first.start].start, said[second.head].end
    if None not in numbers:
        total = sum(filter(None, numbers))
        if total not in _NUMBER_WORDS:
            return []
        determiner = [_NUMBER_WORDS[total]]
        if first.determiner in OWNERS:
            determiner = [first.determiner]
        elif first.determiner == "another":
            determiner.append("other")
        elif {first.determiner, second.determiner} <= {"the", ""} and first.determiner:
            determiner.insert(0, "the")
    else:
        known = first if numbers[0] is None else second
        determiner = [known.determiner] if known.determiner else []
    adjectives = said[first.head - len(first.adjectives) : first.head]
    sex = said[first.head].sex if said[first.head].sex == said[second.head].sex else ""
    return [
        *(Said(text, start, end) for text in determiner),
        *adjectives,
        Said(HEADS[one], start, end, sex),
    ]


def _number(said: Sequence[Said], phrase: _Phrase) -> int | None:
    """Return how many people a phrase stands for; None: it does not say."""
    if phrase.determiner in _NUMBERS:
        return _NUMBERS[phrase.determiner]
    return 1 if said[phrase.head].text in HEADS else None


def _continued(rest: list[Said]) -> list[Said]:
    """Return what follows two joined phrases: no comma before "and", no noun without article."""
    if len(rest) > 1 and rest[0].text == "," and rest[1].text == "and":
        rest = rest[1:]
    if len(rest) > 1 and rest[0].text == "and" and rest[1].text in HEADS:
        rest = [rest[0], Said("a", *rest[1].span), *rest[1:]]
    return rest


def told_apart(said: list[Said]) -> list[Said]:
    """Return said with the second "a person" as "another person", where two sexes were told apart.

    The same word twice is told apart where each has words of its own.
    """
    apart: list[Said] = []
    seen: list[tuple[_Phrase, Said]] = []
    inserted = 0
    for place, word in enumerate(said):
        apart.append(word)
        word = dataclasses.replace(word, text=word.text.removesuffix("'s"))
        if word.text not in HEADS and word.text not in SINGULAR:
            continue
        phrase = _phrase(said, place)
        shown = [word.text for word in said[: phrase.start]][-2:]
        pictured = shown[-1:] == ["of"] and not {"front", "top", "ahead", "side"} & {*shown}
        alike = [
            (earlier, head) for earlier, head in seen
            if head.text == word.text
            and phrase.adjectives in {(), earlier.adjectives}
            and (earlier.determiner == phrase.determiner or phrase.determiner in {*_ONE, "the"})
        ]  # fmt: skip
        seen.append((phrase, word))
        if not alike or pictured or not (word.sex or any(head.sex for _, head in alike)):
            continue
        other_sex = all(head.sex != word.sex for _, head in alike)
        at = phrase.start + inserted
        if phrase.determiner in _ONE and any(p.determiner in {*_ONE, "another"} for p, _ in alike):
            apart[at] = dataclasses.replace(apart[at], text="another")
        elif other_sex and (phrase.determiner in _NUMBERS or phrase.determiner == "the"):
            if phrase.determiner in _ONE:
                continue
            apart.insert(at + 1, Said("other", *word.span))
            inserted += 1
    return apart
