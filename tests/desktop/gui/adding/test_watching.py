"""What other programs do to the files is noticed while the window is open."""

from pathlib import Path

import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from lorgnette.alttext import AltText, Destination, write
from lorgnette.gui.batch.on_disk import stamp
from lorgnette.gui.batch.picture import Picture
from lorgnette.gui.main_window import MainWindow

pytestmark = pytest.mark.gui


@pytest.fixture
def looked_at(qtbot: QtBot, captioned: MainWindow) -> MainWindow:
    """The six drafts, their bytes known."""
    watching = captioned.adding.watching
    watching.look_at_all()
    qtbot.waitUntil(lambda: len(watching._stamps) == 6)
    qtbot.waitUntil(
        lambda: all(p.digest or captioned.batch.thumbnails.pixmap(p.path)
                    for p in captioned.batch.model.pictures())
    )  # fmt: skip
    return captioned


def picture(window: MainWindow, path: Path) -> Picture:
    found = window.batch.model.picture(path)
    assert found is not None
    return found


def test_words_that_another_program_writes_are_offered(
    qtbot: QtBot, looked_at: MainWindow, folder: Path
) -> None:
    image = folder / "0 red.png"
    write(image, AltText(text="Somebody else's words."), Destination.SIDECAR)
    qtbot.waitUntil(lambda: bool(picture(looked_at, image).conflicts))
    assert picture(looked_at, image).alt.text == "A red picture."
    looked_at.batch.view.go_to(image)
    looked_at.body.panel.show_notes_now()
    assert any("Somebody else's words." in text for text in looked_at.body.panel.notes.texts())


def test_a_file_that_is_deleted_is_said_to_be_gone_and_can_be_taken_out(
    qtbot: QtBot, looked_at: MainWindow, folder: Path
) -> None:
    image = folder / "0 red.png"
    image.unlink()
    qtbot.waitUntil(lambda: picture(looked_at, image).gone)
    looked_at.batch.view.go_to(image)
    looked_at.body.panel.show_notes_now()
    assert any("gone" in text for text in looked_at.body.panel.notes.texts())
    qtbot.waitUntil(
        lambda: "The file of 1 picture is gone." in looked_at.batch.announcer.messages[-1].text
    )
    looked_at.actions_["mend_2"].trigger()
    assert image not in looked_at.batch.model


def test_a_file_that_is_renamed_keeps_its_words_and_its_history(
    qtbot: QtBot, looked_at: MainWindow, folder: Path
) -> None:
    old, new = folder / "0 red.png", folder / "wall.png"
    looked_at.batch.view.go_to(old)
    looked_at.body.panel.field.setFocus()
    qtbot.keyClicks(looked_at.body.panel.field, "!")
    looked_at.reviewing.accept_current()
    looked_at.batch.view.go_to(old)
    old.rename(new)
    qtbot.waitUntil(lambda: looked_at.body.panel.picture.path == new)
    assert picture(looked_at, new).alt.text == "A red picture.!"
    assert picture(looked_at, new).alt.reviewed
    assert looked_at.batch.model.picture_at(0).path.name == "wall.png"
    looked_at.undoing.undo()
    assert not picture(looked_at, new).alt.reviewed
    looked_at.undoing.undo()
    assert picture(looked_at, new).alt.text == "A red picture."
    looked_at.undoing.redo()
    assert picture(looked_at, new).alt.text == "A red picture.!"


def test_a_picture_that_is_painted_over_is_shown_anew(
    qtbot: QtBot, looked_at: MainWindow, folder: Path
) -> None:
    image = folder / "1 green.png"
    before = picture(looked_at, image).digest
    Image.new("RGB", (80, 80), (250, 250, 0)).save(folder / "new.tmp", "PNG")
    (folder / "new.tmp").replace(image)
    qtbot.waitUntil(lambda: picture(looked_at, image).digest not in {"", before})


@pytest.mark.parametrize("name", ["a.png.xmp", "a.png.XMP", "a.PNG.xmp", "a.xmp", "a.XMP"])
def test_a_sidecar_is_noticed_however_it_is_spelt(name: str, tmp_path: Path) -> None:
    image = tmp_path / "a.png"
    before = stamp(image)
    (tmp_path / name).write_bytes(b"words")
    assert stamp(image) != before
    (tmp_path / "a.png.txt").write_bytes(b"words")
    assert stamp(tmp_path / "b.png") == before
