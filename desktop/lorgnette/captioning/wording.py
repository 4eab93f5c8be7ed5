"""From the words of a model to an alt text.

A recurrent network says things twice, breaks off, and opens with "a picture of", which a screen
reader has said already. What is wrong is cut; nothing is made up. The order: what is no word goes,
then the opening, then what is said twice, then people are made neutral, then a dangling end goes
and a and an are put right; last, what is longer than LONGEST is cut between two phrases.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from lorgnette.captioning.caption import Word
from lorgnette.captioning.people import People, neutral
from lorgnette.english.articles import takes_an
from lorgnette.english.lexicon import (
    ADJECTIVES,
    ANIMALS,
    ARTICLES,
    FUNCTION_WORDS,
    LOOKS,
    OWNERS,
    SPELLED,
    THINGS_IN_ING,
    words_of,
)

LONGEST = 125  # characters of an alt text

_NO_WORD = re.compile(r"<.*>|\[.*\]|unk|startseq|endseq", re.IGNORECASE)
_COMMAS = frozenset(",;:")
_ENDS = frozenset(".!?")
_CLITIC = re.compile(r"'(?:s|re|ve|ll|d|m)?|n't")
_MARKS = re.compile(r"^[^\w']+|[^\w']+$")

_SHOWN = {"image", "picture", "photo", "photograph", "pic", "snapshot", "shot"}
_SHOWS = {"of", "showing", "shows", "depicting", "depicts", "containing", "contains", "featuring"}
_OF_PICTURES = words_of(
    "close up close-up closeup black and white black-and-white color colored colour old blurry "
    "vintage grainy aerial beautiful nice cropped big large small great very sepia antique "
    "panoramic overhead dark bright cute funny blurred"
)

_BEFORE_NOUNS = ARTICLES | OWNERS
_LINKS = {"and", "or", ","}
_PREPOSITIONS = words_of(
    "with without in on at of to from by for into onto over under above below behind beside "
    "between among near through across along around against towards toward upon inside outside "
    "like past during beyond"
)
_BESIDE = {"next to", "beside", "behind", "near", "in front of", "by", "over", "on top of"}
_JOINS = sorted(
    (
        tuple(words.split())
        for words in (*_LINKS, ", and", "and with", ", with", "on the side of", "along with",
                      *_BESIDE, *(_PREPOSITIONS - {"to", "from", "between", "like"}))
    ),
    key=len,
    reverse=True,
)  # fmt: skip
_ALIKE = {
    "television": "tv", "televisions": "tvs", "sofa": "couch", "sofas": "couches",
    "bike": "bicycle", "bikes": "bicycles", "plane": "airplane", "planes": "airplanes",
    "motorbike": "motorcycle", "motorbikes": "motorcycles", "racquet": "racket",
    "racquets": "rackets", "cellphone": "phone", "cellphones": "phones",
}  # fmt: skip
_WITH = ("with",)
_BODIES = {"body", "bodies"}  # of water
_ON_IT = [
    tuple(words.split())
    for words in ("on it", "on top of it", "on the side of it", "on the front of it", "in it",
                  "in front of it", "in the middle of it", "next to it", "on them", "in them")
]  # fmt: skip
_TWICE = words_of("pom yo choo tuk bye go cha")  # said twice for good
_SINGULAR_VERBS = {"are": "is", "were": "was", "have": "has"}

_HANGING = words_of(
    "a an the and or but while as who which that where when is are was were be been being has "
    "have with without in on at of to from for into onto by under above below between among "
    "near through across against towards toward upon like than during beyond beside next his "
    "their its my our very no some each every several two three four five six this these those "
    "it's wearing holding carrying using containing featuring showing having making taking "
    "throwing doing wears holds carries uses takes throws makes ,"
)
_NUMBERS = words_of("two three four five six")
_BEFORE_OF = words_of(
    "front top middle side edge end back center bottom group bunch couple pair piece row lot "
    "lots variety number full made"
)
_BEFORE_WITH = words_of("filled covered surrounded topped decorated made")


def worded(words: Sequence[Word], people: People) -> tuple[Word, ...]:
    """Return the words of an alt text; none where nothing is left to say.

    Each carries the probability of the model's word that it came from, the least of them where it
    came from several. A comma belongs to the word before it. Words that are an alt text already
    come back as they are.
    """
    said = _cleaned(words)
    while True:
        before = said
        said = _without_repeats(_without_opening(_whole(said)))
        if people is People.NEUTRAL:
            said = neutral(said)
        said = _shortened(_with_articles(_without_end(_without_start(said))))
        if said == before:
            return _spelled(said)


def sentence(words: Sequence[Word]) -> str:
    """Return words that `worded` made as a sentence: "" for none."""
    text = " ".join(word.text for word in words)
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _cleaned(words: Sequence[Word]) -> list[Word]:
    """Return words in lower case, commas apart, clitics joined; "" where a word is unknown."""
    said: list[Word] = []
    pieces = (
        word if word.text == text else replace(word, text=text)
        for word in words
        for text in word.text.split()
    )
    for piece in pieces:
        bare = _MARKS.sub("", piece.text.lower())
        if _NO_WORD.fullmatch(piece.text):
            said.append(replace(piece, text=""))
        elif _CLITIC.fullmatch(bare):
            if said and said[-1].text not in {"", ","}:
                least = min(said[-1].probability, piece.probability)
                said[-1] = replace(piece, text=said[-1].text + bare, probability=least)
        elif piece.text in _ENDS:
            if any(before.text for before in said):
                break
        elif bare:
            said.append(piece if piece.text == bare else replace(piece, text=bare))
        if piece.text[-1] in _COMMAS:
            said.append(replace(piece, text=","))
    return said


def _whole(said: Sequence[Word]) -> list[Word]:
    """Return said without gaps where a word is missing, and without what only led up to them."""
    whole: list[Word] = []
    for place, word in enumerate(said):
        after = said[place + 1].text if place + 1 < len(said) else ","
        gap = not word.text or (word.text in ARTICLES and after in _NEVER_AFTER_ARTICLE)
        if not gap:
            whole.append(word)
        elif not after or after in FUNCTION_WORDS:
            while whole and whole[-1].text in _HANGING | LOOKS:
                whole.pop()
    return whole


_NEVER_AFTER_ARTICLE = words_of("of and or with at is are was were a an the for while ,")


def _without_opening(said: list[Word]) -> list[Word]:
    """Return said without "a picture of" and the like; never nothing."""
    texts = [word.text for word in said]
    place = 0
    if texts[:2] in (["this", "is"], ["here", "is"], ["there", "is"]):
        place = 2
    if place < len(texts) and texts[place] in {"a", "an", "the", "this"}:
        place += 1
    while place < len(texts) and texts[place] in _OF_PICTURES:
        place += 1
    rest = texts[place : place + 3]
    if not rest or rest[0] not in _SHOWN:
        return said
    end = place + (3 if rest[1:2] == ["that"] else 2)
    if end < len(texts) and texts[end - 1] in _SHOWS:
        return _without_opening(said[end:])
    return said


@dataclass(frozen=True, slots=True)
class _Noun:
    """Where a noun lies with its article and adjectives, and its words without the article.

    Of two words for one thing words has always the same.
    """

    start: int
    end: int
    article: str
    words: tuple[str, ...]

    def says(self, other: "_Noun") -> bool:
        """Tell whether this says all that other does."""
        return self.words[-1] == other.words[-1] and set(other.words) <= set(self.words)

    def are(self, other: "_Noun") -> bool:
        """Tell whether this is many of what other is."""
        return self.words[-1] in {other.words[-1] + "s", other.words[-1] + "es"}


def _nouns(texts: Sequence[str]) -> list[_Noun]:
    """Return runs of words between function words and verbs in -ing."""
    nouns = []
    place = 0
    while place < len(texts):
        start = place
        article = texts[place] if texts[place] in _BEFORE_NOUNS else ""
        place += bool(article)
        first = place
        while place < len(texts) and not (
            texts[place] in FUNCTION_WORDS
            or texts[place] in OWNERS
            or (texts[place].endswith("ing") and texts[place] not in THINGS_IN_ING
                and (place > first or not article))
        ):  # fmt: skip
            place += 1
        if place > first:
            said = tuple(_ALIKE.get(text, text) for text in texts[first:place])
            nouns.append(_Noun(start, place, article, said))
        place = max(place, start + 1)
    return nouns


def _without_repeats(said: list[Word]) -> list[Word]:
    """Return said with nothing said twice: the second is cut, or named as another one."""
    while True:
        before = said
        said = _without_stammer(said)
        texts = [word.text for word in said]
        nouns = _nouns(texts)
        for number, noun in enumerate(nouns):
            mended = _mended(said, texts, nouns[:number], noun)
            if mended is not None:
                said = mended
                break
        if said == before:
            return said


def _without_stammer(said: list[Word]) -> list[Word]:
    """Return said without words that come again at once, with or without "and" between."""
    place = 0
    while place < len(said):
        for length in range(min(6, (len(said) - place) // 2), 0, -1):
            phrase = [word.text for word in said[place : place + length]]
            again = place + length
            linked = said[again].text in _LINKS
            if linked and (length > 1 or phrase[0] in ADJECTIVES | LOOKS):  # "white and white"
                again += 1
            if phrase == [word.text for word in said[again : again + length]] and not (
                length == 1 and phrase[0] in _TWICE
            ):
                said = [*said[: place + length], *said[again + length :]]
                if again > place + length and place + length < len(said):
                    verb = said[place + length]
                    text = _SINGULAR_VERBS.get(verb.text, verb.text)
                    said[place + length] = replace(verb, text=text)
                break
        else:
            place += 1
    return said


def _mended(
    said: list[Word], texts: list[str], earlier: list[_Noun], noun: _Noun
) -> list[Word] | None:
    """Return said without noun where it was said before; None: nothing is wrong with it."""
    if noun.article in OWNERS or noun.words[0] in {"another", "other"}:
        return None
    join = _join(texts, noun)
    start = noun.start - len(join)
    on_it = next((p for p in _ON_IT if tuple(texts[noun.end : noun.end + len(p)]) == p), ())
    has = 2 if texts[noun.start - 2 : noun.start] == ["that", "has"] else 1 if join == _WITH else 0
    if on_it and has and any(other.says(noun) or other.are(noun) for other in earlier):
        # "a street sign with a sign on it", "two pizzas on a table with a pizza on it"
        return [*said[: noun.start - has], *said[noun.end + len(on_it) :]]
    if not join:
        return None
    if noun.words[-1] in LOOKS:  # "in black and white"
        return None
    same = [other for other in earlier if other.says(noun) or _said_with_of(texts, other, noun)]
    after = texts[noun.end] if noun.end < len(texts) else ""
    if not same:
        longer = [other for other in earlier if noun.says(other) and other.end == start]
        if join[-1] == "and" and longer and not after.endswith("ing"):
            return _shorter_first(said, longer[0], noun)
        return None
    if join == ("of",) and texts[start - 1] in _BODIES:  # "in the water near a body of water"
        body = next(other for other in reversed(earlier) if other.end == start)
        return [*said[: body.start - len(_join(texts, body))], *said[noun.end :]]
    ends = after in {"", ",", "and", "or", "while", "as"}
    if ends and join[-1] not in _LINKS and any(
        tuple(texts[other.start - len(join) : other.start]) == join for other in same
    ):  # fmt: skip
        return [*said[:start], *said[noun.end :]]
    if join[-1] in _LINKS and any(other.end == start for other in same):
        rest = list(said[noun.end :])
        if rest:
            rest[0] = replace(rest[0], text=_SINGULAR_VERBS.get(after, after))
        return [*said[:start], *rest]
    beside = " ".join(join) in _BESIDE
    first = same[0] is earlier[0] and noun.words == same[0].words
    tells = noun.article in {"a", "an"} and after != "of" and noun.words == same[0].words
    if tells and ((beside and first) or (not ends and (beside or join[-1] == "and"))):
        another = replace(said[noun.start], text="another")
        return [*said[: noun.start], another, *said[noun.start + 1 :]]
    return [*said[:start], *said[noun.end :]] if ends else None


def _join(texts: Sequence[str], noun: _Noun) -> tuple[str, ...]:
    """Return the words that tie a noun to what is before it, if any do."""
    return next((j for j in _JOINS if tuple(texts[noun.start - len(j) : noun.start]) == j), ())


def _said_with_of(texts: Sequence[str], earlier: _Noun, noun: _Noun) -> bool:
    """Tell whether earlier is the cup in "a cup of coffee", and noun "a coffee cup"."""
    told = ("of", *noun.words[:-1])
    after = tuple(texts[earlier.end : earlier.end + len(told)])
    return len(told) > 1 and earlier.words[-1] == noun.words[-1] and after == told


def _shorter_first(said: list[Word], shorter: _Noun, longer: _Noun) -> list[Word] | None:
    """Return said without a thing that comes again with more words; not so people and animals."""
    if shorter.words[-1] in ANIMALS | _PERSONS:
        return None
    return [*said[: shorter.start], *said[longer.start :]]


_PERSONS = words_of(
    "man woman boy girl child kid person people men women boys girls children kids lady guy "
    "baby player players skier surfer rider"
)


def _without_start(said: list[Word]) -> list[Word]:
    """Return said from its first word that can open a sentence on."""
    place = 0
    while place < len(said) and said[place].text in _NEVER_FIRST:
        place += 1
    return said[place:]


_NEVER_FIRST = words_of("is are was were and or but of that who which has have , 's")


def _without_end(said: list[Word]) -> list[Word]:
    """Return said without an end that waits for more: "... with a", "... standing next to"."""
    while said:
        last, before = said[-1].text, said[-2].text if len(said) > 1 else ""
        if _can_end(said):
            break
        middle = len(said) - 1
        while middle >= 0 and said[middle].text in LOOKS:
            middle -= 1
        after_article = middle >= 0 and said[middle].text in {"a", "an", *OWNERS}
        if last not in _HANGING and not (middle < len(said) - 1 and after_article):
            break
        said = said[:-1]
        cut = _BEFORE_OF if last == "of" else _BEFORE_WITH if last in {"with", "by"} else ()
        if before in cut:
            said = said[:-1]
    return said


def _can_end(said: Sequence[Word]) -> bool:
    """Tell whether the last word, which mostly hangs, ends a sentence here: "looks on"."""
    last, before = said[-1].text, said[-2].text if len(said) > 1 else ""
    if before in FUNCTION_WORDS:
        return before == "from" and last in {"above", "below"}
    if last == "by":
        return not before.endswith("ed") and before not in {"standing", "sitting"}
    if last == "in":
        return before.startswith(("look", "peer", "com", "go", "roll", "walk"))
    if last == "on":
        dressed = {"with", "has", "have", "had", "wearing"}
        return before.startswith(("look", "watch")) or (
            not before.endswith("ing") and any(word.text in dressed for word in said)
        )
    return last in _NUMBERS


def _with_articles(said: Sequence[Word]) -> list[Word]:
    """Return said with a or an as the next word asks for."""
    right = list(said)
    for place, word in enumerate(right[:-1]):
        if word.text in {"a", "an"}:
            text = "an" if takes_an(right[place + 1].text) else "a"
            right[place] = word if word.text == text else replace(word, text=text)
    return right


def _spelled(said: Iterable[Word]) -> tuple[Word, ...]:
    """Return said with proper names spelled, and each comma in the word before it."""
    spelled: list[Word] = []
    for word in said:
        if word.text == ",":
            spelled[-1] = replace(spelled[-1], text=f"{spelled[-1].text},")
        else:
            text = SPELLED.get(word.text)
            spelled.append(replace(word, text=text) if text else word)
    return tuple(spelled)


def _shortened(said: list[Word]) -> list[Word]:
    """Return said, cut between two phrases so that its sentence has LONGEST characters at most."""
    if _fits(said):
        return said
    fitting = next((n for n in range(len(said) - 1, 0, -1) if _fits(said[:n])), 0)
    border = next((n for n in range(fitting, 1, -1) if _opens_a_phrase(said[n].text)), fitting)
    # A clause that has only begun says nothing: "... while a young boy".
    clause = next((n for n in range(border - 1, 1, -1) if said[n].text in _CLAUSES), 0)
    if clause and not any(_opens_a_phrase(word.text) for word in said[clause + 1 : border]):
        border = clause
    return _without_end(said[:border])


def _opens_a_phrase(word: str) -> bool:
    return (
        word in _PREPOSITIONS | _LINKS | _CLAUSES
        or word == "next"
        or (word.endswith("ing") and word not in THINGS_IN_ING)
    )


_CLAUSES = words_of("while as who that which where when")


def _fits(said: Sequence[Word]) -> bool:
    return len(sentence(_spelled(said))) <= LONGEST
