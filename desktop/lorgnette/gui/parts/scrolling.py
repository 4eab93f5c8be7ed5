"""What has the focus is in sight, all of it."""

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QScrollArea, QWidget

_MARGIN = 12


def show_whole(area: QScrollArea, widget: QWidget) -> None:
    """Scroll to a widget in an area: all of it where there is room, else where its caret is.

    Qt's own way looks at the caret of a text alone, so that the lines below it stay out of sight.
    """
    inner, height = area.widget(), widget.height() + 2 * _MARGIN
    if inner is not None and height <= area.viewport().height():
        place = widget.mapTo(inner, QPoint(0, 0))
        area.ensureVisible(place.x(), place.y() + widget.height() // 2, 0, height // 2)
    else:
        area.ensureWidgetVisible(widget, 20, 40)
