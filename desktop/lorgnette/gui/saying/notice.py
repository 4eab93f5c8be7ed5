"""A sentence that stays on screen, with what can be done about it."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGridLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from lorgnette.gui.looks import icons, theme
from lorgnette.gui.looks.colours import Colours
from lorgnette.gui.saying.translation import tr


class Notice(QWidget):
    """A sentence that stays until it is closed, with buttons for what it offers.

    Signals:
        closed: whether the focus was in it, and has to go elsewhere.
    """

    closed = Signal(bool)

    def __init__(self, colours: Colours, parent: QWidget) -> None:
        super().__init__(parent)
        frame = QFrame(self)
        frame.setObjectName("notice")
        around = QVBoxLayout(self)
        around.setContentsMargins(12, 4, 12, 8)
        around.addWidget(frame)
        self._icon = QLabel(self)
        self.text = QLabel(self)
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.buttons: list[QPushButton] = []
        self.close_button = QPushButton(tr("Dismiss"), self)
        self.close_button.clicked.connect(self.dismiss)
        self._buttons = QVBoxLayout()  # below one another: the list may be narrow
        self._buttons.setSpacing(6)
        self._buttons.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignLeft)
        layout = QGridLayout(frame)
        layout.setContentsMargins(12, 8, 10, 8)
        layout.setHorizontalSpacing(10)
        layout.addWidget(self._icon, 0, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self.text, 0, 1)
        layout.addLayout(self._buttons, 1, 1)
        layout.setColumnStretch(1, 1)
        self._name = "information"
        self.setVisible(False)
        self.wear(colours)

    def wear(self, colours: Colours) -> None:
        """Paint with these colours from now on."""
        self._colours = colours
        size, ratio = theme.grown(20), self.devicePixelRatioF()
        self._icon.setPixmap(icons.pixmap(self._name, colours.accent, size, ratio))

    def show_text(
        self,
        text: str,
        offers: Sequence[tuple[str, Callable[[], None]]] = (),
        *,
        icon: str = "information",
    ) -> None:
        """Show a sentence and a button for each offer; a button also closes the notice."""
        self._name = icon
        self.wear(self._colours)
        self.text.setText(text)
        self.text.setAccessibleName(text)
        for button in self.buttons:
            self._buttons.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = []
        for place, (label, act) in enumerate(offers):
            button = QPushButton(label, self)
            button.clicked.connect(lambda _=False, act=act: self._take(act))
            self._buttons.insertWidget(place, button, 0, Qt.AlignmentFlag.AlignLeft)
            button.show()  # at once, so that a key can go to it
            self.buttons.append(button)
        before: QWidget = self.text
        for button in (*self.buttons, self.close_button):
            QWidget.setTabOrder(before, button)
            before = button
        self.setVisible(True)

    def dismiss(self) -> None:
        """Close the notice."""
        had_focus = self.isAncestorOf(QApplication.focusWidget() or self.window())
        self.setVisible(False)
        self.closed.emit(had_focus)

    def _take(self, act: Callable[[], None]) -> None:
        self.dismiss()
        act()
