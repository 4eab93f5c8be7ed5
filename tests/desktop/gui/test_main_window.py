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
    with qtbot.waitSignal(window.writing.run.written):
        window.writing.write()


def test_a_dropped_folder_appears_and_drafts_follow(
    qtbot: QtBot, open_window: Callable[..., MainWindow], settings: Settings, folder: Path
) -> None:
    window = open_window(dataclasses.replace(settings, caption_on_add=True))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(folder))])
    window.adding.take(data)
    qtbot.waitUntil(lambda: window.batch.model.counts()[State.DRAFT] == 6)
    texts = [picture.alt.text for picture in window.batch.model.pictures()]
    assert texts == ["A red picture.", "A green picture.", "A blue picture."] * 2
    qtbot.waitUntil(lambda: not window.captioning.run.running)
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
    qtbot.waitUntil(lambda: len(window.batch.model) == 6)
    nothing = QMimeData()
    nothing.setText("words")
    enter = QDragEnterEvent(at.toPoint(), copy, nothing, button, no_key)
    QApplication.sendEvent(window, enter)
    assert not enter.isAccepted()


def test_copying_gives_the_text_of_the_selected_picture(
    qtbot: QtBot, captioned: MainWindow
) -> None:
    qtbot.keyClick(
        captioned.batch.view,
        Qt.Key.Key_C,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    assert QGuiApplication.clipboard().text() == "A red picture."


def test_edit_accept_write_and_undo_leave_the_folder_as_it_was(
    qtbot: QtBot, captioned: MainWindow, folder: Path
) -> None:
    before = files_of(folder)
    captioned.batch.view.setFocus()
    qtbot.keyClick(captioned.batch.view, Qt.Key.Key_F2)
    field = captioned.body.panel.field
    assert field.hasFocus()
    qtbot.keyClicks(field, " It glows.")
    qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    accepted = captioned.batch.model.picture(folder / "0 red.png")
    assert accepted is not None
    assert accepted.state is State.REVIEWED
    assert accepted.alt.origin is Origin.MACHINE_EDITED
    assert files_of(folder) == before

    write(qtbot, captioned, lambda dialog: dialog.sidecar.click())
    reading = alttext.read(folder / "0 red.png")
    assert reading.alt_text is not None
    assert reading.alt_text.text == "A red picture. It glows."
    assert set(files_of(folder)) - set(before) == {"0 red.png.xmp"}
    assert captioned.batch.settings.now.destination == "sidecar"

    assert captioned.actions_["undo"].text().endswith("writing of 1 picture")
    with qtbot.waitSignal(captioned.writing.run.undone):
        captioned.actions_["undo"].trigger()
    assert files_of(folder) == before
    with qtbot.waitSignal(captioned.writing.run.written):
        captioned.actions_["redo"].trigger()
    assert "0 red.png.xmp" in files_of(folder)
    with qtbot.waitSignal(captioned.writing.run.undone):
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
    with qtbot.waitSignal(captioned.writing.run.undone):
        captioned.actions_["undo"].trigger()
    assert files_of(folder) == before


def test_a_new_sidecar_is_called_as_the_settings_say(
    qtbot: QtBot, open_window: Callable[..., MainWindow], settings: Settings, folder: Path
) -> None:
    Image.new("RGB", (64, 48), (200, 20, 20)).save(folder / "0 red.bmp")
    before = files_of(folder)
    window = open_window(dataclasses.replace(settings, sidecar_naming="without-extension"))
    window.adding.add([folder])
    qtbot.waitUntil(lambda: len(window.batch.model) == 7)
    window.captioning.caption_all()
    qtbot.waitUntil(lambda: window.batch.model.counts()[State.DRAFT] == 7)
    qtbot.waitUntil(lambda: not window.captioning.run.running)
    for name in ("0 red.png", "0 red.bmp"):
        window.batch.view.go_to(folder / name)
        window.reviewing.accept_current()
    means = []

    def look(dialog: WriteDialog) -> None:
        means.append(dialog.sidecar.accessibleDescription())
        dialog.sidecar.click()

    write(qtbot, window, look)
    assert "NAME.xmp" in means[0]
    assert set(files_of(folder)) - set(before) == {"0 red.xmp", "0 red.png.xmp"}
    told = window.body.notice.text.text()
    assert told.endswith("0 red.png got the sidecar 0 red.png.xmp: 0 red.xmp is for 0 red.bmp.")
    written = window.batch.model.picture(folder / "0 red.bmp")
    assert written is not None
    assert written.kept_in == "0 red.xmp"
    found = alttext.read(folder / "0 red.bmp").alt_text
    assert found is not None
    assert found.text == written.alt.text
    with qtbot.waitSignal(window.writing.run.undone):
        window.actions_["undo"].trigger()
    assert files_of(folder) == before
    with qtbot.waitSignal(window.writing.run.written):
        window.actions_["redo"].trigger()
    assert set(files_of(folder)) - set(before) == {"0 red.xmp", "0 red.png.xmp"}


def test_a_picture_that_looks_like_text_is_noted_until_its_words_are_told(
    qtbot: QtBot, open_window: Callable[..., MainWindow], settings: Settings, tmp_path: Path, photo
) -> None:
    photo("page").save(tmp_path / "page.png")
    window = open_window(dataclasses.replace(settings, model=""))
    window.adding.add([tmp_path])
    qtbot.waitUntil(lambda: len(window.batch.model) == 1)
    window.captioning.caption_all()
    qtbot.waitUntil(lambda: window.batch.model.counts()[State.DRAFT] == 1)
    qtbot.waitUntil(lambda: not window.captioning.run.running)
    panel = window.body.panel
    field = panel.field
    assert field.toPlainText().startswith('Text that reads: "Region-based segmentation')
    assert "markers" in panel.extended.toPlainText()
    window.body.panel.show_notes_now()
    assert not [note for note in panel.notes.texts() if "screenshot or text" in note]
    window.actions_["read_text"].trigger()
    assert "Region-based segmentation" in panel.read.toPlainText()
    assert panel.read.isVisible()
    field.selectAll()
    qtbot.keyClicks(field, "A page of a printed book, seen from above.")
    window.body.panel.show_notes_now()
    (note,) = window.body.panel.notes.texts()
    assert "screenshot or text" in note
    qtbot.keyClicks(field, ' It begins with "Region-based segmentation".')
    window.body.panel.show_notes_now()
    assert window.body.panel.notes.texts() == []
    window.actions_["say_read"].trigger()
    assert "Region-based segmentation" in window.batch.announcer.messages[-1].text


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
    window.adding.add([tmp_path])
    qtbot.waitUntil(lambda: len(window.batch.model) == 300)
    window.captioning.caption_all()
    qtbot.waitUntil(lambda: window.captioning.run.tally.drafts > 0)
    with qtbot.waitSignal(window.captioning.run.finished) as finished:
        window.actions_["cancel"].trigger()
    tally = finished.args[0]
    assert tally.drafts + tally.left == 300
    assert tally.left > 0
    assert window.batch.model.counts()[State.DRAFT] == tally.drafts
    assert not any(
        map(window.captioning.run.is_waiting, (p.path for p in window.batch.model.pictures()))
    )
    window.actions_["caption_missing"].trigger()
    qtbot.waitUntil(lambda: window.batch.model.counts()[State.DRAFT] == 300)
    qtbot.waitUntil(lambda: not window.captioning.run.running)


def test_pausing_rests_and_resuming_finishes(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    for number in range(200):
        Image.new("RGB", (64 + number, 48), (200, 20, 20)).save(tmp_path / f"{number}.png")
    window.adding.add([tmp_path])
    qtbot.waitUntil(lambda: len(window.batch.model) == 200)
    window.captioning.caption_all()
    window.actions_["pause"].trigger()
    assert window.captioning.run.paused
    with qtbot.assertNotEmitted(window.captioning.run.finished, wait=400):
        pass
    assert window.batch.model.counts()[State.DRAFT] < 200
    assert "paused" in window.body.progress.line(window.captioning).text.text()
    with qtbot.waitSignal(window.captioning.run.finished):
        window.actions_["pause"].trigger()
    assert window.batch.model.counts()[State.DRAFT] == 200


def test_closing_while_a_batch_runs_ends_its_thread_and_keeps_the_drafts(
    qtbot: QtBot, open_window: Callable[..., MainWindow], settings: Settings, tmp_path: Path
) -> None:
    for number in range(300):
        Image.new("RGB", (64 + number, 48), (20, 200, 20)).save(tmp_path / f"{number}.png")
    before = files_of(tmp_path)
    window = open_window(dataclasses.replace(settings, caption_on_add=True))
    window.adding.add([tmp_path])
    qtbot.waitUntil(lambda: len(window.batch.model) == 300)
    qtbot.waitUntil(lambda: window.captioning.run.tally.drafts > 5)
    window.close()
    done = window.batch.model.counts()[State.DRAFT]
    assert files_of(tmp_path) == before
    again = open_window()
    again.adding.restore()
    qtbot.waitUntil(lambda: len(again.batch.model) == 300)
    assert again.batch.model.counts()[State.DRAFT] == done
    assert "Welcome back" in again.body.notice.text.text()


def test_text_that_is_there_is_shown_and_kept_unless_replacing_is_chosen(
    qtbot: QtBot, window: MainWindow, folder: Path
) -> None:
    image = folder / "0 red.png"
    alttext.write(image, AltText(text="My red wall.", language="en"), Destination.SIDECAR)
    window.adding.add([folder])
    qtbot.waitUntil(lambda: len(window.batch.model) == 6)
    picture = window.batch.model.picture(image)
    assert picture is not None
    assert (picture.state, picture.alt.text) == (State.REVIEWED, "My red wall.")
    window.captioning.caption_all()
    qtbot.waitUntil(lambda: not window.captioning.run.running)
    assert window.batch.model.picture(image).alt.text == "My red wall."  # type: ignore[union-attr]

    window.batch.view.go_to(image)
    window.body.panel.field.selectAll()
    qtbot.keyClicks(window.body.panel.field, "A wall painted red.")
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
    states = captioned.body.filters.states
    qtbot.waitUntil(lambda: states.findText("Reviewed (1)") > 0)
    states.setCurrentIndex(states.findText("Reviewed (1)"))
    assert [p.path.name for p in captioned.batch.rows.pictures()] == ["0 red.png"]
    states.setCurrentIndex(states.findText("Failed (0)"))
    assert captioned.batch.rows.rowCount() == 0
    assert captioned.body.nothing_shown.isVisible()
    captioned.body.filters.reset()
    captioned.body.filters.words.setText("BLUE")
    qtbot.waitUntil(lambda: captioned.batch.rows.rowCount() == 2)


def test_sorting_keeps_the_current_picture(captioned: MainWindow, folder: Path) -> None:
    captioned.batch.view.go_to(folder / "3 red.png")
    captioned.batch.model.sort_by(Order.NAME)
    assert captioned.batch.view.current_path() == folder / "3 red.png"
    captioned.reviewing.accept_current()
    captioned.batch.model.sort_by(Order.STATE)
    assert captioned.batch.rows.pictures()[-1].path == folder / "3 red.png"


def test_next_to_review_passes_over_what_is_done(captioned: MainWindow, folder: Path) -> None:
    captioned.batch.view.go_to(folder / "1 green.png")
    captioned.reviewing.accept_current()
    assert captioned.batch.view.current_path() == folder / "2 blue.png"
    captioned.batch.view.go_to(folder / "0 red.png")
    captioned.reviewing.go_to_next_to_review()
    assert captioned.batch.view.current_path() == folder / "2 blue.png"


def test_mending_a_note_by_its_key_is_undoable(qtbot: QtBot, captioned: MainWindow) -> None:
    field = captioned.body.panel.field
    field.selectAll()
    qtbot.keyClicks(field, "An image of a red wall in the sun.")
    captioned.actions_["mend_1"].trigger()
    assert field.toPlainText() == "A red wall in the sun."
    captioned.batch.view.setFocus()
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
    window.adding.add([tmp_path])
    qtbot.waitUntil(lambda: len(window.batch.model) == 3)
    window.batch.view.go_to(tmp_path / "cat 1.png")
    qtbot.waitUntil(lambda: all(p.fingerprint is not None for p in window.batch.model.pictures()))

    def notes() -> str:
        window.body.panel.show_notes_now()
        return " ".join(window.body.panel.notes.texts())

    assert "the very same text" in notes()
    window.batch.view.go_to(tmp_path / "coffee.png")
    window.browsing.remove_selected()
    qtbot.waitUntil(lambda: len(window.batch.model) == 2)
    window.batch.view.go_to(tmp_path / "cat 1.png")
    assert "the very same text" not in notes()
    window.actions_["undo"].trigger()
    assert window.body.panel.picture is not None
    assert window.body.panel.picture.path.name == "coffee.png"  # undo shows what it undid
    window.batch.view.go_to(tmp_path / "cat 1.png")
    assert "the very same text" in notes()
    assert window.body.panel.picture is not None
    assert window.body.panel.picture.path.name == "cat 1.png"


def test_escape_takes_back_the_typing_and_nothing_else(qtbot: QtBot, captioned: MainWindow) -> None:
    panel = captioned.body.panel
    field = panel.field
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "Something else.")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.toPlainText() == "A red picture."
    assert panel.picture is not None
    assert panel.picture.alt.origin is Origin.MACHINE
    captioned.undoing.undo()
    assert field.toPlainText() == "Something else."
    captioned.reviewing.accept_current()
    captioned.batch.view.go_to_row(0)
    before = panel.picture.alt
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert panel.picture.alt == before
    qtbot.keyClicks(field, " Or not")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert panel.picture.alt == before


def test_undo_in_the_field_is_of_typing_and_elsewhere_of_the_batch(
    qtbot: QtBot, captioned: MainWindow, folder: Path
) -> None:
    captioned.reviewing.accept_current()
    captioned.batch.view.go_to(folder / "0 red.png")
    field = captioned.body.panel.field
    field.setFocus()
    qtbot.keyClicks(field, "!")
    qtbot.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert field.toPlainText() == "A red picture."
    assert captioned.body.panel.picture.state is State.REVIEWED  # type: ignore[union-attr]
    captioned.batch.view.setFocus()
    qtbot.keyClick(captioned.batch.view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert captioned.body.panel.picture.state is State.DRAFT  # type: ignore[union-attr]


def test_a_broken_model_is_told_and_the_window_goes_on(
    qtbot: QtBot, open_window: Callable[..., MainWindow], settings: Settings, folder: Path,
    tmp_path: Path,
) -> None:  # fmt: skip
    window = open_window(dataclasses.replace(settings, model=str(tmp_path / "nothing")))
    window.adding.add([folder])
    qtbot.waitUntil(lambda: len(window.batch.model) == 6)
    with qtbot.waitSignal(window.captioning.run.broken):
        window.captioning.caption_all()
    assert "model" in window.body.notice.text.text()
    assert not window.body.progress.isVisible()
    window.batch.settings.use(settings)
    window.captioning.caption_all()
    qtbot.waitUntil(lambda: window.batch.model.counts()[State.DRAFT] == 6)
    qtbot.waitUntil(lambda: not window.captioning.run.running)
