"""A sentence about a picture, joined with what its file knows: names, a place, a day."""

import re
from collections.abc import Sequence

from lorgnette.english.beings import people_counted

_WORDS = re.compile(r"[a-z']+|,")
_THE = re.compile(
    r"United |USA?$|UK$|Netherlands|Philippines|Bahamas|Maldives|.* Republic$|.* Islands$"
)
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def joined(
    sentence: str, *, people: Sequence[str] = (), faces: int = 0, place: str = "", date: str = ""
) -> str:
    """Return a sentence with what is known added, as far as it fits.

    "Two people at a table." with Anna and Ben, Rome and 2026-05-03 is "Two people at a table: Anna
    and Ben, in Rome, 3 May 2026." Names are left out unless they are as many as the people of whom
    the sentence speaks, and the faces that were marked, if any were: nobody is called by a
    stranger's name.

    Args:
        faces: how many were marked, named or not; 0: none.
        date: ISO 8601: a day, a month or a year.
    """
    body = sentence.rstrip().removesuffix(".")
    said = body.casefold()
    if not body:
        return sentence
    names = listed(people) if fit(sentence, people, faces) else ""
    if names and not all(name.casefold() in said for name in people):
        body = f"{body}: {names}"
    if place and place.casefold() not in said:
        body = f"{body}, in {'the ' if _THE.match(place) else ''}{place}"
    if date and (day := day_in_words(date)) not in sentence:
        body = f"{body}, {day}"
    return f"{body}." if body != sentence.rstrip().removesuffix(".") else sentence


def fit(sentence: str, people: Sequence[str], faces: int = 0) -> bool:
    """Return whether names are as many as the people of whom a sentence speaks."""
    count = len(people)
    said = people_counted(_WORDS.findall(sentence.casefold()))
    return count > 0 and said == (count, count) and faces in {0, count}


def listed(names: Sequence[str]) -> str:
    """Return names as a list in words."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def day_in_words(date: str) -> str:
    """Return an ISO 8601 date in words: "3 May 2026", "May 2026", "2026"."""
    year, *rest = date.split("-")
    month = [_MONTHS[int(rest[0]) - 1]] if rest else []
    day = [str(int(rest[1]))] if len(rest) > 1 else []
    return " ".join([*day, *month, year])
