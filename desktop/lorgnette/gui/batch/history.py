"""What can be undone: changes of words, pictures taken out of the batch, batches written."""

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QUndoCommand, QUndoStack

from lorgnette.alttext.alt_text import AltText
from lorgnette.gui.batch.model import BatchModel
from lorgnette.gui.batch.picture import Picture
from lorgnette.gui.parts.actions import Entry, Group, Menu
from lorgnette.gui.saying.translation import tr

TYPING = 1  # consecutive commands of one kind on one picture become one
CHOOSING = 2


@dataclass(frozen=True, slots=True)
class Change:
    """The alt text of one picture, before and after."""

    path: Path
    before: AltText
    after: AltText


class ChangeAltText(QUndoCommand):
    """Changes the alt text of pictures; typing in one picture's field is one command."""

    def __init__(
        self, batch: BatchModel, changes: Sequence[Change], text: str, *, merge: int = -1
    ) -> None:
        super().__init__(text)
        self._batch = batch
        self.changes = tuple(changes)
        self._merge = merge

    def id(self) -> int:
        return self._merge

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, ChangeAltText) or len(self.changes) != 1:
            return False
        mine, theirs = self.changes[0], other.changes[0]
        if len(other.changes) != 1 or mine.path != theirs.path:
            return False
        self.changes = (Change(mine.path, mine.before, theirs.after),)
        self.setObsolete(mine.before == theirs.after)
        return True

    def redo(self) -> None:
        self._put([(change.path, change.after) for change in self.changes])

    def undo(self) -> None:
        self._put([(change.path, change.before) for change in self.changes])

    def _put(self, texts: Sequence[tuple[Path, AltText]]) -> None:
        self._batch.put(
            dataclasses.replace(picture, alt=alt)
            for path, alt in texts
            if (picture := self._batch.picture(path)) is not None
        )


def change(
    history: QUndoStack,
    model: BatchModel,
    texts: Iterable[tuple[Picture, AltText]],
    what: str,
    *,
    merge: int = -1,
) -> None:
    """Give pictures other alt text, in one step that can be undone; nothing where all have it.

    Args:
        what: the step, as undo names it.
        merge: TYPING or CHOOSING, where steps after one another become one.
    """
    changes = [
        Change(picture.path, picture.alt, alt) for picture, alt in texts if picture.alt != alt
    ]
    if changes:
        history.push(ChangeAltText(model, changes, what, merge=merge))


class RemovePictures(QUndoCommand):
    """Takes pictures out of the batch; undo brings them back at its end."""

    def __init__(self, batch: BatchModel, pictures: Sequence[Picture], text: str) -> None:
        super().__init__(text)
        self._batch = batch
        self._pictures = tuple(pictures)

    def redo(self) -> None:
        self._batch.remove(picture.path for picture in self._pictures)

    def undo(self) -> None:
        self._batch.add(self._pictures)


class WriteBatch(QUndoCommand):
    """A batch that was written to disk; undo and redo are jobs that the window runs."""

    def __init__(self, text: str, undo: Callable[[], None], redo: Callable[[], None]) -> None:
        super().__init__(text)
        self._undo_it = undo
        self._redo_it = redo
        self._done = True  # pushed after the batch was written

    def redo(self) -> None:
        if not self._done:
            self._redo_it()
        self._done = True

    def undo(self) -> None:
        self._done = False
        self._undo_it()


def groups(history: QUndoStack) -> list[Group]:
    """Return what undoes and redoes, named after what it would undo and redo."""

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
                Entry("undo", undo, history.undo, ("Ctrl+Z",), "undo", history.canUndo),
                Entry("redo", redo, history.redo, ("Ctrl+Shift+Z", "Ctrl+Y"), "redo",
                      history.canRedo),
            ],
        )
    ]  # fmt: skip
