"""One job in one thread: drains a generator, and hands on what it yields a few times a second."""

import threading
from collections.abc import Generator
from contextlib import closing
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

REPORT_MILLISECONDS = 100
MOST_REPORTED = 250  # items that one signal carries, so that the window answers between two


class JobThread(QObject):
    """Drains a generator in a thread of its own; the thread never touches Qt.

    Signals:
        reported: what the job yielded since the last time; on the thread of this object.
        ended: once, after the last `reported`; the exception that ended the job, or None.
    """

    reported = Signal(list)
    ended = Signal(object)

    def __init__(
        self, job: Generator[Any], name: str = "lorgnette job", parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._job = job
        self._lock = threading.Lock()
        self._waiting: list[Any] = []
        self._error: BaseException | None = None
        self._stop = threading.Event()
        self._going = threading.Event()
        self._going.set()
        self._thread = threading.Thread(target=self._drain, name=name, daemon=True)
        self._timer = QTimer(self, interval=REPORT_MILLISECONDS)
        self._timer.timeout.connect(self._hand_on)

    def start(self) -> None:
        """Begin to drain."""
        self._thread.start()
        self._timer.start()

    def pause(self) -> None:
        """Stop after the current item until `resume`."""
        self._going.clear()

    def resume(self) -> None:
        """Go on."""
        self._going.set()

    @property
    def paused(self) -> bool:
        """Whether the job waits for `resume`."""
        return not self._going.is_set()

    @property
    def cancelled(self) -> bool:
        """Whether the job was told to stop."""
        return self._stop.is_set()

    @property
    def running(self) -> bool:
        """Whether `ended` is still to come."""
        return self._timer.isActive()

    def cancel(self) -> None:
        """Stop after the current item; what was yielded is still reported."""
        self._stop.set()
        self._going.set()

    def wait(self, seconds: float) -> bool:
        """Cancel, and return whether the thread has ended within seconds; reports what is left."""
        self.cancel()
        if self._thread.ident is not None:
            self._thread.join(seconds)
        while self._waiting:
            self._hand_on()
        self._hand_on()
        return not self._thread.is_alive()

    def _drain(self) -> None:
        try:
            with closing(self._job):  # to cancel is to stop asking; close() runs its finally
                while not self._stop.is_set():
                    self._going.wait()
                    if self._stop.is_set():
                        break
                    try:
                        item = next(self._job)
                    except StopIteration:
                        break
                    with self._lock:
                        self._waiting.append(item)
        except BaseException as error:  # noqa: BLE001 - handed to the window, which shows it
            self._error = error

    def _hand_on(self) -> None:
        ended = not self._thread.is_alive()  # asked first: nothing is appended after it
        with self._lock:
            items = self._waiting[:MOST_REPORTED]
            del self._waiting[:MOST_REPORTED]
            more = bool(self._waiting)
        self._timer.setInterval(0 if more else REPORT_MILLISECONDS)
        if items:
            self.reported.emit(items)
        if ended and not more and self._timer.isActive():
            self._timer.stop()
            self.ended.emit(self._error)
