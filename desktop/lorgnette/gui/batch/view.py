"""The list: a picture a row."""

from pathlib import Path

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QWidget,
)

from lorgnette.gui.batch.filter import BatchFilter
from lorgnette.gui.batch.picture import Picture
from lorgnette.gui.batch.row import PictureDelegate
from lorgnette.gui.batch.thumbnails import Thumbnails
from lorgnette.gui.looks.colours import Colours
from lorgnette.gui.saying.translation import tr

_SHIFT = Qt.KeyboardModifier.ShiftModifier


class BatchView(QListView):
    """The list of pictures.

    Signals:
        current_changed: the path of the current picture, or None.
        look_requested: Space or a double click: the person wants a real look at the picture.
        copy_requested: Ctrl+C, or the key of the desktop for it.
        edit_requested: F2 or Enter on a row: the person wants its words.
    """

    current_changed = Signal(object)
    edit_requested = Signal()
    copy_requested = Signal()
    look_requested = Signal()

    def __init__(
        self, rows: BatchFilter, thumbnails: Thumbnails, colours: Colours, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._rows = rows
        self._thumbnails = thumbnails
        self.setObjectName("pictures")
        self.setAccessibleName(tr("Pictures"))
        self.setModel(rows)
        self._delegate = PictureDelegate(thumbnails, colours, self)
        self.setItemDelegate(self._delegate)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setDefaultDropAction(Qt.DropAction.CopyAction)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setTabKeyNavigation(False)
        self.verticalScrollBar().setSingleStep(24)
        self.doubleClicked.connect(lambda _: self.look_requested.emit())
        thumbnails.ready.connect(self._repaint_rows)

    def wear(self, colours: Colours) -> None:
        """Paint with these colours from now on."""
        self._delegate.wear(colours)
        self.viewport().update()

    def current_path(self) -> Path | None:
        """Return the path of the current picture; None where there is none."""
        picture = self._rows.picture(self.currentIndex())
        return None if picture is None else picture.path

    def selected(self) -> list[Picture]:
        """Return the selected pictures, in the order of the list."""
        rows = sorted(index.row() for index in self.selectionModel().selectedIndexes())
        found = (self._rows.picture(self._rows.index(row, 0)) for row in rows)
        return [picture for picture in found if picture is not None]

    def show_also(self, path: Path) -> bool:
        """Make the picture at path the current one even where the filter would hide it.

        Returns:
            Whether the batch has it.
        """
        self._rows.hold(path)
        return self.go_to(path)

    def go_to(self, path: Path) -> bool:
        """Make the picture at path the current one; tell whether the list shows it."""
        index = self._rows.index_of(path)
        if not index.isValid():
            return False
        self._make_current(index)
        return True

    def go_to_row(self, row: int) -> None:
        """Make the picture in a row of the list the current one; nothing where there is no row."""
        if 0 <= row < self._rows.rowCount():
            self._make_current(self._rows.index(row, 0))

    def step(self, by: int) -> None:
        """Make the picture some rows further down the current one."""
        self.go_to_row(self.currentIndex().row() + by)

    def _make_current(self, index: QModelIndex) -> None:
        # Not setCurrentIndex: with Ctrl held down, as in a shortcut, that takes the row out of
        # the selection.
        self.selectionModel().setCurrentIndex(
            index, QItemSelectionModel.SelectionFlag.ClearAndSelect
        )
        following = self._rows.index(index.row() + 1, 0)
        if following.isValid():  # what comes next is in sight, too
            self.scrollTo(following)
        self.scrollTo(index)

    def currentChanged(
        self,
        current: QModelIndex | QPersistentModelIndex,
        previous: QModelIndex | QPersistentModelIndex,
    ) -> None:
        super().currentChanged(current, previous)
        picture = self._rows.picture(current)
        self._rows.hold(None if picture is None else picture.path)
        self.current_changed.emit(None if picture is None else picture.path)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_F2, Qt.Key.Key_Return, Qt.Key.Key_Enter} and (
            not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        ):
            self.edit_requested.emit()
            return
        if event.key() == Qt.Key.Key_Space and not event.modifiers():
            self.look_requested.emit()
            return
        if event.key() == Qt.Key.Key_F10 and event.modifiers() == _SHIFT:
            self.customContextMenuRequested.emit(self.visualRect(self.currentIndex()).center())
            return
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_requested.emit()
            return
        super().keyPressEvent(event)

    def _repaint_rows(self, ready: list[Path]) -> None:
        for path in ready:
            index = self._rows.index_of(path)
            if index.isValid():
                self.update(index)
