"""How many pictures have words: in all and in each folder, with a way to those that lack them."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialogButtonBox, QPushButton, QWidget

from lorgnette.gui.parts.list_dialog import ListDialog
from lorgnette.gui.saying.translation import number, tr, trn
from lorgnette.gui.standing.jobs import Counted
from lorgnette.jobs.status import Standing, Tally
from lorgnette.names import shown


class StandingDialog(ListDialog):
    """Sentences on all pictures and on each folder; stays open while work goes on.

    Signals:
        again_wanted: the files are to be read once more.
        next_wanted: paths of pictures that lack words; the person wants to see the next of them.
    """

    again_wanted = Signal()
    next_wanted = Signal(list)

    def __init__(self, folder_name: Callable[[Path], str], parent: QWidget) -> None:
        """Make the dialog.

        Args:
            folder_name: what a folder is called in the window.
        """
        super().__init__(tr("What the files say"), "", parent)
        self._folder_name = folder_name
        self._counted: Sequence[Counted] = ()
        self.next = QPushButton(tr("&Next without words"), self)
        self.again = QPushButton(tr("&Read again"), self)
        for button in (self.next, self.again):
            button.setAutoDefault(False)
            self.buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        self.next.clicked.connect(self._next)
        self.again.clicked.connect(self.again_wanted)
        self.view.activated.connect(lambda _: self._next())
        self.view.selectionModel().currentChanged.connect(lambda *_: self._refresh())
        self.show_reading()

    def show_reading(self) -> None:
        """Say that the files are being read."""
        self.heading.setText(tr("The files are being read…"))
        self.again.setEnabled(False)

    def show_counted(self, counted: Sequence[Counted]) -> None:
        """Show all, then the folders."""
        self._counted = counted
        self.again.setEnabled(True)
        missing = len(counted[0].missing) if counted else 0
        lacking = trn(
            "{count} picture lacks words in its file and beside it.",
            "{count} pictures lack words in their files and beside them.",
            missing,
        ).format(count=number(missing))
        self.heading.setText(
            tr("{lacking} Texts that are not written yet do not count.").format(lacking=lacking)
            if missing
            else tr("No picture lacks words.")
        )
        self.show_lines([self._line(each) for each in counted])
        self._refresh()

    def _line(self, counted: Counted) -> str:
        name = tr("All") if counted.folder is None else shown(self._folder_name(counted.folder))
        return tr("{folder}: {counts}").format(folder=name, counts=in_words(counted.tally))

    def _next(self) -> None:
        if missing := self._missing():
            self.next_wanted.emit(missing)

    def _missing(self) -> list[Path]:
        row = self.view.currentIndex().row()
        return self._counted[row].missing if 0 <= row < len(self._counted) else []

    def _refresh(self) -> None:
        self.next.setEnabled(bool(self._missing()))


def in_words(tally: Tally) -> str:
    """Return counts in words, without those that are none."""
    total = tally.standings.total()
    pictures = trn("{count} picture", "{count} pictures", total).format(count=number(total))
    parts = [
        _said(standing, count) for standing in Standing if (count := tally.standings[standing])
    ]
    if tally.conflicts:
        words = trn("{count} with a conflict", "{count} with conflicts", tally.conflicts)
        parts.append(words.format(count=number(tally.conflicts)))
    return ", ".join([pictures, *parts])


def _said(standing: Standing, count: int) -> str:
    words = {
        Standing.REVIEWED: tr("{count} reviewed"),
        Standing.DRAFT: trn("{count} draft", "{count} drafts", count),
        Standing.DECORATIVE: tr("{count} decorative"),
        Standing.CAPTION: tr("{count} with only a caption"),
        Standing.DECLINED: tr("{count} declined"),
        Standing.NONE: tr("{count} with none"),
        Standing.UNREADABLE: tr("{count} unreadable"),
    }
    return words[standing].format(count=number(count))
