"""Below the picture: a button that plays, two that step through frames, and what a frame shows."""

import itertools

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from lorgnette.gui.saying.translation import tr


class Strip(QWidget):
    """What a person has to do with something that moves.

    Signals:
        play_wanted: play it, or stop it.
        step_wanted: 1 or -1: show the next or the previous frame that was looked at.
    """

    play_wanted = Signal()
    step_wanted = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("moving")
        self.play = QPushButton(self)
        self.play.setToolTip(tr("F4"))
        self.play.clicked.connect(self.play_wanted)
        self.previous = QPushButton("←", self)
        self.previous.setAccessibleName(tr("Previous frame that was looked at"))
        self.previous.setToolTip(tr("Shift+F3"))
        self.previous.clicked.connect(lambda: self.step_wanted.emit(-1))
        self.next = QPushButton("→", self)
        self.next.setAccessibleName(tr("Next frame that was looked at"))
        self.next.setToolTip(tr("F3"))
        self.next.clicked.connect(lambda: self.step_wanted.emit(1))
        self.length = QLabel(self)
        self.length.setProperty("muted", True)
        self.frame = QLabel(self)
        self.frame.setWordWrap(True)
        self.frame.setTextFormat(Qt.TextFormat.PlainText)
        row = QHBoxLayout()
        row.setSpacing(8)
        for widget in (self.play, self.previous, self.next):
            row.addWidget(widget)
        row.addWidget(self.length, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(row)
        layout.addWidget(self.frame)
        self.show_playing(playing=False)
        self.show_frame("")
        self.setVisible(False)

    def stand_between(self, before: QWidget, after: QWidget) -> None:
        """Let Tab come by here on its way from one widget to another."""
        stops = (before, self.play, self.previous, self.next, after)
        for one, other in itertools.pairwise(stops):
            QWidget.setTabOrder(one, other)

    def show_playing(self, *, playing: bool) -> None:
        """Let the button say what it does now."""
        self.play.setText(tr("Stop") if playing else tr("Play"))

    def show_frame(self, words: str) -> None:
        """Show what one frame shows; "" where none is stepped to."""
        self.frame.setText(words)
        self.frame.setVisible(bool(words))

    def offer(self, length: str, *, plays: bool, steps: bool) -> None:
        """Show what there is to do; nothing of a picture that does not move."""
        self.length.setText(length)
        self.play.setVisible(plays)
        self.previous.setVisible(steps)
        self.next.setVisible(steps)
        self.setVisible(plays or steps or bool(length))
