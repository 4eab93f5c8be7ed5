"""Drafts that say what the files of a picture know already."""

from dataclasses import dataclass
from pathlib import Path

from lorgnette.alttext import known
from lorgnette.alttext.lint import MOST_LENGTH
from lorgnette.english.joining import joined


@dataclass(frozen=True, slots=True)
class Joining:
    """What goes into drafts; not everyone wants names in public."""

    names: bool = False
    place: bool = False
    date: bool = False

    def draft(self, image: Path, sentence: str) -> str:
        """Return a sentence about a picture with what is known and wished for, where it fits.

        Raises:
            UnreadableImageError: the picture cannot be read.
        """
        if not (self.names or self.place or self.date):
            return sentence
        found = known.read(image)
        text = joined(
            sentence,
            people=found.people if self.names else (),
            faces=found.faces,
            place=found.town if self.place else "",
            date=found.date if self.date else "",
        )
        return text if len(text) <= MOST_LENGTH else sentence


NOTHING = Joining()
