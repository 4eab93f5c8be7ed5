"""The picture, large."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QLabel,
    QSizePolicy,
    QWidget,
)

_SIDE_STEP = 640  # pixels; a window that grows does not decode at each of them
_MOST_TIMES = 4  # that a small picture is made larger


class Preview(QLabel):
    """The picture, as large as there is room; its accessible name is its alt text.

    Signals:
        fitted: another picture is shown.
        looked: the person wants a real look at it.
        outgrown: pixels of the longer side that there is room for.
    """

    fitted = Signal()
    looked = Signal()
    outgrown = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._whole = QPixmap()
        self._frame = QPixmap()  # of what moves, in the place of the whole; null: none
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setMinimumSize(60, 60)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)

    def show_picture(self, whole: QPixmap) -> None:
        """Show a picture; a null pixmap shows none."""
        self._whole = whole
        self._frame = QPixmap()
        self._fit()
        if not whole.isNull():  # while the next one is decoded, nothing jumps
            self.fitted.emit()

    def show_frame(self, frame: QPixmap) -> None:
        """Show a frame of what moves in the place of the picture; a null pixmap ends it."""
        self._frame = frame
        self._fit()

    @property
    def whole(self) -> QPixmap:
        """The pixels that are known."""
        return self._whole

    def wanted_side(self, least: int) -> int:
        """Return how many pixels of the longer side there is room for, at least these."""
        room = self.contentsRect().size() * self.devicePixelRatioF()
        steps = -(-max(room.width(), room.height()) // _SIDE_STEP)
        return max(least, steps * _SIDE_STEP)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.looked.emit()
        event.accept()

    def height_for(self, width: int) -> int:
        """Return the height that the whole picture has in a width, or a usual one without any."""
        if self._whole.isNull():
            return width * 3 // 4
        return round(width * self._whole.height() / self._whole.width())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        self.outgrown.emit(self.wanted_side(0))

    def _fit(self) -> None:
        if self._whole.isNull():
            self.clear()
            return
        ratio = self.devicePixelRatioF()
        room = self.contentsRect().size() * ratio
        room = room.boundedTo(self._whole.size().expandedTo(QSize(1, 1)) * _MOST_TIMES * ratio)
        shown = self._whole if self._frame.isNull() else self._frame
        fitted = shown.scaled(
            room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        fitted.setDevicePixelRatio(ratio)
        self.setPixmap(fitted)
