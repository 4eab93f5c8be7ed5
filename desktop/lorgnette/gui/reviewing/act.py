"""Reviewing: what a person does to the current picture, each step undoable."""

import dataclasses
import itertools
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QPixmap, QUndoStack
from PySide6.QtWidgets import QApplication

from lorgnette.alttext.alt_text import AltText, Origin
from lorgnette.gui.batch.drafts import Drafts
from lorgnette.gui.batch.filter import BatchFilter
from lorgnette.gui.batch.history import CHOOSING, TYPING, Change, ChangeAltText
from lorgnette.gui.batch.model import BatchModel
from lorgnette.gui.batch.picture import TO_REVIEW, Picture, State, Suggestion, state_words
from lorgnette.gui.batch.thumbnails import Decoded, Thumbnails
from lorgnette.gui.batch.view import BatchView
from lorgnette.gui.captioning.jobs import guess
from lorgnette.gui.captioning.models import Models
from lorgnette.gui.parts.job_thread import JobThread
from lorgnette.gui.reviewing.panel import PREVIEW_SIDE, ReviewPanel
from lorgnette.gui.saying.announcer import Announcer
from lorgnette.gui.saying.translation import number, tr, trn
from lorgnette.settings import Settings

_PREVIEW_MILLISECONDS = 50  # on one picture before it is decoded large
_MOST_TWINS = 24  # thumbnails that one picture may ask for, lest its twins only look alike
_JOIN_SECONDS = 30.0


