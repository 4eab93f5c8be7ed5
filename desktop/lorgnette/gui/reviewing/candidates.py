"""What else the model would have said."""

import html
import re
from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QGroupBox,
    QLabel,
    QRadioButton,
    QWidget,
)

from lorgnette.captioning.agreement import agreement
from lorgnette.gui.batch.picture import CANDIDATES
from lorgnette.gui.saying.translation import tr


class _Wrapped(QLabel):
    """The sentence beside a radio button; a click on it chooses the button."""

    def __init__(self, button: QRadioButton, parent: QWidget) -> None:
        super().__init__(parent)
        self._button = button
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.RichText)  # no buddy: the button's name says it already

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._button.click()
        super().mousePressEvent(event)


class Candidates(QGroupBox):
    """What else the model would have said: radio buttons, the words that differ underlined.

    Below them stands where they agree.

    Signals:
        chosen: the text of a candidate, when the person picks it.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(tr("What the model suggests"), parent)
        self._plain: tuple[str, ...] = ()
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
        self._agreement = QLabel(self)
        self._agreement.setObjectName("agreement")
        self._agreement.setWordWrap(True)
        self._agreement.setTextFormat(Qt.TextFormat.PlainText)
        self._agreement.setProperty("muted", True)
        self._agreement.setContentsMargins(4, 4, 0, 0)
        layout.addWidget(self._agreement, CANDIDATES, 0, 1, 2)
        self._group.idClicked.connect(self._clicked)

    def show_candidates(
        self, texts: Sequence[str], current: str, plain: Sequence[str] = ()
    ) -> None:
        """Show these candidates, the one that is the current text chosen.

        Args:
            plain: what the model said of them, where they were brought into a form.
        """
        self._plain = tuple(plain) or tuple(texts)
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
            self._agreement.setText(self.agreement())
            self._agreement.setVisible(bool(self.agreement()))
        self._check(current)
        self.setVisible(bool(self._texts))

    def agreement(self) -> str:
        """Return in a line what all of them say, what some, what only one; empty below two."""
        return agreement(self._plain[:CANDIDATES]).line

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
