"""Where a picture's candidates agree: what all say, what some say, what only one says.

Several descriptions side by side make people doubt where doubt is due, and told in these three
parts they are read most gladly (Chen, Iyer and Pavel, ASSETS 2025).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lorgnette.captioning.candidates import plain, stem
from lorgnette.english.lexicon import FUNCTION_WORDS, SPELLED, words_of

# They say nothing by themselves where "of" follows: "a group of", "in front of", "a close up of".
_BEFORE_OF = words_of("group bunch couple pair lot front top side middle edge")
_NO_NUMBER = re.compile(r"\bone or more ", re.IGNORECASE)  # how many is what it does not say
_SINGULAR = {"people": "person", "children": "child", "men": "man", "women": "woman"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What several texts say, in parts: words, or words that stand together ("tennis ball").

    Each is told once, as the first text that has it writes it, in the order of the texts.

    Attributes:
        texts: how many there are.
        all: what all of them say.
        some: what two or more say, and not all.
        one: what one says alone.
    """

    texts: int
    all: tuple[str, ...]
    some: tuple[str, ...]
    one: tuple[str, ...]

    @property
    def line(self) -> str:
        """The three parts in one line to read or speak; "" where there are no two texts."""
        if self.texts < 2:
            return ""
        count = "Both" if self.texts == 2 else f"All {self.texts}"
        told = [
            f"{count} suggestions say: {', '.join(self.all)}."
            if self.all
            else f"The {self.texts} suggestions have no word in common."
        ]
        if self.some:
            told.append(f"Some say: {', '.join(self.some)}.")
        if self.one:
            told.append(f"Only one says: {', '.join(self.one)}.")
        return " ".join(told)


def agreement(texts: Sequence[str]) -> Agreement:
    """Return where texts, the candidates of one picture, agree.

    Words are the same in any form, "dog" and "dogs" as well; articles and the like do not count,
    nor does "front" in "in front of".
    """
    words = [_NO_NUMBER.sub("", text.rstrip(".")).split() for text in texts]
    sayers: dict[str, set[int]] = {}
    for number, said in enumerate(words):
        for place, word in enumerate(said):
            if not _is_empty(said[place : place + 2]):
                sayers.setdefault(_same(word), set()).add(number)
    parts: dict[int, list[str]] = {}
    told: set[str] = set()
    for said in words:
        before: frozenset[int] = frozenset()  # who says the word before, if it was told just now
        for place, word in enumerate(said):
            key = _same(word)
            if key in told or _is_empty(said[place : place + 2]):
                before = frozenset()
                continue
            told.add(key)
            who = frozenset(sayers[key])
            its = parts.setdefault(len(who), [])
            if who == before:
                its[-1] += f" {_written(word, first=place == 0)}"
            else:
                its.append(_written(word, first=place == 0))
            before = frozenset() if word.endswith(",") else who
    return Agreement(
        texts=len(texts),
        all=tuple(parts.get(len(texts), ())),
        some=tuple(
            part
            for count in sorted(parts, reverse=True)
            if 1 < count < len(texts)
            for part in parts[count]
        ),
        one=tuple(parts.get(1, ())) if len(texts) > 1 else (),
    )


def meant(words: Sequence[str]) -> frozenset[str]:
    """Return what words say: each in what its forms have in common, none that says nothing."""
    return frozenset(
        _same(word) for place, word in enumerate(words) if not _is_empty(words[place : place + 2])
    )


def _same(word: str) -> str:
    """Return what word has in common with its other forms."""
    return stem(_SINGULAR.get(plain(word), word))


def _is_empty(words: Sequence[str]) -> bool:
    """Tell whether the first of words tells nothing of a picture."""
    first, *after = map(plain, words)
    if first in FUNCTION_WORDS:
        return True
    return (first in _BEFORE_OF and after[:1] == ["of"]) or (first == "close" and "up" in after[:1])


def _written(word: str, *, first: bool) -> str:
    """Return word as it is written within a sentence."""
    bare = word.rstrip(",")
    return SPELLED.get(bare.lower(), bare.lower() if first and bare[1:].islower() else bare)
