"""Calling a thing by its name where the RNN has only a neighbour's: "a dog" for an otter.

A name takes the place of a word of its own kind (`Thing.instead_of`) where the evidence is sure
of it, with article, number and the adjectives that were there. It need only be believed where
nothing at all is seen of the neighbour. The sentence stays as it is where it says the name in any
way already, where it says several neighbours, so that nobody knows which is meant, where the
neighbour belongs to a compound ("dog house") or is sure to be there itself, and where the detector
contradicts the classifier.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lorgnette.captioning.caption import Word
from lorgnette.captioning.evidence import ANIMAL, PERSON, UNSEEN_BELOW, Evidence, Thing
from lorgnette.english.articles import takes_an
from lorgnette.english.lexicon import (
    ADJECTIVES,
    ARTICLES,
    FUNCTION_WORDS,
    LOOKS,
    OWNERS,
    THINGS_IN_ING,
    words_of,
)

DETECTOR = {"coco", "both"}  # sources in which a detector has a word

IRREGULAR = {
    "mouse": "mice", "goose": "geese", "ox": "oxen", "calf": "calves", "wolf": "wolves",
    "man": "men", "woman": "women", "child": "children", "person": "people", "foot": "feet",
    "knife": "knives", "loaf": "loaves", "leaf": "leaves", "shelf": "shelves",
}  # fmt: skip
_SAME = words_of("sheep fish deer bison moose elk aircraft salmon shrimp squid")
_UNCOUNTED = words_of(
    "food fruit meat bread coffee tea water beer wine soup salad rice pasta furniture equipment "
    "clothing luggage jewelry chocolate cheese candy pastry produce seafood wildlife cattle"
)
_SINGLE = words_of("a an one another this that each every")
_SEVERAL = words_of(
    "two three four five six seven eight nine ten several some many few both these those various "
    "numerous multiple"
)
_OF_SEVERAL = words_of("herd flock group bunch pair couple lot lots school pack row number")
_PLURAL_VERBS = {"are", "were", "have"}
# With one of these before it the word is the name of something else.
_COMPOUND_BEFORE = words_of(
    "hot toy teddy sea guide police prairie polar guinea fire computer stuffed rubber ginger"
)
_VERBS = words_of(
    "sits stands lies lays walks runs looks swims eats drinks plays jumps sleeps flies hangs "
    "rests stares grazes rides drives goes sat stood lay perched laid lying hung parked"
)
_PREPOSITIONS_BEFORE_MANY = {"of"}


def named(words: Sequence[Word], evidence: Evidence) -> list[Word]:
    """Return a model's words with names put in where the evidence is sure of them.

    A name is as likely as the thing is.
    """
    said = list(words)
    sure = [
        (thing, probability)
        for thing, probability in zip(evidence.table.things, evidence.probabilities, strict=True)
        if (_sure_of(thing, probability) or _believed(thing, probability))
        and thing.kind != PERSON
        and not (thing.kind == ANIMAL and evidence.no_animal)
    ]
    for thing, probability in sorted(sure, key=lambda pair: pair[1], reverse=True):
        if not _contradicted(thing, evidence):
            said = _with_name(said, thing, probability, evidence)
    return said


def spelled(words: Sequence[Word], evidence: Evidence) -> tuple[Word, ...]:
    """Return words with the capitals of the table's names: "Komodo dragon".

    Args:
        words: of an alt text; a comma belongs to the word before it.
    """
    texts = [word.text.rstrip(",").lower() for word in words]
    said = list(words)
    for mention in evidence.table.mentions(texts):
        phrase = " ".join(texts[mention.start : mention.end])
        things = [evidence.table.things[number] for number in mention.things]
        forms = [form for thing in things for form in (thing.name, thing.plural)]
        name = next((form for form in forms if form.lower() == phrase), phrase)
        for place, text in zip(range(mention.start, mention.end), name.split(), strict=True):
            if text != texts[place]:
                comma = "," * said[place].text.endswith(",")
                said[place] = replace(said[place], text=f"{text}{comma}")
    return tuple(said)


def _contradicted(thing: Thing, evidence: Evidence) -> bool:
    """Tell whether detector or classifier is sure of something else in thing's place."""
    for other in (seen.thing for seen in evidence.sure):
        if clash(other, thing) and mistaken(other, evidence):
            continue
        if clash(thing, other) or (other.source in DETECTOR and _in_one_place(other, thing)):
            return True
    return False


