"""The text in a picture -> words to publish: whole as plain text, or quoted in a sentence.

Words and lines that are not sure are left out everywhere, with an ellipsis where others of the
paragraph go on after them.
"""

import dataclasses
import functools
import itertools
import re
import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from lorgnette.ocr.found import Line, PictureText, ReadWord

ANY_TEXT = "Text"  # what reads, where nobody knows whether it is a sign, a screenshot or a page
_FILLED = 0.7  # of a paragraph's width that rows of running text take
_SHORT = 24  # characters of an entry in a menu
_APART = 0.4  # of a line's height, between two entries
_SENTENCE = (
    ".",
    "!",
    "?",
    "\u2026",
    "\u3002",
    "\uff01",
    "\uff1f",
    ":",
    ";",
    ",",
    "\u3001",
    "\uff0c",
)
_WIDE = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")  # written without spaces
_HYPHENATED = re.compile(r"[^\W\d_]-$")
_WIDE_FROM = 0.2  # of a picture's letters that are Chinese or Japanese, if it has any such words
_SURE_PART = 0.5  # of a line's characters, for the rest of it to be trusted
_LEAST = 2  # letters and digits of a line
_SPEAKS = re.compile(r"[^\W_]")  # a letter or a digit
_LETTER = re.compile(r"[^\W\d_]")
_SCALE = 3  # numbers, from which on they are those of an axis
_SCREENSHOT = re.compile(
    r"^(screen ?shot|bildschirmfoto|capture d.[eé]cran|captura de (pantalla|ecrã|tela)|"
    r"schermafbeelding|schermata|istantanea|zrzut|sk[aä]rm(avbild|bild)|screencast|"
    r"スクリーンショット|屏幕截图|屏幕快照|截屏|снимок экрана)",
    re.IGNORECASE,
)

_Box = tuple[float, float, float, float]

