"""Keeping: that drafts are kept is watched, and said as long as it is not so."""

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QMessageBox

from lorgnette.gui.batch.open_batch import OpenBatch
from lorgnette.gui.saying.notice import Notice
from lorgnette.gui.saying.translation import number, tr, trn

_LOOK_MILLISECONDS = 500


class Keeping(QObject):
    """Shows a notice that stays for as long as changes cannot be kept.

    Signals:
        write_wanted: the person wants the texts on disk before leaving.
    """

    write_wanted = Signal()

    def __init__(self, batch: OpenBatch, alarm: Notice) -> None:
        super().__init__(batch.window)
        self._batch = batch
        self._alarm = alarm
        self._said = ""
        self.quiet = False  # whether the person wants no word on quitting
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

    def may_quit(self) -> bool:
        """Say what is decided and not written before a person leaves; tell whether they do."""
        count = self._batch.model.unwritten
        if not count or self.quiet:
            return True
        box = QMessageBox(self._batch.window)
        box.setIcon(QMessageBox.Icon.Information)
        box.setWindowTitle(tr("Not written yet"))
        box.setText(
            trn(
                "{count} picture is reviewed, and its text is not on disk yet. "
                "It stays in the batch and is here at the next start.",
                "{count} pictures are reviewed, and their texts are not on disk yet. "
                "They stay in the batch and are here at the next start.",
                count,
            ).format(count=number(count))
        )
        never = QCheckBox(tr("Do not &say this again"), box)
        box.setCheckBox(never)
        leave = box.addButton(tr("&Quit"), QMessageBox.ButtonRole.AcceptRole)
        write = box.addButton(tr("&Write…"), QMessageBox.ButtonRole.ActionRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(leave)
        box.exec()
        self.quiet = self.quiet or never.isChecked()
        if box.clickedButton() is write:
            self.write_wanted.emit()
        return box.clickedButton() is leave

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
