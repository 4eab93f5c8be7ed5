"""The menu of a row of the list."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu

from lorgnette.gui.batch.view import BatchView
from lorgnette.gui.parts.actions import Actions

_NAMES = (
    "look",
    "accept_selected",
    "decorate_selected",
    "caption_selected",
    "write_selected",
    "copy_plain",
    "copy_html",
    "copy_markdown",
    "copy_files",
    "copy_paths",
    "show_in_folder",
    "open_elsewhere",
    "remove",
)


def show_row_menu(view: BatchView, actions: Actions, at: QPoint) -> None:
    """Open the menu at a point of the list's viewport."""
    menu = QMenu(view)
    menu.addActions([actions[name] for name in _NAMES])
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.popup(view.viewport().mapToGlobal(at))
