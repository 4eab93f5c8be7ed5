"""The toolbar."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot

from lorgnette.gui.frame.toolbar import Toolbar
from lorgnette.gui.looks import theme
from lorgnette.gui.parts.actions import Actions

pytestmark = pytest.mark.gui


def test_a_toolbar_has_words_where_they_fit_from_the_start(
    qtbot: QtBot, qapp: QApplication
) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    actions = Actions(window)
    actions.wear(theme.apply(qapp, "light"))  # with icons
    bar = Toolbar(actions, window)
    window.addToolBar(bar)
    bar.fit(bar.sizeHint().width() + 1)  # what icons alone need
    assert bar.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonIconOnly
    bar.fit(10_000)
    assert bar.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonTextBesideIcon
