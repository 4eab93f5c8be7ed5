"""A heading that opens and closes."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from lorgnette.gui.looks import icons
from lorgnette.gui.looks.colours import Colours
from lorgnette.gui.saying.translation import tr


class Section(QWidget):
    """A heading that opens and closes what lies below it."""

    opened = Signal()

    def __init__(self, title: str, content: QWidget, colours: Colours, parent: QWidget) -> None:
        super().__init__(parent)
        self._content = content
        # Not checkable: assistive technology would call it a check box.
        self.toggle = QPushButton(title, self)
        self.toggle.setProperty("quiet", True)
        self.toggle.clicked.connect(lambda: self._show(opened=self._content.isHidden()))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.toggle)
        layout.addWidget(content)
        content.setVisible(False)
        self.wear(colours)

    def wear(self, colours: Colours) -> None:
        """Paint with these colours from now on."""
        self._colours = colours
        self._draw()

    def open(self) -> None:
        """Show the content."""
        self._show(opened=True)

    def _show(self, *, opened: bool) -> None:
        self._content.setVisible(opened)
        self._draw()
        if opened:
            self.opened.emit()

    def _draw(self) -> None:
        opened = not self._content.isHidden()
        self.toggle.setIcon(icons.icon("expand" if opened else "next", self._colours))
        self.toggle.setAccessibleDescription(tr("Open") if opened else tr("Closed"))