# What is left out between words: a character that no picture reads, until it is told from others.
_GAP = ReadWord(text="\ue000", confidence=0.0)
_LEFT_OUT = re.compile(r"\s*\ue000[\s\ue000]*")
_ELLIPSIS = "\u2026"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A sentence that quotes what a picture reads.

    Attributes:
        rest: the whole text, in paragraphs; empty where alt_text has all of it.
        confidence: of the words that are sure, on average, 0 to 1.
    """

    alt_text: str
    rest: str
    confidence: float


def kind(file_name: str) -> str:
    """Return what a picture is by the name that its maker gave it, or ANY_TEXT.

    Programs that take screenshots call them so, each in its own language.
    """
    return "A screenshot" if _SCREENSHOT.match(file_name) else ANY_TEXT


def quote(text: PictureText, what: str, room: int) -> Quote | None:
    """Return a sentence that quotes text, or None where none of it is sure.

    Args:
        what: what reads, such as "A sign".
        room: characters that the sentence should not exceed.
    """
    return _quote(text, f"{what} that reads: ", room)


def beside(caption: str, text: PictureText, room: int) -> str:
    """Return caption with the words of the photo quoted after it, as far as room allows.

    It is caption alone where no word is sure or no room is left.
    """
    found = _quote(text, "Text in the picture reads: ", room - len(caption) - 1)
    if found is None or len(caption) + 1 + len(found.alt_text) > room:
        return caption
    return f"{caption} {found.alt_text}"


def plain(text: PictureText) -> str:
    """Return the sure words of text in their rows, an empty line between two paragraphs."""
    return "\n\n".join("\n".join(rows) for rows in _paragraphs(_sure(text)))


def _quote(text: PictureText, lead: str, room: int) -> Quote | None:
    sure = _sure(text)
    words = [word for line in sure.lines for word in line.words if word is not _GAP]
    if not words:
        return None
    spoken = _without_scales(sure)
    whole = _said(_paragraphs(spoken))
    fits = len(lead) + len(whole) + 3 <= room
    said = whole if fits else _begun(whole, room - len(lead) - len('" ..."'))
    end = "" if said.endswith(_SENTENCE) else "."
    return Quote(
        alt_text=f'{lead}"{said}"{end}',
        rest="" if fits and spoken == sure else plain(text),
        confidence=sum(word.confidence for word in words) / len(words),
    )


def _without_scales(text: PictureText) -> PictureText:
    """Return text without the numbers along axes and beside lines, if it has words besides."""
    kept = tuple(rows for rows in text.paragraphs if not _scale(rows))
    return dataclasses.replace(text, paragraphs=kept) if kept else text


def _scale(rows: tuple[tuple[Line, ...], ...]) -> bool:
    """Tell whether rows are only numbers, each of them a line of its own."""
    lines = [line for row in rows for line in row]
    return len(lines) >= _SCALE and all(
        len(line.words) == 1 and not _LETTER.search(line.words[0].text) for line in lines
    )


def _sure(text: PictureText) -> PictureText:
    """Return text without what is likely no word, or not this one."""
    said = "".join(line.sure_text for line in text.lines)
    # Small drawings are read as Chinese: among other letters a few are taken for that.
    wide = len(_WIDE.findall(said)) >= _WIDE_FROM * len(_SPEAKS.findall(said))
    paragraphs = (
        _between(
            tuple(line for line in map(partial(_sure_line, wide=wide), row) if line.words)
            for row in rows
        )
        for rows in text.paragraphs
    )
    return dataclasses.replace(text, paragraphs=tuple(rows for rows in paragraphs if rows))


def _between(rows: Iterable[tuple[Line, ...]]) -> tuple[tuple[Line, ...], ...]:
    """Return rows without empty ones and gaps, but for one gap between two that say something."""
    kept: list[tuple[Line, ...]] = []
    gap: list[tuple[Line, ...]] = []
    for row in filter(None, rows):
        if all(line.words == (_GAP,) for line in row):
            gap = [row]
        else:
            kept += [*(gap if kept else ()), row]
            gap = []
    return tuple(kept)


def _sure_line(line: Line, *, wide: bool) -> Line:
    """Return line with gaps for unsure words; as one gap where they are its greater part."""
    words = tuple(
        word if word.sure and (wide or not _WIDE.search(word.text)) else _GAP for word in line.words
    )
    said = " ".join(word.text for word in words if word is not _GAP)
    # A lonely character is more often a bullet or a corner of something than a word.
    if len(said) < _SURE_PART * len(line.text) or len(_SPEAKS.findall(said)) < _LEAST:
        spoken = len(_SPEAKS.findall(line.text)) >= _LEAST
        drawn = not line.likely_text or not spoken or (not wide and _WIDE.search(line.text))
        words = () if drawn else (_GAP,)
    return dataclasses.replace(line, words=words)


def _paragraphs(text: PictureText) -> list[list[str]]:
    """Return paragraphs of stretches of text, the rows of running text joined."""
    found = []
    turn = _turn(text)
    for rows in text.paragraphs:
        said = [_row(row) for row in rows]
        if _running(rows, turn):
            said = [functools.reduce(_joined, said)]
        stripped = (stretch.strip(f"{_GAP.text} ") for stretch in said)
        found.append(
            [_LEFT_OUT.sub(f" {_ELLIPSIS} ", stretch) or _ELLIPSIS for stretch in stripped]
        )
    return found


def _turn(text: PictureText) -> int:
    """Return by how many quarters clockwise text was turned, as rows follow each other: 0 to 3."""
    pairs = [
        (one[0].box, other[0].box)
        for rows in text.paragraphs
        for one, other in itertools.pairwise(rows)
    ]
    # Rows lie above each other. Boxes are shares of two sides: which one is longer says nothing.
    sideways = sum(_shared(*pair, 0) for pair in pairs) < sum(_shared(*pair, 1) for pair in pairs)
    on = 0 if sideways else 1
    way = sum(other[on] + other[on + 2] - one[on] - one[on + 2] for one, other in pairs)
    if sideways:
        return 3 if way > 0 else 1
    return 2 if way < 0 else 0


def _shared(one: _Box, other: _Box, side: int) -> float:
    """Return how much of the shorter of two boxes lies beside the other one, seen from a side."""
    low, high = side, side + 2
    shared = min(one[high], other[high]) - max(one[low], other[low])
    return max(shared, 0) / max(min(one[high] - one[low], other[high] - other[low]), 1e-6)


def _level(box: _Box, turn: int) -> _Box:
    """Return box as it lies after a text that was turned is turned back."""
    left, top, right, bottom = box
    return (
        box,
        (top, 1 - right, bottom, 1 - left),
        (1 - right, 1 - bottom, 1 - left, 1 - top),
        (1 - bottom, left, 1 - top, right),
    )[turn]


def _running(rows: tuple[tuple[Line, ...], ...], turn: int) -> bool:
    """Tell whether rows are one text: all but the last end where there is no more room."""
    if any(len(row) > 1 for row in rows):
        return False
    boxes = [_level(row[0].box, turn) for row in rows]
    if _entries([row[0].text for row in rows], boxes):
        return False
    left = min(box[0] for box in boxes)
    ends = [box[2] for box in boxes]
    return statistics.median(ends[:-1] or ends) - left >= _FILLED * (max(ends) - left)


def _entries(rows: list[str], boxes: list[_Box]) -> bool:
    """Tell whether rows are the entries of a menu: short, apart, and each with a capital."""
    # Signs are as short, but their rows stand closer, or are all in capitals.
    if len(rows) == 1 or statistics.median(map(len, rows)) > _SHORT:
        return False
    if not any(map(str.islower, "".join(rows))) or any(row[0].islower() for row in rows[1:]):
        return False
    gaps = (
        (below[1] - above[3]) / max(min(above[3] - above[1], below[3] - below[1]), 1e-6)
        for above, below in itertools.pairwise(boxes)
    )
    return statistics.median(gaps) >= _APART


def _row(row: tuple[Line, ...]) -> str:
    return functools.reduce(partial(_followed, pause=","), (line.text for line in row), "")


def _joined(before: str, after: str) -> str:
    if _HYPHENATED.search(before) and after[0].islower():
        return before[:-1] + after
    if _WIDE.match(before[-1]) and _WIDE.match(after[0]):
        return before + after
    return f"{before} {after}"


def _said(paragraphs: list[list[str]]) -> str:
    """Return paragraphs in one go, with full stops where a voice has to pause."""
    stretches = (stretch for rows in paragraphs for stretch in rows)
    said = functools.reduce(partial(_followed, pause="."), stretches, "")
    return " ".join(said.replace('"', "'").split())


def _followed(said: str, more: str, *, pause: str) -> str:
    """Return more after said, with a pause between them unless there is one or a gap."""
    if not said:
        return more
    paused = said.endswith((*_SENTENCE, _GAP.text)) or more.startswith((_ELLIPSIS, _GAP.text))
    return f"{said} {more}" if paused else f"{said}{pause} {more}"


def _begun(said: str, room: int) -> str:
    """Return the beginning of said in at most room characters, and what tells that it goes on."""
    cut = said[: max(room, 1)]
    if len(said) > len(cut) and not said[len(cut)].isspace() and " " in cut:
        cut = cut[: cut.rindex(" ")]
    return cut.rstrip(" ,;:-") + " ..."
