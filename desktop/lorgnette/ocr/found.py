"""What was read in a picture."""

from dataclasses import dataclass

SURE_FROM = 0.85  # of a word's confidence; below it a word is left out of what is quoted
KNOWN_FROM = 0.6  # the same of a word that a dictionary has: letters seldom make one by mistake
UNKNOWN_FROM = 0.97  # the same of a word that it lacks, among others that it has: "Fle", "mnutes"
_LINE_FROM = 4  # characters of a line; fewer are often an icon's


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadWord:
    """What stands between two spaces of a line.

    Attributes:
        confidence: of its least certain character, 0 to 1.
        known: a dictionary has it; None where that says nothing, as of numbers or other languages.
    """

    text: str
    confidence: float
    known: bool | None = None

    @property
    def sure(self) -> bool:
        """Tell whether it is certain enough to be quoted."""
        least = {True: KNOWN_FROM, False: UNKNOWN_FROM, None: SURE_FROM}[self.known]
        return self.confidence >= least


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of text in a picture.

    Attributes:
        confidence: of its characters on average, 0 to 1.
        box: left, top, right and bottom as shares of the upright picture's width and height.
        height: of the letters' box across the line, as a share of the picture's shorter side.
        letters: that seem to stand there; of a script that is not known fewer are read.
    """

    words: tuple[ReadWord, ...]
    confidence: float
    box: tuple[float, float, float, float]
    height: float
    letters: int = 0

    @property
    def text(self) -> str:
        """The whole line, its unsure words too."""
        return " ".join(word.text for word in self.words)

    @property
    def likely_text(self) -> bool:
        """Tell whether it is longer than what icons are taken for."""
        return max(len(self.text), self.letters) >= _LINE_FROM

    @property
    def sure_text(self) -> str:
        """The line without the words that are not sure."""
        return " ".join(word.text for word in self.words if word.sure)


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureText:
    """The text in a picture.

    Attributes:
        paragraphs: of rows, of the lines that stand side by side in them (the cells of a table);
            all in reading order.
        reason: why something is missing, in words for a person; "" where nothing is known to be.
    """

    paragraphs: tuple[tuple[tuple[Line, ...], ...], ...] = ()
    reason: str = ""

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines in reading order."""
        return tuple(line for rows in self.paragraphs for row in rows for line in row)
