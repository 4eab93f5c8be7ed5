"""Words for people without their sex: a man -> a person, two girls -> two children.

What is decided here:

- Nothing is lost and nothing invented. "A man and a woman" are "two people", for "a person and a
  person" reads badly and the number is exact; where only one of the numbers is known the other
  word stays ("several men and a woman": "several people"). Apart in a sentence, the second is
  "another person".
- Family stays, without sex: parent, child, sibling, spouse. A trade gets its plain name: police
  officer, firefighter, fisher. What is worn as a costume or is no person stays: cowboy, snowman,
  bride, groom, king, queen, and what somebody is dressed as.
- A boy or a girl is a child, whatever the age that the model meant; the adjectives stay, and a
  teenage boy is a teenager.
- A pronoun belongs to the nearest person before it whose sex fits, else to an animal before it
  ("its"), else to a person: "their".
"""

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lorgnette.english.lexicon import (
    ADJECTIVES,
    AGENTS,
    ANIMALS,
    FUNCTION_WORDS,
    OWNERS,
    SPELLED,
    SPORTS,
    THINGS_IN_ING,
    words_of,
)


@dataclass(frozen=True, slots=True)
class Said:
    """A word that stands for words[start:end] of those that were given."""

    text: str
    start: int
    end: int
    sex: str = ""  # that the words stood for: m, f or nothing

    @property
    def span(self) -> tuple[int, int]:
        """Where the words lie that it stands for."""
        return self.start, self.end


@dataclass(frozen=True, slots=True)
class Rewriting:
    """A text with words for people made neutral."""

    text: str
    found: str  # the first words that were replaced, as they stood


def _table(lines: str) -> dict[tuple[str, ...], tuple[str, str]]:
    """Return {words: (sex, what to say)} of lines such as "m policeman: police officer+".

    A line that ends in "+" holds for the plural in the same way; "man" there is "men".
    """
    table: dict[tuple[str, ...], tuple[str, str]] = {}
    for line in lines.strip().splitlines():
        sex, rest = line.split(maxsplit=1)
        before, after = (part.strip() for part in rest.split(":"))
        many = after.endswith("+")
        after = after.removesuffix("+")
        for words in before.split(", "):
            table[tuple(words.split())] = (sex.strip("-"), after)
            if many:
                table[tuple(plural(words).split())] = (sex.strip("-"), plural(after))
    return table


def plural(words: str) -> str:
    """Return the plural of the last of words."""
    if words.endswith("man"):
        return f"{words[:-3]}men"
    for one, many in (("person", "people"), ("child", "children"), ("wife", "wives")):
        if words.endswith(one):
            return words.removesuffix(one) + many
    if words.endswith("y") and words[-2:-1] not in "aeou":
        return f"{words[:-1]}ies"
    return f"{words}es" if words.endswith(("s", "ch", "sh", "x")) else f"{words}s"


_WORDS = _table("""
m man, guy, gentleman, dude, bloke, chap, male: person+
f woman, lady, gal, female: person+
m boy, lad: child+
f girl, lass: child+
m schoolboy, school boy: schoolchild+
f schoolgirl, school girl: schoolchild+
m baby boy: baby+
f baby girl: baby+
m toddler boy: toddler+
f toddler girl: toddler+
m teenage boy, teen boy, teenaged boy, teenage male: teenager+
f teenage girl, teen girl, teenaged girl, teenage female: teenager+
m ball boy, batboy, bat boy: ball kid+
f ball girl: ball kid+
m father, dad, daddy, papa: parent+
f mother, mom, mum, mommy, mama: parent+
m grandfather, grandpa, granddad: grandparent+
f grandmother, grandma, granny: grandparent+
m son: child+
f daughter: child+
m grandson: grandchild+
f granddaughter: grandchild+
m brother: sibling+
f sister: sibling+
m uncle, nephew: relative+
f aunt, niece: relative+
- husband and wife: married couple
- his or her, her or his: their
- he or she, she or he: they
- him or her, her or him: them
- himself or herself: themself
m husband: spouse+
f wife: spouse+
m boyfriend: partner+
f girlfriend: partner+
m policeman, police man: police officer+
f policewoman, police woman, police lady: police officer+
m fireman, fire man: firefighter+
f firewoman: firefighter+
m businessman, business man: businessperson+
f businesswoman, business woman: businessperson+
m salesman, sales man: salesperson+
f saleswoman: salesperson+
m cameraman, camera man: camera operator+
m mailman, postman, mail man: mail carrier+
m fisherman, fisher man: fisher+
m workman: worker+
m repairman: repairer+
m craftsman: craftsperson+
m serviceman: service member+
f servicewoman: service member+
m seaman: sailor+
m horseman: rider+
f horsewoman: rider+
m sportsman: athlete+
f sportswoman: athlete+
m baseman: base player+
m batsman: batter+
m crewman: crew member+
m linesman: line judge+
m doorman: door attendant+
m stuntman: stunt performer+
f waitress: server+
m waiter: server+
f actress: actor+
f stewardess: flight attendant+
f hostess: host+
f seamstress: sewer+
""")
_LONGEST = max(map(len, _WORDS))

