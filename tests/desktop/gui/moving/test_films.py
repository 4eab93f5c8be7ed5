"""Films in the window: by name, of folders by a setting, with a frame and their length."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from lorgnette.gui.main_window import MainWindow
from lorgnette.settings import Settings

pytest.importorskip("av")
from tests.desktop.films import clips

pytestmark = pytest.mark.gui


@pytest.fixture
def film(tmp_path: Path) -> Path:
    folder = tmp_path / "films"
    folder.mkdir()
    return clips.write(folder / "a.mp4")


def test_a_film_that_is_named_shows_a_frame_its_length_and_what_was_looked_at(
    qtbot: QtBot, window: MainWindow, film: Path
) -> None:
    window.adding.add([film])
    qtbot.waitUntil(lambda: len(window.batch.model) == 1)
    strip = window.moving.strip
    qtbot.waitUntil(lambda: strip.length.text() == "Film, 3.0 seconds")
    qtbot.waitUntil(lambda: not window.body.panel.preview.whole.isNull())
    assert not strip.play.isVisible()
    assert not window.actions_["play"].isEnabled()
    window.captioning.caption_all()
    picture = window.batch.model.picture
    qtbot.waitUntil(lambda: picture(film) is not None and bool(picture(film).suggestion))
    assert strip.next.isVisible()
    strip.next.click()
    assert strip.frame.text().startswith("Frame 1 of ")


@pytest.fixture
def listed(qtbot: QtBot, window: MainWindow, film: Path) -> MainWindow:
    """A window with a film whose scenes the model listed."""
    window.adding.add([film])
    qtbot.waitUntil(window.actions_["list_scenes"].isEnabled)
    window.actions_["list_scenes"].trigger()
    qtbot.waitUntil(lambda: window.moving.scenes.rows.count() > 0)
    qtbot.waitUntil(lambda: not window.body.panel.preview.whole.isNull())
    return window


def shown(window: MainWindow) -> QColor:
    image = window.body.panel.preview.pixmap().toImage()
    return image.pixelColor(image.width() // 2, image.height() // 2)


def test_what_is_seen_when_is_listed_in_the_extended_description_and_undone(
    listed: MainWindow,
) -> None:
    rows = listed.moving.scenes.rows
    extended = listed.body.panel.extended
    lines = extended.toPlainText().splitlines()
    assert lines[0] == "0:00 to 0:01: A red picture."
    assert [rows.item(row).text() for row in range(rows.count())] == lines
    assert listed.moving.section.is_open
    assert rows.hasFocus()
    listed.batch.history.undo()
    assert extended.toPlainText() == ""
    assert not rows.isVisible()
    assert listed.moving.section.isVisible()


def test_a_scene_that_is_gone_to_shows_a_frame_and_its_line_is_mended(
    qtbot: QtBot, listed: MainWindow
) -> None:
    rows = listed.moving.scenes.rows
    qtbot.keyClick(rows, Qt.Key.Key_End)
    assert rows.currentRow() == rows.count() - 1
    assert shown(listed).blue() > 150 > shown(listed).red()
    qtbot.keyClick(rows, Qt.Key.Key_Return)
    extended = listed.body.panel.extended
    assert extended.hasFocus()
    qtbot.keyClick(extended, Qt.Key.Key_Backspace)
    qtbot.keyClicks(extended, " of a wall.")
    assert rows.item(rows.count() - 1).text().endswith("A blue picture of a wall.")
    assert rows.currentRow() == rows.count() - 1


def test_scenes_are_saved_for_players_and_as_text(listed: MainWindow, tmp_path: Path) -> None:
    for name in ("a.vtt", "a.txt"):
        listed.moving.save_scenes(tmp_path / name)
    cues = (tmp_path / "a.vtt").read_text(encoding="utf-8")
    assert cues.startswith("WEBVTT\nKind: descriptions\n")
    assert "00:00:00.000 --> 00:00:01.000\nA red picture.\n" in cues
    assert "0:00 to 0:01: A red picture.\n" in (tmp_path / "a.txt").read_text(encoding="utf-8")


def test_a_picture_that_rests_has_no_scenes(
    qtbot: QtBot, listed: MainWindow, tmp_path: Path
) -> None:
    still = tmp_path / "still.png"
    Image.new("RGB", (64, 48), "red").save(still)
    listed.adding.add([still])
    qtbot.waitUntil(lambda: len(listed.batch.model) == 2)
    listed.batch.view.go_to(still)
    assert not listed.moving.section.isVisible()
    assert not listed.actions_["save_scenes"].isEnabled()


def test_films_of_folders_are_added_where_the_settings_say_so(
    qtbot: QtBot, open_window: Callable[..., MainWindow], settings: Settings, film: Path
) -> None:
    window = open_window(settings)
    with qtbot.waitSignal(window.batch.announcer.said):
        window.adding.add([film.parent])
    assert not len(window.batch.model)
    window.batch.settings.use(dataclasses.replace(settings, films_in_folders=True))
    window.adding.add([film.parent])
    qtbot.waitUntil(lambda: len(window.batch.model) == 1)
