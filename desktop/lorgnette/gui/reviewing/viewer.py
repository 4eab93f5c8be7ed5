"""A real look at a picture: as large as the screen, pixel by pixel, moved under the eye."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGraphicsPixmapItem,
    QGraphicsScene,
    QGraphicsView,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from lorgnette.gui.batch.picture import Picture
from lorgnette.gui.saying.translation import number, tr

LOOK_SIDE = 6000  # pixels of the longer side that are decoded for it
_STEP = 1.25  # of the scale, a key or a notch of the wheel
_LARGEST = 16.0


class _Canvas(QGraphicsView):
    """The pixels; fitted into the room until the scale is changed.

    Signals:
        scaled: logical pixels of the screen for one of the picture.
    """

    scaled = Signal(float)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._scene = QGraphicsScene(self)
        self._item = QGraphicsPixmapItem()
        self._item.setTransformationMode(Qt.TransformationMode.SmoothTransformation)
        self._scene.addItem(self._item)
        self.setScene(self._scene)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._fitted = True

    def show_pixels(self, pixmap: QPixmap) -> None:
        """Show these pixels, all of them."""
        self._item.setPixmap(pixmap)
        self._scene.setSceneRect(self._item.boundingRect())
        self.fit()

    def fit(self) -> None:
        """Show the whole picture."""
        self._fitted = True
        if not self._item.pixmap().isNull():
            self.fitInView(self._item, Qt.AspectRatioMode.KeepAspectRatio)
            self._tell()

    def show_scale(self, scale: float) -> None:
        """Show the picture with this many pixels of the screen for one of its own."""
        if self._item.pixmap().isNull():
            return
        self._fitted = False
        scale = min(scale, _LARGEST) / self.devicePixelRatioF()
        by = scale / self.transform().m11()
        self.scale(by, by)
        self._tell()

    def grow(self, by: float) -> None:
        """Make the picture larger or smaller."""
        self.show_scale(self.transform().m11() * self.devicePixelRatioF() * by)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.grow(_STEP if event.angleDelta().y() > 0 else 1 / _STEP)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fitted:
            self.fit()

    def _tell(self) -> None:
        self.scaled.emit(self.transform().m11() * self.devicePixelRatioF())


class Viewer(QDialog):
    """Shows one picture in a window of its own.

    Signals:
        stepped: 1 or -1: the person wants the next or the previous picture.
    """

    stepped = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.path: Path | None = None
        self.canvas = _Canvas(self)
        self._words = QLabel(self)
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self.scale = QLabel(self)
        self.scale.setProperty("muted", True)
        row = QHBoxLayout()
        row.setContentsMargins(14, 6, 14, 8)
        row.addWidget(self._words, 1)
        row.addWidget(self.scale)
        for words, act in (
            (tr("&Whole (0)"), self.canvas.fit),
            (tr("&1 to 1 (1)"), lambda: self.canvas.show_scale(1.0)),
            (tr("&Full screen (F11)"), self.change_screen),
            (tr("&Close (Esc)"), self.close),
        ):
            button = QPushButton(words, self)
            button.setAutoDefault(False)
            button.clicked.connect(act)
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.canvas, 1)
        layout.addLayout(row)
        self.canvas.scaled.connect(self._show_scale)
        self.resize(self.screen().availableSize() * 0.9)

    def show_picture(self, picture: Picture, pixels: QPixmap) -> None:
        """Show a picture; these pixels are those at hand, finer ones come with `show_pixels`."""
        self.path = picture.path
        self.setWindowTitle(picture.path.name)
        self.canvas.setAccessibleName(picture.path.name)
        self._words.setText(picture.alt.text or tr("no alt text yet"))
        self.canvas.show_pixels(pixels)

    def show_pixels(self, path: Path, pixels: QPixmap) -> None:
        """Show the pixels of a picture, if it is still the one that is shown."""
        if path == self.path and not pixels.isNull():
            self.canvas.show_pixels(pixels)

    def done(self, result: int) -> None:
        """Close the window, and let go of the pixels: they may be a hundred megabytes."""
        super().done(result)
        self.path = None
        self.canvas.show_pixels(QPixmap())

    def change_screen(self) -> None:
        """Fill the screen, or a window again."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in {Qt.Key.Key_Plus, Qt.Key.Key_Equal}:
            self.canvas.grow(_STEP)
        elif key == Qt.Key.Key_Minus:
            self.canvas.grow(1 / _STEP)
        elif key == Qt.Key.Key_0:
            self.canvas.fit()
        elif key == Qt.Key.Key_1:
            self.canvas.show_scale(1.0)
        elif key == Qt.Key.Key_F11:
            self.change_screen()
        elif key in {Qt.Key.Key_Right, Qt.Key.Key_PageDown}:
            self.stepped.emit(1)
        elif key in {Qt.Key.Key_Left, Qt.Key.Key_PageUp}:
            self.stepped.emit(-1)
        else:
            super().keyPressEvent(event)

    def _show_scale(self, scale: float) -> None:
        self.scale.setText(tr("{number} %").format(number=number(100 * scale)))
