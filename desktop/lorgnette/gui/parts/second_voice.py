"""A second way to say messages, for screen readers that do not know announcements."""

import functools
import itertools
import re
import sys
from collections.abc import Iterator

from PySide6.QtCore import QObject, QProcess, QRect
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface
from PySide6.QtWidgets import QApplication

from lorgnette.gui.parts import desktop

_BUS = ["--session", "--dest=org.a11y.Bus", "--object-path=/org/a11y/bus",
        "--method=org.a11y.Bus.GetAddress"]  # fmt: skip
_REGISTRY = ["--dest=org.a11y.atspi.Registry", "--object-path=/org/a11y/atspi/registry",
             "--method=org.a11y.atspi.Registry.GetRegisteredEvents"]  # fmt: skip
_ANNOUNCED = re.compile(r"'Object:(Announcement)?:")  # who listens for it, or for all of its kind
_PLACES = 4  # a reader asks for the words a moment later, when the next ones may be there already


class SecondVoice(QObject):
    """Says messages as notifications of the window where nobody listens for announcements.

    Orca 43, which Debian 12 has, knows only notifications; later ones speak both, and would say
    everything twice. So the accessibility bus is asked each time who listens.
    """

    def __init__(self, window: QObject) -> None:
        super().__init__(window)
        self._waiting: list[str] = []
        self._process: QProcess | None = None  # that asks
        self._bus = ""  # the address of the accessibility bus; empty: not known yet

    def say(self, text: str) -> None:
        """Say a message, unless it is heard as an announcement."""
        if sys.platform in {"win32", "darwin"} or not QAccessible.isActive():
            return
        self._waiting.append(text)
        if self._process is None:
            self._ask()

    def _ask(self) -> None:
        question = ["--address", self._bus, *_REGISTRY] if self._bus else _BUS
        self._process = process = desktop.calling(question, self)
        if process is None:
            self._waiting.clear()
            return
        process.finished.connect(self._hear)  # a slot of this very object: Qt cuts it off in time
        process.start()

    def _hear(self, code: int) -> None:
        process, self._process = self._process, None
        answer = b"" if process is None else bytes(process.readAllStandardOutput().data())
        if code:
            self._waiting.clear()
            self._bus = ""
        elif not self._bus:
            self._bus = answer.decode().strip().strip("(),'")
            self._ask()
        else:
            text, self._waiting = " ".join(self._waiting), []
            if not _ANNOUNCED.search(answer.decode()):
                self._notify(text)

    def _notify(self, text: str) -> None:
        notification = next(_notifications())
        notification.text = text
        QAccessible.updateAccessibility(
            QAccessibleEvent(notification, QAccessible.Event.ObjectShow)
        )


class _Notification(QObject):
    """What nobody sees, and a screen reader calls a notification; of the program, not of a window.

    A widget would be met by who looks around, and Qt would ask it for its parent while it dies.
    """

    def __init__(self, app: QObject) -> None:
        super().__init__(app)
        self.app = app
        self.text = ""
        self.interface = _Interface(self)  # kept for as long as Qt may ask it


class _Interface(QAccessibleInterface):
    """A notification on the accessibility bus; Qt has nothing that is one."""

    def __init__(self, notification: _Notification) -> None:
        super().__init__()
        self._notification = notification

    def isValid(self) -> bool:
        return True

    def object(self) -> QObject:
        return self._notification

    def role(self) -> QAccessible.Role:
        return QAccessible.Role.Notification

    def state(self) -> QAccessible.State:
        return QAccessible.State()

    def text(self, kind: QAccessible.Text) -> str:
        return self._notification.text if kind is QAccessible.Text.Name else ""

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        pass

    def rect(self) -> QRect:
        return QRect()

    def parent(self) -> QAccessibleInterface:
        return QAccessible.queryAccessibleInterface(self._notification.app)

    def childCount(self) -> int:
        return 0

    def child(self, _index: int) -> None:  # type: ignore[override]  # Qt knows null
        return None

    def childAt(self, _x: int, _y: int) -> None:  # type: ignore[override]
        return None

    def indexOfChild(self, _child: QAccessibleInterface) -> int:
        return -1


@functools.cache
def _notifications() -> Iterator[_Notification]:
    """Yield by turns what can say something; made once, for Qt keeps them to its end."""
    app = QApplication.instance()
    QAccessible.installFactory(_interface)
    return itertools.cycle([_Notification(app) for _ in range(_PLACES)] if app is not None else [])


def _interface(_class: str, thing: QObject) -> QAccessibleInterface | None:
    return thing.interface if isinstance(thing, _Notification) else None
