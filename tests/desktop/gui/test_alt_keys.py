"""Each Alt key does one thing: in the window, in each dialog, in each menu.

The program speaks one language yet; a catalogue in resources/locale is to be put through this too.
"""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QDialogButtonBox,
    QGroupBox,
    QLabel,
    QMenu,
    QWidget,
)
from pytestqt.qtbot import QtBot

from lorgnette.gui.main_window import MainWindow

pytestmark = pytest.mark.gui

ACTS = (  # each opens a dialog
    "settings", "write", "replace", "take_note", "standing", "first_steps", "shortcuts", "messages",
    "about", "earlier", "look", "quit",
)  # fmt: skip
DESKTOPS = {  # keys that GNOME and KDE give to buttons of theirs
    QDialogButtonBox.StandardButton.Ok: "O",
    QDialogButtonBox.StandardButton.Cancel: "C",
    QDialogButtonBox.StandardButton.Close: "C",
}


def key_of(words: str) -> str:
    """Return the letter behind the single &, as in "&Find"; empty where there is none."""
    _, mark, rest = words.replace("&&", "").partition("&")
    return rest[:1].upper() if mark else ""


def keys_of(window: QWidget) -> list[tuple[str, str]]:
    """Return each key of a window with the words that it stands in, whatever is visible now."""
    found: list[tuple[str, str]] = []
    for part in window.findChildren(QWidget):
        if part.window() is not window:
            continue
        if isinstance(part, QAbstractButton):
            words = part.text()
            box = part.parent()
            if isinstance(box, QDialogButtonBox):
                usual = DESKTOPS.get(box.standardButton(part), "")
                found += [(usual, words)] if usual and not key_of(words) else []
        elif isinstance(part, QLabel) and part.buddy() is not None:
            words = part.text()
        elif isinstance(part, QGroupBox):
            words = part.title()
        else:
            continue
        if key_of(words):
            found.append((key_of(words), words))
    return found


def doubled(found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    keys = [key for key, _ in found]
    return sorted((key, words) for key, words in found if keys.count(key) > 1)


def test_the_window_has_each_alt_key_once(captioned: MainWindow) -> None:
    captioned.body.progress.begin("some job", "{done} of {total}")
    menus = [(key_of(a.text()), a.text()) for a in captioned.menuBar().actions()]
    found = menus + keys_of(captioned)
    assert {"F", "A", "D"} <= {key for key, _ in found}
    assert doubled(found) == []


def test_each_menu_has_each_alt_key_once(captioned: MainWindow) -> None:
    def menus(menu: QMenu) -> Iterator[QMenu]:
        yield menu
        for action in menu.actions():
            below = action.menu()
            if isinstance(below, QMenu):
                yield from menus(below)

    for top in captioned.menuBar().actions():
        bar_menu = top.menu()
        assert isinstance(bar_menu, QMenu)
        for menu in menus(bar_menu):
            entries = [(key_of(a.text()), a.text()) for a in menu.actions() if key_of(a.text())]
            assert doubled(entries) == [], menu.title()


def test_each_dialog_has_each_alt_key_once(qtbot: QtBot, captioned: MainWindow) -> None:
    captioned.reviewing.accept_current()
    found: dict[str, list[tuple[str, str]]] = {}

    def look() -> None:
        dialogs = [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog)]
        for dialog in (dialog for dialog in dialogs if dialog.isVisible()):
            found[act] = keys_of(dialog)
            dialog.reject()

    timer = QTimer(interval=20)
    timer.timeout.connect(look)
    timer.start()
    for act in ACTS:
        captioned.actions_[act].trigger()
        qtbot.waitUntil(lambda: act in found)  # noqa: B023 - called at once
    timer.stop()
    assert captioned.isVisible()  # the question on quitting was answered by Cancel
    assert all(found.values())
    assert {act: doubled(keys) for act, keys in found.items() if doubled(keys)} == {}
