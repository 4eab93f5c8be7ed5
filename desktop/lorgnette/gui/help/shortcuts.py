"""Every key, in one list."""

from collections.abc import Sequence

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QWidget,
)

from lorgnette.gui.parts.list_dialog import ListDialog
from lorgnette.gui.saying.translation import tr


class ShortcutsDialog(ListDialog):
    """Every key that does something, in one list."""

    def __init__(self, groups: Sequence[tuple[str, Sequence[QAction]]], parent: QWidget) -> None:
        super().__init__(
            tr("Keyboard shortcuts"),
            tr("Every action is also in the menus. Type a word to find it in the list."),
            parent,
        )
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
                            group=title,
                            action=action.text().replace("&", "").rstrip("…"),
                            keys=tr(" or ").join(keys),
                        )
                    )
        lines += [
            tr("In the list: edit the text of the current picture: F2 or Enter"),
            tr("In the list: take the selected pictures out of the batch: Delete"),
            tr("In the alt text: go back to the draft of the model: Esc"),
            tr("In the alt text: Enter is a new line and writes nothing"),
        ]
        self.show_lines(lines)