def clash(detected: Thing, named: Thing) -> bool:
    """Tell whether a thing of the detector's and a name of the classifier's cannot both be right.

    They stand in one place: the name could replace the thing, and neither says the other.
    """
    return (
        detected.source in DETECTOR
        and named.source not in DETECTOR
        and _in_one_place(detected, named)
    )


def _in_one_place(thing: Thing, name: Thing) -> bool:
    return (
        bool({thing.name.lower(), *thing.words} & set(name.instead_of))
        and thing.name != name.name
        and not says(thing, name)
        and not says(name, thing)
    )


def mistaken(detected: Thing, evidence: Evidence) -> bool:
    """Tell whether the classifier has the detector's word, too, and sees nothing of it.

    The detector has eighty words and takes a marmot for a bear; the classifier knows both.
    """
    its = [
        probability
        for thing, probability in zip(evidence.table.things, evidence.probabilities, strict=True)
        if thing.source not in DETECTOR and (thing.name == detected.name or says(detected, thing))
    ]
    return detected.source in DETECTOR and bool(its) and max(its) < UNSEEN_BELOW


def says(general: Thing, special: Thing) -> bool:
    """Tell whether the name of special says general, too.

    A "beagle" says that a dog is there, a "cup of espresso" a cup; and a "hot dog" is no dog beside
    one.
    """
    name, part = special.name.lower(), general.name.lower()
    return name in general.words or name.startswith(f"{part} of ") or name.endswith(f" {part}")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a neighbour's word lies, and in which number it stands."""

    start: int
    end: int
    phrase: str  # as the table has it, so that two forms of one word are known as one
    many: bool
    uncounted: bool


def _with_name(
    said: list[Word], thing: Thing, probability: float, evidence: Evidence
) -> list[Word]:
    """Return said with the name of thing in the place of its only neighbour, if it has one."""
    texts = [word.text for word in said]
    mentions = evidence.table.mentions(texts)
    if any(evidence.table.things[number] is thing for each in mentions for number in each.things):
        return said
    longer = {
        place
        for mention in mentions
        if mention.end - mention.start > 1
        for place in range(mention.start, mention.end)
    }
    places = _neighbours(texts, thing)
    if (
        not places
        or len({place.phrase for place in places}) > 1
        or any(_in_a_compound(texts, place, longer) for place in places)
        or (not thing.plural and any(place.many for place in places))
        or _seen_itself(places[0].phrase, thing, evidence)
        or not (_sure_of(thing, probability) or _unseen(places[0].phrase, evidence))
    ):
        return said
    for place in reversed(places):
        said = _replaced(said, place, thing, probability)
    return said


def _sure_of(thing: Thing, probability: float) -> bool:
    return thing.naming_threshold is not None and probability >= thing.naming_threshold


def _believed(thing: Thing, probability: float) -> bool:
    """Tell whether thing is as likely as it must be where nothing of its neighbour is seen."""
    if thing.naming_threshold is None or thing.threshold is None:
        return False
    return probability >= thing.threshold


def _of(phrase: str, evidence: Evidence) -> list[tuple[Thing, float]]:
    """Return the things that phrase says, and how likely each is."""
    every = zip(evidence.table.things, evidence.probabilities, strict=True)
    return [
        (thing, probability)
        for thing, probability in every
        if phrase in {thing.name.lower(), thing.plural.lower(), *thing.words}
    ]


def _unseen(phrase: str, evidence: Evidence) -> bool:
    """Tell whether phrase is a thing that would be seen if it were there, and is not."""
    its = [probability for _, probability in _of(phrase, evidence)]
    return bool(its) and max(its) < UNSEEN_BELOW


def _seen_itself(phrase: str, thing: Thing, evidence: Evidence) -> bool:
    """Tell whether the neighbour that is said is as sure as a name must be: a monkey is no dog."""
    return any(
        other is not thing
        and _sure_of(other, probability)
        and not says(other, thing)
        and not (clash(other, thing) and mistaken(other, evidence))
        for other, probability in _of(phrase, evidence)
    )


