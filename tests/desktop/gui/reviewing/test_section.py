"""What a screen reader sees of a heading that opens and closes."""

import gc

import pytest
from PySide6.QtGui import QAccessible, QAccessibleActionInterface
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken

from lorgnette.gui.looks.colours import colours_of
from lorgnette.gui.looks.theme import own_palette
from lorgnette.gui.reviewing.section import Section

pytestmark = pytest.mark.gui

COLOURS = colours_of(own_palette("light"), high_contrast=False)


def test_a_heading_says_that_it_can_be_expanded_and_is_pressed(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    section = Section("De&tails", QLabel("content", parent), COLOURS, parent)
    seen = QAccessible.queryAccessibleInterface(section.toggle)
    assert seen.role() == QAccessible.Role.Button
    assert seen.text(QAccessible.Text.Name) == "Details"
    state = seen.state()
    assert (state.expandable, state.expanded, state.collapsed) == (True, False, True)
    press = QAccessibleActionInterface.pressAction()
    assert press in seen.actionInterface().actionNames()
    seen.actionInterface().doAction(press)
    assert section.is_open
    state = seen.state()
    assert (state.expandable, state.expanded, state.collapsed) == (True, True, False)


def test_headings_come_and_go_while_somebody_looks_at_them(qtbot: QtBot) -> None:
    """Qt owns what Python made for it: neither may free it twice."""
    for _ in range(200):
        parent = QWidget()
        section = Section("Details", QLabel(parent), COLOURS, parent)
        assert QAccessible.queryAccessibleInterface(section.toggle).state().expandable
        Shiboken.delete(parent)
        gc.collect(0)
