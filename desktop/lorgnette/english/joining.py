"""A sentence about a picture, joined by a template with what is known: names, a place, a day.

"{caption}: {names}, in {place}, {date}" makes "Two people at a table: Anna and Ben, in Rome, 3 May
2026." What is not known takes the words before it along, and what closes after it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from lorgnette.english.beings import people_counted

FIELDS = ("caption", "names", "place", "date", "note")
_FIELD = re.compile(r"\{([a-z]*)\}")
_CLOSING = re.compile(r"""[)\]\u201d\u2019"'.!?]*""")
# What goes on with the sentence before it, rather than beginning one.
_GOES_ON = re.compile(r"\s*(?:[)\],:;(\[\u2013\u2014-]|[a-z])|[.!?\u2026]")
_QUOTES = "\"'\u201d\u2019"
_ENDS = (".", "!", "?", "\u2026")
_BEFORE_A_PLACE = re.compile(r"(?:^|\W)(?:in|from|of|near|around)\s+$", re.IGNORECASE)
_WORDS = re.compile(r"[a-z']+|,")
_THE = re.compile(
    r"United |USA?$|UK$|Netherlands|Philippines|Bahamas|Maldives|.* Republic$|.* Islands$"
)
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, slots=True)
class _Slot:
    lead: str  # words before it
    field: str
    tail: str  # what closes after it


@dataclass(frozen=True, slots=True)
class Template:
    """The form of a text: which field stands where, and what stands between them."""

    text: str
    slots: tuple[_Slot, ...]
    end: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the template that text describes.

        Raises:
            ValueError: it is none; says why, for a person.
        """
        named = _FIELD.findall(text)
        unknown = [field for field in named if field not in FIELDS]
        if unknown:
            fields = listed([f"{{{field}}}" for field in FIELDS])
            raise ValueError(f"there is no {{{unknown[0]}}}; there are {fields}")
        if set("{}") & set(_FIELD.sub("", text)):
            raise ValueError("a brace stands alone: a field is written {names}")
        if named.count("caption") != 1:
            raise ValueError("it must have {caption} once, which is the sentence about the picture")
        slots = []
        end = 0
        for match in _FIELD.finditer(text):
            lead = text[end : match.start()]
            closing = _CLOSING.match(text, match.end())
            end = match.end() if closing is None else closing.end()
            slots.append(_Slot(lead, match[1], text[match.end() : end]))
        return cls(text, tuple(slots), text[end:])

    def filled(
        self,
        sentence: str,
        *,
        people: Sequence[str] = (),
        faces: int = 0,
        place: str = "",
        date: str = "",
        note: str = "",
    ) -> str:
        """Return a sentence with what is known added, as far as it fits.

        Names are left out unless they are as many as the people of whom the sentence speaks, and
        the faces that were marked, if any were: nobody is called by a stranger's name. What the
        sentence says already is not said again; where there is no sentence, nothing is said.

        Args:
            faces: how many were marked, named or not; 0: none.
            date: ISO 8601: a day, a month or a year.
        """
        body = sentence.strip()
        if not body:
            return sentence
        ended = body.endswith(".")
        said = body.casefold()
        values = {
            "names": listed(people)
            if fit(sentence, people, faces) and not all(name.casefold() in said for name in people)
            else "",
            "place": "" if place.casefold() in said else place,
            "date": day_in_words(date) if date and day_in_words(date) not in sentence else "",
            "note": "" if note.strip().casefold() in said else note.strip(),
            "caption": body.removesuffix("."),
        }
        before, after = "", ""
        met = False
        follows: str | None = None  # what the template itself says next after the caption
        opening = ""  # words with a bracket, of a field that is left out: the next one has them
        for number, slot in enumerate(self.slots):
            value = values[slot.field]
            if not value:
                if met and _is_open(after) and ")" in slot.tail:
                    after += slot.tail
                elif not met and _is_open(before) and ")" in slot.tail:
                    before += slot.tail
                elif _is_open(slot.lead):
                    opening = opening or slot.lead
                if ")" in slot.tail:
                    opening = ""
                continue
            lead = opening or (slot.lead if met or before or not number else "")
            opening = ""
            if slot.field == "place" and _THE.match(value) and _BEFORE_A_PLACE.search(lead):
                value = f"the {value}"
            if slot.field == "caption":
                before, after, met = before + lead, slot.tail, True
            elif met:
                follows = after + lead if follows is None else follows
                after += lead + value + slot.tail
            else:
                before += lead + value + slot.tail
        after += self.end
        follows = after if follows is None else follows
        stop = "." if ended and not _GOES_ON.match(follows) else ""
        text = " ".join(f"{before}{values['caption']}{stop}{after}".split())
        return f"{text}." if ended and not text.rstrip(_QUOTES).endswith(_ENDS) else text


def _is_open(text: str) -> bool:
    return text.count("(") > text.count(")")


STANDARD = Template.parse("{caption}: {names}, in {place}, {date}")


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
