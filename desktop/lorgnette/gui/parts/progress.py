"""How far the jobs are."""

from dataclasses import dataclass
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
        self._jobs: dict[object, _Job] = {}  # by who does it; the last one is shown
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

    @property
    def busy(self) -> bool:
        """Whether a job is under way."""
        return bool(self._jobs)

    def wear(self, colours: Colours) -> None:
        """Paint with these colours from now on."""
        self._colours = colours
        self._draw_icons()

    def begin(self, who: object, doing: str, *, paused: str = "") -> None:
        """Show a job that begins.

        Args:
            who: does it, one job at a time; what else goes on meanwhile is shown afterwards.
            doing: a sentence with {done} and {total}.
            paused: the same for when it rests; empty: it cannot.
        """
        self._jobs.pop(who, None)
        self._jobs[who] = _Job(doing, paused, [(monotonic(), 0)])
        self._draw()

    def advance(self, who: object, done: int, total: int) -> None:
        """Show how many of how many are done; a total of 0 means that nobody knows."""
        job = self._jobs.get(who)
        if job is None:
            return
        job.done, job.total = done, total
        now = monotonic()
        job.marks.append((now, done))
        while len(job.marks) > 2 and now - job.marks[0][0] > _RATE_SECONDS:
            del job.marks[0]
        self._draw()

    def set_paused(self, who: object, *, paused: bool) -> None:
        """Show that a job rests, or goes on."""
        job = self._jobs[who]
        job.paused = paused
        job.marks = [(monotonic(), job.done)]
        self._draw()

    def end(self, who: object) -> None:
        """Show a job no more, if there is one."""
        self._jobs.pop(who, None)
        self._draw()

    def _shown(self) -> "_Job | None":
        return next(reversed(self._jobs.values()), None)

    def _draw(self) -> None:
        job = self._shown()
        self.setVisible(job is not None)
        if job is None:
            return
        self.text.setText(job.sentence())
        self.bar.setRange(0, job.total)
        self.bar.setValue(job.done)
        self.pause.setVisible(bool(job.resting))
        words = tr("Res&ume") if job.paused else tr("Pa&use")
        if words != self.pause.text():
            self.pause.setText(words)
            self._draw_icons()

    def _draw_icons(self) -> None:
        job = self._shown()
        rests = job is not None and job.paused
        self.pause.setIcon(icons.icon("resume" if rests else "pause", self._colours))
        self.cancel.setIcon(icons.icon("cancel", self._colours))


@dataclass(slots=True)
class _Job:
    """A job that is under way."""

    doing: str
    resting: str
    marks: list[tuple[float, int]]  # when how many were done, over the last seconds
    done: int = 0
    total: int = 0
    paused: bool = False

    def sentence(self) -> str:
        """Return how far it is, in words."""
        template = self.resting if self.paused else self.doing
        sentences = [template.format(done=number(self.done), total=number(self.total))]
        rate = self._rate()
        if rate and not self.paused:
            sentences.append(
                tr("{rate} a second.").format(rate=number(rate, 1 if rate < 10 else 0))
            )
            sentences.append(time_left((self.total - self.done) / rate))
        return " ".join(sentences)

    def _rate(self) -> float:
        seconds = self.marks[-1][0] - self.marks[0][0]
        done = self.marks[-1][1] - self.marks[0][1]
        return done / seconds if seconds > 0.5 else 0.0


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
