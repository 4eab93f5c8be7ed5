"""Films in the window: by name, of folders by a setting, with a frame and their length."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
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


def test_what_is_seen_when_is_listed_in_the_extended_description_and_undone(
    qtbot: QtBot, window: MainWindow, film: Path
) -> None:
    window.adding.add([film])
    qtbot.waitUntil(window.actions_["list_scenes"].isEnabled)
    window.actions_["list_scenes"].trigger()
    extended = window.body.panel.extended
    qtbot.waitUntil(lambda: bool(extended.toPlainText()))
    assert extended.toPlainText().splitlines()[0] == "0:00 to 0:01: A red picture."
    assert extended.isVisible()
    window.batch.history.undo()
    assert extended.toPlainText() == ""


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
