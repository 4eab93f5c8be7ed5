"""Reviewing: what a person does to the current picture, each step undoable."""

import dataclasses
import functools
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication

from lorgnette.alttext.alt_text import AltText, Origin
from lorgnette.gui.batch.history import CHOOSING, TYPING, change
from lorgnette.gui.batch.open_batch import OpenBatch
from lorgnette.gui.batch.picture import CANDIDATES, TO_REVIEW, Picture, State, state_words
from lorgnette.gui.captioning.models import Models
from lorgnette.gui.parts import desktop
from lorgnette.gui.parts.actions import Entry, Group, Menu
from lorgnette.gui.reviewing.doubt import doubted_words, how_sure
from lorgnette.gui.reviewing.guessing import Guessing
from lorgnette.gui.reviewing.panel import ReviewPanel
from lorgnette.gui.reviewing.showing import Showing
from lorgnette.gui.reviewing.spelling import Spelling
from lorgnette.gui.saying.translation import number, tr, trn

_MENDS = 5  # notes with a key of their own


class Reviewing(QObject):
    """Joins the list, the panel beside it and the history.

    Signals:
        write_wanted: all is reviewed, and the person wants it on disk.
    """

    write_wanted = Signal()

    def __init__(self, batch: OpenBatch, panel: ReviewPanel, models: Models) -> None:
        super().__init__(batch.window)
        self._batch = batch
        self._panel = panel
        self.showing = Showing(batch, panel)
        self._guessing = Guessing(batch, panel, models)
        self._spelling = Spelling(batch, panel)
        self.showing.shown.connect(self._spelling.spell_current)
        panel.typed.connect(self._typed)
        panel.extended_typed.connect(self._extended_typed)
        panel.chosen.connect(self._chosen)
        panel.decorative_chosen.connect(self._decorative_chosen)
        panel.taken_back.connect(self._taken_back)
        panel.guess_wanted.connect(lambda _path: self._guessing.show_guess())
        panel.accepted.connect(self.accept_current)
        panel.skipped.connect(self.go_to_next_to_review)
        panel.told.connect(batch.announcer.say)
        batch.view.edit_requested.connect(self.go_to_text)

    def groups(self) -> list[Group]:
        """Return what it brings into the menus."""
        panel = self._panel
        of_current = functools.partial(Entry, usable=self._batch.current)
        of_any = functools.partial(Entry, usable=self._batch.any)
        return [
            Group(
                Menu.PICTURE,
                [
                    of_current("accept", tr("&Accept and next"), self.accept_current,
                               ("Ctrl+Return", "Ctrl+Enter"), "accept"),
                    of_current("accept_selected", tr("Accept a&ll selected drafts"),
                               self.accept_selected, ("Ctrl+Shift+Return", "Ctrl+Shift+Enter")),
                    of_any("next_to_review", tr("&Next to review"), self.go_to_next_to_review,
                           ("Ctrl+J",), "skip"),
                    of_any("next_picture", tr("Ne&xt picture"),
                           functools.partial(self.step, 1), ("Alt+Down",)),
                    of_any("previous_picture", tr("&Previous picture"),
                           functools.partial(self.step, -1), ("Alt+Up",)),
                ],
            ),
            Group(
                Menu.PICTURE,
                [
                    of_current("decorative", tr("&Decorative"), self.toggle_decorative,
                               ("Ctrl+D",), checked=self._is_decorative),
                    of_current("extended", tr("&Extended description"), panel.open_extended,
                               ("Ctrl+E",)),
                    of_current("read_text", tr("Text in the pict&ure"), panel.open_read,
                               ("Ctrl+R",)),
                    of_current("questions", tr("&What is this picture for?"),
                               panel.open_questions, ("Ctrl+T",)),
                    of_current("to_draft", tr("&Back to the model's draft"),
                               self.go_back_to_draft),
                    of_current("next_doubt", tr("Go to the next doubted w&ord"),
                               functools.partial(self._spelling.go_to_doubt, 1), ("F7",)),
                    of_current("previous_doubt", tr("Go to the doubted word before"),
                               functools.partial(self._spelling.go_to_doubt, -1), ("Shift+F7",)),
                    of_current("guess", tr("S&how the guess anyway"), self._guessing.show_guess,
                               ("Ctrl+G",)),
                ],
            ),
            Group(
                Menu.PICTURE,
                [
                    of_current("say_doubt", tr("Say how &sure the model is"), self.say_doubt,
                               ("Ctrl+I",)),
                    of_current("say_words", tr("Say the dou&bted words"), self.say_doubted_words,
                               ("Ctrl+Shift+D",)),
                    of_current("say_notes", tr("Say the n&otes on the text"), self.say_notes,
                               ("Ctrl+Shift+N",)),
                    of_current("say_agreement", tr("Say where the su&ggestions agree"),
                               self.say_agreement, ("Ctrl+Shift+G",)),
                    of_current("say_read", tr("Say the te&xt in the picture"), self.say_read,
                               ("Ctrl+Shift+R",)),
                ],
                tr("Sa&y aloud"),
            ),
            Group(
                Menu.PICTURE,
                [
                    of_current(f"candidate_{n}", tr("Use suggestion {number}").format(number=n),
                               functools.partial(self.choose_candidate, n), (f"Alt+{n}",))
                    for n in range(1, CANDIDATES + 1)
                ],
                tr("Use a su&ggestion"),
            ),
            Group(
                Menu.PICTURE,
                [
                    of_current(f"mend_{n}", tr("Mend note {number}").format(number=n),
                               functools.partial(self.mend, n), (f"Ctrl+{n}",))
                    for n in range(1, _MENDS + 1)
                ],
                tr("&Mend a note"),
            ),
            Group(
                Menu.PICTURE,
                [
                    of_current("show_in_folder", tr("Show in its &folder"), self.show_in_folder),
                    of_current("open_elsewhere", tr("Open in another p&rogram"),
                               self.open_elsewhere),
                    of_current("open_sidecar", tr("Open the s&idecar"), self.open_sidecar),
                ],
            ),
            Group(
                Menu.VIEW,
                [
                    of_current("look", tr("Look at the &picture"), self.showing.look, ("F11",)),
                    of_any("to_list", tr("Go to the &list"), self.go_to_list, ("Ctrl+L",)),
                    of_current("to_text", tr("Go to the alt &text"), self.go_to_text,
                               ("Ctrl+Shift+X",)),
                    of_current("other_side", tr("Go to the &other side"), self.go_to_other_side,
                               ("F6",)),
                ],
            ),
        ]  # fmt: skip

    def close(self) -> None:
        """Stop and wait for the threads."""
        self._guessing.close()
        self._spelling.close()

    def _typed(self, path: Path, text: str) -> None:
        picture = self._batch.model.picture(path)
        if picture is not None:
            self._change(
                [(picture, picture.edited(text))],
                tr("edit of {name}").format(name=path.name),
                merge=TYPING,
            )

    def _extended_typed(self, path: Path, text: str) -> None:
        picture = self._batch.model.picture(path)
        if picture is not None:
            self._change(
                [(picture, dataclasses.replace(picture.alt, extended_description=text))],
                tr("edit of {name}").format(name=path.name),
                merge=TYPING,
            )

    def _chosen(self, path: Path, text: str) -> None:
        picture = self._batch.model.picture(path)
        if picture is not None:
            alt = dataclasses.replace(picture.edited(text), decorative=False)
            if alt.origin is Origin.MACHINE:  # nobody has reviewed these words
                alt = dataclasses.replace(alt, reviewed=False)
            self._change(
                [(picture, alt)],
                tr("choice of another text for {name}").format(name=path.name),
                merge=CHOOSING,
            )

    def _taken_back(self, path: Path, before: AltText) -> None:
        picture = self._batch.model.picture(path)
        if picture is not None:
            self._change(
                [(picture, before)], tr("taking back of typing in {name}").format(name=path.name)
            )
            self._batch.announcer.say(tr("What was typed is taken back."))

    def go_back_to_draft(self) -> None:
        """Put the model's draft in place of the current text."""
        picture = self._panel.picture
        if picture is None:
            return
        draft = picture.drafted(self._batch.settings.now.language)
        if not draft.text:
            self._batch.announcer.say(tr("The model has no draft of this picture."))
            return
        what = tr("going back to the draft of {name}").format(name=picture.path.name)
        self._change([(picture, draft)], what)
        self._batch.announcer.say(tr("Back to the draft."))

    def _decorative_chosen(self, path: Path, decorative: bool) -> None:
        picture = self._batch.model.picture(path)
        if picture is None:
            return
        if decorative:
            alt = picture.decorated()
            text = tr("marking of {name} as decorative").format(name=path.name)
        else:
            alt = picture.undecorated(self._batch.settings.now.language)
            text = tr("marking of {name} as not decorative").format(name=path.name)
        self._change([(picture, alt)], text)

    def toggle_decorative(self) -> None:
        """Mark the current picture as decorative, or as not."""
        picture = self._panel.picture
        if picture is not None:
            self._decorative_chosen(picture.path, not picture.alt.decorative)
            self._batch.announcer.say(
                tr("Decorative: screen readers will skip it.")
                if not picture.alt.decorative
                else tr("Not decorative any more.")
            )

    def accept_current(self) -> None:
        """Mark the current text as reviewed and go on to the next picture to review."""
        picture = self._panel.picture
        if picture is None:
            return
        if not picture.alt.text.strip() and not picture.alt.decorative:
            self._batch.announcer.say(
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
        self._batch.drafts.keep([self._batch.model.picture(picture.path) or picture])
        left = self._batch.model.left()
        if following is None and left:
            self._batch.announcer.say(tr("Accepted. {rest}").format(rest=self._others_wait(left)))
            return
        if following is None:
            self._batch.teller.tell(
                tr("Accepted. That was the last one to review."),
                [(tr("Write alt text…"), self.write_wanted.emit)],
            )
            return
        self._go_on_to(following)
        accepted = trn(
            "Accepted. {count} left to review.", "Accepted. {count} left to review.", left
        ).format(count=number(left))
        self._batch.announcer.say(" ".join(filter(None, (accepted, self._place()))))

    def accept_selected(self) -> None:
        """Mark the selected drafts as reviewed, in one step that can be undone."""
        drafts = [p for p in self._batch.view.selected() if p.state in {State.DRAFT, State.UNSURE}]
        count = len(drafts)
        if not drafts:
            self._batch.announcer.say(tr("No draft is selected."))
            return
        self._change(
            [(p, dataclasses.replace(p.alt, reviewed=True)) for p in drafts],
            trn("acceptance of {count} draft", "acceptance of {count} drafts", count).format(
                count=number(count)
            ),
        )
        self._batch.announcer.say(
            trn("{count} draft accepted.", "{count} drafts accepted.", count).format(
                count=number(count)
            )
        )

    def go_to_next_to_review(self) -> None:
        """Make the next picture that needs a person's eyes the current one."""
        following = self._next_to_review()
        if following is None:
            left = self._batch.model.left()
            shown = self._batch.view.current_path()
            picture = None if shown is None else self._batch.model.picture(shown)
            others = left - (picture is not None and picture.state in TO_REVIEW)
            self._batch.announcer.say(
                self._others_wait(others) if others else tr("Nothing else is left to review.")
            )
        else:
            self._go_on_to(following)
            self._say_place()

    def step(self, by: int) -> None:
        """Go to the next picture or the one before; at the end say that it is the last."""
        view = self._batch.view
        before = view.current_path()
        view.step(by)
        if view.current_path() == before:
            self._batch.announcer.say(
                tr("This is the last picture.") if by > 0 else tr("This is the first picture.")
            )
        else:
            self._say_place()

    def _say_place(self) -> None:
        if place := self._place():
            self._batch.announcer.say(place)

    def _place(self) -> str:
        """Return name, state and place of the picture for those who are in its text.

        There the list says nothing, and the text alone does not tell a sure draft from another.
        """
        picture, view = self._panel.picture, self._batch.view
        if picture is None or not self._panel.isAncestorOf(QApplication.focusWidget() or view):
            return ""
        return tr("{name}, {state}, {position} of {count}.").format(
            name=picture.path.name,
            state=state_words(picture.state),
            position=number(view.currentIndex().row() + 1),
            count=number(self._batch.rows.rowCount()),
        )

    @staticmethod
    def _others_wait(count: int) -> str:
        return trn(
            "None of those shown is left to review; {count} other waits outside the filter.",
            "None of those shown is left to review; {count} others wait outside the filter.",
            count,
        ).format(count=number(count))

    def _next_to_review(self) -> Path | None:
        count = self._batch.rows.rowCount()
        start = self._batch.view.currentIndex().row()
        for step in range(1, count + 1):
            row = (start + step) % count
            picture = self._batch.rows.picture(self._batch.rows.index(row, 0))
            if picture is not None and picture.state in TO_REVIEW and row != start:
                return picture.path
        return None

    def _go_on_to(self, path: Path) -> None:
        """Show another picture; a person who was in the text stays there."""
        in_text = self._panel.isAncestorOf(QApplication.focusWidget() or self._batch.view)
        self._batch.view.go_to(path)
        if in_text:
            self._panel.field.setFocus()
        else:
            self._batch.view.setFocus()

    def choose_candidate(self, number_: int) -> None:
        """Put a suggestion into the text, 1 the first, and say it with its state."""
        if not self._panel.candidates.choose(number_ - 1):
            self._batch.announcer.say(
                tr("There is no suggestion {number}.").format(number=number(number_))
            )
        elif (picture := self._panel.picture) is not None:
            self._batch.announcer.say(
                tr("{text} {state}.").format(
                    text=picture.alt.text, state=state_words(picture.state)
                )
            )

    def mend(self, key: int) -> None:
        """Do what the note with this key offers, 1 the first."""
        self._panel.show_notes_now()  # those of the text before the last keys would undo them
        if self._panel.notes.act(key):
            self._batch.announcer.say(
                tr("Mended: {text}").format(text=self._panel.field.toPlainText())
            )
        else:
            self._batch.announcer.say(tr("There is no note {number} to mend.").format(number=key))

    def say_doubt(self) -> None:
        """Say how sure the model is, with the number."""
        self._batch.announcer.say(how_sure(self._panel.picture))

    def say_doubted_words(self) -> None:
        """Say which words the model doubts, and which no dictionary knows."""
        said = (doubted_words(self._panel.picture), self._spelling.misspelled())
        self._batch.announcer.say(" ".join(filter(None, said)))

    def say_notes(self) -> None:
        """Say the notes on the text."""
        self._panel.show_notes_now()
        texts = self._panel.notes.texts()
        self._batch.announcer.say(
            " ".join(texts) if texts else tr("There are no notes on this text.")
        )

    def say_agreement(self) -> None:
        """Say what all suggestions say, what some say, and what only one says."""
        self._batch.announcer.say(
            self._panel.candidates.agreement() or tr("There are no two suggestions to compare.")
        )

    def say_read(self) -> None:
        """Say the text in the picture."""
        picture = self._panel.picture
        read = picture.suggestion.read if picture and picture.suggestion else ""
        self._batch.announcer.say(read or tr("No text was read in this picture."))

    def go_to_list(self) -> None:
        """Put the focus into the list."""
        self._batch.view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def go_to_text(self) -> None:
        """Put the focus into the alt text."""
        self._panel.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def go_to_other_side(self) -> None:
        """Put the focus from the panel into the list, or from anywhere else into the panel."""
        if self._panel.isAncestorOf(QApplication.focusWidget() or self._batch.window):
            self.go_to_list()
        else:
            self.go_to_text()

    def show_in_folder(self) -> None:
        """Let the desktop show the current picture in its folder."""
        picture = self._panel.picture
        if picture is not None:
            desktop.show_in_folder(picture.path, self._batch.window)

    def open_elsewhere(self) -> None:
        """Let the desktop open the current picture."""
        picture = self._panel.picture
        if picture is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(picture.path)))

    def open_sidecar(self) -> None:
        """Let the desktop open the sidecar of the current picture, if it has one."""
        picture = self._panel.picture
        if picture is None:
            return
        if picture.kept_in in {"", picture.path.name}:
            self._batch.announcer.say(tr("This picture has no sidecar."))
            return
        sidecar = picture.path.with_name(picture.kept_in)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(sidecar)))

    def _is_decorative(self) -> bool:
        picture = self._panel.picture
        return picture is not None and picture.alt.decorative

    def _change(
        self, texts: Sequence[tuple[Picture, AltText]], what: str, *, merge: int = -1
    ) -> None:
        change(self._batch.history, self._batch.model, texts, what, merge=merge)
