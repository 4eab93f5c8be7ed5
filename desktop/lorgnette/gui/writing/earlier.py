"""What was written on earlier days, and can be undone."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialogButtonBox, QPushButton, QWidget

from lorgnette.gui.parts.list_dialog import ListDialog
from lorgnette.gui.saying.translation import number, tr, trn


class EarlierDialog(ListDialog):
    """The batches of the journal, the newest first, from the window and from the command line.

    Signals:
        undo_wanted: the number of a batch.
    """

    undo_wanted = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        """Make the dialog.

        Raises:
            JournalError: it cannot be read.
        """
        from lorgnette.jobs.journal import Journal

        super().__init__(
            tr("Earlier writes"),
            tr("What was written in the last 90 days, the newest first."),
            parent,
        )
        with Journal() as journal:
            self._batches = journal.history()
        self.undo = QPushButton(tr("&Undo this one"), self)
        self.undo.setAutoDefault(False)
        self.undo.clicked.connect(self._undo)
        self.buttons.addButton(self.undo, QDialogButtonBox.ButtonRole.ActionRole)
        lines = []
        for batch in self._batches:
            files = trn("{count} file", "{count} files", batch.files).format(
                count=number(batch.files)
            )
            notes = [
                tr("{count} undone").format(count=number(batch.undone)) if batch.undone else "",
                tr("{count} changed by others since").format(count=number(batch.changed))
                if batch.changed
                else "",
            ]
            moment = batch.started.astimezone().strftime("%Y-%m-%d %H:%M")
            what = tr("{moment}: {title}: {files}").format(
                moment=moment, title=batch.title, files=files
            )
            lines.append(", ".join(filter(None, (what, *notes))))
        self.show_lines(lines or [tr("Nothing was written yet.")])
        self.view.selectionModel().currentChanged.connect(self._fit)
        self._fit()

    def _fit(self) -> None:
        row = self.view.currentIndex().row()
        batch = self._batches[row] if 0 <= row < len(self._batches) else None
        self.undo.setEnabled(batch is not None and batch.undone + batch.changed < batch.files)

    def _undo(self) -> None:
        self.undo_wanted.emit(self._batches[self.view.currentIndex().row()].id)
        self.accept()
