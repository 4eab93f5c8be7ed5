"""The fields above the list: what it shows."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QWidget,
)

from lorgnette.files import natural
from lorgnette.gui.batch.model import BatchModel
from lorgnette.gui.batch.picture import TO_REVIEW, State, state_words
from lorgnette.gui.saying.translation import number, tr

_TYPING_MILLISECONDS = 200
_BESIDE_FROM_EMS = 11  # width in lines of text from which a label stands beside its field


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


@dataclass(frozen=True, slots=True)
class Choice:
    """What can be chosen to be shown."""

    name: str
    states: frozenset[State]
    unwritten: bool = False  # of them only those whose words no file says


def choices() -> list[Choice]:
    """Return what can be chosen, in order."""
    done = frozenset({State.REVIEWED, State.DECORATIVE})
    return [
        Choice(tr("All pictures"), frozenset(State)),
        Choice(tr("To review"), frozenset(TO_REVIEW)),
        Choice(tr("Done"), done),
        Choice(tr("Done, not written"), done, unwritten=True),
        *(Choice(state_words(state), frozenset({state})) for state in State),
    ]


class FilterBar(QWidget):
    """What the list shows: pictures in some state, of some folder, with some words.

    Signals:
        states_chosen: a Choice.
        folder_chosen: a path, or None for all.
        words_typed: words to look for, a moment after the last key.
        left: the person goes on to what was found.
    """

    states_chosen = Signal(object)
    folder_chosen = Signal(object)
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
        for choice in choices():
            self.states.addItem("", choice)
        self.show_counts(Counter(), 0)
        self.folders = QComboBox(self)
        self._folder_paths: list[Path] = []
        folder_label = QLabel(tr("In f&older"), self)
        folder_label.setBuddy(self.folders)
        self.folders.activated.connect(
            lambda row: self.folder_chosen.emit(self._folder_paths[row - 1] if row > 0 else None)
        )
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
        self._layout = QFormLayout(self)
        self._layout.setContentsMargins(14, 10, 14, 10)
        self._layout.setHorizontalSpacing(10)
        self._layout.setVerticalSpacing(8)
        self._layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self._layout.addRow(show_label, self.states)
        self._layout.addRow(folder_label, self.folders)
        self._layout.addRow(find_label, self.words)
        for box in (self.states, self.folders):  # a long name must not make the list wide
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            box.setMinimumContentsLength(6)
            box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._layout.setRowVisible(self.folders, False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < _BESIDE_FROM_EMS * self.fontMetrics().height()
        self._layout.setRowWrapPolicy(
            QFormLayout.RowWrapPolicy.WrapAllRows
            if narrow
            else QFormLayout.RowWrapPolicy.DontWrapRows
        )

    def show_counts(self, counts: Counter[State], unwritten: int) -> None:
        """Say how many pictures each choice shows."""
        for row, choice in enumerate(choices()):
            count = unwritten if choice.unwritten else sum(counts[s] for s in choice.states)
            text = tr("{state} ({count})").format(state=choice.name, count=number(count))
            if self.states.itemText(row) != text:
                self.states.setItemText(row, text)

    def show_folders(self, model: BatchModel) -> None:
        """Offer the folders that the pictures lie in, where there are several."""
        folders, common = model.folders(), model.common_folder()
        several = len(folders) > 1 and common is not None
        self._layout.setRowVisible(self.folders, several)
        paths = sorted(folders, key=lambda folder: tuple(map(natural, folder.parts)))
        if not several:
            paths = []
        if paths != self._folder_paths:
            chosen = self.folder
            self._folder_paths = paths
            self.folders.clear()
            self.folders.addItem(tr("All folders"))
            for path in paths:
                name = "." if path == common or common is None else str(path.relative_to(common))
                self.folders.addItem(tr("This folder itself") if name == "." else name)
            self.folders.setCurrentIndex(paths.index(chosen) + 1 if chosen in paths else 0)
            if chosen is not None and chosen not in paths:
                self.folder_chosen.emit(None)

    @property
    def folder(self) -> Path | None:
        """The folder that is shown; None shows all."""
        row = self.folders.currentIndex()
        return self._folder_paths[row - 1] if 0 < row <= len(self._folder_paths) else None

    def _leave(self) -> None:
        if self._typing.isActive():  # Enter at once after the last letter
            self._typing.stop()
            self.words_typed.emit(self.words.text())
        self.left.emit()

    @property
    def chosen(self) -> str:
        """The name of what is shown, whatever the counts are."""
        return choices()[self.states.currentIndex()].name

    def choose(self, name: str, words: str, folder: Path) -> None:
        """Show what has this name, with these words, in this folder if it is one of them."""
        names = [choice.name for choice in choices()]
        self.states.setCurrentIndex(names.index(name) if name in names else 0)
        if folder in self._folder_paths:
            self.folders.setCurrentIndex(self._folder_paths.index(folder) + 1)
            self.folder_chosen.emit(folder)
        self.words.setText(words)
        self._typing.stop()
        self.words_typed.emit(words)

    def reset(self) -> None:
        """Show every picture."""
        self.states.setCurrentIndex(0)
        if self.folder is not None:
            self.folders.setCurrentIndex(0)
            self.folder_chosen.emit(None)
        self.words.clear()
        self._typing.stop()
        self.words_typed.emit("")
