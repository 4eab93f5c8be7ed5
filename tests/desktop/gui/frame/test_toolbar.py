"""The toolbar."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from lorgnette.gui.frame.toolbar import Toolbar
from lorgnette.gui.main_window import MainWindow

pytestmark = pytest.mark.gui


def test_a_toolbar_has_words_where_they_fit_from_the_start(
    qtbot: QtBot, window: MainWindow
) -> None:
    another = QMainWindow()
    qtbot.addWidget(another)
    bar = Toolbar(window.actions_, another)  # with icons
    another.addToolBar(bar)
    bar.fit(bar.sizeHint().width() + 1)  # what icons alone need
    assert bar.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonIconOnly
    bar.fit(10_000)
    assert bar.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonTextBesideIcon
