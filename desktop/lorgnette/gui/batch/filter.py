"""What the list looks at the batch through."""

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    QSortFilterProxyModel,
    Qt,
)

from lorgnette.gui.batch.model import PICTURE_ROLE, BatchModel, Index
from lorgnette.gui.batch.picture import Picture, State, row_text


class BatchFilter(QSortFilterProxyModel):
    """The pictures in one state, or with some words in their name or text."""

    def __init__(self, batch: BatchModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._batch = batch
        self._states: frozenset[State] | None = None  # None: every state
        self._words = ""
        self.setSourceModel(batch)

    def show_states(self, states: Iterable[State]) -> None:
        """Let through pictures in these states only."""
        self.beginFilterChange()
        wanted = frozenset(states)
        self._states = None if len(wanted) == len(State) else wanted
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)

    def show_words(self, words: str) -> None:
        """Let through pictures with words in name, alt text or extended description."""
        self.beginFilterChange()
        self._words = words.strip().casefold()
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:  # noqa: ARG002
        if self._states is None and not self._words:  # asked for each row at every sorting
            return True
        picture = self._batch.picture_at(source_row)
        if self._states is not None and picture.state not in self._states:
            return False
        if not self._words:
            return True
        alt = picture.alt
        text = f"{picture.path.name}\n{alt.text}\n{alt.extended_description}"
        return self._words in text.casefold()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.AccessibleTextRole:
            picture = self.picture(index)
            return "" if picture is None else row_text(picture, index.row() + 1, self.rowCount())
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
