"""The fields above the list: what it shows."""

from collections import Counter

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QWidget,
)

from lorgnette.gui.batch.picture import TO_REVIEW, State, state_words
from lorgnette.gui.saying.translation import number, tr

_TYPING_MILLISECONDS = 200


class _Search(QLineEdit):
    """A search field: Esc clears it, and leaves it where it is empty; Down and Enter go on.

    Signals:
        left: the person goes on to what was found.
    """

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        onward = {Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() in onward or event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class FilterBar(QWidget):
    """What the list shows: pictures in some state, with some words.

    Signals:
        states_chosen: a frozenset of states.
        words_typed: words to look for, a moment after the last key.
        left: the person goes on to what was found.
    """

    states_chosen = Signal(object)
    words_typed = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.states = QComboBox(self)
        self.words = _Search(self)
        self.words.setAcceptDrops(False)  # files are pictures, wherever they are dropped
        self.words.left.connect(self._leave)
        self.words.setClearButtonEnabled(True)
        for action in self.words.findChildren(QAction):  # Qt gives its clear button no words
            action.setText(tr("Clear the search"))
        for state_set, _ in self._choices(Counter()):
            self.states.addItem("", state_set)
        self.show_counts(Counter())
        show_label = QLabel(tr("&Show"), self)
        show_label.setBuddy(self.states)
        find_label = QLabel(tr("F&ind"), self)
        find_label.setBuddy(self.words)
        self._typing = QTimer(self, interval=_TYPING_MILLISECONDS, singleShot=True)
        self._typing.timeout.connect(lambda: self.words_typed.emit(self.words.text()))
        self.words.textChanged.connect(lambda _: self._typing.start())
        self.states.currentIndexChanged.connect(
            lambda row: self.states_chosen.emit(self.states.itemData(row))
        )
        layout = QGridLayout(self)
        layout.setContentsMargins(14, 10, 14, 10)
        layout.setHorizontalSpacing(10)
        layout.setVerticalSpacing(8)
        layout.addWidget(show_label, 0, 0)
        layout.addWidget(self.states, 0, 1)
        layout.addWidget(find_label, 1, 0)
        layout.addWidget(self.words, 1, 1)
        layout.setColumnStretch(1, 1)

    def show_counts(self, counts: Counter[State]) -> None:
        """Say how many pictures each choice shows."""
        for row, (_, text) in enumerate(self._choices(counts)):
            if self.states.itemText(row) != text:
                self.states.setItemText(row, text)

    def _leave(self) -> None:
        if self._typing.isActive():  # Enter at once after the last letter
            self._typing.stop()
            self.words_typed.emit(self.words.text())
        self.left.emit()

    @property
    def chosen(self) -> str:
        """The name of what is shown, whatever the counts are."""
        return self._choices(Counter())[self.states.currentIndex()][1]

    def choose(self, name: str, words: str) -> None:
        """Show what has this name, with these words."""
        names = [text for _, text in self._choices(Counter())]
        self.states.setCurrentIndex(names.index(name) if name in names else 0)
        self.words.setText(words)
        self._typing.stop()
        self.words_typed.emit(words)

    def reset(self) -> None:
        """Show every picture."""
        self.states.setCurrentIndex(0)
        self.words.clear()
        self._typing.stop()
        self.words_typed.emit("")

    @staticmethod
    def _choices(counts: Counter[State]) -> list[tuple[frozenset[State], str]]:
        def named(words: str, states: frozenset[State]) -> tuple[frozenset[State], str]:
            count = sum(counts[state] for state in states)
            return states, tr("{state} ({count})").format(state=words, count=number(count))

        return [
            named(tr("All pictures"), frozenset(State)),
            named(tr("To review"), frozenset(TO_REVIEW)),
            *(named(state_words(state), frozenset({state})) for state in State),
        ]
