"""Every key, in one list."""

import re
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSortFilterProxyModel, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from lorgnette.gui.parts.list_dialog import ListDialog
from lorgnette.gui.saying.translation import tr


class ShortcutsDialog(ListDialog):
    """Every key that does something, in one list that can be searched."""

    def __init__(self, groups: Sequence[tuple[str, Sequence[QAction]]], parent: QWidget) -> None:
        """Make the dialog.

        Args:
            groups: each menu's title with its actions, whose status tips are their plain names.
        """
        super().__init__(
            tr("Keyboard shortcuts"),
            tr("Every action is also in the menus. Type words to find a key."),
            parent,
        )
        self.search = QLineEdit(self)
        label = QLabel(tr("&Find"), self)
        label.setBuddy(self.search)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(label)
        row.addWidget(self.search, 1)
        self.body.insertLayout(1, row)
        self._found = QSortFilterProxyModel(self)
        self._found.setSourceModel(self.lines)
        self._found.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.view.setModel(self._found)
        self.view.installEventFilter(self)
        self.search.textChanged.connect(self._search)
        lines = []
        for title, actions in groups:
            for action in actions:
                keys = [
                    key.toString(QKeySequence.SequenceFormat.NativeText)
                    for key in action.shortcuts()
                ]
                if keys:
                    lines.append(
                        tr("{group}: {action}: {keys}").format(
                            group=title, action=action.whatsThis(), keys=tr(" or ").join(keys)
                        )
                    )
        lines += [
            tr("In the list: edit the text of the current picture: F2 or Enter"),
            tr("In the list: look at the picture, large: Space or F11"),
            tr("In the large look: larger +, smaller -, whole 0, 1 to 1: 1; next: Right"),
            tr("In the list: copy the selected files with their alt texts: Ctrl+C"),
            tr("In the list: take the selected pictures out of the batch: Delete"),
            tr("In the search above the list: clear it: Esc; go on to what was found: Enter"),
            tr("In the alt text: take back what was just typed: Esc"),
            tr("In the alt text: Enter is a new line and writes nothing"),
        ]
        self.show_lines(lines)
        self.search.setFocus()

    def eventFilter(self, view: QObject, event: QEvent) -> bool:
        """Let what is typed over the list go into the search."""
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.text()
            and event.text().isprintable()
        ):
            self.search.setFocus()
            self.search.insert(event.text())
            return True
        return super().eventFilter(view, event)

    def _search(self, words: str) -> None:
        every = "".join(f"(?=.*{re.escape(word)})" for word in words.split())
        self._found.setFilterRegularExpression(every)
        if self._found.rowCount():
            self.view.setCurrentIndex(self._found.index(0, 0))
