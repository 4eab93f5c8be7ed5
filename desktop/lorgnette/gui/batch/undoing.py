"""Undoing: one history for the window, that goes to what it changes and says what it did."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from lorgnette.gui.batch.history import ChangeAltText, RemovePictures, WriteBatch
from lorgnette.gui.batch.open_batch import OpenBatch
from lorgnette.gui.batch.picture import state_words
from lorgnette.gui.parts.actions import Entry, Group, Menu
from lorgnette.gui.saying.translation import tr


class Undoing(QObject):
    """Takes steps back, and does them again."""

    def __init__(self, batch: OpenBatch, is_writing: Callable[[], bool]) -> None:
        """Join the history to the window.

        Args:
            is_writing: tells whether files are being written; nothing is undone meanwhile, or
                what the history says and what lies on disk would part.
        """
        super().__init__(batch.window)
        self._batch = batch
        self._is_writing = is_writing

    def groups(self) -> list[Group]:
        """Return what undoes and redoes, named after what it would undo and redo."""
        history = self._batch.history

        def undo() -> str:
            if not history.canUndo():
                return tr("&Undo")
            return tr("&Undo {what}").format(what=history.undoText().replace("&", "&&"))

        def redo() -> str:
            if not history.canRedo():
                return tr("&Redo")
            return tr("&Redo {what}").format(what=history.redoText().replace("&", "&&"))

        return [
            Group(
                Menu.EDIT,
                [
                    Entry("undo", undo, self.undo, ("Ctrl+Z",), "undo", history.canUndo,
                          name_in_lists=tr("Undo")),
                    Entry("redo", redo, self.redo, ("Ctrl+Shift+Z", "Ctrl+Y"), "redo",
                          history.canRedo, name_in_lists=tr("Redo")),
                ],
            )
        ]  # fmt: skip

    def undo(self) -> None:
        """Take the last step back, and show where."""
        history = self._batch.history
        self._step(history.index() - 1, history.undo, tr("Undone: {what}."), tr("Nothing to undo."))

    def redo(self) -> None:
        """Do again what was undone last, and show where."""
        history = self._batch.history
        self._step(history.index(), history.redo, tr("Redone: {what}."), tr("Nothing to redo."))

    def _step(self, place: int, step: Callable[[], None], done: str, nothing: str) -> None:
        history, announcer = self._batch.history, self._batch.announcer
        if not 0 <= place < history.count():
            announcer.say(nothing)
            return
        if self._is_writing():
            announcer.say(tr("Files are being written; wait until that has ended."))
            return
        command = history.command(place)
        sentences = [done.format(what=history.text(place))]
        step()
        if isinstance(command, WriteBatch):
            return  # a job of its own, which says how it went
        if isinstance(command, ChangeAltText | RemovePictures):
            self._go_to(command)
        if isinstance(command, ChangeAltText) and len(command.paths) == 1:
            picture = self._batch.model.picture(command.paths[0])
            if picture is not None:
                sentences.append(tr("{state}.").format(state=state_words(picture.state)))
        announcer.say(" ".join(sentences))

    def _go_to(self, command: ChangeAltText | RemovePictures) -> None:
        there = [path for path in command.paths if path in self._batch.model]
        if there and self._batch.view.current_path() not in there:
            self._batch.view.show_also(there[0])