# Costumes, proper names and things in which the word is no word for a person.
_KEPT = {
    tuple(words.split())
    for words in (
        "gingerbread man",
        "snow man",
        "iron man",
        "spider man",
        "super man",
        "bat man",
        "pac man",
        "best man",
        "michelin man",
        "marshmallow man",
        "wonder woman",
        "bat woman",
        "cat woman",
        "boy scout",
        "boy scouts",
        "girl scout",
        "girl scouts",
        "lady bug",
        "lady bugs",
        "lady liberty",
        "cow boy",
        "cow boys",
        "cow girl",
        "play boy",
        "game boy",
        "man made",
        "man hole",
        "man cave",
        "one man band",
        "beach boys",
    )
}
_ROOMS = words_of("room rooms restroom restrooms bathroom bathrooms toilet toilets")
_HEADS = {
    one: plural(one)
    for one in words_of(
        "person child parent sibling grandparent grandchild teenager toddler baby partner relative "
        "server businessperson schoolchild firefighter fisher adult kid"
    )
}
_SINGULAR = {many: one for one, many in _HEADS.items()}
_OTHER_PERSONS = words_of(
    "couple crowd group cowboy cowgirl clown bride groom bridesmaid santa king queen prince "
    "princess family friend friends owner man woman boy girl lady snowman someone somebody "
    "mannequin statue human humans jockey trainer kids babies adults teenagers biker batman "
    "superman spiderman spider-man daredevil performer guard monk nun priest"
) | (AGENTS - {"boxer", "rock", "ballet", "ice", "street", "water", "hockey", "professional"})
_NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
}  # fmt: skip
_NUMBER_WORDS = {number: word for word, number in _NUMBERS.items()}
_ONE = {"a", "an", "one"}
_MANY = {"several", "some", "many", "few", "both", "these", "those", "all", "various", "numerous"}
_DETERMINERS = {*_ONE, *_NUMBERS, *_MANY, *OWNERS, "the", "this", "that", "another", "each"}
_SENTENCE_ENDS = {".", "!", "?"}
_OBJECT_BEFORE = words_of(
    "a an the some this that and or but while as who which where when with without in on at of "
    "to from by for into onto over under above below behind beside between near next through "
    "across along around against towards toward inside off up out away is are was were has have"
) | {",", ";", ":", ")", *_SENTENCE_ENDS}
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


def neutral(words: Sequence[str]) -> list[Said]:
    """Return words with those for people made neutral; the others as they are.

    Args:
        words: lower case, marks apart, a possessive in one piece ("man's"). A word with a capital
            is a name, and stays.
    """
    said = [Said(text, place, place + 1) for place, text in enumerate(words)]
    for change in (_named, _counted, _joined, _told_apart, _with_neutral_pronouns):
        said = change(said)
    return said


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
    return not place or tokens[place - 1].text in _SENTENCE_ENDS


