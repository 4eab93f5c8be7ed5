"""Calling: a person who is in another program hears that a job has ended."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from lorgnette.gui.batch.open_batch import OpenBatch
from lorgnette.gui.parts import desktop

_LONG_SECONDS = 10.0  # that a job takes before anybody turns to something else


class Calling(QObject):
    """Marks the window in the task bar, and after a long job lets the desktop say how it went."""

    def __init__(self, batch: OpenBatch) -> None:
        super().__init__(batch.window)
        self._batch = batch
        self._seconds = 0.0  # that the last job took
        batch.progress.ended.connect(self._ended)

    def call(self) -> None:
        """Call the person back, once it was said in the window how a job went."""
        QApplication.alert(self._batch.window)
        long = self._seconds >= _LONG_SECONDS
        if long and QApplication.activeWindow() is None and self._batch.announcer.messages:
            desktop.notify(self._batch.announcer.messages[-1].text, self._batch.window)

    def _ended(self, seconds: float) -> None:
        self._seconds = seconds
