"""The bar of the actions that everybody needs."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QToolBar,
    QWidget,
)

from lorgnette.gui.looks import theme
from lorgnette.gui.parts.actions import Actions
from lorgnette.gui.saying.translation import tr


class Toolbar(QToolBar):
    """The actions that everybody needs, with words beside their icons where there is room."""

    def __init__(self, actions: Actions, parent: QWidget) -> None:
        super().__init__(tr("Main actions"), parent)
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        for name, words in (
            ("add_pictures", tr("Add pictures")),
            ("add_folder", tr("Add folder")),
            ("", ""),
            ("caption_missing", tr("Caption")),
            ("copy_plain", tr("Copy")),
            ("write", tr("Write")),
            ("", ""),
            ("undo", tr("Undo")),
            ("redo", tr("Redo")),
        ):
            if not name:
                self.addSeparator()
                continue
            actions[name].setIconText(words)
            self.addAction(actions[name])

    def fit(self, width: int) -> None:
        """Leave the words out where they do not fit into a window of this width."""
        self.setIconSize(QSize(theme.grown(20), theme.grown(20)))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        if (layout := self.layout()) is not None:
            layout.invalidate()  # Qt would answer with the width of the style before
        if self.sizeHint().width() > width:
            self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
