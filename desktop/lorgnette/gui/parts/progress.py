"""How far the jobs are."""

from dataclasses import dataclass, field
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


class Progress(QWidget):
    """How far each job is, how fast it goes and how long it takes; pause and cancel.

    Signals, each with who does the job:
        pause_wanted, cancel_wanted: a button was pressed.
        advanced: nothing else; some job began, is further, or ended.
        ended: how many seconds a job took that ended (without who).
    """

    pause_wanted = Signal(object)
    cancel_wanted = Signal(object)
    advanced = Signal()
    ended = Signal(float)

    def __init__(self, colours: Colours, parent: QWidget) -> None:
        super().__init__(parent)
        self._colours = colours
        self._jobs: dict[object, _Job] = {}  # by who does it, the first one on top
        self._lines: dict[object, ProgressLine] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self.setVisible(False)

    @property
    def busy(self) -> bool:
        """Whether a job is under way."""
        return bool(self._jobs)

    def line(self, who: object) -> "ProgressLine":
        """Return what is shown of a job that is under way."""
        return self._lines[who]

    def percent(self) -> int | None:
        """Return how much of all that is under way is done; None where nobody knows."""
        total = sum(job.total for job in self._jobs.values())
        return 100 * sum(job.done for job in self._jobs.values()) // total if total else None

    def cancel(self) -> None:
        """Ask for the end of every job."""
        for who in list(self._jobs):
            self.cancel_wanted.emit(who)

    def wear(self, colours: Colours) -> None:
        """Paint with these colours from now on."""
        self._colours = colours
        for line in self._lines.values():
            line.wear(colours)

    def begin(self, who: object, doing: str, *, paused: str = "") -> None:
        """Show a job that begins.

        Args:
            who: does it, one job at a time; jobs of others keep their own lines.
            doing: a sentence with {done} and {total}.
            paused: the same for when it rests; empty: it cannot.
        """
        self._jobs[who] = _Job(doing, paused, [(monotonic(), 0)])
        if who not in self._lines:
            line = ProgressLine(self._colours, self)
            line.pause.clicked.connect(lambda: self.pause_wanted.emit(who))
            line.cancel.clicked.connect(lambda: self.cancel_wanted.emit(who))
            self._lines[who] = line
            self._layout.addWidget(line)
        self._draw(who)

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
        self._draw(who)

    def set_paused(self, who: object, *, paused: bool) -> None:
        """Show that a job rests, or goes on."""
        job = self._jobs[who]
        job.paused = paused
        job.marks = [(monotonic(), job.done)]
        self._draw(who)

    def end(self, who: object) -> None:
        """Show a job no more, if there is one."""
        job = self._jobs.pop(who, None)
        if job is not None:
            line = self._lines.pop(who)
            self._layout.removeWidget(line)
            line.hide()
            line.deleteLater()
            self.setVisible(self.busy)
            self.advanced.emit()
            self.ended.emit(monotonic() - job.began)

    def _draw(self, who: object) -> None:
        self._lines[who].show_job(self._jobs[who])
        self.setVisible(True)
        self.advanced.emit()


class ProgressLine(QFrame):
    """How far one job is, with its buttons below, so that narrow places have room for it."""

    def __init__(self, colours: Colours, parent: QWidget) -> None:
        super().__init__(parent)
        self._colours = colours
        self._rests = False
        self.text = QLabel(self)
        self.text.setWordWrap(True)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Progress"))
        self.pause = QPushButton(tr("Pa&use"), self)
        self.cancel = QPushButton(tr("Cance&l"), self)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.pause)
        buttons.addWidget(self.cancel)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 8, 14, 8)
        layout.setSpacing(6)
        layout.addWidget(self.text)
        layout.addWidget(self.bar)
        layout.addLayout(buttons)
        self.wear(colours)

    def wear(self, colours: Colours) -> None:
        """Paint with these colours from now on."""
        self._colours = colours
        self.pause.setIcon(icons.icon("resume" if self._rests else "pause", colours))
        self.cancel.setIcon(icons.icon("cancel", colours))

    def show_job(self, job: "_Job") -> None:
        """Show how far a job is."""
        self.text.setText(job.sentence())
        self.bar.setRange(0, job.total)
        self.bar.setValue(job.done)
        self.pause.setVisible(bool(job.resting))
        if job.paused != self._rests:
            self._rests = job.paused
            self.pause.setText(tr("Res&ume") if job.paused else tr("Pa&use"))
            self.wear(self._colours)


@dataclass(slots=True)
class _Job:
    """A job that is under way."""

    doing: str
    resting: str
    marks: list[tuple[float, int]]  # when how many were done, over the last seconds
    done: int = 0
    total: int = 0
    paused: bool = False
    began: float = field(default_factory=monotonic)

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