def _neighbours(texts: Sequence[str], thing: Thing) -> list[_Place]:
    forms: dict[tuple[str, ...], tuple[str, bool]] = {}
    for phrase in thing.instead_of:
        forms.setdefault(tuple(plural(phrase).split()), (phrase, True))
    plurals = {plural(phrase) for phrase in thing.instead_of}
    for phrase in thing.instead_of:
        if phrase not in plurals or phrase.split()[-1] in _SAME | _UNCOUNTED:
            forms[tuple(phrase.split())] = (phrase, False)
    found: list[_Place] = []
    place = 0
    longest = max(map(len, forms), default=0)
    while place < len(texts):
        for end in range(min(place + longest, len(texts)), place, -1):
            form = forms.get(tuple(texts[place:end]))
            if form is not None:
                phrase, many = form
                if texts[end - 1] in _SAME:
                    many = _is_many(texts, place, end)
                uncounted = texts[end - 1] in _UNCOUNTED
                found.append(_Place(place, end, phrase, many, uncounted))
                place = end
                break
        else:
            place += 1
    return found


def plural(phrase: str) -> str:
    """Return the plural of the last word of phrase."""
    before, _, last = phrase.rpartition(" ")
    if last in _SAME | _UNCOUNTED:
        many = last
    elif last in IRREGULAR:
        many = IRREGULAR[last]
    elif last.endswith(("s", "x", "z", "ch", "sh")):
        many = f"{last}es"
    elif last.endswith("y") and last[-2:-1] not in {*"aeou"}:
        many = f"{last[:-1]}ies"
    else:
        many = f"{last}s"
    return f"{before} {many}".strip()


def _first_of_noun(texts: Sequence[str], start: int) -> int:
    """Return where the adjectives begin that stand before start."""
    while start and texts[start - 1] in ADJECTIVES | LOOKS:
        start -= 1
    return start


def _is_many(texts: Sequence[str], start: int, end: int) -> bool:
    """Tell the number of a word that has one form for both."""
    first = _first_of_noun(texts, start)
    before = texts[first - 1] if first else ""
    if before in _SINGLE:
        return False
    after = texts[end] if end < len(texts) else ""
    many_of = before == "of" and first > 1 and texts[first - 2] in _OF_SEVERAL
    return before in _SEVERAL or many_of or after in _PLURAL_VERBS or before not in {"the", *OWNERS}


def _in_a_compound(texts: Sequence[str], place: _Place, longer: set[int]) -> bool:
    """Tell whether the word belongs to another: "hot dog", "dog house"."""
    if longer & set(range(place.start, place.end)) and place.end - place.start == 1:
        return True
    if place.start and texts[place.start - 1] in _COMPOUND_BEFORE:
        return True
    after = texts[place.end] if place.end < len(texts) else ""
    return not (
        not after
        or after in FUNCTION_WORDS | _VERBS | {"."}
        or (after.endswith("ing") and after not in THINGS_IN_ING)
        or (after.endswith(("ed", "ly")) and len(after) > 4)
    )


def _replaced(said: list[Word], place: _Place, thing: Thing, probability: float) -> list[Word]:
    texts = [word.text for word in said]
    first = _first_of_noun(texts, place.start)
    before = texts[first - 1] if first else ""
    adjectives = said[first : place.start]
    many = place.many
    if place.uncounted and before not in ARTICLES | OWNERS | _SINGLE:
        # "some food" and "a plate of food" are any number of what has one; else it is one.
        many = bool(thing.plural) and before in _PREPOSITIONS_BEFORE_MANY | _SEVERAL
    phrase = called(thing, many=many)
    name = [Word(text=text, probability=probability) for text in phrase.split()]
    start = first
    determiner: list[Word] = []
    if not thing.plural:
        start -= before in {"a", "an"}  # "a vegetable" -> "broccoli"
    elif before in {"a", "an"} or (
        place.uncounted and not many and before not in ARTICLES | OWNERS | _SINGLE
    ):
        start -= before in {"a", "an"}
        next_word = (*adjectives, *name)[0].text
        article = said[first - 1] if start < first else name[0]
        determiner = [
            Word(text="an" if takes_an(next_word) else "a", probability=article.probability)
        ]
    return [*said[:start], *determiner, *adjectives, *name, *said[place.end :]]


def called(thing: Thing, *, many: bool) -> str:
    """Return the name of thing in a number, without an article: "pair of scissors"."""
    if thing.plural == thing.name and thing.name.endswith("s"):
        return f"{'pairs' if many else 'pair'} of {thing.name}"
    return thing.plural if many and thing.plural else thing.name
