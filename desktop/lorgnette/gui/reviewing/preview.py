"""The picture, large."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QLabel,
    QSizePolicy,
    QWidget,
)


class Preview(QLabel):
    """The picture, as large as there is room; its accessible name is its alt text.

    Signals:
        fitted: another picture is shown.
    """

    fitted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._whole = QPixmap()
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setMinimumSize(60, 60)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)

    def show_picture(self, whole: QPixmap) -> None:
        """Show a picture; a null pixmap shows none."""
        self._whole = whole
        self._fit()
        if not whole.isNull():  # while the next one is decoded, nothing jumps
            self.fitted.emit()

    def height_for(self, width: int) -> int:
        """Return the height that the whole picture has in a width, or a usual one without any."""
        if self._whole.isNull():
            return width * 3 // 4
        return round(width * self._whole.height() / self._whole.width())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._whole.isNull():
            self.clear()
            return
        ratio = self.devicePixelRatioF()
        room = self.contentsRect().size() * ratio
        room = room.boundedTo(self._whole.size().expandedTo(QSize(1, 1)) * max(1.0, ratio))
        fitted = self._whole.scaled(
            room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        fitted.setDevicePixelRatio(ratio)
        self.setPixmap(fitted)
