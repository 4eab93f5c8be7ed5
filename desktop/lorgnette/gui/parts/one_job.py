"""One job at a time, each about what is current: a second one waits until it is asked again."""

from collections.abc import Callable, Generator
from typing import Any

from PySide6.QtCore import QObject, Signal

from lorgnette.gui.parts.job_thread import JobThread

_JOIN_SECONDS = 90.0  # a film is looked through for a minute at most


class OneJob(QObject):
    """Runs a job where none runs yet.

    Signals:
        done: a job came to its end, and another may run.
        broke: an exception ended a job, and another may run.
    """

    done = Signal()
    broke = Signal(object)

    def __init__(self, name: str, parent: QObject) -> None:
        super().__init__(parent)
        self._name = name
        self._job: JobThread | None = None

    @property
    def running(self) -> bool:
        """Whether `done` or `broke` is still to come."""
        return self._job is not None

    def run(self, job: Generator[Any], take: Callable[[list[Any]], None]) -> None:
        """Drain a job, and let take have what it yields; nothing while another one runs."""
        if self._job is None:
            self._job = JobThread(job, self._name, self)
            self._job.reported.connect(take)
            self._job.ended.connect(self._ended)
            self._job.start()

    def close(self) -> None:
        """Stop and wait for the job; nobody has what it yields any more."""
        if self._job is not None:
            self._job.blockSignals(True)
            self._job.wait(_JOIN_SECONDS)

    def _ended(self, error: BaseException | None) -> None:
        if self._job is not None:
            self._job.deleteLater()  # else one would be left of each picture that was looked at
            self._job = None
        if error is None:
            self.done.emit()
        else:
            self.broke.emit(error)
