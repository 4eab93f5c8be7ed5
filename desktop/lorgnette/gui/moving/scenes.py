"""The scenes of what moves: a section that lists what is seen when, as the lines have it."""

import itertools
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from lorgnette.gui.saying.translation import tr
from lorgnette.jobs import scenes
from lorgnette.jobs.scenes import SceneWords

_MOST_ROWS = 8  # that are shown at once


class Scenes(QWidget):
    """What is seen when, a row each, and what can be done with it.

    The rows are the lines of the extended description: there they are mended.

    Signals:
        scene_chosen: the scene of the row that a person went to.
        line_wanted: the line of this scene is to be mended.
        list_wanted: the model is to look for scenes.
        save_wanted: the scenes are to lie in a file.
    """

    scene_chosen = Signal(object)
    line_wanted = Signal(object)
    list_wanted = Signal()
    save_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._found: tuple[SceneWords, ...] = ()
        self._none = QLabel(tr("Nothing is listed yet."), self)
        self._none.setProperty("muted", True)
        self.rows = QListWidget(self)
        self.rows.setObjectName("scenes-list")
        self.rows.setAccessibleName(tr("Scenes"))
        self.rows.setWordWrap(True)
        self.rows.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.rows.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.rows.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.rows.setToolTip(tr("Enter: mend the line in the extended description"))
        self.rows.setAccessibleDescription(self.rows.toolTip())
        self.rows.currentRowChanged.connect(self._choose)
        self.rows.itemActivated.connect(self._mend)
        self.list = QPushButton(tr("List what is seen when"), self)
        self.list.setToolTip(tr("Shift+F4"))
        self.list.clicked.connect(self.list_wanted)
        self.save = QPushButton(tr("Save the scenes…"), self)
        self.save.clicked.connect(self.save_wanted)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.list)
        buttons.addWidget(self.save)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 0, 0, 8)
        layout.setSpacing(6)
        layout.addWidget(self._none)
        layout.addWidget(self.rows)
        layout.addLayout(buttons)
        self.show_scenes(())

    def stops(self) -> tuple[QWidget, ...]:
        """Return where Tab comes by, in order."""
        return self.rows, self.list, self.save

    def show_scenes(self, found: Sequence[SceneWords]) -> None:
        """Show these scenes; the place in the list stays while its row does."""
        before, self._found = self._found, tuple(found)
        if self._found != before:
            row = self.rows.currentRow()
            kept = next(
                (n for n, pair in enumerate(itertools.zip_longest(before, self._found))
                 if pair[0] != pair[1]),
                0,
            )  # fmt: skip
            self.rows.blockSignals(True)
            while self.rows.count() > kept:
                self.rows.takeItem(kept)
            self.rows.addItems([scenes.lines([scene]) for scene in self._found[kept:]])
            self.rows.setCurrentRow(min(row, len(self._found) - 1))
            self.rows.blockSignals(False)
            self._fit()
        self._none.setVisible(not self._found)
        self.rows.setVisible(bool(self._found))
        self.save.setVisible(bool(self._found))

    def _fit(self) -> None:
        """Be as high as the rows want, up to a limit."""
        rows = range(min(self.rows.count(), _MOST_ROWS))
        heights = [self.rows.sizeHintForRow(row) for row in rows]
        self.rows.setFixedHeight(sum(heights) + 2 * self.rows.frameWidth() + 8)

    def _choose(self, row: int) -> None:
        if 0 <= row < len(self._found):
            self.scene_chosen.emit(self._found[row])

    def _mend(self) -> None:
        self.line_wanted.emit(self._found[self.rows.currentRow()])
