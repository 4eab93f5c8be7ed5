"""Which of the things that a model might say are worth a choice, and where it is in doubt."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lorgnette.captioning.caption import Word
from lorgnette.english.lexicon import FUNCTION_WORDS

MOST = 5  # candidates of a caption, the caption itself among them
FARTHEST = 16.0  # score below the first candidate's at which the model means nothing by it
# 23 % of the content words on val photos; a third of them is right, 62 % of the others.
DOUBTED_BELOW = 0.2  # probability of a word
_SAMENESS = 5.0  # of score that a candidate loses when it says only what another says

_ENDING = re.compile(r"(?:ing|ed|es|s)$")
_DOUBLED = re.compile(r"([^aeiou])\1$")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An alt text that might do, with its words, and how good the search found it."""

    words: tuple[Word, ...]
    score: float  # of the hypothesis that it was worded from

    @property
    def said(self) -> frozenset[str]:
        """What it says: its words without articles and the like, "runs" and "running" as one."""
        return frozenset(
            stem(word.text) for word in self.words if plain(word.text) not in FUNCTION_WORDS
        )


def different(found: Sequence[Candidate]) -> list[Candidate]:
    """Return at most MOST of found, the first of them first, no two of which say the same.

    Each of the others is the one whose score, less what it has in common with those before it
    (the greatest share of common words, times _SAMENESS), is highest: maximal marginal relevance
    (Carbonell and Goldstein 1998). Candidates that say nothing are left out.
    """
    saying = [(candidate, said) for candidate in found if (said := candidate.said)]
    chosen = saying[:1]
    rest = [pair for pair in saying[1:] if pair[0].score >= chosen[0][0].score - FARTHEST]
    while len(chosen) < MOST:
        rest = [pair for pair in rest if pair[1] != chosen[-1][1]]
        if not rest:
            break
        worth = [
            candidate.score - _SAMENESS * max(_common(said, other) for _, other in chosen)
            for candidate, said in rest
        ]
        chosen.append(rest.pop(worth.index(max(worth))))
    return [candidate for candidate, _ in chosen]


def _common(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other)


def marked(words: Sequence[Word], candidates: Sequence[Candidate]) -> tuple[Word, ...]:
    """Return words with `doubted` and `agreed` set.

    Args:
        candidates: the chosen ones, that of words among them.
    """
    spoken = [{stem(word.text) for word in candidate.words} for candidate in candidates]
    return tuple(
        replace(
            word,
            doubted=word.probability < DOUBTED_BELOW and plain(word.text) not in FUNCTION_WORDS,
            agreed=sum(stem(word.text) in said for said in spoken) / max(len(spoken), 1),
        )
        for word in words
    )


def plain(word: str) -> str:
    """Return word without capitals and the comma after it."""
    return word.rstrip(",").casefold()


def stem(word: str) -> str:
    """Return word without the ending that sets "runs" apart from "running"; only to compare."""
    whole = plain(word)
    bare = _ENDING.sub("", whole).removesuffix("e")
    return re.sub(r"y$", "i", _DOUBLED.sub(r"\1", bare)) if len(bare) > 2 else whole
