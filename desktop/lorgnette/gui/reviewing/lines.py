"""Lines of notes, with buttons for what can be done."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QPushButton,
    QWidget,
)

from lorgnette.gui.looks import icons, theme
from lorgnette.gui.looks.colours import Colours
from lorgnette.gui.saying.translation import tr


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the notes: a sentence and what can be done about it."""

    icon: str
    colour: str  # a state whose colour the icon has
    text: str
    button: str = ""  # empty: nothing can be done by a key
    act: Callable[[], None] | None = None


class Lines(QWidget):
    """Sentences beside the text, some with a button; widgets are made once and used again."""

    def __init__(self, colours: Colours, parent: QWidget) -> None:
        super().__init__(parent)
        self._colours = colours
        self._lines: list[Line] = []
        self._rows: list[tuple[QLabel, QLabel, QPushButton]] = []
        self._narrow = False
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setHorizontalSpacing(8)
        self._layout.setVerticalSpacing(6)
        self._layout.setColumnStretch(1, 1)

    def wear(self, colours: Colours) -> None:
        """Paint with these colours from now on."""
        self._colours = colours
        self.show_lines(self._lines)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these lines and no others."""
        self._lines = list(lines)
        while len(self._rows) < len(lines):
            self._rows.append(self._make_row(len(self._rows)))
        key = 0
        for row, widgets in enumerate(self._rows):
            symbol, label, button = widgets
            shown = row < len(lines)
            if shown:
                line = lines[row]
                ratio = self.devicePixelRatioF()
                symbol.setPixmap(
                    icons.pixmap(
                        line.icon, self._colours.states[line.colour], theme.grown(18), ratio
                    )
                )
                label.setText(line.text)
                if line.button:
                    key += 1
                    button.setText(
                        tr("{action} (Ctrl+{key})").format(action=line.button, key=key)
                        if key < 10 else line.button
                    )  # fmt: skip
                    button.setAccessibleDescription(line.text)
            symbol.setVisible(shown)
            label.setVisible(shown)
            button.setVisible(shown and bool(lines[row].button))
        self.setVisible(bool(lines))

    def texts(self) -> list[str]:
        """Return the sentences that are shown."""
        return [line.text for line in self._lines]

    def act(self, key: int) -> bool:
        """Do what the button with this key does, 1 the first; tell whether there is one."""
        usable = [line for line in self._lines if line.act is not None and line.button]
        if not 1 <= key <= len(usable):
            return False
        act = usable[key - 1].act
        if act is not None:
            act()
        return True

    def buttons(self) -> list[QPushButton]:
        """Return the buttons, in order."""
        return [button for _, _, button in self._rows]

    def _make_row(self, row: int) -> tuple[QLabel, QLabel, QPushButton]:
        symbol, label, button = QLabel(self), QLabel(self), QPushButton(self)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        button.clicked.connect(lambda: self._pressed(row))
        self._layout.addWidget(symbol, 2 * row, 0, Qt.AlignmentFlag.AlignTop)
        self._layout.addWidget(label, 2 * row, 1, Qt.AlignmentFlag.AlignVCenter)
        self._place(row, button)
        previous = self._rows[-1][2] if self._rows else None
        if previous is not None:
            QWidget.setTabOrder(previous, button)
        return symbol, label, button

    def _place(self, row: int, button: QPushButton) -> None:
        """Put a button beside its sentence, or below it where there is little room."""
        where = (2 * row + 1, 1) if self._narrow else (2 * row, 2)
        alignment = Qt.AlignmentFlag.AlignLeft if self._narrow else Qt.AlignmentFlag.AlignVCenter
        self._layout.addWidget(button, *where, alignment)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < 28 * self.fontMetrics().height()
        if narrow != self._narrow:
            self._narrow = narrow
            for row, (_, _, button) in enumerate(self._rows):
                self._place(row, button)

    def minimumSizeHint(self) -> QSize:
        return QSize(100, super().minimumSizeHint().height())

    def _pressed(self, row: int) -> None:
        act = self._lines[row].act if row < len(self._lines) else None
        if act is not None:
            act()
