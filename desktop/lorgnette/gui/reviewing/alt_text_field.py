"""The field that alt text is written in: counts, and marks the words that the model doubts."""

import re
from collections.abc import Iterable

from PySide6.QtCore import QEvent, QMimeData, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QKeySequence,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from lorgnette.gui.looks.colours import Colours


class AltTextField(QPlainTextEdit):
    """A text field of a few lines; Tab leaves it, Enter is only a new line.

    Signals:
        typed: the text, after the person changed it.
        escaped: Esc was pressed.
        entered: the focus came.
        pasted: files or an image were pasted, which are no text.
    """

    typed = Signal(str)
    escaped = Signal()
    entered = Signal()
    pasted = Signal()

    def __init__(self, colours: Colours, lines: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._colours = colours
        self._lines = lines
        self._doubted: tuple[str, ...] = ()
        self.setUndoRedoEnabled(False)  # the window has one history
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.textChanged.connect(self._changed)

    def wear(self, colours: Colours) -> None:
        """Mark words in these colours from now on."""
        self._colours = colours
        self._mark()

    def show_text(self, text: str) -> None:
        """Show a text that came from elsewhere; the cursor comes behind what differs."""
        before = self.toPlainText()
        if text != before:
            self.blockSignals(True)
            self.setPlainText(text)
            cursor = self.textCursor()
            cursor.setPosition(_end_of_difference(before, text))
            self.setTextCursor(cursor)
            self.blockSignals(False)
        self._mark()

    def show_other(self, text: str) -> None:
        """Show the text of another picture, the cursor at its end."""
        self.show_text(text)
        self.moveCursor(QTextCursor.MoveOperation.End)

    def doubt(self, words: Iterable[str]) -> None:
        """Mark these words from now on."""
        self._doubted = tuple(words)
        self._mark()

    def select_next_doubted(self) -> str:
        """Select the next marked word after the cursor, the first one after the last; return it."""
        places = self._doubted_places()
        if not places:
            return ""
        at = self.textCursor().selectionEnd()
        start, end = next((place for place in places if place[0] >= at), places[0])
        cursor = self.textCursor()
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)
        return cursor.selectedText()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        return QSize(240, self._lines * metrics.lineSpacing() + 26)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())

    def event(self, event: QEvent) -> bool:
        # The keys belong to the history of the window.
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and (
                event.matches(QKeySequence.StandardKey.Undo)
                or event.matches(QKeySequence.StandardKey.Redo)
            )
        ):
            event.ignore()
            return False
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.entered.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
            return
        super().keyPressEvent(event)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasText() and not source.hasUrls() and not source.hasImage()

    def insertFromMimeData(self, source: QMimeData) -> None:
        if self.canInsertFromMimeData(source):
            self.insertPlainText(source.text())
        elif source.hasUrls() or source.hasImage():
            self.pasted.emit()

    def _changed(self) -> None:
        self._mark()
        self.typed.emit(self.toPlainText())

    def _mark(self) -> None:
        style = QTextCharFormat()
        style.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        style.setUnderlineColor(self._colours.states["unsure"])
        marks = []
        for start, end in self._doubted_places():
            selection = QTextEdit.ExtraSelection()
            cursor = QTextCursor(self.document())
            cursor.setPosition(start)
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            selection.cursor = cursor
            selection.format = style
            marks.append(selection)
        self.setExtraSelections(marks)

    def _doubted_places(self) -> list[tuple[int, int]]:
        if not self._doubted:
            return []
        pattern = "|".join(map(re.escape, self._doubted))
        found = re.finditer(rf"\b({pattern})\b", self.toPlainText(), re.IGNORECASE)
        return [match.span() for match in found]


def _end_of_difference(before: str, after: str) -> int:
    """Return where in after what it has in common with before at the end begins, in UTF-16."""
    same, most = 0, min(len(before), len(after))
    while same < most and before[-1 - same] == after[-1 - same]:
        same += 1
    return len(after[: len(after) - same].encode("utf-16-le")) // 2
