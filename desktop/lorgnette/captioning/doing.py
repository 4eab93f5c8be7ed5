"""A sentence without what is done in it: "a man with a ball on a field", whatever he does there.

What somebody is doing is what a model gets wrong most often, for people write down what is mostly
done in such a place. What it is done with and where can be told without it. A sentence whose
grammar is not one of the few that are known here is left as it is.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from lorgnette.captioning import judging
from lorgnette.captioning.candidates import stem
from lorgnette.captioning.caption import Word
from lorgnette.english.lexicon import FUNCTION_WORDS, THINGS_IN_ING, words_of

# A doing that is less likely is left out: of those below, 57 % are in none of five captions that
# people wrote, of the others 34 %.
DOUBTED_BELOW = 0.55

_BE = {"is", "are"}
# No doing: what somebody has on, what a picture shows, how things lie about.
_STATES = words_of("wearing showing containing featuring overlooking depicting surrounding hanging")
_OPENINGS = words_of("this that there it here")
_CLAUSES = words_of("while as that who which")
_AWAY = words_of("up down out off away along around back forward together")
# What stands behind these is there without them, too, and is told by another word. What is thrown,
# hit, kicked or caught often is not.
_INSTEAD = dict.fromkeys(
    words_of(
        "holding carrying eating swinging pulling pushing using flying preparing cutting making "
        "drinking reading hugging petting feeding playing"
    ),
    "with",
) | {"riding": "on"}
_ACTIVITIES = words_of(
    "game games soccer tennis baseball football basketball volleyball golf hockey rugby cricket "
    "frisbee trick tricks jump stunt picture pictures photo walk nap break"
)
_WHERE = ("in front of", "on top of", "next to", "in the middle of", "in", "on", "at", "near",
          "beside", "behind", "under", "inside", "outside", "by")  # fmt: skip
# Where to, behind a doing: what is passed is where it happens.
_PASSED = words_of("through across over along down up around into onto")
_IN = words_of(
    "water pool ocean sea lake river air sky snow grass woods forest park yard room garden kitchen "
    "bathroom bedroom office store restaurant gym city field fields"
)
_ON = words_of(
    "street road hill beach sidewalk track path slope trail sand ramp court runway mountain "
    "slopes hillside tracks stage"
)
_OTHERS = words_of("to from for off towards toward against between")
_MOUNTS = words_of(
    "skateboard skateboards snowboard snowboards surfboard surfboards bike bikes bicycle bicycles "
    "motorcycle motorcycles scooter skis horse horses"
)
# A doing and a word behind it that belongs to it, and tells no place.
_OWN = {
    "looking": words_of("at out in on"), "staring": words_of("at out"), "pointing": {"at"},
    "playing": {"on"}, "working": {"on"}, "talking": {"on"}, "taking": {"in"}, "leaning": {"on"},
    "biting": {"on"}, "chewing": {"on"}, "aiming": {"at"}, "smiling": {"at"}, "swinging": {"at"},
    "competing": {"in"}, "participating": {"in"}, "driving": {"by"}, "going": {"on"},
}  # fmt: skip
_OF_BODIES = words_of(
    "hand hands mouth teeth arms lap back shoulder shoulders head face beak feet legs"
)


def doubted(
    words: Sequence[Word],
    others: Sequence[Sequence[str]],
    confidence: float,
    weights: Mapping[str, float],
) -> bool:
    """Tell whether the doing of a sentence had better not be told.

    Args:
        words: of the sentence.
        others: words of all sentences that were found for the picture.
        confidence: that the sentence is right.
        weights: of `traits` and "bias"; empty: nothing is doubted.
    """
    found = traits(words, others, confidence) if weights else None
    return found is not None and judging.weighed(found, weights) < DOUBTED_BELOW


def traits(
    words: Sequence[Word], others: Sequence[Sequence[str]], confidence: float
) -> dict[str, float] | None:
    """Return what the confidence in a sentence's doing is computed from; None: it has no doing.

    - doing: logarithm of the word's probability;
    - agreed: share of the others that say it in any form;
    - confidence: that the sentence is right.

    Args:
        words, others, confidence: as of `doubted`.
    """
    place = place_of_doing([word.text for word in words])
    if place is None:
        return None
    its = stem(words[place].text)
    agreed = sum(its in map(stem, other) for other in others) / max(len(others), 1)
    return {
        "doing": math.log(max(words[place].probability, 1e-6)),
        "agreed": agreed,
        "confidence": confidence,
    }


def place_of_doing(texts: Sequence[str]) -> int | None:
    """Return where the first doing of a sentence stands, the word in -ing; None: there is none."""
    for place, text in enumerate(texts):
        if place and _does(text):
            return None if text in _STATES or texts[0] in _OPENINGS else place
    return None


def without_doing(words: Sequence[Word]) -> list[Word] | None:
    """Return words without the doing that stands in them; None where that would be no sentence.

    Args:
        words: of a model, lower case, one a token.
    """
    texts = [word.text for word in words]
    doing = place_of_doing(texts)
    if doing is None or not _CLAUSES.isdisjoint(texts):
        return None
    end = doing - 1 if texts[doing - 1] in _BE else doing
    if not end or texts[end - 1] in FUNCTION_WORDS:
        return None
    rest = _rest(texts, doing)
    if rest is None:
        return None
    return [*words[:end], *(replace(words[place], text=text) for place, text in rest)]


def _rest(texts: Sequence[str], doing: int) -> list[tuple[int, str]] | None:
    """Return what is told of the words behind a doing: their places, and what they become."""
    place = doing + 1
    while place < len(texts) and texts[place] in _AWAY and _preposition(texts, place + 1):
        place += 1
    kept: list[tuple[int, str]] = []
    done_to = False  # whether something stands between, to which a place may belong
    if place < len(texts) and not _preposition(texts, place) and texts[place] != "with":
        kept += _with_what(texts, doing, place)
        place, done_to = _end(texts, place), True
    while place < len(texts):
        first, length = place, _preposition(texts, place)
        if texts[place] == "with" or not length:
            more = _with_what(texts, place, place + 1)
            if not more or any(text == "with" for _, text in kept):
                break
            kept += more
            place, done_to = _end(texts, place + 1), True
            continue
        place = _end(texts, first + length)
        phrase, noun = " ".join(texts[first : first + length]), _noun(texts[first + length : place])
        into = "in" if noun in _IN else "on" if noun in _ON else ""
        own = first == doing + 1 and phrase in _OWN.get(texts[doing], ())
        if own or noun in _OF_BODIES:
            continue
        if phrase in _PASSED:
            if not into and not done_to:
                return None
            if into:
                kept += [(first, into), *((at, texts[at]) for at in range(first + 1, place))]
        elif phrase in _WHERE and (not done_to or into or (phrase == "on" and noun in _MOUNTS)):
            kept += [(at, texts[at]) for at in range(first, place)]
    return kept


def _with_what(texts: Sequence[str], doing: int, place: int) -> list[tuple[int, str]]:
    """Return what is told of the thing at place, with which something is done: "with a ball"."""
    end = _end(texts, place)
    instead = "with" if texts[doing] == "with" else _INSTEAD.get(texts[doing], "")
    if not instead or end == place or _noun(texts[place:end]) in _ACTIVITIES | _OF_BODIES:
        return []
    return [(doing, instead), *((at, texts[at]) for at in range(place, end))]


def _preposition(texts: Sequence[str], place: int) -> int:
    """Return of how many words the preposition at place is; 0: there is none."""
    for phrase in _WHERE:
        parts = phrase.split()
        if list(texts[place : place + len(parts)]) == parts:
            return len(parts)
    return int(place < len(texts) and texts[place] in _PASSED | _OTHERS)


def _end(texts: Sequence[str], place: int) -> int:
    """Return where the noun that begins at place ends, what it is "of" included."""
    while place < len(texts) and not (
        _preposition(texts, place) or texts[place] in {"and", "with", ","} or _does(texts[place])
    ):
        place += 1
    return place


def _does(text: str) -> bool:
    return text.endswith("ing") and text not in THINGS_IN_ING


def _noun(texts: Sequence[str]) -> str:
    """Return the noun of a group of words: "herd" of "a herd of sheep"."""
    group = list(texts)
    return (group[: group.index("of")] if "of" in group else group or [""])[-1]
