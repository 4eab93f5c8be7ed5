"""Keeping: that drafts are kept is watched, and said as long as it is not so."""

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QMessageBox

from lorgnette.gui.batch.open_batch import OpenBatch
from lorgnette.gui.saying.notice import Notice
from lorgnette.gui.saying.translation import tr

_LOOK_MILLISECONDS = 500


class Keeping(QObject):
    """Shows a notice that stays for as long as changes cannot be kept."""

    def __init__(self, batch: OpenBatch, alarm: Notice) -> None:
        super().__init__(batch.window)
        self._batch = batch
        self._alarm = alarm
        self._said = ""
        timer = QTimer(self, interval=_LOOK_MILLISECONDS)
        timer.timeout.connect(self._look)
        timer.start()

    def may_close(self) -> bool:
        """Ask before changes that could not be kept are lost; tell whether to close."""
        if not self._batch.drafts.trouble:
            return True
        answer = QMessageBox.warning(
            self._batch.window,
            tr("Not kept"),
            tr(
                "The last changes could not be kept: {reason}. "
                "They are lost when the window closes."
            ).format(reason=self._batch.drafts.trouble),
            QMessageBox.StandardButton.Discard | QMessageBox.StandardButton.Cancel,
            QMessageBox.StandardButton.Cancel,
        )
        return answer == QMessageBox.StandardButton.Discard

    def _look(self) -> None:
        trouble = self._batch.drafts.trouble
        if trouble == self._said:
            return
        self._said = trouble
        if not trouble:
            self._alarm.setVisible(False)
            self._batch.announcer.say(tr("Your changes are kept again."))
            return
        text = tr(
            "Your changes are not kept on disk: {reason}. They are tried again each second; "
            "do not close the window before."
        ).format(reason=trouble)
        self._alarm.show_text(text, icon="error")
        self._batch.announcer.say(text)
