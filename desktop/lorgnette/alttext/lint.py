"""What is wrong with an alt text, found by rule; each rule mends what it safely can.

The rules follow WCAG 2.2 (1.1.1 with F30, F38, F39, F65, H67) and the practice of publishers.
None forbids anything: a person decides.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from lorgnette.english.rewriting import rewritten

GOOD_LENGTH = 125  # characters that a screen reader says in one go
MOST_LENGTH = 250  # characters that IPTC allows


class Level(StrEnum):
    """How bad it is."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"


class Rule(StrEnum):
    """The rules, by what they find."""

    EMPTY = "empty"
    DECORATIVE_TEXT = "decorative-text"
    FILE_NAME = "file-name"
    PLACEHOLDER = "placeholder"
    PREFIX = "prefix"
    HEDGE = "hedge"
    LONG = "long"
    TOO_LONG = "too-long"
    SHORT = "short"
    SAME_ELSEWHERE = "same-elsewhere"
    SAME_AS_CAPTION = "same-as-caption"
    UNTOUCHED = "untouched"
    PERSON = "person"
    JUDGING = "judging"
    STAMMER = "stammer"
    MARKUP = "markup"
    CAPITALS = "capitals"
    EMOJI = "emoji"
    FULL_STOP = "full-stop"
    COUNT = "count"
    FALSE_FAVOURITE = "false-favourite"
    TEXT_IN_IMAGE = "text-in-image"


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that a rule found."""

    rule: Rule
    level: Level
    found: str = ""  # the words it is about
    mended: str | None = None  # the whole text without the fault; None: only a person can mend it


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the rules have to know beside the text."""

    file_name: str = ""
    language: str = ""  # of the text, BCP 47; unknown is taken for English
    decorative: bool = False
    from_machine: bool = False  # not a word was changed by a person
    reviewed: bool = False
    captions: tuple[str, ...] = ()  # titles and captions that the file has
    elsewhere: bool = False  # a picture that looks otherwise has the very same text
    holds_text: bool = False  # the picture looks like a screenshot or a page of text


_PLACEHOLDERS = frozenset({
    "image", "images", "photo", "photograph", "picture", "pictures", "pic", "img", "graphic",
    "icon", "alt", "alt text", "text", "todo", "tbd", "untitled", "none", "n/a", "description",
    "no description", "placeholder", "an image", "a photo", "a picture", "image description",
})  # fmt: skip
_FILE_NAME = re.compile(
    r"^(img|dsc[fn]?|pxl|dji|screenshot|untitled|p)[\W_]*\d[\w\-. ]*$|"
    r"^\S+\.(jpe?g|png|gif|webp|tiff?|bmp|heic|avif|svg)$|^(https?:|www\.)\S+$|"
    r"^[0-9a-f\-]{12,}$",
    re.IGNORECASE,
)
_PREFIX = re.compile(
    r"^\s*(?:this\s+(?:is\s+)?)?(?:(?:an?|the|this)\s+)?"
    r"(?:(?:close[- ]up|colou?r|black and white)\s+)?"
    r"(?:image|picture|photo(?:graph)?|graphic|pic)\s+"
    r"(?:of|shows?|showing|depicts?|depicting|contains?|containing|with)\s+",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"\b(?:could be|may be|might be|appears? to be|seems? to be|looks? like|possibly|probably|"
    r"perhaps|maybe)\b\s*",
    re.IGNORECASE,
)
_JUDGING = re.compile(
    r"\b(beautiful|gorgeous|pretty|sexy|ugly|fat|funny|cute|stupid|disgusting|handsome|"
    r"attractive|obese)\b",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"</?[a-z][^>]*>|&(?:[a-z]+|#\d+);|\*\*|\]\(|[\x00-\x1f\x7f]", re.IGNORECASE)
_COUNT = re.compile(
    r"\b(three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|[3-9]|\d{2,})\b",
    re.IGNORECASE,
)
_FALSE_FAVOURITES = re.compile(
    r"\b(menu|clock|cell ?phone|surfboard|skateboard)s?\b", re.IGNORECASE
)
_STAMMER = re.compile(r"\b((?:[\w'-]+\W+){0,3}[\w'-]+)((?:\W+and|,)?\W+\1\b)+", re.IGNORECASE)
_QUOTATION = re.compile(
    r"\"[^\"]+\"|\u201c[^\u201d]+\u201d|\u201e[^\u201c\u201d]+[\u201c\u201d]|\u00ab[^\u00bb]+\u00bb|"
    r"\u2039[^\u203a]+\u203a|\u300c[^\u300d]+\u300d|\u300e[^\u300f]+\u300f"
)
_LINEAR_B = 0x10000  # letters that no alt text has; each stands for a quotation
# What it reads, in quotation marks (an apostrophe is none), or words that speak of its words.
_TELLS_TEXT = re.compile(
    r"[\"\u201c\u201e\u00ab\u2039\u300c\u300e]|(?<!\w)['\u2018]\w|"
    r"\b(texts?|words?|reads?|reading|says?|saying|said|written|titled?|headings?|headed|headlines?|"
    r"labell?ed|labels?|captioned|entitled|inscribed|spells?|quotes?|slogans?|lists?|listing)\b",
    re.IGNORECASE,
)
_OTHER_PERSON = re.compile(
    r"\b(elderly|old (?:man|woman|person|people)|asian|african|caucasian|hispanic|black (?:man|"
    r"woman|person|people)|white (?:man|woman|person|people)|disabled)\b",
    re.IGNORECASE,
)


