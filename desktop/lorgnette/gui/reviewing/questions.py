"""The decision tree of the W3C: what is a picture there for?"""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from lorgnette.gui.saying.translation import tr


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
