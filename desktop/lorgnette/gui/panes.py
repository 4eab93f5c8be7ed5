"""The parts around the list: what an empty window says, and the filter above the list."""

from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QFont
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from lorgnette.gui.batch.picture import TO_REVIEW, State, state_words
from lorgnette.gui.looks import icons
from lorgnette.gui.looks.colours import Colours
from lorgnette.gui.saying.translation import number, tr

_TYPING_MILLISECONDS = 200


class EmptyPane(QScrollArea):
    """What a person sees first: what to do, and three ways to do it."""

    def __init__(self, actions: Sequence[QAction], colours: Colours, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("review")
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        body = QWidget(self)
        body.setObjectName("review-body")
        self._picture = QLabel(body)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        title = QLabel(tr("Drop pictures or a folder here"), body)
        large = QFont(title.font())
        large.setPointSizeF(large.pointSizeF() * 1.7)
        large.setWeight(QFont.Weight.DemiBold)
        title.setFont(large)
        words = QLabel(
            tr(
                "lorgnette drafts alt text for each one, and you decide what stays.\n"
                "Everything happens on this computer; no picture is changed until you write."
            ),
            body,
        )
        words.setProperty("muted", True)
        for label in (title, words):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        buttons.addStretch(1)
        made = []
        for action in actions:
            button = QPushButton(action.text().replace("&", ""), body)
            button.setToolTip(action.toolTip())
            button.setIcon(action.icon())
            button.clicked.connect(action.trigger)
            buttons.addWidget(button)
            made.append(button)
        buttons.addStretch(1)
        self.first_button = made[0]
        self.first_button.setProperty("primary", True)
        self._buttons = list(zip(made, actions, strict=True))
        layout = QVBoxLayout(body)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(10)
        layout.addStretch(2)
        layout.addWidget(self._picture)
        layout.addSpacing(8)
        layout.addWidget(title)
        layout.addWidget(words)
        layout.addSpacing(14)
        layout.addLayout(buttons)
        layout.addStretch(3)
        self.setWidget(body)
        self.wear(colours)

    def wear(self, colours: Colours) -> None:
        """Paint with these colours from now on."""
        ratio = self.devicePixelRatioF()
        self._picture.setPixmap(icons.pixmap("empty", colours.accent, 112, ratio))
        for button, action in self._buttons:
            button.setIcon(action.icon())
        if not self.first_button.icon().isNull():
            self.first_button.setIcon(icons.on_accent("add-pictures", colours))


class FilterBar(QWidget):
    """What the list shows: pictures in some state, with some words.

    Signals:
        states_chosen: a frozenset of states.
        words_typed: words to look for, a moment after the last key.
    """

    states_chosen = Signal(object)
    words_typed = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.states = QComboBox(self)
        self.words = QLineEdit(self)
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
