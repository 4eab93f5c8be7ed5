"""How the batch stands: in the title, in the line at the foot, and in the window's face."""

from collections import Counter

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QMainWindow

from lorgnette.gui.batch.open_batch import OpenBatch
from lorgnette.gui.batch.picture import State
from lorgnette.gui.frame.body import Body
from lorgnette.gui.saying.translation import number, tr, trn

_REFRESH_MILLISECONDS = 80  # between two looks at the counts while a batch runs


class Status(QObject):
    """Keeps what the window says of the batch in step with it.

    Signals:
        refreshed: the counts were looked at.
    """

    refreshed = Signal()

    def __init__(self, window: QMainWindow, body: Body, batch: OpenBatch) -> None:
        super().__init__(window)
        self._window = window
        self._body = body
        self._batch = batch
        last_message = QLabel(window)
        last_message.setTextFormat(Qt.TextFormat.PlainText)
        self._counts = QLabel(window)
        self._counts.setProperty("muted", True)
        bar = window.statusBar()
        bar.setSizeGripEnabled(False)
        bar.setContentsMargins(12, 2, 12, 2)
        bar.addWidget(last_message, 1)
        bar.addPermanentWidget(self._counts)
        self._soon = QTimer(self, interval=_REFRESH_MILLISECONDS, singleShot=True)
        self._soon.timeout.connect(self.refresh)
        last_message.setMinimumWidth(1)  # F8 has all of it where the window is narrow
        # In one line, however many were spoken: they would push all else out of the window.
        batch.announcer.said.connect(lambda text: last_message.setText(" ".join(text.split())))
        batch.model.changed.connect(self._refresh_later)
        batch.model.removed.connect(self._refresh_later)
        batch.view.selectionModel().selectionChanged.connect(self._refresh_later)
        batch.progress.advanced.connect(self._refresh_later)
        self.refresh()

    def refresh(self) -> None:
        """Look at the counts now."""
        counts, total = self._batch.model.counts(), len(self._batch.model)
        self._body.show_batch(shown=bool(total))
        self._show_title()
        self._body.filters.show_counts(counts, self._batch.model.unwritten)
        self._body.filters.show_folders(self._batch.model)
        self._counts.setText(self._standing(counts) if total else "")
        self.refreshed.emit()

    def _standing(self, counts: Counter[State]) -> str:
        model, selected = self._batch.model, len(self._batch.view.selectionModel().selectedRows())
        parts = [
            tr("{count} selected").format(count=number(selected)) if selected > 1 else "",
            tr("{count} reviewed").format(
                count=number(counts[State.REVIEWED] + counts[State.DECORATIVE])
            ),
            tr("{count} of them not written").format(count=number(model.unwritten))
            if model.unwritten
            else "",
            tr("{count} to review").format(count=number(model.left())),
        ]
        return ", ".join(filter(None, parts))

    def _show_title(self) -> None:
        total, percent = len(self._batch.model), self._batch.progress.percent()
        pictures = trn("{count} picture", "{count} pictures", total).format(count=number(total))
        common = self._batch.model.common_folder()
        folder = "" if common is None else common.name
        parts = [
            tr("{number} %").format(number=number(percent)) if percent is not None else "",
            tr("{folder} ({pictures})").format(folder=folder, pictures=pictures)
            if folder
            else pictures,
            "lorgnette",
        ]
        self._window.setWindowTitle(" - ".join(filter(None, parts)) if total else "lorgnette")

    def _refresh_later(self) -> None:
        """Refresh at once where the window gets another face, else a moment later."""
        if self._body.is_empty == self._batch.any():
            self.refresh()
        elif not self._soon.isActive():
            self._soon.start()
