"""What is sure of a picture, and nothing else.

"Two people and a dog.": for a picture of which the model's sentence is not to be trusted. First
people, with their number where that is sure, then animals and things, then the place. Each is
believed from a threshold of its own on, at which it was right often enough on photos that were kept
apart (the table's precision). No word says that anything is doubtful: what is doubtful is not said.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lorgnette.captioning.caption import Word
from lorgnette.captioning.evidence import (
    ANIMAL,
    PERSON,
    PLACE,
    UNSEEN_BELOW,
    Evidence,
    EvidenceTable,
    Seen,
    Thing,
)
from lorgnette.captioning.naming import DETECTOR, IRREGULAR, clash, mistaken, says
from lorgnette.english.articles import takes_an
from lorgnette.english.lexicon import ADJECTIVES, ARTICLES, LOOKS, OWNERS, words_of

MOST = 4  # things and places: each more makes the list less likely right
# A relation is sure where this many sentences and all that name both things agree on it, and the
# likeliest of them says it with this probability.
AGREEING = 3
RELATION_FROM = 0.8
# From that probability on the classifier, which tells one thing a picture, is sure of it.
PLAIN_FROM = 0.75
SOMEBODY = "one or more people"
_RELATIONS = words_of("on in under with")
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that the model found: its words, lower case, and how likely each is."""

    words: tuple[str, ...]
    probabilities: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Sure:
    """An alt text of what is sure.

    Attributes:
        words: as `wording.worded` makes them.
        confidence: that all of it is right, 0 to 1: the product of the shares that each thing's
            threshold was right on photos kept apart, as if one did not depend on another.
    """

    words: tuple[Word, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of the list: its words, how likely it is right, and what joins it to the others."""

    words: tuple[Word, ...]
    precision: float
    at: str = ""  # "in"; else "and"


def sure(evidence: Evidence, sentences: Sequence[Sentence]) -> Sure | None:
    """Return what is sure of a picture; None where nothing is.

    Args:
        sentences: that the model found, the best first: they tell whether a thing is there once
            or several times, and where two things are in relation to each other.
    """
    things = _believed(evidence)
    places = [seen for seen in things if seen.thing.kind == PLACE]
    others = [seen for seen in things if seen.thing.kind != PLACE]
    others.sort(key=lambda seen: (seen.thing.kind != ANIMAL, -seen.probability))
    named = [*others, *places][:MOST]
    parts = [_people(evidence)]
    related = _related(named, evidence.table, sentences)
    for seen in named:
        if related is not None and seen is related.below:
            continue
        part = _part(seen, evidence.table, sentences)
        if related is not None and seen is related.above:
            below = _part(related.below, evidence.table, sentences)
            joined = Word(text=related.word, probability=related.probability)
            part = _Part(
                (*part.words, joined, *below.words),
                part.precision * below.precision * related.probability,
            )
        parts.append(part)
    said = [part for part in parts if part is not None]
    if not said:
        return None
    return Sure(_listed(said), math.prod(part.precision for part in said))


def overlooks(words: Sequence[str], evidence: Evidence) -> bool:
    """Tell whether a sentence lacks what the picture plainly shows: a lens cap, and nothing else.

    Args:
        words: lower case.
    """
    said = [
        evidence.table.things[number]
        for mention in evidence.table.mentions(words)
        for number in mention.things
    ]
    return any(
        seen.probability >= PLAIN_FROM
        and seen.thing.source not in DETECTOR
        and seen.thing.kind not in {PERSON, PLACE}
        and not any(
            seen.thing is thing or says(thing, seen.thing) or says(seen.thing, thing)
            for thing in said
        )
        for seen in _believed(evidence)
    )


def invents(words: Sequence[str], evidence: Evidence) -> bool:
    """Tell whether a sentence says a thing that the detector knows, and does not see at all.

    Args:
        words: lower case.
    """
    return any(
        max(evidence.probabilities[number] for number in mention.things) < UNSEEN_BELOW
        and any(evidence.table.things[number].source in DETECTOR for number in mention.things)
        for mention in evidence.table.mentions(words)
    )


def _believed(evidence: Evidence) -> list[Seen]:
    """Return the things to name, the likeliest first: none twice, none that is contradicted."""
    seen = [each for each in evidence.sure if each.thing.kind != PERSON]
    kept: list[Seen] = []
    for place, one in enumerate(seen):
        others = [*seen[:place], *seen[place + 1 :]]
        # "A beagle" says that a dog is there; of two names for one thing the likelier is told.
        told = any(
            says(one.thing, other.thing) and (number < place or not says(other.thing, one.thing))
            for number, other in enumerate(seen)
            if other is not one
        )
        if not told and not any(_refuted(one.thing, other.thing, evidence) for other in others):
            kept.append(one)
    return kept


def _refuted(one: Thing, other: Thing, evidence: Evidence) -> bool:
    """Tell whether one is not to be told because detector and classifier contradict each other.

    Nor is the other, unless it is the classifier's, and the detector is mistaken.
    """
    return clash(one, other) or (clash(other, one) and not mistaken(other, evidence))


def _people(evidence: Evidence) -> _Part | None:
    table = evidence.table.people
    number = evidence.people
    if table is not None and number:
        if number == len(table.outputs) - 1:  # that many or more
            text = "several people" if number > 1 else SOMEBODY
        else:
            text = "a person" if number == 1 else f"{_NUMBERS[number]} people"
        return _Part(_words(text, evidence.numbers[number]), table.precision)
    if evidence.nobody or number == 0:
        return None
    people = [seen for seen in evidence.sure if seen.thing.kind == PERSON]
    if not people:
        return None
    likeliest = people[0]
    return _Part(_words(SOMEBODY, likeliest.probability), likeliest.thing.precision)


def _part(seen: Seen, table: EvidenceTable, sentences: Sequence[Sentence]) -> _Part:
    thing = seen.thing
    many = _is_many(seen, table, sentences)
    pair = thing.plural == thing.name and thing.name.endswith("s")
    if pair or not thing.plural:
        text = thing.name
    elif many:
        text = thing.plural
    else:
        text = f"{'an' if takes_an(thing.name) else 'a'} {thing.name}"
    return _Part(_words(text, seen.probability), thing.precision, thing.at)


def _is_many(seen: Seen, table: EvidenceTable, sentences: Sequence[Sentence]) -> bool:
    """Tell whether all sentences that say a thing say several of it."""
    forms = Counter(
        _form_is_plural(sentence.words[mention.start : mention.end])
        for sentence in sentences
        for mention in table.mentions(sentence.words)
        if any(table.things[number] is seen.thing for number in mention.things)
    )
    return bool(forms[True]) and not forms[False]


def _form_is_plural(words: Sequence[str]) -> bool:
    last = words[-1]
    return last in IRREGULAR.values() or (
        last.endswith("s") and not last.endswith(("ss", "us", "is"))
    )


@dataclass(frozen=True, slots=True)
class _Relation:
    above: Seen
    word: str
    below: Seen
    probability: float


def _related(
    named: Sequence[Seen], table: EvidenceTable, sentences: Sequence[Sentence]
) -> _Relation | None:
    """Return the surest relation between two things, if there is one."""
    found = [
        relation
        for above in named
        for below in named
        if above is not below
        and (relation := _relation(above, below, table, sentences)) is not None
    ]
    return max(found, key=lambda relation: relation.probability, default=None)


def _relation(
    above: Seen, below: Seen, table: EvidenceTable, sentences: Sequence[Sentence]
) -> _Relation | None:
    joins: list[tuple[str, float]] = []
    for sentence in sentences:
        first = _where(above, table, sentence)
        second = _where(below, table, sentence)
        if first is None or second is None:
            continue
        between = sentence.words[first[1] : second[0]]
        between_nouns = ARTICLES | OWNERS | ADJECTIVES | LOOKS
        if not between or not set(between[1:]) <= between_nouns:
            return None  # they are both said, and otherwise
        joins.append((between[0], sentence.probabilities[first[1]]))
    words = {word for word, _ in joins}
    if len(joins) < AGREEING or len(words) > 1 or not words <= _RELATIONS:
        return None
    probability = max(probability for _, probability in joins)
    if probability < RELATION_FROM:
        return None
    return _Relation(above, joins[0][0], below, probability)


def _where(seen: Seen, table: EvidenceTable, sentence: Sentence) -> tuple[int, int] | None:
    for mention in table.mentions(sentence.words):
        if any(table.things[number] is seen.thing for number in mention.things):
            return mention.start, mention.end
    return None


def _words(text: str, probability: float) -> tuple[Word, ...]:
    return tuple(Word(text=word, probability=probability) for word in text.split())


def _listed(parts: Sequence[_Part]) -> tuple[Word, ...]:
    """Return parts as a list: "a cup, a table and a chair", "two people in a library"."""
    *first, last = parts
    place = last if first and last.at else None
    things = first if place is not None else parts
    said: list[Word] = []
    for number, part in enumerate(things):
        if 0 < number < len(things) - 1:
            said[-1] = Word(text=f"{said[-1].text},", probability=said[-1].probability)
        elif number:
            said.append(Word(text="and", probability=1.0))
        said += part.words
    if place is not None:
        said += [Word(text=place.at, probability=place.words[-1].probability), *place.words]
    return tuple(said)
