"""What the list looks at the batch through."""

import unicodedata
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    QSortFilterProxyModel,
    Qt,
    QTimer,
)

from lorgnette.gui.batch.model import PICTURE_ROLE, BatchModel, Index
from lorgnette.gui.batch.picture import Picture, State, row_text


def _bare(text: str) -> str:
    """Return text as it is searched: in small letters, without accents."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


class BatchFilter(QSortFilterProxyModel):
    """The pictures in one state, or with some words in their name or text.

    The picture that a person works in stays whatever becomes of it, until they leave it: its row
    must not go from under their hands, and their next key not into another picture.
    """

    def __init__(self, batch: BatchModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._batch = batch
        self._states: frozenset[State] | None = None  # None: every state
        self._unwritten = False
        self._folder: Path | None = None  # None: every folder
        self.words_first = False  # in what a screen reader says of a row
        self._words = ""
        self._held: Path | None = None
        self._left: set[Path] = set()
        self._beside: set[Path] = set()
        self._settle = QTimer(self, interval=0, singleShot=True)
        self._settle.timeout.connect(self._let_go)
        self.setSourceModel(batch)

    def hold(self, path: Path | None) -> None:
        """Show the picture at path whatever it becomes, and no other one; None holds none."""
        if path == self._held:
            return
        if self._held is not None:
            self._left.add(self._held)
            self._settle.start()  # later: the list is in the middle of leaving it
        self._held = path
        if path is not None and not self.index_of(path).isValid():
            self._look_again(path)

    def show_beside(self, paths: Iterable[Path]) -> int:
        """Show pictures that were just added until the list is filtered anew, whatever they are.

        Returns:
            How many of them the filter would hide.
        """
        hidden = [path for path in paths if not self.index_of(path).isValid()]
        self._beside.update(hidden)
        for path in hidden:
            self._look_again(path)
        return len(hidden)

    def _let_go(self) -> None:
        left, self._left = self._left, set()
        for path in left:
            picture = self._batch.picture(path)
            if picture is not None and path != self._held and not self._fits(picture):
                self._look_again(path)

    def _look_again(self, path: Path) -> None:
        index = self._batch.index_of(path)
        if index.isValid():
            self._batch.dataChanged.emit(index, index, [])

    @property
    def filtering(self) -> bool:
        """Whether it may hide pictures."""
        return (
            self._states is not None
            or self._unwritten
            or self._folder is not None
            or bool(self._words)
        )

    def show_folder(self, folder: Path | None) -> None:
        """Let through pictures in or below a folder only; None lets all of them through."""
        self.beginFilterChange()
        self._held = None
        self._beside.clear()
        self._folder = folder
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)

    def show_states(self, states: Iterable[State], *, unwritten: bool = False) -> None:
        """Let through pictures in these states only.

        Args:
            unwritten: of them only those whose words no file says.
        """
        self.beginFilterChange()
        self._unwritten = unwritten
        self._held = None
        self._beside.clear()
        wanted = frozenset(states)
        self._states = None if len(wanted) == len(State) else wanted
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)

    def show_words(self, words: str) -> None:
        """Let through pictures with words in name, alt text or extended description."""
        self.beginFilterChange()
        self._held = None
        self._beside.clear()
        self._words = _bare(words.strip())
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:  # noqa: ARG002
        if not self.filtering:  # asked for each row at every sorting
            return True
        picture = self._batch.picture_at(source_row)
        return picture.path == self._held or picture.path in self._beside or self._fits(picture)

    def _fits(self, picture: Picture) -> bool:
        if self._states is not None and picture.state not in self._states:
            return False
        if self._unwritten and not picture.unwritten:
            return False
        if self._folder is not None and self._folder not in picture.path.parents:
            return False
        if not self._words:
            return True
        alt = picture.alt
        folder = self._batch.folder_of(picture)
        text = f"{folder}/{picture.path.name}\n{alt.text}\n{alt.extended_description}"
        return self._words in _bare(text)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.AccessibleTextRole:
            picture = self.picture(index)
            if picture is None:
                return ""
            folder = self._batch.folder_of(picture)
            return row_text(
                picture,
                index.row() + 1,
                self.rowCount(),
                folder,
                words_first=self.words_first,
            )
        return super().data(index, role)

    def picture(self, index: Index) -> Picture | None:
        """Return the picture that a row of the list shows; None for an invalid index."""
        return super().data(index, PICTURE_ROLE) if index.isValid() else None

    def index_of(self, path: Path) -> QModelIndex:
        """Return the index of the picture at path; invalid where the filter hides it."""
        return self.mapFromSource(self._batch.index_of(path))

    def pictures(self) -> list[Picture]:
        """Return the pictures that the filter lets through, in order."""
        return [
            picture for row in range(self.rowCount())
            if (picture := self.picture(self.index(row, 0))) is not None
        ]  # fmt: skip
