"""The marks of check boxes, radio buttons and arrows, as the style sheet wants them: as files."""

import hashlib
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF

from lorgnette import paths
from lorgnette.gui.looks.colours import Colours

_SIDE = 18
_TICK = [QPointF(4.6, 9.4), QPointF(7.7, 12.4), QPointF(13.4, 5.9)]
_ARROW = [QPointF(4, 6.6), QPointF(9, 11.6), QPointF(14, 6.6)]


def folder(colours: Colours, side: int) -> Path:
    """Return the folder with the marks in these colours, drawn if they are not there yet.

    Args:
        side: of the marks, in logical pixels.
    """
    key = "-".join(
        colour.name()
        for colour in (colours.base, colours.outline, colours.accent, colours.on_accent,
                       colours.text)
    )  # fmt: skip
    key += f" {side}"
    result = paths.user_cache("marks") / hashlib.sha256(key.encode()).hexdigest()[:12]
    names = ("check-off", "check-on", "radio-off", "radio-on", "up", "down")
    if not all((result / f"{name}@2x.png").is_file() for name in names):
        result.mkdir(parents=True, exist_ok=True)
        for name in names:
            for ratio, suffix in ((1, ""), (2, "@2x")):
                _drawn(name, colours, ratio * side / _SIDE).save(
                    str(result / f"{name}{suffix}.png")
                )
    return result


def _drawn(name: str, colours: Colours, ratio: float) -> QPixmap:
    pixmap = QPixmap(round(_SIDE * ratio), round(_SIDE * ratio))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.scale(ratio, ratio)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    on = name.endswith("-on")
    frame = QRectF(1, 1, _SIDE - 2, _SIDE - 2)
    painter.setPen(QPen(colours.accent if on else colours.outline, 1.4))
    painter.setBrush(colours.accent if on else colours.base)
    if name.startswith("check"):
        painter.drawRoundedRect(frame, 4, 4)
        if on:
            _stroke(painter, _TICK, colours.on_accent)
    elif name.startswith("radio"):
        painter.drawEllipse(frame)
        if on:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.on_accent)
            painter.drawEllipse(QPointF(_SIDE / 2, _SIDE / 2), 3.4, 3.4)
    else:
        if name == "up":
            painter.translate(0, _SIDE)
            painter.scale(1, -1)
        _stroke(painter, _ARROW, colours.text)
    painter.end()
    return pixmap


def _stroke(painter: QPainter, points: list[QPointF], colour: QColor) -> None:
    pen = QPen(colour, 2)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(QPolygonF(points))
