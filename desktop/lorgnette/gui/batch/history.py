"""What can be undone: changes of words, pictures taken out of the batch, batches written.

One history for the whole window, typing included: redo is the exact reverse of undo.
"""

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QUndoCommand, QUndoStack

from lorgnette.alttext.alt_text import AltText
from lorgnette.gui.batch.model import BatchModel
from lorgnette.gui.batch.picture import Picture

TYPING = 1  # consecutive commands of one kind on one picture become one; of typing, as _goes_on
CHOOSING = 2
DRAFTING = 3  # consecutive ones become one, whatever their pictures

_WORDS = [field.name for field in dataclasses.fields(AltText)]


@dataclass(frozen=True, slots=True)
class Change:
    """The words of one picture, before and after."""

    before: Picture
    after: Picture

    @property
    def path(self) -> Path:
        """Whose they are."""
        return self.after.path


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
        if not isinstance(other, ChangeAltText):
            return False
        if self._merge == DRAFTING:
            self.changes += other.changes
            return True
        if len(self.changes) != 1 or len(other.changes) != 1:
            return False
        mine, theirs = self.changes[0], other.changes[0]
        if mine.path != theirs.path:
            return False
        if self._merge == TYPING and not _goes_on(mine, theirs):
            return False
        self.changes = (Change(mine.before, theirs.after),)
        self.setObsolete(mine.before.alt == theirs.after.alt)
        return True

    @property
    def paths(self) -> tuple[Path, ...]:
        """The pictures that it changes."""
        return tuple(change.path for change in self.changes)

    def redo(self) -> None:
        self._put([(change.before, change.after) for change in self.changes])

    def undo(self) -> None:
        self._put([(change.after, change.before) for change in reversed(self.changes)])

    def _put(self, changes: Sequence[tuple[Picture, Picture]]) -> None:
        self._batch.put(
            _brought(picture, before, after)
            for before, after in changes
            if (picture := self._batch.picture(after.path)) is not None
        )


def _brought(picture: Picture, before: Picture, after: Picture) -> Picture:
    """Return picture with what differs between two states of it, and the rest as it is now.

    What came meanwhile, as a draft does while a person describes the picture at length, is no part
    of the step and stays.
    """
    other = {
        name: value
        for name in _WORDS
        if (value := getattr(after.alt, name)) != getattr(before.alt, name)
    }
    beneath = picture.beneath if before.beneath == after.beneath else after.beneath
    return dataclasses.replace(
        picture, alt=dataclasses.replace(picture.alt, **other), beneath=beneath
    )


def _goes_on(mine: Change, theirs: Change) -> bool:
    """Tell whether what was typed belongs to one step with what was typed before.

    Letters do within a word, and what is rubbed out does with what was rubbed out before: what
    stood in between is then part of what is there before the step or after it. Whatever is typed
    over, or rubbed out after typing, must come back by itself.
    """
    was_extended, before, between = _both(mine)
    is_extended, between_too, after = _both(theirs)
    if was_extended != is_extended or between != between_too:
        return False
    rubbed_out = _within(between, before)
    if _within(after, between):
        return rubbed_out
    return not rubbed_out and _within(between, after) and not _begins(between, after)


def _within(shorter: str, longer: str) -> bool:
    """Tell whether longer is shorter with something put in at one place."""
    place = _same_beginning(shorter, longer)
    return longer.endswith(shorter[place:]) and len(shorter) < len(longer)


def _begins(before: str, after: str) -> bool:
    """Tell whether what was put in is the first letter of a further word."""
    place = _same_beginning(before, after)
    return place > 0 and after[place - 1].isspace() and not after[place].isspace()


def _same_beginning(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))


def _both(typed: Change) -> tuple[bool, str, str]:
    """Return whether the extended description was typed in, and what was there before and after."""
    before, after = typed.before.alt, typed.after.alt
    if before.text != after.text:
        return False, before.text, after.text
    return True, before.extended_description, after.extended_description


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
        Change(picture, picture.with_alt(alt)) for picture, alt in texts if picture.alt != alt
    ]
    if changes:
        history.push(ChangeAltText(model, changes, what, merge=merge))


class RemovePictures(QUndoCommand):
    """Takes pictures out of the batch; undo brings them back where they stood."""

    def __init__(
        self,
        batch: BatchModel,
        pictures: Sequence[Picture],
        text: str,
        back: Callable[[Sequence[Path]], None],
    ) -> None:
        """Make the step.

        Args:
            back: told which pictures are there again.
        """
        super().__init__(text)
        self._batch = batch
        self._paths = tuple(picture.path for picture in pictures)
        self._taken: list[tuple[int, Picture]] = []
        self._back = back

    @property
    def paths(self) -> tuple[Path, ...]:
        """The pictures that it takes out."""
        return self._paths

    def redo(self) -> None:
        # As they are now: what a job found out meanwhile comes back with them.
        indexes = sorted(self._batch.index_of(path).row() for path in self._paths)
        self._taken = [(row, self._batch.picture_at(row)) for row in indexes if row >= 0]
        self._batch.remove(self._paths)

    def undo(self) -> None:
        self._batch.put_back(self._taken)
        self._back(self._paths)


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
