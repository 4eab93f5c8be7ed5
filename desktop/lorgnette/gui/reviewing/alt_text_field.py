"""The field that alt text is written in: counts, and marks the words that the model doubts."""

import re
from collections.abc import Iterable

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QKeySequence, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from lorgnette.gui.looks.colours import Colours


class AltTextField(QPlainTextEdit):
    """A text field of a few lines; Tab leaves it, Enter is only a new line.

    Signals:
        typed: the text, after the person changed it.
        reverted: Esc was pressed.
    """

    typed = Signal(str)
    reverted = Signal()

    def __init__(self, colours: Colours, lines: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._colours = colours
        self._lines = lines
        self._doubted: tuple[str, ...] = ()
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.textChanged.connect(self._changed)

    def wear(self, colours: Colours) -> None:
        """Mark words in these colours from now on."""
        self._colours = colours
        self._mark()

    def show_text(self, text: str) -> None:
        """Show a text that came from elsewhere; the same text keeps cursor and history."""
        if text != self.toPlainText():
            self.blockSignals(True)
            self.setPlainText(text)
            self.moveCursor(QTextCursor.MoveOperation.End)
            self.blockSignals(False)
        self._mark()

    def doubt(self, words: Iterable[str]) -> None:
        """Mark these words from now on."""
        self._doubted = tuple(words)
        self._mark()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        return QSize(240, self._lines * metrics.lineSpacing() + 26)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())

    def event(self, event: QEvent) -> bool:
        # With nothing to undo in the text, the key belongs to the history of the window.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            history = self.document()
            if (event.matches(QKeySequence.StandardKey.Undo) and not history.isUndoAvailable()) or (
                event.matches(QKeySequence.StandardKey.Redo) and not history.isRedoAvailable()
            ):
                event.ignore()
                return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.reverted.emit()
            return
        super().keyPressEvent(event)

    def _changed(self) -> None:
        self._mark()
        self.typed.emit(self.toPlainText())

    def _mark(self) -> None:
        marks = []
        if self._doubted:
            pattern = "|".join(map(re.escape, self._doubted))
            style = QTextCharFormat()
            style.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            style.setUnderlineColor(self._colours.states["unsure"])
            for match in re.finditer(rf"\b({pattern})\b", self.toPlainText(), re.IGNORECASE):
                selection = QTextEdit.ExtraSelection()
                cursor = QTextCursor(self.document())
                cursor.setPosition(match.start())
                cursor.setPosition(match.end(), QTextCursor.MoveMode.KeepAnchor)
                selection.cursor = cursor
                selection.format = style
                marks.append(selection)
        self.setExtraSelections(marks)
