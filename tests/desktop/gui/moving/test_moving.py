"""An animation is played when a person asks, stops itself, and tells its frames one by one."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from lorgnette.gui.batch.picture import Moment, Suggestion
from lorgnette.gui.main_window import MainWindow

pytestmark = pytest.mark.gui

MOMENTS = (
    Moment(seconds=0.0, text="A red picture.", confidence=0.7, seen=(("boat", 0.8),)),
    Moment(seconds=0.2, text="", confidence=0.0, reason="it is blank"),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with an animation of red, green and blue, and with a picture."""
    folder = tmp_path / "moving"
    folder.mkdir()
    frames = [Image.new("RGB", (64, 48), colour) for colour in ("red", "lime", "blue")]
    frames[0].save(
        folder / "1 moves.gif", save_all=True, append_images=frames[1:], duration=100, loop=0
    )
    frames[0].save(folder / "2 rests.png")
    return folder


@pytest.fixture
def opened(qtbot: QtBot, window: MainWindow, folder: Path) -> MainWindow:
    """A window with both, the animation current and decoded."""
    window.adding.add([folder])
    qtbot.waitUntil(lambda: len(window.batch.model) == 2)
    window.batch.view.go_to(folder / "1 moves.gif")
    qtbot.waitUntil(window.moving.strip.play.isVisible)
    preview = window.body.panel.preview
    qtbot.waitUntil(lambda: not preview.whole.isNull())
    return window


def colour(window: MainWindow) -> QColor:
    image = window.body.panel.preview.pixmap().toImage()
    return image.pixelColor(image.width() // 2, image.height() // 2)


def looked_at(window: MainWindow, path: Path) -> None:
    picture = window.batch.model.picture(path)
    assert picture is not None
    said = Suggestion(text="A red picture.", confidence=0.7, moments=MOMENTS)
    window.batch.model.put([dataclasses.replace(picture, suggestion=said)])


def test_it_rests_until_it_is_asked_plays_once_and_stops_itself(
    qtbot: QtBot, opened: MainWindow
) -> None:
    moving, strip = opened.moving, opened.moving.strip
    assert not moving.playing
    assert strip.length.text() == "Animation, 0.3 seconds"
    assert (strip.play.text(), colour(opened).name()) == ("Play", "#ff0000")
    with qtbot.waitSignal(opened.batch.announcer.said) as said:
        qtbot.keyClick(opened, Qt.Key.Key_F4)
    assert said.args == ["Plays: 0.3 seconds."]
    assert moving.playing
    assert strip.play.text() == "Stop"
    qtbot.waitUntil(lambda: colour(opened).name() == "#0000ff")
    qtbot.waitUntil(lambda: not moving.playing)
    assert (strip.play.text(), colour(opened).name()) == ("Play", "#ff0000")


def test_tab_comes_by_on_its_way_from_the_list_to_the_text(
    qtbot: QtBot, opened: MainWindow, folder: Path
) -> None:
    looked_at(opened, folder / "1 moves.gif")
    strip = opened.moving.strip
    opened.batch.view.setFocus()
    seen = []
    for _ in range(4):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        seen.append(QApplication.focusWidget())
    assert seen == [strip.play, strip.previous, strip.next, opened.body.panel.field]


def test_a_second_press_and_another_picture_stop_it(
    qtbot: QtBot, opened: MainWindow, folder: Path
) -> None:
    strip = opened.moving.strip
    strip.play.click()
    strip.play.click()
    assert not opened.moving.playing
    strip.play.click()
    assert opened.moving.playing
    opened.batch.view.go_to(folder / "2 rests.png")
    assert not opened.moving.playing
    assert not strip.isVisible()
    assert not opened.actions_["play"].isEnabled()


def test_it_stops_where_nobody_sees_it(opened: MainWindow) -> None:
    opened.moving.strip.play.click()
    opened.hide()
    assert not opened.moving.playing


def test_the_frames_that_were_looked_at_are_stepped_through_and_spoken(
    qtbot: QtBot, opened: MainWindow, folder: Path
) -> None:
    strip = opened.moving.strip
    assert not strip.next.isVisible()
    looked_at(opened, folder / "1 moves.gif")
    assert strip.next.isVisible()
    with qtbot.waitSignal(opened.batch.announcer.said) as said:
        qtbot.keyClick(opened, Qt.Key.Key_F3)
    first = "Frame 1 of 2, at 0.0 seconds: A red picture. Seen: boat."
    assert said.args == [first]
    assert strip.frame.text() == first
    strip.next.click()
    assert strip.frame.text() == "Frame 2 of 2, at 0.2 seconds: it is blank."
    assert colour(opened).name() == "#0000ff"
    strip.next.click()
    assert strip.frame.text() == first
    strip.previous.click()
    assert strip.frame.text().startswith("Frame 2")
    opened.batch.view.go_to(folder / "2 rests.png")
    assert not strip.isVisible()
    opened.batch.view.go_to(folder / "1 moves.gif")
    assert not strip.frame.isVisible()


def test_what_was_looked_at_is_there_again_the_next_day(
    open_window: Callable[..., MainWindow], qtbot: QtBot, opened: MainWindow, folder: Path
) -> None:
    looked_at(opened, folder / "1 moves.gif")
    opened.close()
    again = open_window()
    again.adding.restore()
    qtbot.waitUntil(lambda: len(again.batch.model) == 2)
    picture = again.batch.model.picture(folder / "1 moves.gif")
    assert picture is not None
    assert picture.suggestion is not None
    assert picture.suggestion.moments == MOMENTS