def _as_listed(tokens: Sequence[_Token], place: int, *, begins: bool) -> str:
    """Return a word of a text as the tables of words have it; a name keeps its capital."""
    word = tokens[place].text.replace("\u2019", "'")
    small = f"{word[0].lower()}{word[1:]}"
    if small in SPELLED:  # "Asian" is no name
        return small
    after = tokens[place + 1].text if place + 1 < len(tokens) else ""
    if begins and not (small in _FORMS and after[:1].isupper()):  # "Lady Liberty" is one
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
        for length in range(min(_LONGEST, len(said) - place), 0, -1):
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
        if tuple(texts[place : place + length]) in _KEPT:
            return length
    before = texts[max(place - 5, 0) : place]
    dressed = any(word in before for word in ("dressed", "costume", "outfit", "disguised"))
    posing_as = any(word in before for word in ("as", "like")) and before[-1] != "while"
    return 1 if dressed and posing_as and texts[place] in _FORMS else 0


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
    found = _WORDS.get(tuple(words))
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
        if after in ANIMALS or (after == "and" and _among_animals(texts, place)):
            return None
        if after in SPORTS or _names_a_trade(texts[place + 1 :], words[0]):
            return sex, ""
    if words[0] in _PARENTS and _among_animals(texts, place):
        return None
    return sex, neutral_words


_FORMS = {words[0] for words in _WORDS if len(words) == 1}
_PARENTS = words_of("mother mothers mama mom moms mommy mum father fathers papa dad daddy")
_ADJECTIVAL = {"male", "female", "man", "woman", "men", "women", "lady", "girl", "boy", *_PARENTS}


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
    people = {*_FORMS, "person", "people", "child", "children", "kid", "toddler"} - _PARENTS
    before = set(texts[:place])
    return bool(ANIMALS & {*near, *before}) and not people & {*before, *near}


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


def _counted(said: list[Said]) -> list[Said]:
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
            number = _SINGULAR.get(bare, bare)
        elif _NUMBERS.get(determiner, 0) > 1 or determiner in _MANY - {"some", "all"}:
            number = _HEADS.get(bare, bare)
        counted[place] = dataclasses.replace(word, text=number + owner)
    return counted


def _joined(said: list[Said]) -> list[Said]:
    """Return said with "a person and a person" as "two people"."""
    place = 0
    while place < len(said):
        if said[place].text in _HEADS or said[place].text in _SINGULAR:
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
    if place == len(said) or not (said[place].text in _HEADS or said[place].text in _SINGULAR):
        return None
    second = _phrase(said, place)
    return second if second.start == start else None


def _starts_another(following: Sequence[Said], head: Said) -> bool:
    """Tell whether a person follows head at once, as models say that have no comma.

    "a man a woman and a dog", "a man woman and dog".
    """
    return head.text in _HEADS and any(
        word.text in _ONE or (word.text in _HEADS and {word.sex, head.sex} == {"m", "f"})
        for word in following
    )


def _sum(said: Sequence[Said], first: _Phrase, second: _Phrase) -> list[Said]:
    """Return both phrases as one; nothing when they cannot be one."""
    one = _SINGULAR.get(said[first.head].text, said[first.head].text)
    same_head = one == _SINGULAR.get(said[second.head].text, said[second.head].text)
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
        Said(_HEADS[one], start, end, sex),
    ]


def _number(said: Sequence[Said], phrase: _Phrase) -> int | None:
    """Return how many people a phrase stands for; None: it does not say."""
    if phrase.determiner in _NUMBERS:
        return _NUMBERS[phrase.determiner]
    return 1 if said[phrase.head].text in _HEADS else None


def _continued(rest: list[Said]) -> list[Said]:
    """Return what follows two joined phrases: no comma before "and", no noun without article."""
    if len(rest) > 1 and rest[0].text == "," and rest[1].text == "and":
        rest = rest[1:]
    if len(rest) > 1 and rest[0].text == "and" and rest[1].text in _HEADS:
        rest = [rest[0], Said("a", *rest[1].span), *rest[1:]]
    return rest


def _told_apart(said: list[Said]) -> list[Said]:
    """Return said with the second "a person" as "another person", where two sexes were told apart.

    The same word twice is told apart where each has words of its own.
    """
    apart: list[Said] = []
    seen: list[tuple[_Phrase, Said]] = []
    inserted = 0
    for place, word in enumerate(said):
        apart.append(word)
        word = dataclasses.replace(word, text=word.text.removesuffix("'s"))
        if word.text not in _HEADS and word.text not in _SINGULAR:
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


def _with_neutral_pronouns(said: list[Said]) -> list[Said]:
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
        if word.sex in {sex} or (not word.sex and (text in _OTHER_PERSONS or text in _HEADS)):
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
