"""What an empty window says."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from lorgnette.gui.looks import icons
from lorgnette.gui.looks.colours import Colours
from lorgnette.gui.saying.translation import tr


class EmptyPane(QScrollArea):
    """What a person sees first: what to do, and three ways to do it."""

    def __init__(self, colours: Colours, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("review")
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        body = QWidget(self)
        body.setObjectName("review-body")
        self._picture = QLabel(body)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        title = QLabel(tr("Drop pictures or a folder here"), body)
        title.setProperty("headline", True)
        words = QLabel(
            tr(
                "lorgnette drafts alt text for each one, and you decide what stays.\n"
                "Everything happens on this computer; no picture is changed until you write."
            ),
            body,
        )
        words.setProperty("muted", True)
        for label in (title, words):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
        self._buttons: list[tuple[QPushButton, QAction]] = []
        self._row = QHBoxLayout()
        self._row.setSpacing(10)
        self._row.addStretch(1)
        self._row.addStretch(1)
        layout = QVBoxLayout(body)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(10)
        layout.addStretch(2)
        layout.addWidget(self._picture)
        layout.addSpacing(8)
        layout.addWidget(title)
        layout.addWidget(words)
        layout.addSpacing(14)
        layout.addLayout(self._row)
        layout.addStretch(3)
        self.setWidget(body)
        self.wear(colours)

    def offer(self, actions: Sequence[QAction]) -> None:
        """Show a button for each of these actions, the first one the most prominent."""
        for action in actions:
            button = QPushButton(action.text().replace("&", ""), self.widget())
            button.setToolTip(action.toolTip())
            button.clicked.connect(action.trigger)
            self._row.insertWidget(1 + len(self._buttons), button)
            self._buttons.append((button, action))
        self.first_button.setProperty("primary", True)

    @property
    def first_button(self) -> QPushButton:
        """The most prominent button."""
        return self._buttons[0][0]

    def wear(self, colours: Colours) -> None:
        """Paint with these colours from now on."""
        ratio = self.devicePixelRatioF()
        self._picture.setPixmap(icons.pixmap("empty", colours.accent, 112, ratio))
        for button, action in self._buttons:
            button.setIcon(action.icon())
        if self._buttons and not self.first_button.icon().isNull():
            self.first_button.setIcon(icons.on_accent("add-pictures", colours))
