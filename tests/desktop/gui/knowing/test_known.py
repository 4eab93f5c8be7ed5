"""What the file knows stands beside the picture, is spoken on a key, and gets into the text."""

from pathlib import Path

import pytest
from PIL import Image
from pytestqt.qtbot import QtBot
from tests.oracles import ExifTool

from lorgnette.alttext import AltText, Destination, write
from lorgnette.gui.main_window import MainWindow

pytestmark = pytest.mark.gui


@pytest.fixture
def album(tmp_path: Path, exiftool: ExifTool) -> Path:
    """A folder with a picture that knows two names, a place and a day, and one that does not."""
    folder = tmp_path / "album"
    folder.mkdir()
    told = folder / "1 told.jpg"
    for path in (told, folder / "2 bare.jpg"):
        Image.new("RGB", (64, 48), (200, 20, 20)).save(path)
    exiftool.run(
        *("-overwrite_original", "-XMP-iptcExt:PersonInImage=Anna"),
        *("-XMP-iptcExt:PersonInImage=Ben", "-XMP-photoshop:City=Rome"),
        *("-EXIF:DateTimeOriginal=2026:05:03 12:00:00", told),
    )
    write(told, AltText(text="Two people at a table.", language="en"), Destination.SIDECAR)
    return folder


@pytest.fixture
def opened(qtbot: QtBot, window: MainWindow, album: Path) -> MainWindow:
    """A window with both, the first one current and read."""
    window.adding.add([album])
    qtbot.waitUntil(lambda: len(window.batch.model) == 2)
    window.batch.view.go_to(album / "1 told.jpg")
    qtbot.waitUntil(lambda: window.body.panel.subject.known.isVisible())
    return window


def text(window: MainWindow, path: Path) -> str:
    picture = window.batch.model.picture(path)
    assert picture is not None
    return picture.alt.text


def test_it_stands_beside_the_picture_and_goes_with_it(
    qtbot: QtBot, opened: MainWindow, album: Path
) -> None:
    label = opened.body.panel.subject.known
    assert label.text() == "The file knows: Anna and Ben; Rome; 3 May 2026"
    with qtbot.waitSignal(opened.batch.announcer.said) as said:
        opened.actions_["say_known"].trigger()
    assert said.args == ["Anna and Ben; Rome; 3 May 2026"]
    opened.batch.view.go_to(album / "2 bare.jpg")
    assert not label.isVisible()


def test_a_key_joins_it_to_the_text_and_undo_takes_it_out(opened: MainWindow, album: Path) -> None:
    told = album / "1 told.jpg"
    opened.actions_["put_known"].trigger()
    assert text(opened, told) == "Two people at a table: Anna and Ben, in Rome, 3 May 2026."
    opened.actions_["put_known"].trigger()  # nothing is said twice
    assert text(opened, told) == "Two people at a table: Anna and Ben, in Rome, 3 May 2026."
    opened.actions_["undo"].trigger()
    assert text(opened, told) == "Two people at a table."


def test_names_that_do_not_fit_are_offered_not_joined(
    qtbot: QtBot, opened: MainWindow, album: Path
) -> None:
    told = album / "1 told.jpg"
    opened.body.panel.chosen.emit(told, "Three people at a table.")
    with qtbot.waitSignal(opened.batch.announcer.said) as said:
        opened.actions_["put_known"].trigger()
    assert text(opened, told) == "Three people at a table, in Rome, 3 May 2026."
    assert "Not as many names as people: Anna and Ben." in said.args[0]


def test_names_go_where_the_cursor_is(opened: MainWindow, album: Path) -> None:
    told, field = album / "1 told.jpg", opened.body.panel.field
    field.setFocus()
    cursor = field.textCursor()
    cursor.setPosition(0)
    cursor.setPosition(len("Two people"), cursor.MoveMode.KeepAnchor)
    field.setTextCursor(cursor)
    opened.actions_["put_names"].trigger()
    assert text(opened, told) == "Anna and Ben at a table."


def test_a_file_that_knows_nothing_says_so(qtbot: QtBot, opened: MainWindow, album: Path) -> None:
    opened.batch.view.go_to(album / "2 bare.jpg")
    for action in ("put_known", "put_names"):
        with qtbot.waitSignal(opened.batch.announcer.said):
            opened.actions_[action].trigger()
    assert text(opened, album / "2 bare.jpg") == ""
