"""A dialog that lists sentences."""

from collections.abc import Sequence

from PySide6.QtCore import QStringListModel, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QListView,
    QVBoxLayout,
    QWidget,
)


class ListDialog(QDialog):
    """A heading over a list of sentences."""

    def __init__(self, title: str, heading: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.resize(620, 480)
        self.heading = QLabel(heading, self)
        self.heading.setWordWrap(True)
        self.lines = QStringListModel(self)
        self.view = QListView(self)
        self.view.setModel(self.lines)
        self.view.setAccessibleName(title)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setWordWrap(True)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setUniformItemSizes(False)
        self.heading.setBuddy(self.view)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.buttons.rejected.connect(self.reject)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(20, 18, 20, 18)
        self.body.setSpacing(12)
        self.body.addWidget(self.heading)
        self.body.addWidget(self.view)
        self.body.addWidget(self.buttons)

    def show_lines(self, lines: Sequence[str]) -> None:
        """Show these lines and keep the current one where it is."""
        row = self.view.currentIndex().row()
        self.lines.setStringList(list(lines))
        if lines:
            self.view.setCurrentIndex(self.view.model().index(min(max(row, 0), len(lines) - 1), 0))
