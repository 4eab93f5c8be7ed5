"""What could not be captioned, and why."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QPushButton,
    QWidget,
)

from lorgnette.gui.batch.picture import Picture
from lorgnette.gui.parts.list_dialog import ListDialog
from lorgnette.gui.saying.translation import tr, trn


class FailuresDialog(ListDialog):
    """Pictures that could not be read or captioned, with the reason; stays open while work goes on.

    Signals:
        retry_wanted: paths to try again.
        shown: the path of a picture to show in the list.
    """

    retry_wanted = Signal(list)
    shown = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(tr("Failures"), "", parent)
        self._pictures: list[Picture] = []
        self.retry = QPushButton(tr("&Retry all"), self)
        self.show_one = QPushButton(tr("&Show in the list"), self)
        for button in (self.retry, self.show_one):
            button.setAutoDefault(False)
            self.buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        self.retry.clicked.connect(self._retry)
        self.show_one.clicked.connect(self._show_one)

    def show_failures(self, pictures: Sequence[Picture]) -> None:
        """List these pictures."""
        self._pictures = list(pictures)
        self.heading.setText(
            trn(
                "{count} picture failed. The others are not affected.",
                "{count} pictures failed. The others are not affected.",
                len(pictures),
            ).format(count=len(pictures))
            if pictures
            else tr("No picture has failed.")
        )
        self.show_lines([p.suggestion.reason for p in self._pictures if p.suggestion is not None])
        self.retry.setEnabled(bool(pictures))
        self.show_one.setEnabled(bool(pictures))

    def _retry(self) -> None:
        self.retry_wanted.emit([picture.path for picture in self._pictures])

    def _show_one(self) -> None:
        row = self.view.currentIndex().row()
        if 0 <= row < len(self._pictures):
            self.shown.emit(self._pictures[row].path)
