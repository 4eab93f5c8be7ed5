"""One picture of the batch: its words, what the model said, what its files say."""

import dataclasses
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from lorgnette.alttext.alt_text import AltText, Origin
from lorgnette.captioning.caption import is_unsure
from lorgnette.gui.batch.likeness import alike
from lorgnette.gui.saying.translation import number, quoted, tr, trn

NO_TEXT = AltText(reviewed=False)
CANDIDATES = 5  # of a suggestion, that the panel has room and keys for


class State(StrEnum):
    """Where a picture stands; each has its words, its icon and its colour."""

    MISSING = "missing"
    DRAFT = "draft"
    UNSURE = "unsure"
    REVIEWED = "reviewed"
    DECORATIVE = "decorative"
    DECLINED = "declined"
    FAILED = "failed"


TO_REVIEW = (State.DRAFT, State.UNSURE, State.DECLINED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A frame of an animation or film that the captioner looked at."""

    seconds: float  # from the beginning
    text: str  # empty: it was declined, and reason says why
    confidence: float
    reason: str = ""
    seen: tuple[tuple[str, float], ...] = ()  # as in a Suggestion


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What a captioner said of a picture, as a value that the window can keep."""

    text: str = ""  # empty: it declined or failed
    candidates: tuple[str, ...] = ()  # the best first, text among them
    plain: tuple[str, ...] = ()  # candidates before they were brought into a form; empty: as is
    doubted: tuple[str, ...] = ()  # words of text that the model itself holds unlikely
    seen: tuple[tuple[str, float], ...] = ()  # what the model saw, and how likely it is there
    confidence: float | None = None  # 0 to 1
    quoted: bool = False  # text is what the picture reads, not what it shows
    extended: str = ""  # what text has no room for, of what the picture reads
    read: str = ""  # the text in the picture, row by row, what is unsure said to be
    with_words: str = ""  # the draft, and after it the words on the photo; it may be text
    declined: bool = False
    no_photo: bool = False  # it looks like a screenshot, text or a drawing
    failed: bool = False
    reason: str = ""  # for a person; set when declined or failed
    model: str = ""  # name/version+hash
    provider: str = ""
    seconds: float = 0.0
    moments: tuple[Moment, ...] = ()  # of an animation or film, in the order of time

    @property
    def texts(self) -> tuple[str, ...]:
        """All that a person may take over as it is: no word of it is a person's."""
        return tuple(filter(None, (self.text, *self.candidates, self.with_words)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture; path is its identity."""

    path: Path
    alt: AltText = NO_TEXT
    beneath: AltText | None = None  # what a decorative picture has again once it is none
    suggestion: Suggestion | None = None
    on_disk: AltText | None = None  # what its file or sidecar says
    kept_in: str = ""  # name of the file that says it
    captions: tuple[str, ...] = ()  # titles and captions found in the file: never alt text
    conflicts: tuple[tuple[str, str], ...] = ()  # file name and other text found there
    gone: bool = False  # its file was not there when it was last looked at
    digest: str = ""  # of its bytes; empty: not known yet
    fingerprint: int | None = None  # of its looks, see likeness; None: not known yet, or none

    @property
    def state(self) -> State:
        """Where the picture stands."""
        if self.alt.decorative:
            return State.DECORATIVE
        if self.alt.text:
            if self.alt.reviewed:
                return State.REVIEWED
            unsure = self.alt.origin is Origin.MACHINE and is_unsure(self.alt.confidence)
            return State.UNSURE if unsure else State.DRAFT
        if self.suggestion is not None and self.suggestion.failed:
            return State.FAILED
        if self.suggestion is not None and self.suggestion.declined:
            return State.DECLINED
        return State.MISSING

    @property
    def written(self) -> bool:
        """Whether the words are the ones that its file or sidecar says."""
        return self.on_disk is not None and same_words(self.on_disk, self.alt)

    @property
    def unwritten(self) -> bool:
        """Whether a person decided on words that no file says yet."""
        return self.state in {State.REVIEWED, State.DECORATIVE} and not self.written

    def seen_again(self, now: "Picture") -> "Picture":
        """Return the picture with what its files say now; its words stay as they are."""
        if now.suggestion is not None:  # it cannot be read
            return dataclasses.replace(self, on_disk=None, kept_in="", gone=now.gone)
        conflicts = now.conflicts
        found = now.on_disk
        if (
            found is not None
            and found.text not in {"", self.alt.text}
            and (self.on_disk is None or found.text != self.on_disk.text)
        ):
            conflicts = ((now.kept_in, found.text), *conflicts)
        return dataclasses.replace(
            self,
            on_disk=found,
            kept_in=now.kept_in,
            captions=tuple(dict.fromkeys((*now.captions, *self.captions))),
            conflicts=tuple(dict.fromkeys((*conflicts, *self.conflicts))),
            gone=False,
        )

    def looks_like(self, other: "Picture") -> bool:
        """Tell whether another picture shows nearly the same, as far as is known."""
        same_bytes = bool(self.digest) and self.digest == other.digest
        return same_bytes or alike(self.fingerprint, other.fingerprint)

    @property
    def chosen(self) -> bool:
        """Whether its words are a person's, or were picked, judged or asked for by one."""
        if self.alt.decorative or self.alt.reviewed:
            return True
        if not self.alt.text:
            return False
        offered = self.suggestion.text if self.suggestion is not None else self.alt.text
        return self.alt.origin is not Origin.MACHINE or self.alt.text != offered

    def with_alt(self, alt: AltText) -> "Picture":
        """Return the picture with other alt text; a decorative one keeps what it had before."""
        beneath = (self.beneath if self.alt.decorative else self.alt) if alt.decorative else None
        return dataclasses.replace(self, alt=alt, beneath=beneath)

    def with_suggestion(self, suggestion: Suggestion, language: str) -> "Picture":
        """Return the picture after a captioner looked at it; only what nobody chose gives way."""
        if suggestion.failed and self.alt.text:
            return self
        picture = dataclasses.replace(self, suggestion=suggestion)
        if self.chosen:
            return picture
        words = dataclasses.replace(self.alt, extended_description=self._own_extended())
        return picture.with_alt(dataclasses.replace(picture, alt=words).drafted(language))

    def drafted(self, language: str) -> AltText:
        """Return the machine's draft as alt text, no words where there is none.

        A person's extended description stays; the machine's own is part of its draft.
        """
        suggestion = self.suggestion
        kept = self._own_extended()
        if suggestion is None or not suggestion.text:
            return AltText(reviewed=False, extended_description=kept)
        return AltText(
            text=suggestion.text,
            extended_description=kept or suggestion.extended,
            # What a picture reads may be in any language.
            language="" if suggestion.quoted else language,
            origin=Origin.MACHINE,
            reviewed=False,
            model=suggestion.model,
            confidence=suggestion.confidence,
        )

    def _own_extended(self) -> str:
        """Return the extended description that is not the machine's, empty where there is none."""
        found = (self.beneath or self.alt).extended_description
        suggestion = self.suggestion
        return "" if suggestion is not None and found == suggestion.extended else found

    def decorated(self) -> AltText:
        """Return the alt text of the picture once it is decorative."""
        return AltText(decorative=True, language=self.alt.language)

    def undecorated(self, language: str) -> AltText:
        """Return the alt text once it is decorative no more: what it was, else the draft."""
        if self.beneath is not None and self.beneath.text:
            return self.beneath
        return self.drafted(language)

    def edited(self, text: str) -> AltText:
        """Return the alt text after a person changed its words to text."""
        suggestion = self.suggestion
        if suggestion is not None and text in suggestion.texts:
            origin = Origin.MACHINE
        elif text and self.alt.text and self.alt.origin is not Origin.HUMAN:
            origin = Origin.MACHINE_EDITED
        else:
            origin = Origin.HUMAN
        first = suggestion is not None and text in {suggestion.text, suggestion.with_words} - {""}
        beneath = self.beneath if self.alt.decorative and text else None
        return dataclasses.replace(
            self.alt,
            text=text,
            extended_description=(beneath or self.alt).extended_description,
            origin=origin,
            reviewed=self.alt.reviewed and bool(text),
            decorative=self.alt.decorative and not text,
            model=suggestion.model
            if suggestion is not None and origin is Origin.MACHINE
            else self.alt.model
            if origin is Origin.MACHINE_EDITED
            else "",
            confidence=suggestion.confidence if suggestion is not None and first else None,
        )


def same_words(first: AltText, second: AltText) -> bool:
    """Tell whether two alt texts say the same, whoever wrote them."""
    return (first.text, first.extended_description, first.decorative, first.reviewed) == (
        second.text, second.extended_description, second.decorative, second.reviewed,
    )  # fmt: skip


def state_words(state: State) -> str:
    """Return what a state is called wherever it is shown or spoken."""
    return {
        State.MISSING: tr("Missing"),
        State.DRAFT: tr("Draft"),
        State.UNSURE: tr("Unsure draft"),
        State.REVIEWED: tr("Reviewed"),
        State.DECORATIVE: tr("Decorative"),
        State.DECLINED: tr("Declined"),
        State.FAILED: tr("Failed"),
    }[state]


def written_words(picture: Picture) -> str:
    """Return whether the words that a person decided on are on disk; empty where nobody did."""
    if picture.state not in {State.REVIEWED, State.DECORATIVE}:
        return ""
    return tr("not written") if picture.unwritten else tr("written")


def row_text(
    picture: Picture, position: int, count: int, folder: str = "", *, words_first: bool = False
) -> str:
    """Return what a screen reader says of a row.

    Args:
        position: counts from 1.
        words_first: the alt text comes before the name.
    """
    place = tr("{position} of {count}").format(position=number(position), count=number(count))
    name, words = picture.path.name, picture.alt.text.rstrip(".")
    state = (state_words(picture.state), written_words(picture))
    parts = (words, *state, name) if words_first else (name, *state, words)
    return ", ".join(part for part in (*parts, folder, place) if part)


def why(picture: Picture, *, waiting: bool = False) -> str:
    """Return one sentence on why a picture is in its state; empty where there is nothing to say.

    Args:
        waiting: whether it is in the queue of the captioner.
    """
    state, suggestion = picture.state, picture.suggestion
    if picture.gone:
        return tr("Its file is gone: {path}").format(path=picture.path)
    if state in {State.FAILED, State.DECLINED} and suggestion is not None:
        return suggestion.reason
    if state is State.UNSURE:
        doubted = suggestion.doubted if suggestion is not None else ()
        if doubted:
            return trn(
                "Check closely: the word {words} may be wrong.",
                "Check closely: the words {words} may be wrong.",
                len(doubted),
            ).format(words=quoted(doubted))
        return tr("Check closely: this draft may be wrong.")
    if state is State.MISSING:
        return tr("Waiting to be captioned.") if waiting else ""
    if state is State.DRAFT:
        return tr("Nobody has reviewed this text yet.")
    if picture.written:
        return tr("Written to {name}.").format(name=picture.kept_in)
    return tr("Not written to disk yet.")