def check(text: str, context: Context) -> tuple[Note, ...]:
    """Return what the rules find in text, the worst first."""
    notes = list(_found(text.strip(), context))
    order = list(Level)
    return tuple(sorted(notes, key=lambda note: order.index(note.level)))


def _found(text: str, context: Context) -> Iterator[Note]:
    if context.decorative:
        if text:
            yield Note(Rule.DECORATIVE_TEXT, Level.ERROR, mended="")
        return
    if not text:
        yield Note(Rule.EMPTY, Level.ERROR)
        return
    bare = text.rstrip(".!? ").casefold()
    stem = context.file_name.rpartition(".")[0].casefold()
    if _FILE_NAME.match(text) or (stem and bare in {stem, context.file_name.casefold()}):
        yield Note(Rule.FILE_NAME, Level.ERROR, text)
        return
    if bare in _PLACEHOLDERS:
        yield Note(Rule.PLACEHOLDER, Level.ERROR, text)
        return
    yield from _form(text)
    own, quoted = _set_aside(text)
    for note in _wording(own, context):
        mended = None if note.mended is None else _put_back(note.mended, quoted)
        yield replace(note, found=_put_back(note.found, quoted), mended=mended)
    yield from _length(text)
    if context.holds_text and not _TELLS_TEXT.search(text):
        yield Note(Rule.TEXT_IN_IMAGE, Level.WARNING)
    if context.elsewhere:
        yield Note(Rule.SAME_ELSEWHERE, Level.WARNING)
    if any(_plain(text) == _plain(caption) for caption in context.captions):
        yield Note(Rule.SAME_AS_CAPTION, Level.INFORMATION)
    if context.from_machine and context.reviewed:
        yield Note(Rule.UNTOUCHED, Level.INFORMATION)


def _set_aside(text: str) -> tuple[str, dict[str, str]]:
    """Return text with a letter for each of its quotations, and which stands for which.

    What a sign reads is no judgement, guess or count of who describes it, and stays as it is.
    """
    quoted: dict[str, str] = {}

    def letter(match: re.Match[str]) -> str:
        quoted[chr(_LINEAR_B + len(quoted))] = match[0]
        return next(reversed(quoted))

    return _QUOTATION.sub(letter, text), quoted


def _put_back(text: str, quoted: dict[str, str]) -> str:
    return "".join(quoted.get(letter, letter) for letter in text)


def _form(text: str) -> Iterator[Note]:
    """Yield what is wrong with it however its words are meant, quoted ones, too."""
    if match := _MARKUP.search(text):
        mended = " ".join(_MARKUP.sub(" ", text).split())
        yield Note(Rule.MARKUP, Level.ERROR, match[0].strip() or "\u23ce", mended)
    emoji = "".join(c for c in text if unicodedata.category(c) == "So")
    if emoji:
        mended = " ".join("".join(c for c in text if c not in emoji).split())
        yield Note(Rule.EMOJI, Level.INFORMATION, emoji, mended)
    if text[-1] not in ".!?\u2026\u3002\u061f\"')\u201d":
        yield Note(Rule.FULL_STOP, Level.INFORMATION, mended=f"{text}.")


def _wording(text: str, context: Context) -> Iterator[Note]:
    if match := _PREFIX.match(text):
        yield Note(Rule.PREFIX, Level.WARNING, match[0].strip(), _capital(text[match.end() :]))
    if match := _HEDGE.search(text):
        cut = _HEDGE.sub("", text)
        yield Note(Rule.HEDGE, Level.WARNING, match[0].strip(), _capital(cut))
    if match := _STAMMER.search(text):
        yield Note(Rule.STAMMER, Level.WARNING, match[0], _STAMMER.sub(r"\1", text))
    if match := _JUDGING.search(text):
        cut = " ".join(re.sub(rf"\b{match[0]}\b", "", text).split())
        yield Note(Rule.JUDGING, Level.INFORMATION, match[0], _capital(cut))
    letters = [letter for letter in text if letter.isalpha()]
    if len(letters) >= 8 and sum(map(str.isupper, letters)) > 0.7 * len(letters):
        yield Note(Rule.CAPITALS, Level.INFORMATION, mended=text.capitalize())
    if context.language.partition("-")[0].lower() in {"", "en"}:  # "son" is no child in French
        yield from _people(text)
    if context.from_machine:
        if match := _COUNT.search(text):
            yield Note(Rule.COUNT, Level.INFORMATION, match[0])
        if match := _FALSE_FAVOURITES.search(text):
            yield Note(Rule.FALSE_FAVOURITE, Level.INFORMATION, match[0])


def _people(text: str) -> Iterator[Note]:
    if rewriting := rewritten(text):
        yield Note(Rule.PERSON, Level.INFORMATION, rewriting.found, rewriting.text)
    elif match := _OTHER_PERSON.search(text):
        yield Note(Rule.PERSON, Level.INFORMATION, match[0])


def _length(text: str) -> Iterator[Note]:
    length = characters(text)
    if length > MOST_LENGTH:
        yield Note(Rule.TOO_LONG, Level.WARNING)
    elif length > GOOD_LENGTH:
        yield Note(Rule.LONG, Level.INFORMATION)
    elif length < 20 or len(text.split()) < 2:
        yield Note(Rule.SHORT, Level.INFORMATION)


def characters(text: str) -> int:
    """Return the length of text as a person counts: marks and joined emoji are no characters."""
    joined = text.count("\u200d")
    marks = sum(unicodedata.category(c) in {"Mn", "Me", "Cf"} for c in text)
    return len(text) - marks - joined


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _capital(text: str) -> str:
    text = text.strip()
    return f"{text[:1].upper()}{text[1:]}"
