"""Drafts in a person's words and form, with what the picture's files know and a note says."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lorgnette.alttext import known
from lorgnette.alttext.known import Known
from lorgnette.alttext.lint import MOST_LENGTH
from lorgnette.english.glossary import Rule, applied, for_picture
from lorgnette.english.joining import Template

_CAPTION = Template.parse("{caption}")
_OF_THE_FILE = {"names", "place", "date"}


def template(*, names: bool = False, place: bool = False, date: bool = False) -> Template:
    """Return the usual template with these fields, after what a person noted."""
    parts = ((names, ": {names}"), (place, ", in {place}"), (date, ", {date}"))
    return Template.parse("{note}: {caption}" + "".join(words for wanted, words in parts if wanted))


@dataclass(frozen=True, slots=True)
class Joining:
    """What goes into drafts; not everyone wants names in public."""

    template: Template = _CAPTION
    note: Callable[[Path], str] = lambda _: ""  # what a person noted of a picture, or its folder
    glossary: Sequence[Rule] = ()  # words in the place of others

    def draft(self, image: Path, sentence: str) -> str:
        """Return a sentence about a picture with what is known and wished for, where it fits.

        Raises:
            UnreadableImageError: the picture cannot be read.
        """
        return self.drafts(image, [sentence])[0]

    def drafts(self, image: Path, sentences: Sequence[str]) -> list[str]:
        """Return several sentences about a picture, as draft does one.

        Raises:
            UnreadableImageError: the picture cannot be read.
        """
        fields = {slot.field for slot in self.template.slots}
        note = self.note(image) if "note" in fields else ""
        found = known.read(image) if fields & _OF_THE_FILE else Known()
        rules = for_picture(self.glossary, image)
        return [
            filled(self.template, applied(rules, sentence), found, note) for sentence in sentences
        ]


def filled(form: Template, sentence: str, found: Known, note: str) -> str:
    """Return a sentence in a form, with what is known; by itself where that gets too long."""
    text = form.filled(
        sentence,
        people=found.people,
        faces=found.faces,
        place=found.town,
        date=found.date,
        note=note,
    )
    return text if len(text) <= MOST_LENGTH else sentence


NOTHING = Joining()
