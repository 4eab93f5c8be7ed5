"""Words that a person puts in the place of others: seen in corrections, used on drafts."""

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from lorgnette.english.articles import takes_an

TIMES = 3  # corrected the same way, before it is taken for a rule
_MOST_WORDS = 3  # on either side; more is another sentence rather than another word
_LEAST_ALIKE = 0.5  # texts that share less were not corrected, but written anew
_PARTS = re.compile(r"\w+(?:['\u2019-]\w+)*|[^\w\s]")
_ARTICLES = {"a", "an", "the"}


class Rule(NamedTuple):
    """Words that stand for others."""

    before: str  # in lower case
    after: str
    folder: str = ""  # of the pictures whose drafts it is for, with those below; empty: all


def corrections(draft: str, text: str) -> Iterator[Rule]:
    """Yield which words of a draft a person replaced by others."""
    old, new = _PARTS.findall(draft), _PARTS.findall(text)
    matcher = difflib.SequenceMatcher(
        None, [part.casefold() for part in old], [part.casefold() for part in new], autojunk=False
    )
    if matcher.ratio() < _LEAST_ALIKE:
        return
    for kind, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        before, after = old[old_start:old_end], new[new_start:new_end]
        if kind != "replace" or max(len(before), len(after)) > _MOST_WORDS:
            continue
        if not all(part[0].isalnum() for part in (*before, *after)):
            continue
        if old_start == 0 and before[0].casefold() not in _ARTICLES:
            after[0] = f"{after[0][0].lower()}{after[0][1:]}"  # it had to be large there
        yield Rule(" ".join(before).casefold(), " ".join(after))


def for_picture(rules: Iterable[Rule], image: Path) -> list[Rule]:
    """Return the rules for a picture; those for its folder come last, and win."""
    fitting = [rule for rule in rules if not rule.folder or Path(rule.folder) in image.parents]
    return sorted(fitting, key=lambda rule: len(rule.folder))


def applied(rules: Iterable[Rule], text: str) -> str:
    """Return a draft with words replaced; the longest first, and no replacement once more."""
    by_words = {rule.before: rule.after for rule in rules if rule.before}
    if not by_words:
        return text
    longest = sorted(by_words, key=len, reverse=True)
    either = "|".join(map(re.escape, longest))
    words = re.compile(rf"(?<!\w)(?:({either})|(an?)(\s+)({either}))(?!\w)", re.IGNORECASE)

    def replaced(match: re.Match[str]) -> str:
        whole, article, space, word = match.groups()
        after = by_words.get((whole or word).casefold(), whole or word)
        if article:
            right = "an" if takes_an(after) else "a"
            return f"{right.capitalize() if article[0].isupper() else right}{space}{after}"
        begins = match.start() == 0 or text[: match.start()].rstrip().endswith((".", "!", "?"))
        return f"{after[:1].upper()}{after[1:]}" if begins else after

    return words.sub(replaced, text)


def closest(texts: Sequence[str], text: str) -> str:
    """Return the one of several drafts from which a text was most likely made."""
    return max(
        texts, key=lambda each: difflib.SequenceMatcher(None, each, text, autojunk=False).ratio()
    )
