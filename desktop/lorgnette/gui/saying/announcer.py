"""All that is spoken goes through here, and stays readable."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QObject, QThread, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

KEPT = 200
QUIET_MILLISECONDS = 2000  # between two messages that nobody asked for


@dataclass(frozen=True, slots=True)
class Message:
    """Something that was said."""

    time: datetime
    text: str


class Announcer(QObject):
    """Says messages to assistive technology and keeps the last ones.

    Signals:
        said: every message, as it is said.
    """

    said = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._messages: deque[Message] = deque(maxlen=KEPT)
        self._later = ""
        self._quiet = QTimer(self, interval=QUIET_MILLISECONDS, singleShot=True)
        self._quiet.timeout.connect(self._say_later)

    @property
    def messages(self) -> tuple[Message, ...]:
        """The last messages, the oldest first."""
        return tuple(self._messages)

    def say(self, text: str) -> None:
        """Say at once what a person's own action led to, or what they must know now."""
        if QThread.currentThread() is not self.thread():
            raise RuntimeError("only the thread of the window may announce")
        self._later = ""
        self._messages.append(Message(datetime.now().astimezone(), text))
        self.said.emit(text)
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._window, text))
        self._quiet.start()

    def report(self, text: str) -> None:
        """Say how work goes on: at most one message each two seconds, the latest."""
        if self._quiet.isActive():
            self._later = text
        else:
            self.say(text)

    def repeat(self) -> None:
        """Say the last message again."""
        if self._messages:
            last = self._messages.pop()
            self.say(last.text)

    def _say_later(self) -> None:
        if self._later:
            self.say(self._later)
