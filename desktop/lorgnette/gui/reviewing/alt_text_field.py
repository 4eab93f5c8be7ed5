"""The field that alt text is written in: marks the words that the model or a dictionary doubts."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QMimeData, QPoint, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QKeySequence,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from lorgnette.gui.looks.colours import Colours
from lorgnette.spelling import Speller


@dataclass(frozen=True, slots=True)
class Doubt:
    """A word that is marked, and where it stands in the text."""

    start: int
    end: int
    word: str
    of_model: bool  # the model holds it unlikely; else no dictionary knows it


class AltTextField(QPlainTextEdit):
    """A text field of a few lines; Tab leaves it, Enter is only a new line.

    Signals:
        typed: the text, after the person changed it.
        escaped: Esc was pressed.
        entered: the focus came.
        pasted: files or an image were pasted, which are no text.
        menu_opening: the menu of the text, the Doubt that it opens on or None.
    """

    typed = Signal(str)
    escaped = Signal()
    entered = Signal()
    pasted = Signal()
    menu_opening = Signal(object, object)

    def __init__(self, colours: Colours, lines: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._colours = colours
        self._lines = lines
        self._doubted: tuple[str, ...] = ()
        self._speller: Speller | None = None
        self._doubts: list[Doubt] = []
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

    def spell(self, speller: Speller | None) -> None:
        """Mark words that this speller does not know from now on; None marks none."""
        self._speller = speller
        self._mark()

    @property
    def doubts(self) -> list[Doubt]:
        """The marked words, in order."""
        return list(self._doubts)

    def select_doubt(self, by: int = 1) -> Doubt | None:
        """Select the next marked word after the cursor, or with -1 the one before, in a circle."""
        cursor = self.textCursor()
        first, last = cursor.selectionStart(), cursor.selectionEnd()
        after = [d for d in self._doubts if self._place(d.start) >= last and by > 0]
        before = [d for d in self._doubts if self._place(d.end) <= first and by < 0]
        if not self._doubts:
            return None
        doubt = (after or self._doubts)[0] if by > 0 else (before or self._doubts)[-1]
        self.setTextCursor(self._cursor_at(doubt))
        return doubt

    def replace(self, doubt: Doubt, word: str) -> None:
        """Write another word in the place of a marked one, as if it had been typed."""
        self._cursor_at(doubt).insertText(word)

    def open_menu(self, place: QPoint, at: QPoint | None = None) -> None:
        """Open the menu of the text at a place on the screen.

        Args:
            at: where the mouse is, in the viewport; None where the key was pressed, which means
                the word at the cursor.
        """
        cursor = self.textCursor() if at is None else self.cursorForPosition(at)
        doubt = next(
            (
                each
                for each in self._doubts
                if self._place(each.start) <= cursor.position() <= self._place(each.end)
            ),
            None,
        )
        menu = self.createStandardContextMenu()
        for action in menu.actions():
            if action.objectName() in {"edit-undo", "edit-redo"}:  # the window's history has them
                menu.removeAction(action)
        if menu.actions() and menu.actions()[0].isSeparator():
            menu.removeAction(menu.actions()[0])
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.menu_opening.emit(menu, doubt)
        menu.popup(place)

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
        shift = Qt.KeyboardModifier.ShiftModifier
        if event.key() == Qt.Key.Key_F10 and event.modifiers() == shift:
            self._open_menu_at_cursor()
            return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            self.open_menu(event.globalPos(), self.viewport().mapFrom(self, event.pos()))
        else:
            self._open_menu_at_cursor()

    def _open_menu_at_cursor(self) -> None:
        self.open_menu(self.viewport().mapToGlobal(self.cursorRect().bottomLeft()))

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
        self._doubts = self._found_doubts()
        marks = []
        for doubt in self._doubts:
            style = QTextCharFormat()
            # Two strokes, so that they differ without colour, too.
            style.setUnderlineStyle(
                QTextCharFormat.UnderlineStyle.WaveUnderline
                if doubt.of_model
                else QTextCharFormat.UnderlineStyle.DashUnderline
            )
            style.setUnderlineColor(self._colours.states["unsure" if doubt.of_model else "failed"])
            selection = QTextEdit.ExtraSelection()
            selection.cursor = self._cursor_at(doubt)
            selection.format = style
            marks.append(selection)
        self.setExtraSelections(marks)

    def _found_doubts(self) -> list[Doubt]:
        text = self.toPlainText()
        found = {}
        if self._speller is not None:
            for start, end in self._speller.doubted(text):
                found[start] = Doubt(start, end, text[start:end], of_model=False)
        if self._doubted:
            pattern = "|".join(map(re.escape, self._doubted))
            for match in re.finditer(rf"\b({pattern})\b", text, re.IGNORECASE):
                found[match.start()] = Doubt(*match.span(), match.group(), of_model=True)
        return [found[start] for start in sorted(found)]

    def _cursor_at(self, doubt: Doubt) -> QTextCursor:
        cursor = QTextCursor(self.document())
        cursor.setPosition(self._place(doubt.start))
        cursor.setPosition(self._place(doubt.end), QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def _place(self, index: int) -> int:
        """Return the place of a character as Qt counts it, in UTF-16."""
        return _utf16(self.toPlainText()[:index])


def _utf16(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _end_of_difference(before: str, after: str) -> int:
    """Return where in after what it has in common with before at the end begins, in UTF-16."""
    same, most = 0, min(len(before), len(after))
    while same < most and before[-1 - same] == after[-1 - same]:
        same += 1
    return _utf16(after[: len(after) - same])
