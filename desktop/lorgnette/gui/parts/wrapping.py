"""Check boxes and radio buttons whose words go on in further lines, which Qt's own do not."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QAbstractButton

_ANEW = {
    *(QEvent.Type.Show, QEvent.Type.Resize),
    *(QEvent.Type.FontChange, QEvent.Type.StyleChange),
}


class _Wrapping(QObject):
    def __init__(self, button: QAbstractButton) -> None:
        super().__init__(button)
        self._button = button
        self._lines = ""
        self._words: list[str] = []
        self._take()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _ANEW:
            self._wrap()
        return super().eventFilter(watched, event)

    def _take(self) -> None:
        self._lines = self._button.text()
        self._words = self._lines.split()
        # A screen reader hears the sentence, not where its lines end.
        self._button.setAccessibleName(" ".join(self._words).replace("&", ""))

    def _wrap(self) -> None:
        button, metrics = self._button, self._button.fontMetrics()
        if button.text() != self._lines:
            self._take()

        def wide(words: str) -> int:
            return max(
                metrics.horizontalAdvance(line.replace("&", "")) for line in words.split("\n")
            )

        room = button.width() - (button.sizeHint().width() - wide(button.text()))
        lines = ""
        for word in self._words:
            last = lines.rpartition("\n")[2]
            if lines:
                lines += " " if wide(f"{last} {word}") <= room else "\n"
            lines += word
        self._lines = lines
        if self._lines != button.text():
            button.setText(self._lines)


def wrap_words(*buttons: QAbstractButton) -> None:
    """Let the words of check boxes or radio buttons go on in further lines where it is narrow."""
    for button in buttons:
        button.setMinimumWidth(1)
        button.installEventFilter(_Wrapping(button))