class Reviewing(QObject):
    """Joins the list, the panel beside it and the history.

    Signals:
        shown: another picture is current, or none.
        broken: the exception that ended a guess.
    """

    shown = Signal()
    broken = Signal(object)

    def __init__(
        self,
        view: BatchView,
        panel: ReviewPanel,
        rows: BatchFilter,
        batch: BatchModel,
        *,
        history: QUndoStack,
        drafts: Drafts,
        thumbnails: Thumbnails,
        models: Models,
        announcer: Announcer,
        settings: Callable[[], Settings],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._view = view
        self._panel = panel
        self._rows = rows
        self._batch = batch
        self._history = history
        self._drafts = drafts
        self._thumbnails = thumbnails
        self._models = models
        self._announcer = announcer
        self._settings = settings
        self._twin = False  # whether the current picture's text is another one's, too
        self._guessing: JobThread | None = None
        self._preview_soon = QTimer(self, interval=_PREVIEW_MILLISECONDS, singleShot=True)
        self._preview_soon.timeout.connect(self._ask_preview)
        view.current_changed.connect(self.show_current)
        panel.typed.connect(self._typed)
        panel.extended_typed.connect(self._extended_typed)
        panel.chosen.connect(self._chosen)
        panel.decorative_chosen.connect(self._decorative_chosen)
        panel.reverted.connect(self._reverted)
        panel.guess_wanted.connect(lambda _path: self.show_guess())
        panel.accepted.connect(self.accept_current)
        panel.skipped.connect(self.go_to_next_to_review)
        panel.told.connect(announcer.say)
        thumbnails.decoded.connect(self._show_preview)
        thumbnails.identified.connect(self._identified)

    def update(self, pictures: Sequence[Picture]) -> None:
        """Show the new state of the current picture, if it is among these or has its text."""
        shown = self._panel.picture
        picture = None if shown is None else self._batch.picture(shown.path)
        if picture is None:
            return
        twin = self._batch.has_twin(picture)
        if twin != self._twin or any(picture.path == each.path for each in pictures):
            self._show(picture, twin=twin)

    def close(self) -> None:
        """Stop and wait for a guess that is being made."""
        if self._guessing is not None:
            self._guessing.blockSignals(True)
            self._guessing.wait(_JOIN_SECONDS)

    def show_current(self, path: Path | None) -> None:
        """Show the picture at path beside the list; None shows none."""
        picture = None if path is None else self._batch.picture(path)
        self._show(picture, twin=picture is not None and self._batch.has_twin(picture))
        if picture is not None:
            self._preview_soon.start()
            self._offer_earlier(picture)
        self.shown.emit()

    def _ask_preview(self) -> None:
        picture = self._panel.picture
        if picture is None:
            return
        unknown = (p for p in self._batch.with_text_of(picture) if p.fingerprint is None)
        for other in itertools.islice(unknown, _MOST_TWINS):
            self._thumbnails.pixmap(other.path)
        self._thumbnails.ask_large(picture.path, PREVIEW_SIDE)

    def _show(self, picture: Picture | None, *, twin: bool) -> None:
        self._twin = twin
        self._panel.show_picture(picture, elsewhere=twin)

    def _show_preview(self, decoded: Decoded) -> None:
        pixmap = QPixmap() if decoded.image is None else QPixmap.fromImage(decoded.image)
        self._panel.show_preview(decoded.path, pixmap)

    def _identified(self, path: Path, digest: str, fingerprint: int | None) -> None:
        picture = self._batch.picture(path)
        if picture is None:
            return
        if fingerprint is None and picture.digest == digest:
            fingerprint = picture.fingerprint
        known = dataclasses.replace(picture, digest=digest, fingerprint=fingerprint)
        self._batch.put([known])
        shown = self._panel.picture
        if known.digest != picture.digest and shown is not None and shown.path == path:
            self._offer_earlier(known)

    def _offer_earlier(self, picture: Picture) -> None:
        if picture.digest:
            earlier = self._drafts.accepted(picture.digest, picture.path)
            self._panel.offer(picture.path, earlier)

    def _typed(self, path: Path, text: str) -> None:
        picture = self._batch.picture(path)
        if picture is not None:
            self._change(
                [(picture, picture.edited(text))],
                tr("edit of {name}").format(name=path.name),
                merge=TYPING,
            )

    def _extended_typed(self, path: Path, text: str) -> None:
        picture = self._batch.picture(path)
        if picture is not None:
            self._change(
                [(picture, dataclasses.replace(picture.alt, extended_description=text))],
                tr("edit of {name}").format(name=path.name),
                merge=TYPING,
            )

    def _chosen(self, path: Path, text: str) -> None:
        picture = self._batch.picture(path)
        if picture is not None:
            alt = dataclasses.replace(picture.edited(text), decorative=False)
            if alt.origin is Origin.MACHINE:  # nobody has reviewed these words
                alt = dataclasses.replace(alt, reviewed=False)
            self._change(
                [(picture, alt)],
                tr("choice of another text for {name}").format(name=path.name),
                merge=CHOOSING,
            )

    def _reverted(self, path: Path) -> None:
        picture = self._batch.picture(path)
        if picture is None:
            return
        before = picture.drafted(self._settings().language)
        if not before.text:
            before = picture.on_disk or AltText(reviewed=False)
        self._change(
            [(picture, before)], tr("going back to the draft of {name}").format(name=path.name)
        )
        self._announcer.say(tr("Back to the draft."))

    def _decorative_chosen(self, path: Path, decorative: bool) -> None:
        picture = self._batch.picture(path)
        if picture is None:
            return
        if decorative:
            alt = AltText(decorative=True, language=picture.alt.language)
            text = tr("marking of {name} as decorative").format(name=path.name)
        else:
            alt = picture.drafted(self._settings().language)
            text = tr("marking of {name} as not decorative").format(name=path.name)
        self._change([(picture, alt)], text)

    def toggle_decorative(self) -> None:
        """Mark the current picture as decorative, or as not."""
        picture = self._panel.picture
        if picture is not None:
            self._decorative_chosen(picture.path, not picture.alt.decorative)
            self._announcer.say(
                tr("Decorative: screen readers will skip it.")
                if not picture.alt.decorative
                else tr("Not decorative any more.")
            )

    def show_guess(self) -> None:
        """Let the model say what it held back, as an unsure draft."""
        picture = self._panel.picture
        if picture is None or picture.state is not State.DECLINED:
            self._announcer.say(tr("The model has held nothing back for this picture."))
            return
        if self._guessing is not None:
            return
        path = picture.path
        job = JobThread(guess(path, self._models, self._settings()), "lorgnette guess", self)
        job.reported.connect(lambda found: self._take_guess(path, found[0]))
        job.ended.connect(self._guessed)
        self._guessing = job
        job.start()

    def _take_guess(self, path: Path, said: Suggestion) -> None:
        picture = self._batch.picture(path)
        if picture is None or picture.suggestion is None:
            return
        held_back = dataclasses.replace(
            said,
            text="",
            declined=True,
            no_photo=picture.suggestion.no_photo,
            reason=picture.suggestion.reason,
        )
        picture = dataclasses.replace(picture, suggestion=held_back)
        self._batch.put([picture])
        guess = AltText(
            text=said.text,
            language=self._settings().language,
            origin=Origin.MACHINE,
            reviewed=False,
            model=said.model,
            confidence=0.0,  # it was held back for a reason
        )
        self._change([(picture, guess)], tr("guess for {name}").format(name=path.name))
        self._announcer.say(tr("A guess that may well be wrong: {text}").format(text=guess.text))
        if self._panel.picture is not None and self._panel.picture.path == path:
            self._panel.field.setFocus()

    def _guessed(self, error: BaseException | None) -> None:
        self._guessing = None
        if error is not None:
            self.broken.emit(error)

    def accept_current(self) -> None:
        """Mark the current text as reviewed and go on to the next picture to review."""
        picture = self._panel.picture
        if picture is None:
            return
        if not picture.alt.text.strip() and not picture.alt.decorative:
            self._announcer.say(
                tr("There is no text to accept. Write one, or mark the picture as decorative.")
            )
            self._panel.field.setFocus()
            return
        following = self._next_to_review()
        alt = picture.alt
        self._change(
            [(picture, dataclasses.replace(alt, text=alt.text.strip(), reviewed=True))],
            tr("acceptance of {name}").format(name=picture.path.name),
        )
        self._drafts.keep([self._batch.picture(picture.path) or picture])
        left = self.left()
        if following is None:
            self._announcer.say(tr("Accepted. That was the last one to review."))
            return
        self._go_on_to(following)
        self._announcer.say(
            trn(
                "Accepted. {count} left to review.", "Accepted. {count} left to review.", left
            ).format(count=number(left))
        )

    def accept_selected(self) -> None:
        """Mark the selected drafts as reviewed, in one step that can be undone."""
        drafts = [p for p in self._view.selected() if p.state in {State.DRAFT, State.UNSURE}]
        count = len(drafts)
        if not drafts:
            self._announcer.say(tr("No draft is selected."))
            return
        self._change(
            [(p, dataclasses.replace(p.alt, reviewed=True)) for p in drafts],
            trn("acceptance of {count} draft", "acceptance of {count} drafts", count).format(
                count=number(count)
            ),
        )
        self._announcer.say(
            trn("{count} draft accepted.", "{count} drafts accepted.", count).format(
                count=number(count)
            )
        )

    def go_to_next_to_review(self) -> None:
        """Make the next picture that needs a person's eyes the current one."""
        following = self._next_to_review()
        if following is None:
            self._announcer.say(tr("Nothing is left to review."))
        else:
            self._go_on_to(following)

    def _next_to_review(self) -> Path | None:
        count = self._rows.rowCount()
        start = self._view.currentIndex().row()
        for step in range(1, count + 1):
            row = (start + step) % count
            picture = self._rows.picture(self._rows.index(row, 0))
            if picture is not None and picture.state in TO_REVIEW and row != start:
                return picture.path
        return None

    def left(self) -> int:
        """Return how many pictures wait for a person's eyes."""
        counts = self._batch.counts()
        return sum(counts[state] for state in TO_REVIEW)

    def _go_on_to(self, path: Path) -> None:
        """Show another picture; a person who was in the text stays there."""
        in_text = self._panel.isAncestorOf(QApplication.focusWidget() or self._view)
        self._view.go_to(path)
        if in_text:
            self._panel.field.setFocus()
        else:
            self._view.setFocus()

    def mend(self, key: int) -> None:
        """Do what the note with this key offers, 1 the first."""
        if self._panel.notes.act(key):
            self._announcer.say(tr("Mended: {text}").format(text=self._panel.field.toPlainText()))
        else:
            self._announcer.say(tr("There is no note {number} to mend.").format(number=key))

    def say_doubt(self) -> None:
        """Say how sure the model is, with the number."""
        picture = self._panel.picture
        if picture is None or picture.alt.confidence is None:
            self._announcer.say(tr("The model has not said how sure it is."))
            return
        self._announcer.say(
            tr("{state}. Confidence {number} of 1.").format(
                state=state_words(picture.state), number=number(picture.alt.confidence, 2)
            )
        )

    def say_doubted_words(self) -> None:
        """Say which words the model doubts."""
        picture = self._panel.picture
        doubted = picture.suggestion.doubted if picture and picture.suggestion else ()
        self._announcer.say(
            tr("Doubted words: {words}.").format(words=", ".join(doubted))
            if doubted else tr("The model doubts no word of this text.")
        )  # fmt: skip

    def say_notes(self) -> None:
        """Say the notes on the text."""
        self._panel.show_notes_now()
        texts = self._panel.notes.texts()
        self._announcer.say(" ".join(texts) if texts else tr("There are no notes on this text."))

    def _change(
        self,
        texts: Sequence[tuple[Picture, AltText]],
        what: str,
        *,
        merge: int = -1,
    ) -> None:
        changes = [
            Change(picture.path, picture.alt, alt) for picture, alt in texts if picture.alt != alt
        ]
        if changes:
            self._history.push(ChangeAltText(self._batch, changes, what, merge=merge))
