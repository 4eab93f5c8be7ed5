"""How a row of the list is painted: thumbnail, name, words, state."""

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import (
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from lorgnette.gui.batch.model import FOLDER_ROLE, PICTURE_ROLE
from lorgnette.gui.batch.picture import Picture, state_words, why, written_words
from lorgnette.gui.batch.thumbnails import Thumbnails, scaled
from lorgnette.gui.looks import icons, theme
from lorgnette.gui.looks.colours import Colours, mixed
from lorgnette.gui.saying.translation import tr

_MARGIN = 10
_GAP = 12
_THUMBNAIL = 64  # logical pixels, at the usual text size
_BAR = 4  # of the mark at the edge of the selected row


def _side() -> int:
    return theme.grown(_THUMBNAIL)


class PictureDelegate(QStyledItemDelegate):
    """Paints a row; what it paints is also in the row's accessible text."""

    def __init__(self, thumbnails: Thumbnails, colours: Colours, view: QWidget) -> None:
        super().__init__(view)
        self._view = view
        self._thumbnails = thumbnails
        self._colours = colours
        self._cut: dict[tuple[int, float], QPixmap] = {}

    def wear(self, colours: Colours) -> None:
        """Paint with these colours from now on."""
        self._colours = colours

    def sizeHint(
        self,
        option: QStyleOptionViewItem,  # noqa: ARG002 - all rows are alike
        index: QModelIndex | QPersistentModelIndex,  # noqa: ARG002
    ) -> QSize:
        lines = 3 * QFontMetrics(self._view.font()).lineSpacing() + 8
        return QSize(240, max(_side(), lines) + 2 * _MARGIN)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        picture = index.data(PICTURE_ROLE)
        if not isinstance(picture, Picture):
            return
        colours, rect = self._colours, option.rect
        state = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        focused = bool(state & QStyle.StateFlag.State_HasFocus) and self._view.hasFocus()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(rect, colours.selection if selected else colours.base)
        if selected:
            painter.fillRect(QRect(rect.left(), rect.top(), _BAR, rect.height()), colours.accent)
        inset = _BAR + _MARGIN + _side() + _GAP
        painter.fillRect(
            QRect(rect.left() + inset, rect.bottom(), rect.width() - inset, 1), colours.hairline
        )
        self._paint_thumbnail(painter, picture, rect)
        left = rect.left() + _BAR + _MARGIN + _side() + _GAP
        self._paint_words(
            painter,
            picture,
            str(index.data(FOLDER_ROLE)),
            QRect(left, rect.top(), rect.right() - left - _GAP, rect.height()),
        )
        if selected and colours.high_contrast:
            painter.setPen(QPen(colours.accent, 1, Qt.PenStyle.DashLine))
            painter.drawRect(rect.adjusted(4, 3, -4, -4))
        if focused:
            painter.setPen(QPen(colours.accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect.adjusted(1, 1, -1, -2))
        painter.restore()

    def _paint_thumbnail(self, painter: QPainter, picture: Picture, rect: QRect) -> None:
        frame = QRect(
            rect.left() + _BAR + _MARGIN,
            rect.top() + (rect.height() - _side()) // 2,
            _side(),
            _side(),
        )
        shape = QPainterPath()
        shape.addRoundedRect(frame, 6, 6)
        pixmap = self._thumbnails.pixmap(picture.path)
        if pixmap is not None:
            ratio = painter.device().devicePixelRatioF()
            painter.save()
            painter.setClipPath(shape)
            painter.drawPixmap(frame.topLeft(), self._cut_out(pixmap, frame.size(), ratio))
            painter.restore()
            painter.setPen(QPen(self._colours.hairline, 1))  # a white picture has an edge, too
            painter.drawPath(shape)
            return
        painter.fillPath(shape, mixed(self._colours.base, self._colours.text, 0.06))
        broken = self._thumbnails.broken(picture.path)
        name, colour = (
            ("state-failed", self._colours.states["failed"])
            if broken else ("picture", self._colours.muted)
        )  # fmt: skip
        symbol = icons.pixmap(name, colour, 24, painter.device().devicePixelRatioF())
        painter.drawPixmap(frame.center().x() - 11, frame.center().y() - 11, symbol)

    def _cut_out(self, pixmap: QPixmap, size: QSize, ratio: float) -> QPixmap:
        key = (pixmap.cacheKey(), ratio)
        if key not in self._cut:
            if len(self._cut) > 400:
                self._cut.clear()
            self._cut[key] = scaled(pixmap, size, ratio)
        return self._cut[key]

    def _paint_words(self, painter: QPainter, picture: Picture, folder: str, rect: QRect) -> None:
        colours = self._colours
        strong = QFont(self._view.font())
        strong.setWeight(QFont.Weight.DemiBold)
        plain = QFontMetrics(self._view.font())
        line = plain.lineSpacing()
        top = rect.top() + (rect.height() - 3 * line - 8) // 2
        bold = QFontMetrics(strong)
        # The folder has the room that the name leaves; of its name the end tells most.
        wide = bold.horizontalAdvance(picture.path.name)
        room = rect.width() - wide - _GAP
        folder = plain.elidedText(folder, Qt.TextElideMode.ElideLeft, room) if room > 40 else ""
        name = bold.elidedText(picture.path.name, Qt.TextElideMode.ElideMiddle, rect.width())
        painter.setFont(strong)
        painter.setPen(colours.text)
        painter.drawText(QRect(rect.left(), top, rect.width(), line), 0, name)
        painter.setFont(self._view.font())
        if folder:
            painter.setPen(colours.muted)
            painter.drawText(QRect(rect.left() + wide + _GAP, top, room, line), 0, folder)
            painter.setPen(colours.text)
        words = picture.alt.text
        if not words:
            painter.setPen(colours.muted)
            words = why(picture)
        words = plain.elidedText(words, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(QRect(rect.left(), top + line + 4, rect.width(), line), 0, words)
        self._paint_state(
            painter, picture, QRect(rect.left(), top + 2 * line + 8, rect.width(), line)
        )

    def _paint_state(self, painter: QPainter, picture: Picture, rect: QRect) -> None:
        state = picture.state
        colour = self._colours.states[state.value]
        size = rect.height()
        symbol = icons.pixmap(
            f"state-{state.value}", colour, size, painter.device().devicePixelRatioF()
        )
        painter.drawPixmap(rect.left(), rect.top(), symbol)
        painter.setPen(colour)
        words = state_words(state)
        painter.drawText(rect.adjusted(size + 6, 0, 0, 0), 0, words)
        if mark := written_words(picture):
            left = size + 6 + painter.fontMetrics().horizontalAdvance(words)
            painter.setPen(self._colours.text if picture.unwritten else self._colours.muted)
            painter.drawText(
                rect.adjusted(left, 0, 0, 0), 0, tr(", {written}").format(written=mark)
            )
