"""Long choices go on in a second line, and are one sentence to a screen reader."""

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QCheckBox, QRadioButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from lorgnette.gui.parts.wrapping import wrap_words

pytestmark = pytest.mark.gui

WORDS = "Caption pictures as soon as they are &added"


@pytest.mark.parametrize("kind", [QCheckBox, QRadioButton])
def test_words_wrap_with_the_room_there_is(
    qtbot: QtBot, kind: type[QCheckBox | QRadioButton]
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    button = kind(WORDS, window)
    QVBoxLayout(window).addWidget(button)
    wide = button.sizeHint().width()
    wrap_words(button)
    window.resize(2 * wide, 300)
    window.show()
    assert button.text() == WORDS
    window.resize(wide * 2 // 3, 300)
    qtbot.waitUntil(lambda: "\n" in button.text())
    assert button.sizeHint().width() <= button.width()
    assert button.text().split() == WORDS.split()
    name = QAccessible.queryAccessibleInterface(button).text(QAccessible.Text.Name)
    assert name == "Caption pictures as soon as they are added"
    button.setText("Replace the &3 others, which other people have written")
    window.resize(wide * 2 // 3 + 1, 300)
    qtbot.waitUntil(lambda: button.text().count("\n") > 0)
    assert button.accessibleName() == "Replace the 3 others, which other people have written"
    window.resize(3 * wide, 300)
    qtbot.waitUntil(lambda: "\n" not in button.text())
