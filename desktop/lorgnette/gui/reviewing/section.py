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

    @property
    def is_open(self) -> bool:
        """Whether the content is shown."""
        return not self._content.isHidden()

    def open(self) -> None:
        """Show the content, as if a person had asked for it here."""
        self._show(opened=True)

    def show_opened(self, *, opened: bool) -> None:
        """Show the content or not; the focus stays where it is."""
        self._content.setVisible(opened)
        self._draw()

    def _show(self, *, opened: bool) -> None:
        self.show_opened(opened=opened)
        if opened:
            self.opened.emit()

    def _draw(self) -> None:
        opened = self.is_open
        self.toggle.setIcon(icons.icon("expand" if opened else "next", self._colours))
        self.toggle.setAccessibleDescription(tr("Open") if opened else tr("Closed"))
