"""Noting: what a person knows of a folder or some pictures, kept with the batch, put in by key."""

import functools
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from lorgnette.english.joining import Template
from lorgnette.gui.batch.history import CHOOSING, change
from lorgnette.gui.batch.open_batch import OpenBatch
from lorgnette.gui.looks import theme
from lorgnette.gui.parts.actions import Entry, Group, Menu
from lorgnette.gui.saying.translation import number, tr, trn
from lorgnette.names import shown

_FIRST = Template.parse("{note}: {caption}")
_LAST = Template.parse("{caption} {note}")


class Noting(QObject):
    """Takes notes of folders and pictures, and puts them into texts."""

    def __init__(self, batch: OpenBatch, changed: Callable[[], None]) -> None:
        """Join it to the batch.

        Args:
            changed: called after a note was taken.
        """
        super().__init__(batch.window)
        self._batch = batch
        self._changed = changed

    def groups(self) -> list[Group]:
        """Return what it brings into the menus."""
        of_current = functools.partial(Entry, usable=self._batch.current)
        return [
            Group(
                Menu.PICTURE,
                [
                    of_current("take_note", tr("No&te for the folder or the selected…"), self.ask,
                               ("Ctrl+N",)),
                    of_current("note_first", tr("Begin the text with the note"),
                               lambda: self.put(_FIRST), ("Ctrl+B",)),
                    of_current("note_last", tr("End the text with the note"),
                               lambda: self.put(_LAST), ("Ctrl+Shift+B",)),
                ],
            )
        ]  # fmt: skip

    def ask(self) -> None:
        """Let the person note something."""
        current = self._batch.view.current_path()
        if current is None:
            return
        folder = current.parent
        count = self._batch.model.folders()[folder]
        words = trn(
            "The folder {name}: {count} picture", "The folder {name}: {count} pictures", count
        )
        of_folder = words.format(name=shown(folder.name or folder), count=number(count))
        selected = [picture.path for picture in self._batch.view.selected()] or [current]
        these = trn("{count} selected picture", "{count} selected pictures", len(selected)).format(
            count=number(len(selected))
        )
        places = [(of_folder, [folder]), (these, selected)]
        dialog = NoteDialog(
            places, self._batch.drafts.note_of, int(len(selected) > 1), self._batch.window
        )
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self._batch.drafts.take_note(dialog.places, dialog.text)
            self._batch.announcer.say(tr("Noted.") if dialog.text else tr("The note is gone."))
            self._changed()
        dialog.deleteLater()

    def put(self, form: Template) -> None:
        """Put the note of the current picture into its text."""
        path = self._batch.view.current_path()
        picture = None if path is None else self._batch.model.picture(path)
        if path is None or picture is None:
            return
        note = self._batch.drafts.note_of(path)
        if not note:
            self._batch.announcer.say(tr("Nothing is noted for this picture or its folder."))
            return
        text = form.filled(picture.alt.text, note=note) if picture.alt.text else note
        if text == picture.alt.text:
            self._batch.announcer.say(tr("The text says so already."))
            return
        what = tr("note, for {name}").format(name=path.name)
        words = [(picture, picture.edited(text))]
        change(self._batch.history, self._batch.model, words, what, merge=CHOOSING)
        self._batch.announcer.say(text)


class NoteDialog(QDialog):
    """Asks for a note and what it is of; `places` and `text` are what the person made of it."""

    def __init__(
        self,
        places: Sequence[tuple[str, Sequence[Path]]],
        note_of: Callable[[Path], str],
        chosen: int,
        parent: QWidget,
    ) -> None:
        """Make the dialog.

        Args:
            places: what can be chosen, each in words.
            chosen: which of them is at first.
        """
        super().__init__(parent)
        self.setWindowTitle(tr("Note"))
        self._places = places
        self._note_of = note_of
        self.of = QComboBox(self)
        for words, _ in places:
            self.of.addItem(words)
        self.of.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.of.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.note = QLineEdit(self)
        self.note.setPlaceholderText(tr("Our wedding, Lisbon, June 2026"))
        hint = QLabel(
            tr(
                "It is kept with the batch, not in the files. Ctrl+B begins a text with it, "
                "Ctrl+Shift+B ends it so, and {note} in the form of drafts, in the settings, "
                "stands for it."
            ),
            self,
        )
        hint.setWordWrap(True)
        hint.setProperty("muted", True)
        self.note.setAccessibleDescription(hint.text())
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self
        )
        theme.make_primary(self.buttons.button(QDialogButtonBox.StandardButton.Ok))
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        form.addRow(tr("&For"), self.of)
        form.addRow(tr("&Note"), self.note)
        body = QVBoxLayout(self)
        body.setContentsMargins(20, 18, 20, 18)
        body.setSpacing(12)
        body.addLayout(form)
        body.addWidget(hint)
        body.addWidget(self.buttons)
        self.resize(30 * self.fontMetrics().height(), self.sizeHint().height())
        self.of.currentIndexChanged.connect(lambda _: self._show())
        self.of.setCurrentIndex(chosen)
        self._show()
        self.note.setFocus()

    @property
    def places(self) -> Sequence[Path]:
        """What the note is of: a folder, or pictures."""
        return self._places[self.of.currentIndex()][1]

    @property
    def text(self) -> str:
        """The note; empty to take it away."""
        return " ".join(self.note.text().split())

    def _show(self) -> None:
        notes = {self._note_of(place) for place in self.places}
        self.note.setText(notes.pop() if len(notes) == 1 else "")
        self.note.selectAll()
