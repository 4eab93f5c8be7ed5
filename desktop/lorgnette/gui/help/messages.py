"""What was said, in one list."""

from PySide6.QtWidgets import (
    QWidget,
)

from lorgnette.gui.parts.list_dialog import ListDialog
from lorgnette.gui.saying.announcer import Announcer
from lorgnette.gui.saying.translation import tr


class MessagesDialog(ListDialog):
    """What was announced, the newest first."""

    def __init__(self, announcer: Announcer, parent: QWidget) -> None:
        super().__init__(
            tr("Messages"),
            tr("What lorgnette has said since it started, the newest first."),
            parent,
        )
        self._announcer = announcer
        announcer.said.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        self.show_lines(
            [
                tr("{time}  {text}").format(time=m.time.strftime("%H:%M:%S"), text=m.text)
                for m in reversed(self._announcer.messages)
            ]
        )
