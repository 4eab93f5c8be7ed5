"""The paths that people take through the window, on the real toy model."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from lorgnette import alttext
from lorgnette.alttext import AltText, Destination, Origin
from lorgnette.gui.batch.model import Order
from lorgnette.gui.batch.picture import State
from lorgnette.gui.main_window import MainWindow
from lorgnette.gui.writing.dialog import WriteDialog
from lorgnette.settings import Settings

pytestmark = pytest.mark.gui


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def write(qtbot: QtBot, window: MainWindow, choose: Callable[[WriteDialog], None]) -> None:
    """Press Write, choose, agree, and wait until the batch is on disk."""

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, WriteDialog)
        choose(dialog)
        qtbot.waitUntil(dialog.write.isEnabled)
        dialog.write.click()

    QTimer.singleShot(0, answer)
    with qtbot.waitSignal(window.writing.written):
        window.write()


def test_a_dropped_folder_appears_and_drafts_follow(
    qtbot: QtBot, open_window: Callable[..., MainWindow], settings: Settings, folder: Path
) -> None:
    window = open_window(dataclasses.replace(settings, caption_on_add=True))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(folder))])
    window.take(data)
    qtbot.waitUntil(lambda: window.batch.counts()[State.DRAFT] == 6)
    texts = [picture.alt.text for picture in window.batch.pictures()]
    assert texts == ["A red picture.", "A green picture.", "A blue picture."] * 2
    qtbot.waitUntil(lambda: not window.captioning.running)
    assert {path.suffix for path in folder.iterdir()} == {".png"}


def test_a_drop_on_the_window_is_taken_and_a_row_on_its_own_list_is_not(
    qtbot: QtBot, window: MainWindow, folder: Path
) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(folder))])
    at, copy = QPointF(200, 200), Qt.DropAction.CopyAction
    button, no_key = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(at.toPoint(), copy, data, button, no_key)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    drop = QDropEvent(at, copy, data, button, no_key)
    QApplication.sendEvent(window, drop)
    qtbot.waitUntil(lambda: len(window.batch) == 6)
    nothing = QMimeData()
    nothing.setText("words")
    enter = QDragEnterEvent(at.toPoint(), copy, nothing, button, no_key)
    QApplication.sendEvent(window, enter)
    assert not enter.isAccepted()


def test_copying_gives_the_text_of_the_selected_picture(
    qtbot: QtBot, captioned: MainWindow
) -> None:
    qtbot.keyClick(
        captioned.view,
        Qt.Key.Key_C,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    assert QGuiApplication.clipboard().text() == "A red picture."


def test_edit_accept_write_and_undo_leave_the_folder_as_it_was(
    qtbot: QtBot, captioned: MainWindow, folder: Path
) -> None:
    before = files_of(folder)
    captioned.view.setFocus()
    qtbot.keyClick(captioned.view, Qt.Key.Key_F2)
    field = captioned.panel.field
    assert field.hasFocus()
    qtbot.keyClicks(field, " It glows.")
    qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    accepted = captioned.batch.picture(folder / "0 red.png")
    assert accepted is not None
    assert accepted.state is State.REVIEWED
    assert accepted.alt.origin is Origin.MACHINE_EDITED
    assert files_of(folder) == before

    write(qtbot, captioned, lambda dialog: dialog.sidecar.click())
    reading = alttext.read(folder / "0 red.png")
    assert reading.alt_text is not None
    assert reading.alt_text.text == "A red picture. It glows."
    assert set(files_of(folder)) - set(before) == {"0 red.png.xmp"}
    assert captioned.settings.destination == "sidecar"

    assert captioned.actions_["undo"].text().endswith("writing of 1 picture")
    with qtbot.waitSignal(captioned.writing.undone):
        captioned.actions_["undo"].trigger()
    assert files_of(folder) == before
    with qtbot.waitSignal(captioned.writing.written):
        captioned.actions_["redo"].trigger()
    assert "0 red.png.xmp" in files_of(folder)
    with qtbot.waitSignal(captioned.writing.undone):
        captioned.actions_["undo"].trigger()
    assert files_of(folder) == before


def test_embedding_writes_into_the_file_and_undo_gives_its_bytes_back(
    qtbot: QtBot, captioned: MainWindow, folder: Path
) -> None:
    before = files_of(folder)
    captioned.reviewing.accept_current()
    write(qtbot, captioned, lambda dialog: dialog.embed.click())
    assert set(files_of(folder)) == set(before)
    assert files_of(folder)["0 red.png"] != before["0 red.png"]
    with qtbot.waitSignal(captioned.writing.undone):
        captioned.actions_["undo"].trigger()
    assert files_of(folder) == before


def test_a_new_sidecar_is_called_as_the_settings_say(
    qtbot: QtBot, open_window: Callable[..., MainWindow], settings: Settings, folder: Path
) -> None:
    Image.new("RGB", (64, 48), (200, 20, 20)).save(folder / "0 red.bmp")
    before = files_of(folder)
    window = open_window(dataclasses.replace(settings, sidecar_naming="without-extension"))
    window.add([folder])
    qtbot.waitUntil(lambda: len(window.batch) == 7)
    window.caption_all()
    qtbot.waitUntil(lambda: window.batch.counts()[State.DRAFT] == 7)
    qtbot.waitUntil(lambda: not window.captioning.running)
    for name in ("0 red.png", "0 red.bmp"):
        window.view.go_to(folder / name)
        window.reviewing.accept_current()
    means = []

    def look(dialog: WriteDialog) -> None:
        means.append(dialog.sidecar.accessibleDescription())
        dialog.sidecar.click()

    write(qtbot, window, look)
    assert "NAME.xmp" in means[0]
    assert set(files_of(folder)) - set(before) == {"0 red.xmp", "0 red.png.xmp"}
    told = window.notice.text.text()
    assert told.endswith("0 red.png got the sidecar 0 red.png.xmp: 0 red.xmp is for 0 red.bmp.")
    written = window.batch.picture(folder / "0 red.bmp")
    assert written is not None
    assert written.kept_in == "0 red.xmp"
    found = alttext.read(folder / "0 red.bmp").alt_text
    assert found is not None
    assert found.text == written.alt.text
    with qtbot.waitSignal(window.writing.undone):
        window.actions_["undo"].trigger()
    assert files_of(folder) == before
    with qtbot.waitSignal(window.writing.written):
        window.actions_["redo"].trigger()
    assert set(files_of(folder)) - set(before) == {"0 red.xmp", "0 red.png.xmp"}


def test_a_picture_that_looks_like_text_is_noted_until_its_words_are_told(
    qtbot: QtBot, open_window: Callable[..., MainWindow], settings: Settings, tmp_path: Path, photo
) -> None:
    photo("page").save(tmp_path / "page.png")
    window = open_window(dataclasses.replace(settings, model=""))
    window.add([tmp_path])
    qtbot.waitUntil(lambda: len(window.batch) == 1)
    window.caption_all()
    qtbot.waitUntil(lambda: window.batch.counts()[State.DECLINED] == 1)
    qtbot.waitUntil(lambda: not window.captioning.running)
    field = window.panel.field
    qtbot.keyClicks(field, "A page of a printed book, seen from above.")
    window.panel.show_notes_now()
    (note,) = window.panel.notes.texts()
    assert "screenshot or text" in note
    qtbot.keyClicks(field, ' It begins with "Region-based segmentation".')
    window.panel.show_notes_now()
    assert window.panel.notes.texts() == []


def test_drafts_are_written_only_when_asked_for(
    qtbot: QtBot, captioned: MainWindow, folder: Path
) -> None:
    captioned.reviewing.accept_current()
    write(qtbot, captioned, lambda dialog: None)
    assert len(list(folder.glob("*.xmp"))) == 1
    write(qtbot, captioned, lambda dialog: dialog.with_drafts.click())
    assert len(list(folder.glob("*.xmp"))) == 6


def test_cancelling_keeps_what_is_done_and_captioning_goes_on_later(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    for number in range(300):
        Image.new("RGB", (64 + number, 48), (200, 20, 20)).save(tmp_path / f"{number}.png")
    window.add([tmp_path])
    qtbot.waitUntil(lambda: len(window.batch) == 300)
    window.caption_all()
    qtbot.waitUntil(lambda: window.captioning.tally.drafts > 0)
    with qtbot.waitSignal(window.captioning.finished) as finished:
        window.cancel()
    tally = finished.args[0]
    assert tally.drafts + tally.left == 300
    assert tally.left > 0
    assert window.batch.counts()[State.DRAFT] == tally.drafts
    assert not any(map(window.captioning.is_waiting, (p.path for p in window.batch.pictures())))
    window.actions_["caption_missing"].trigger()
    qtbot.waitUntil(lambda: window.batch.counts()[State.DRAFT] == 300)
    qtbot.waitUntil(lambda: not window.captioning.running)


def test_pausing_rests_and_resuming_finishes(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    for number in range(200):
        Image.new("RGB", (64 + number, 48), (200, 20, 20)).save(tmp_path / f"{number}.png")
    window.add([tmp_path])
    qtbot.waitUntil(lambda: len(window.batch) == 200)
    window.caption_all()
    window.actions_["pause"].trigger()
    assert window.captioning.paused
    with qtbot.assertNotEmitted(window.captioning.finished, wait=400):
        pass
    assert window.batch.counts()[State.DRAFT] < 200
    assert "paused" in window.progress.text.text()
    with qtbot.waitSignal(window.captioning.finished):
        window.actions_["pause"].trigger()
    assert window.batch.counts()[State.DRAFT] == 200


def test_closing_while_a_batch_runs_ends_its_thread_and_keeps_the_drafts(
    qtbot: QtBot, open_window: Callable[..., MainWindow], settings: Settings, tmp_path: Path
) -> None:
    for number in range(300):
        Image.new("RGB", (64 + number, 48), (20, 200, 20)).save(tmp_path / f"{number}.png")
    before = files_of(tmp_path)
    window = open_window(dataclasses.replace(settings, caption_on_add=True))
    window.add([tmp_path])
    qtbot.waitUntil(lambda: len(window.batch) == 300)
    qtbot.waitUntil(lambda: window.captioning.tally.drafts > 5)
    window.close()
    done = window.batch.counts()[State.DRAFT]
    assert files_of(tmp_path) == before
    again = open_window()
    again.restore()
    qtbot.waitUntil(lambda: len(again.batch) == 300)
    assert again.batch.counts()[State.DRAFT] == done
    assert "Welcome back" in again.notice.text.text()


def test_text_that_is_there_is_shown_and_kept_unless_replacing_is_chosen(
    qtbot: QtBot, window: MainWindow, folder: Path
) -> None:
    image = folder / "0 red.png"
    alttext.write(image, AltText(text="My red wall.", language="en"), Destination.SIDECAR)
    window.add([folder])
    qtbot.waitUntil(lambda: len(window.batch) == 6)
    picture = window.batch.picture(image)
    assert picture is not None
    assert (picture.state, picture.alt.text) == (State.REVIEWED, "My red wall.")
    window.caption_all()
    qtbot.waitUntil(lambda: not window.captioning.running)
    assert window.batch.picture(image).alt.text == "My red wall."  # type: ignore[union-attr]

    window.view.go_to(image)
    window.panel.field.selectAll()
    qtbot.keyClicks(window.panel.field, "A wall painted red.")
    window.reviewing.accept_current()
    write_blocked = []

    def look(dialog: WriteDialog) -> None:
        qtbot.waitUntil(lambda: "keeps the other text" in dialog.summary.text())
        write_blocked.append(not dialog.write.isEnabled())
        dialog.replace.click()

    write(qtbot, window, look)
    assert write_blocked == [True]
    assert alttext.read(image).alt_text.text == "A wall painted red."  # type: ignore[union-attr]


def test_a_filter_shows_only_what_it_says(qtbot: QtBot, captioned: MainWindow) -> None:
    captioned.reviewing.accept_current()
    states = captioned.filters.states
    qtbot.waitUntil(lambda: states.findText("Reviewed (1)") > 0)
    states.setCurrentIndex(states.findText("Reviewed (1)"))
    assert [p.path.name for p in captioned.rows.pictures()] == ["0 red.png"]
    states.setCurrentIndex(states.findText("Failed (0)"))
    assert captioned.rows.rowCount() == 0
    assert captioned.body.nothing_shown.isVisible()
    captioned.filters.reset()
    captioned.filters.words.setText("BLUE")
    qtbot.waitUntil(lambda: captioned.rows.rowCount() == 2)


def test_sorting_keeps_the_current_picture(captioned: MainWindow, folder: Path) -> None:
    captioned.view.go_to(folder / "3 red.png")
    captioned.batch.sort_by(Order.NAME)
    assert captioned.view.current_path() == folder / "3 red.png"
    captioned.reviewing.accept_current()
    captioned.batch.sort_by(Order.STATE)
    assert captioned.rows.pictures()[-1].path == folder / "3 red.png"


def test_next_to_review_passes_over_what_is_done(captioned: MainWindow, folder: Path) -> None:
    captioned.view.go_to(folder / "1 green.png")
    captioned.reviewing.accept_current()
    assert captioned.view.current_path() == folder / "2 blue.png"
    captioned.view.go_to(folder / "0 red.png")
    captioned.reviewing.go_to_next_to_review()
    assert captioned.view.current_path() == folder / "2 blue.png"


def test_mending_a_note_by_its_key_is_undoable(qtbot: QtBot, captioned: MainWindow) -> None:
    field = captioned.panel.field
    field.selectAll()
    qtbot.keyClicks(field, "An image of a red wall in the sun.")
    captioned.panel.show_notes_now()
    captioned.actions_["mend_1"].trigger()
    assert field.toPlainText() == "A red wall in the sun."
    captioned.view.setFocus()
    captioned.actions_["undo"].trigger()
    assert field.toPlainText() == "An image of a red wall in the sun."


def test_the_same_text_is_noted_on_different_pictures_and_not_within_a_burst(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, photo: Callable[[str], Image.Image]
) -> None:
    cat = photo("cat")
    cat.crop((0, 0, 440, 290)).save(tmp_path / "cat 1.png")
    cat.crop((2, 2, 442, 292)).save(tmp_path / "cat 2.png")
    photo("coffee").save(tmp_path / "coffee.png")
    for image in sorted(tmp_path.glob("*.png")):
        alttext.write(image, AltText(text="A cat looks at you."), Destination.SIDECAR)
    window.add([tmp_path])
    qtbot.waitUntil(lambda: len(window.batch) == 3)
    window.view.go_to(tmp_path / "cat 1.png")
    qtbot.waitUntil(lambda: all(p.fingerprint is not None for p in window.batch.pictures()))

    def notes() -> str:
        window.panel.show_notes_now()
        return " ".join(window.panel.notes.texts())

    assert "the very same text" in notes()
    window.view.go_to(tmp_path / "coffee.png")
    window.remove_selected()
    qtbot.waitUntil(lambda: len(window.batch) == 2)
    window.view.go_to(tmp_path / "cat 1.png")
    assert "the very same text" not in notes()
    window.actions_["undo"].trigger()
    assert "the very same text" in notes()
    assert window.panel.picture is not None
    assert window.panel.picture.path.name == "cat 1.png"


def test_escape_brings_the_draft_back(qtbot: QtBot, captioned: MainWindow) -> None:
    field = captioned.panel.field
    field.selectAll()
    qtbot.keyClicks(field, "Something else.")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.toPlainText() == "A red picture."
    assert captioned.panel.picture.alt.origin is Origin.MACHINE  # type: ignore[union-attr]


def test_undo_in_the_field_is_of_typing_and_elsewhere_of_the_batch(
    qtbot: QtBot, captioned: MainWindow, folder: Path
) -> None:
    captioned.reviewing.accept_current()
    captioned.view.go_to(folder / "0 red.png")
    field = captioned.panel.field
    field.setFocus()
    qtbot.keyClicks(field, "!")
    qtbot.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert field.toPlainText() == "A red picture."
    assert captioned.panel.picture.state is State.REVIEWED  # type: ignore[union-attr]
    captioned.view.setFocus()
    qtbot.keyClick(captioned.view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert captioned.panel.picture.state is State.DRAFT  # type: ignore[union-attr]


def test_a_broken_model_is_told_and_the_window_goes_on(
    qtbot: QtBot, open_window: Callable[..., MainWindow], settings: Settings, folder: Path,
    tmp_path: Path,
) -> None:  # fmt: skip
    window = open_window(dataclasses.replace(settings, model=str(tmp_path / "nothing")))
    window.add([folder])
    qtbot.waitUntil(lambda: len(window.batch) == 6)
    with qtbot.waitSignal(window.captioning.broken):
        window.caption_all()
    assert "model" in window.notice.text.text()
    assert not window.progress.isVisible()
    window.use_settings(settings)
    window.caption_all()
    qtbot.waitUntil(lambda: window.batch.counts()[State.DRAFT] == 6)
    qtbot.waitUntil(lambda: not window.captioning.running)
