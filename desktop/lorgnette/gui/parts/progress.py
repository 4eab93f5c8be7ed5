"""How far a job is."""

from time import monotonic

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from lorgnette.gui.looks import icons
from lorgnette.gui.looks.colours import Colours
from lorgnette.gui.saying.translation import number, tr, trn

_RATE_SECONDS = 20.0  # over which the speed of a job is measured


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
