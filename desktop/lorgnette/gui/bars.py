"""The bars of the window: its main actions, a notice with offers, and the progress of a job."""

from collections.abc import Callable, Sequence
from time import monotonic

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from lorgnette.gui.looks import icons
from lorgnette.gui.looks.colours import Colours
from lorgnette.gui.parts.actions import Actions
from lorgnette.gui.saying.translation import number, tr, trn

_RATE_SECONDS = 20.0  # over which the speed of a job is measured


class Toolbar(QToolBar):
    """The actions that everybody needs, with words beside their icons where there is room."""

    def __init__(self, actions: Actions, parent: QWidget) -> None:
        super().__init__(tr("Main actions"), parent)
        self.setMovable(False)
        self.setIconSize(QSize(20, 20))
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
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        if (layout := self.layout()) is not None:
            layout.invalidate()  # Qt would answer with the width of the style before
        if self.sizeHint().width() > width:
            self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)


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
        self._layout = QHBoxLayout(frame)
        self._layout.setContentsMargins(14, 8, 10, 8)
        self._layout.setSpacing(10)
        self._layout.addWidget(self._icon)
        self._layout.addWidget(self.text, 1)
        self._layout.addWidget(self.close_button)
        self._name = "information"
        self.setVisible(False)
        self.wear(colours)

    def wear(self, colours: Colours) -> None:
        """Paint with these colours from now on."""
        self._colours = colours
        self._icon.setPixmap(icons.pixmap(self._name, colours.accent, 20, self.devicePixelRatioF()))

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
            self._layout.removeWidget(button)
            button.deleteLater()
        self.buttons = []
        for place, (label, act) in enumerate(offers):
            button = QPushButton(label, self)
            button.clicked.connect(lambda _=False, act=act: self._take(act))
            self._layout.insertWidget(2 + place, button)
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


class Progress(QFrame):
    """How far a job is, how fast it goes and how long it takes; pause and cancel.

    Signals:
        pause_wanted, cancel_wanted: a button was pressed.
    """

    pause_wanted = Signal()
    cancel_wanted = Signal()

    def __init__(self, colours: Colours, parent: QWidget) -> None:
        super().__init__(parent)
        self._doing = self._resting = ""
        self._total = 0
        self._done = 0
        self._marks: list[tuple[float, int]] = []
        self._paused = False
        self.text = QLabel(self)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Progress"))
        self.pause = QPushButton(tr("Pa&use"), self)
        self.cancel = QPushButton(tr("Cance&l"), self)
        self.pause.clicked.connect(self.pause_wanted)
        self.cancel.clicked.connect(self.cancel_wanted)
        words = QVBoxLayout()
        words.setSpacing(6)
        words.addWidget(self.text)
        words.addWidget(self.bar)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 8)
        layout.setSpacing(12)
        layout.addLayout(words, 1)
        layout.addWidget(self.pause)
        layout.addWidget(self.cancel)
        self.setVisible(False)
        self.wear(colours)

    def wear(self, colours: Colours) -> None:
        """Paint with these colours from now on."""
        self._colours = colours
        name = "resume" if self._paused else "pause"
        self.pause.setIcon(icons.icon(name, colours))
        self.cancel.setIcon(icons.icon("cancel", colours))

    def begin(self, doing: str, *, paused: str = "") -> None:
        """Show a job that begins.

        Args:
            doing: a sentence with {done} and {total}.
            paused: the same for when it rests; empty: it cannot.
        """
        self._doing, self._resting = doing, paused
        self._total = self._done = 0
        self._marks = [(monotonic(), 0)]
        self.set_paused(paused=False)
        self.pause.setVisible(bool(paused))
        self.setVisible(True)
        self._draw()

    def advance(self, done: int, total: int) -> None:
        """Show how many of how many are done; a total of 0 means that nobody knows."""
        self._done, self._total = done, total
        now = monotonic()
        self._marks.append((now, done))
        while len(self._marks) > 2 and now - self._marks[0][0] > _RATE_SECONDS:
            del self._marks[0]
        self._draw()

    def set_paused(self, *, paused: bool) -> None:
        """Show that the job rests, or goes on."""
        self._paused = paused
        self._marks = [(monotonic(), self._done)]
        self.pause.setText(tr("Res&ume") if paused else tr("Pa&use"))
        self.wear(self._colours)
        self._draw()

    def sentence(self) -> str:
        """Return how far the job is, in words."""
        template = self._resting if self._paused else self._doing
        sentences = [template.format(done=number(self._done), total=number(self._total))]
        rate = self._rate()
        if rate and not self._paused:
            sentences.append(
                tr("{rate} a second.").format(rate=number(rate, 1 if rate < 10 else 0))
            )
            sentences.append(time_left((self._total - self._done) / rate))
        return " ".join(sentences)

    def _rate(self) -> float:
        seconds = self._marks[-1][0] - self._marks[0][0]
        done = self._marks[-1][1] - self._marks[0][1]
        return done / seconds if seconds > 0.5 else 0.0

    def _draw(self) -> None:
        self.text.setText(self.sentence())
        self.bar.setRange(0, self._total)
        self.bar.setValue(self._done)


def time_left(seconds: float) -> str:
    """Return a time in words, no finer than a person needs."""
    if seconds < 60:
        return tr("Less than a minute left.")
    minutes = round(seconds / 60)
    if minutes < 90:
        return trn("About {count} minute left.", "About {count} minutes left.", minutes).format(
            count=number(minutes)
        )
    hours = round(seconds / 3600)
    return trn("About {count} hour left.", "About {count} hours left.", hours).format(
        count=number(hours)
    )
