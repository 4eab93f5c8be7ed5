"""Copies of alt text in the caption fields, for programs that look nowhere else.

The fields that stand for one thing (MWG 2.0: dc:description, Exif ImageDescription, IIM
Caption-Abstract) are written in step with one another or not at all, and never over words that a
person or another program put there. What lorgnette copied it knows again by its hash.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from lorgnette.alttext import exif, lang_alt, machines
from lorgnette.alttext.alt_text import AltText, State
from lorgnette.alttext.container import CannotMirrorError, Suggestion, Survey
from lorgnette.alttext.provenance import text_hash
from lorgnette.alttext.texts import clean
from lorgnette.alttext.xmp import Words

DESCRIPTION = "dc:description"


@dataclass(frozen=True, slots=True)
class Mirroring:
    """Whether and where alt text is copied to caption fields."""

    wanted: bool  # by whoever writes; where lorgnette copied before, the copy follows anyway
    allowed: bool = True
    note: str = ""  # why not, for a person
    hashes: frozenset[str] = frozenset()  # of texts that lorgnette copied before

    def caption(self, alt_text: AltText, found: Words) -> str:
        """Return what the caption fields of a place say from now on; empty: they stay.

        Args:
            found: what its packet says now.
        """
        if not self.allowed or not (self.wanted or found.caption_hash):
            return ""
        # A second language leaves the text for those who wish for none as it is.
        items = lang_alt.put(alt_text.text, alt_text.language, found.items, draft=False)
        return items[0][1]

    def is_free(self, said: str, caption: str) -> bool:
        """Return whether a field says nothing that anybody would miss."""
        return not is_foreign(said, caption, self.hashes)


@dataclass(frozen=True, slots=True)
class Copies:
    """What a file's caption fields say from now on."""

    texts: Mapping[str, str]  # those that change
    fields: tuple[str, ...]  # all that say so then, by their names
    notes: tuple[str, ...] = ()  # for a person


def mirroring(
    alt_text: AltText,
    captions: Collection[Suggestion],
    hashes: frozenset[str],
    *,
    wanted: bool,
) -> Mirroring:
    """Return whether alt text may be copied.

    Args:
        captions: all captions of the picture, in its file and its sidecars.
        hashes: of texts that lorgnette copied before, in any of these.
        wanted: by whoever writes.
    """
    if not wanted and not hashes:
        return Mirroring(wanted=False, allowed=False)
    foreign = (each for each in captions if is_foreign(each.text, alt_text.text, hashes))
    if (caption := next(foreign, None)) is not None:
        note = f"its caption stays as it is: {caption.where} says: {caption.text}"
        return Mirroring(wanted, allowed=False, note=note)
    if alt_text.state is State.REVIEWED:
        return Mirroring(wanted, hashes=hashes)
    # Neither a draft nor nothing is copied; what stays from before is said.
    old = next((each.text for each in captions if text_hash(clean(each.text)) in hashes), "")
    stale = old and clean(old) != alt_text.text
    note = f"its caption fields still say: {old}" if stale else ""
    return Mirroring(wanted, allowed=False, note=note)


def is_foreign(said: str, caption: str, hashes: frozenset[str]) -> bool:
    """Return whether a caption field says what a person or another program put there.

    A camera's own name is nobody's caption; a year or a number may be somebody's.
    """
    text = clean(said)
    if not text or text == caption or text_hash(text) in hashes:
        return False
    return not machines.is_by_one(text) or any(map(str.isdigit, text))


def copies(survey: Survey, caption: str, rules: Mirroring) -> Copies:
    """Return what happens to the caption fields of a picture's own file, beside its packet.

    Raises:
        CannotMirrorError: they cannot be written.
    """
    if survey.no_captions:
        raise CannotMirrorError(survey.no_captions)
    kept: set[str] = set()
    notes: list[str] = []
    for name, said in survey.captions.items():
        if rules.is_free(said, caption):
            continue
        if name not in exif.COMMENTS:
            raise CannotMirrorError(f"{name} says: {said}")
        kept |= exif.COMMENTS  # they are one thing to those who read them
        notes.append(f"its comment stays as it is: {name} says: {said}")
    fields = tuple(name for name in survey.captions if name not in kept)
    texts = {name: caption for name in fields if survey.captions[name] != caption}
    if texts and survey.no_growth:
        raise CannotMirrorError(survey.no_growth)
    return Copies(texts, (DESCRIPTION, *fields), tuple(notes))
