"""Icons drawn for the project, in the colours of the palette."""

import functools
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from lorgnette import paths
from lorgnette.gui.looks.colours import Colours, mixed

_SIZES = (16, 20, 24, 32, 48, 64)


def icon(name: str, colours: Colours) -> QIcon:
    """Return the icon name in the colours of words, faded where it is disabled."""
    result = QIcon()
    faded = mixed(colours.text, colours.window, 0.55)
    for size in _SIZES:
        result.addPixmap(pixmap(name, colours.text, size), QIcon.Mode.Normal)
        result.addPixmap(pixmap(name, faded, size), QIcon.Mode.Disabled)
    return result


def on_accent(name: str, colours: Colours) -> QIcon:
    """Return the icon name for what is filled with the accent."""
    result = QIcon()
    for size in _SIZES:
        result.addPixmap(pixmap(name, colours.on_accent, size))
    return result


def pixmap(name: str, colour: QColor, size: int, ratio: float = 1.0) -> QPixmap:
    """Return the icon name in one colour.

    Args:
        size: width and height in logical pixels.
        ratio: device pixels in a logical one.
    """
    return _pixmap(name, colour.name(), size, ratio)


@functools.lru_cache(maxsize=512)
def _pixmap(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    device = max(1, round(size * ratio))
    result = QPixmap(QSize(device, device))
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    _renderer(name, colour).render(painter, QRectF(0, 0, device, device))
    painter.end()
    result.setDevicePixelRatio(ratio)
    return result


def application_icon() -> QIcon:
    """Return the icon of the program."""
    result = QIcon()
    for size in (*_SIZES, 128, 256):
        result.addPixmap(pixmap("lorgnette", QColor("black"), size))
    return result


@functools.lru_cache(maxsize=256)
def _renderer(name: str, colour: str) -> QSvgRenderer:
    source = _path(name).read_text(encoding="utf-8").replace("currentColor", colour)
    return QSvgRenderer(QByteArray(source.encode()))


def _path(name: str) -> Path:
    return paths.resources() / "icons" / f"{name}.svg"
