"""How the batch stands: in the title, in the line at the foot, and in the window's face."""

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
        batch.announcer.said.connect(last_message.setText)
        batch.model.changed.connect(self._refresh_later)
        batch.model.removed.connect(self._refresh_later)
        batch.progress.advanced.connect(self._refresh_later)
        self.refresh()

    def refresh(self) -> None:
        """Look at the counts now."""
        counts, total = self._batch.model.counts(), len(self._batch.model)
        self._body.show_batch(shown=bool(total))
        self._show_title()
        self._body.filters.show_counts(counts)
        self._counts.setText(
            tr("{reviewed} reviewed, {left} to review").format(
                reviewed=number(counts[State.REVIEWED] + counts[State.DECORATIVE]),
                left=number(self._batch.model.left()),
            )
            if total
            else ""
        )
        self.refreshed.emit()

    def _show_title(self) -> None:
        total, percent = len(self._batch.model), self._batch.progress.percent()
        pictures = trn("{count} picture", "{count} pictures", total).format(count=number(total))
        folder = self._batch.model.common_folder()
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
