"""The parts of the review panel: preview, notes, candidates, sections, questions."""

import html
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from lorgnette.gui.looks import icons
from lorgnette.gui.looks.colours import Colours
from lorgnette.gui.saying.translation import tr
from lorgnette.gui.work import CANDIDATES


class Preview(QLabel):
    """The picture, as large as there is room; its accessible name is its alt text.

    Signals:
        fitted: another picture is shown.
    """

    fitted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._whole = QPixmap()
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setMinimumSize(60, 60)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)

    def show_picture(self, whole: QPixmap) -> None:
        """Show a picture; a null pixmap shows none."""
        self._whole = whole
        self._fit()
        if not whole.isNull():  # while the next one is decoded, nothing jumps
            self.fitted.emit()

    def height_for(self, width: int) -> int:
        """Return the height that the whole picture has in a width, or a usual one without any."""
        if self._whole.isNull():
            return width * 3 // 4
        return round(width * self._whole.height() / self._whole.width())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._whole.isNull():
            self.clear()
            return
        ratio = self.devicePixelRatioF()
        room = self.contentsRect().size() * ratio
        room = room.boundedTo(self._whole.size().expandedTo(QSize(1, 1)) * max(1.0, ratio))
        fitted = self._whole.scaled(
            room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        fitted.setDevicePixelRatio(ratio)
        self.setPixmap(fitted)


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
                    icons.pixmap(line.icon, self._colours.states[line.colour], 18, ratio)
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


class _Wrapped(QLabel):
    """The sentence beside a radio button; a click on it chooses the button."""

    def __init__(self, button: QRadioButton, parent: QWidget) -> None:
        super().__init__(parent)
        self._button = button
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setBuddy(button)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._button.click()
        super().mousePressEvent(event)


class Candidates(QGroupBox):
    """What else the model would have said: radio buttons, the words that differ underlined.

    Signals:
        chosen: the text of a candidate, when the person picks it.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(tr("What the model suggests"), parent)
        self._texts: tuple[str, ...] = ()
        self._group = QButtonGroup(self)
        self._buttons: list[QRadioButton] = []
        self._labels: list[_Wrapped] = []
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 6, 0, 0)
        layout.setHorizontalSpacing(0)
        layout.setVerticalSpacing(2)
        layout.setColumnStretch(1, 1)
        for place in range(CANDIDATES):
            button = QRadioButton(self)
            button.setObjectName(f"candidate-{place + 1}")
            label = _Wrapped(button, self)
            layout.addWidget(button, place, 0, Qt.AlignmentFlag.AlignTop)
            layout.addWidget(label, place, 1)
            self._group.addButton(button, place)
            self._buttons.append(button)
            self._labels.append(label)
        self._group.idClicked.connect(self._clicked)

    def show_candidates(self, texts: Sequence[str], current: str) -> None:
        """Show these candidates, the one that is the current text chosen."""
        if tuple(texts) != self._texts:
            self._texts = tuple(texts[:CANDIDATES])
            marked = _with_differences(self._texts)
            for place, button in enumerate(self._buttons):
                there = place < len(self._texts)
                button.setVisible(there)
                self._labels[place].setVisible(there)
                if there:
                    button.setAccessibleName(
                        tr("{number}: {text}").format(number=place + 1, text=self._texts[place])
                    )
                    button.setToolTip(tr("Alt+{number}").format(number=place + 1))
                    self._labels[place].setText(marked[place])
        self._check(current)
        self.setVisible(bool(self._texts))

    def choose(self, place: int) -> bool:
        """Pick a candidate, 0 the first; tell whether there is one."""
        if place >= len(self._texts):
            return False
        self._buttons[place].click()
        return True

    def first_stop(self) -> QRadioButton:
        """Return the button that Tab comes to."""
        checked = self._group.checkedButton()
        return checked if isinstance(checked, QRadioButton) else self._buttons[0]

    def buttons(self) -> list[QRadioButton]:
        """Return the buttons, in order."""
        return list(self._buttons)

    def _check(self, current: str) -> None:
        wanted = self._texts.index(current) if current in self._texts else None
        self._group.setExclusive(False)
        for place, button in enumerate(self._buttons):
            button.setChecked(place == wanted)
        self._group.setExclusive(True)
        for place, button in enumerate(self._buttons):  # Tab comes here once, arrows do the rest
            here = place == (wanted or 0)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus if here else Qt.FocusPolicy.ClickFocus)

    def _clicked(self, place: int) -> None:
        self.chosen.emit(self._texts[place])


class Section(QWidget):
    """A heading that opens and closes what lies below it."""

    opened = Signal()

    def __init__(self, title: str, content: QWidget, colours: Colours, parent: QWidget) -> None:
        super().__init__(parent)
        self._content = content
        # Not checkable: assistive technology would call it a check box.
        self.toggle = QPushButton(title, self)
        self.toggle.setProperty("quiet", True)
        self.toggle.clicked.connect(lambda: self._show(opened=self._content.isHidden()))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.toggle)
        layout.addWidget(content)
        content.setVisible(False)
        self.wear(colours)

    def wear(self, colours: Colours) -> None:
        """Paint with these colours from now on."""
        self._colours = colours
        self._draw()

    def open(self) -> None:
        """Show the content."""
        self._show(opened=True)

    def _show(self, *, opened: bool) -> None:
        self._content.setVisible(opened)
        self._draw()
        if opened:
            self.opened.emit()

    def _draw(self) -> None:
        opened = not self._content.isHidden()
        self.toggle.setIcon(icons.icon("expand" if opened else "next", self._colours))
        self.toggle.setAccessibleDescription(tr("Open") if opened else tr("Closed"))


class Questions(QWidget):
    """The decision tree of the W3C as five short questions, one at a time.

    Signals:
        decorative: the answers say that the picture needs no text.
        advised: a sentence on what the text should say.
    """

    decorative = Signal()
    advised = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._at = 0
        self._question = QLabel(self)
        self._question.setWordWrap(True)
        self._advice = QLabel(self)
        self._advice.setWordWrap(True)
        self._advice.setProperty("heading", True)
        self.yes = QPushButton(tr("&Yes"), self)
        self.no = QPushButton(tr("&No"), self)
        self.again = QPushButton(tr("Start a&gain"), self)
        self.yes.clicked.connect(lambda: self._answer(yes=True))
        self.no.clicked.connect(lambda: self._answer(yes=False))
        self.again.clicked.connect(self.restart)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.yes, self.no, self.again):
            buttons.addWidget(button)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 0, 0, 8)
        layout.addWidget(self._question)
        layout.addWidget(self._advice)
        layout.addLayout(buttons)
        self.restart()

    def restart(self) -> None:
        """Ask the first question."""
        had_focus = self.again.hasFocus()
        self._at = 0
        self._ask()
        if had_focus:
            self.yes.setFocus()

    def _ask(self) -> None:
        questions = _questions()
        text = tr("Question {number} of {count}: {question}").format(
            number=self._at + 1, count=len(questions), question=questions[self._at][0]
        )
        self._question.setText(text)
        for button in (self.yes, self.no):
            button.setAccessibleDescription(text)
            button.setVisible(True)
        self._question.setVisible(True)
        self._advice.setVisible(False)
        self.again.setVisible(False)

    def _answer(self, *, yes: bool) -> None:
        questions = _questions()
        _, advice, decorative = questions[self._at]
        if not yes and self._at + 1 < len(questions):
            self._at += 1
            self._ask()
            self.advised.emit(self._question.text())
            return
        if not yes:
            advice, decorative = (
                tr("Describe briefly what the picture shows and why it is here."), False
            )  # fmt: skip
        self._advice.setText(advice)
        self._advice.setVisible(True)
        self._question.setVisible(False)
        self.again.setVisible(True)
        self.again.setAccessibleDescription(advice)
        self.again.setFocus()
        self.yes.setVisible(False)
        self.no.setVisible(False)
        if decorative:
            self.decorative.emit()
        self.advised.emit(advice)


def _questions() -> list[tuple[str, str, bool]]:
    """Return each question with the advice that a yes leads to, and whether it is decorative."""
    return [
        (
            tr("Is it there only to look nice, so that nobody misses it?"),
            tr("Marked decorative: screen readers will skip it."),
            True,
        ),
        (
            tr("Does the text around it already say all that it shows?"),
            tr("Marked decorative: the text around it is enough."),
            True,
        ),
        (
            tr("Is it a link or a button?"),
            tr("Say where it leads or what it does, not what it looks like."),
            False,
        ),
        (
            tr("Does it hold words that matter?"),
            tr("Write these words as the alt text."),
            False,
        ),
        (
            tr("Is it a chart, a map or a diagram?"),
            tr("Say in one sentence what it tells; put the data into the extended description."),
            False,
        ),
    ]


def _with_differences(texts: Sequence[str]) -> list[str]:
    """Return texts as HTML, words that fewer than half of the texts have underlined."""
    counted: Counter[str] = Counter()
    for text in texts:
        counted.update(set(re.findall(r"\w+", text.casefold())))

    def marked(word: str) -> str:
        rare = len(texts) > 1 and counted[word.casefold()] * 2 <= len(texts)
        return f"<u>{html.escape(word)}</u>" if rare else html.escape(word)

    return [
        "".join(
            marked(part) if re.match(r"\w", part) else html.escape(part)
            for part in re.split(r"(\w+)", text)
        )
        for text in texts
    ]
