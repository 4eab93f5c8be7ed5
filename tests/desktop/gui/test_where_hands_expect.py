"""Where hands expect it: what stays in place, what keys do, what is remembered."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QGuiApplication,
    QImage,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from lorgnette.gui.batch.model import Order
from lorgnette.gui.batch.picture import State, Suggestion
from lorgnette.gui.help.shortcuts import ShortcutsDialog
from lorgnette.gui.looks.colours import TEXT_CONTRAST, contrast
from lorgnette.gui.main_window import MainWindow
from lorgnette.gui.reviewing.viewer import Viewer
from lorgnette.gui.settings.dialog import SettingsDialog
from lorgnette.settings import Settings

pytestmark = pytest.mark.gui


def place(window: MainWindow, button: QPushButton) -> QPoint:
    return button.mapTo(window, QPoint(0, 0))


def test_what_decides_keeps_its_place_whatever_is_shown(captioned: MainWindow) -> None:
    panel, rows = captioned.body.panel, captioned.batch.rows
    usual = place(captioned, panel.accept), place(captioned, panel.decorative)
    first_row = captioned.batch.view.visualRect(rows.index(0, 0))
    suggestion = Suggestion(text="A wall.", candidates=("A wall.", "A red wall."), read="WALL")
    picture = captioned.batch.model.picture_at(1)
    captioned.batch.model.put([dataclasses.replace(picture, suggestion=suggestion)])
    for row in range(6):
        captioned.batch.view.go_to_row(row)
        panel.show_notes_now()
        captioned.body.notice.show_text("Said at length, " * 9, [("Do this", lambda: None)])
        captioned.body.progress.begin(row % 2, "{done} of {total}")
        QApplication.processEvents()
        assert (place(captioned, panel.accept), place(captioned, panel.decorative)) == usual
        assert captioned.batch.view.visualRect(rows.index(0, 0)).left() == first_row.left()
    assert captioned.body.filters.y() == 0


def test_enter_presses_the_button_that_has_the_focus(qtbot: QtBot, captioned: MainWindow) -> None:
    accept = captioned.body.panel.accept
    accept.setFocus()
    qtbot.keyClick(accept, Qt.Key.Key_Return)
    assert captioned.batch.model.picture_at(0).state is State.REVIEWED
    accept.setFocus()
    qtbot.keyClick(accept, Qt.Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier)
    assert captioned.batch.model.counts()[State.REVIEWED] == 2


def test_the_search_field_is_left_and_cleared_by_the_usual_keys(
    qtbot: QtBot, captioned: MainWindow
) -> None:
    words, view = captioned.body.filters.words, captioned.batch.view
    words.setFocus()
    qtbot.keyClicks(words, "blue")
    qtbot.keyClick(words, Qt.Key.Key_Return)
    assert captioned.batch.rows.rowCount() == 2
    assert view.hasFocus()
    words.setFocus()
    qtbot.keyClick(words, Qt.Key.Key_Down)
    assert view.hasFocus()
    words.setFocus()
    qtbot.keyClick(words, Qt.Key.Key_Escape)
    assert words.text() == ""
    assert words.hasFocus()
    qtbot.waitUntil(lambda: captioned.batch.rows.rowCount() == 6)
    qtbot.keyClick(words, Qt.Key.Key_Escape)
    assert view.hasFocus()


def test_the_current_row_is_in_sight_after_a_search(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    for number in range(40):
        Image.new("RGB", (64, 48)).save(tmp_path / f"père {number}.png")
    window.adding.add([tmp_path])
    qtbot.waitUntil(lambda: len(window.batch.model) == 40)
    words, view = window.body.filters.words, window.batch.view
    words.setText("PERE 35")
    qtbot.waitUntil(lambda: window.batch.rows.rowCount() == 1)
    words.clear()
    qtbot.waitUntil(lambda: window.batch.rows.rowCount() == 40)
    assert view.current_path() == tmp_path / "père 35.png"
    assert view.viewport().rect().contains(view.visualRect(view.currentIndex()).center())


def test_copying_in_the_list_takes_files_and_words_of_all_that_is_selected(
    qtbot: QtBot, captioned: MainWindow
) -> None:
    view = captioned.batch.view
    view.setFocus()
    view.selectAll()
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    data = QGuiApplication.clipboard().mimeData()
    assert [Path(url.toLocalFile()) for url in data.urls()] == [
        picture.path for picture in captioned.batch.model.pictures()
    ]
    assert data.text().splitlines() == [
        picture.alt.text for picture in captioned.batch.model.pictures()
    ]
    assert captioned.batch.announcer.messages[-1].text == "6 files copied, with their alt texts."


def test_what_is_added_while_the_list_is_filtered_is_seen(
    qtbot: QtBot, captioned: MainWindow, tmp_path: Path
) -> None:
    captioned.body.filters.words.setText("nothing has these words")
    qtbot.waitUntil(lambda: captioned.batch.rows.rowCount() == 0)
    more = tmp_path / "more.png"
    Image.new("RGB", (64, 48)).save(more)
    captioned.adding.add([more])
    qtbot.waitUntil(lambda: "1 picture added." in captioned.body.notice.text.text())
    assert [picture.path for picture in captioned.batch.rows.pictures()] == [more]
    (show_all,) = captioned.body.notice.buttons
    show_all.click()
    assert captioned.batch.rows.rowCount() == 7


def test_files_that_are_no_pictures_are_left_out_and_counted(
    qtbot: QtBot, window: MainWindow, folder: Path
) -> None:
    (folder / "notes.pdf").write_bytes(b"%PDF-1.4")
    (folder / "drawing.svg").write_text("<svg/>")
    Image.new("RGB", (8, 8)).save(folder / "misnamed.dat", "PNG")
    window.adding.add([folder, folder / "notes.pdf", folder / "misnamed.dat"])
    qtbot.waitUntil(lambda: "left out" in window.body.notice.text.text())
    assert len(window.batch.model) == 7
    text = window.body.notice.text.text()
    assert text.startswith("7 pictures added. ")
    assert "(PDF, SVG)" in text


def test_the_wheel_scrolls_the_settings_and_changes_none(qtbot: QtBot, window: MainWindow) -> None:
    dialog = SettingsDialog(Settings(), "", lambda _: "", lambda _: "", window)
    qtbot.addWidget(dialog)
    dialog.show()

    def turn() -> None:
        at = QPointF(dialog.destination.rect().center())
        event = QWheelEvent(
            at, dialog.destination.mapToGlobal(at), QPoint(), QPoint(0, -120),
            Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(dialog.destination, event)

    turn()
    assert dialog.settings == Settings()
    dialog.destination.setFocus()
    qtbot.waitUntil(dialog.destination.hasFocus)
    turn()
    assert dialog.settings.destination == "sidecar"


def test_the_window_stands_as_it_stood(
    qtbot: QtBot, open_window: Callable[..., MainWindow], folder: Path
) -> None:
    window = open_window()
    window.adding.add([folder])
    qtbot.waitUntil(lambda: len(window.batch.model) == 6)
    window.body.divide(300)
    window.resize(window.width() + 10, window.height())
    assert abs(window.body.list_width - 300) < 3
    window.browsing.sort_by(Order.STATE)
    window.body.panel.details_section.open()
    filters = window.body.filters
    filters.states.setCurrentIndex(filters.states.findText("Missing (6)"))
    filters.words.setText("green")
    qtbot.waitUntil(lambda: window.batch.rows.rowCount() == 2)
    window.batch.view.go_to_row(1)
    stood = window.batch.view.current_path()
    window.close()
    again = open_window()
    again.adding.restore()
    qtbot.waitUntil(lambda: len(again.batch.model) == 6)
    qtbot.waitUntil(lambda: "Welcome back" in again.body.notice.text.text())
    assert again.batch.view.current_path() == stood
    assert again.batch.rows.rowCount() == 2
    assert again.batch.model.order is Order.STATE
    assert again.body.panel.details_section.is_open
    assert not again.body.panel.extended_section.is_open
    assert abs(again.body.list_width - 300) < 3


def test_the_title_is_the_folder_that_all_lie_in(
    qtbot: QtBot, window: MainWindow, folder: Path, red: Path
) -> None:
    (folder / "2015").mkdir()
    (folder / "0 red.png").rename(folder / "2015" / "0 red.png")
    window.adding.add([folder])
    qtbot.waitUntil(lambda: window.windowTitle() == "holiday (6 pictures) - lorgnette")
    window.batch.progress.begin("some job", "{done} of {total}")
    window.batch.progress.advance("some job", 1, 4)
    qtbot.waitUntil(lambda: window.windowTitle().startswith("25 % - holiday"))


def test_a_text_size_holds_at_once_and_everywhere(captioned: MainWindow) -> None:
    panel = captioned.body.panel
    parts = (panel.field, panel.accept, panel.subject.findChildren(type(panel._count))[0])
    before = [part.font().pointSizeF() for part in parts]
    settings = captioned.batch.settings
    settings.use(dataclasses.replace(settings.now, text_size=200))
    try:
        assert [part.font().pointSizeF() for part in parts] == [2 * size for size in before]
    finally:
        settings.use(dataclasses.replace(settings.now, text_size=100))
    assert [part.font().pointSizeF() for part in parts] == before


@pytest.mark.parametrize("appearance", ["light", "dark", "high-contrast"])
def test_the_words_in_an_empty_text_can_be_read(
    qtbot: QtBot, open_window: Callable[..., MainWindow], settings: Settings, folder: Path,
    appearance: str,
) -> None:  # fmt: skip
    window = open_window(dataclasses.replace(settings, appearance=appearance))
    window.adding.add([folder])
    qtbot.waitUntil(lambda: len(window.batch.model) == 6)
    assert window.body.panel.field.toPlainText() == ""
    image = window.body.panel.field.viewport().grab().toImage()
    seen = [image.pixelColor(x, y).name() for x in range(260) for y in range(24)]
    ground = QColor(max(set(seen), key=seen.count))
    assert max(contrast(QColor(name), ground) for name in set(seen)) >= TEXT_CONTRAST


def test_where_suggestions_agree_is_shown_and_spoken(captioned: MainWindow) -> None:
    texts = ("A dog on a beach.", "A dog on grass.")
    picture = captioned.batch.model.picture_at(0)
    suggestion = Suggestion(text=texts[0], candidates=texts)
    captioned.batch.model.put([dataclasses.replace(picture, suggestion=suggestion)])
    captioned.actions_["say_agreement"].trigger()
    said = captioned.batch.announcer.messages[-1].text
    assert said == "Both suggestions say: dog. Only one says: beach, grass."
    shown = captioned.body.panel.candidates.findChild(QLabel, "agreement")
    assert shown.text() == said


def test_a_key_is_found_by_any_word_of_what_it_does(qtbot: QtBot, window: MainWindow) -> None:
    dialog = ShortcutsDialog(window.actions_.groups, window)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.view.setFocus()
    qtbot.keyClicks(dialog.view, "undo")
    assert dialog.search.text() == "undo"
    assert dialog.view.currentIndex().data() == "Edit: Undo: Ctrl+Z"


def test_files_pasted_into_a_text_are_pictures(
    qtbot: QtBot, captioned: MainWindow, tmp_path: Path
) -> None:
    more = tmp_path / "more.png"
    Image.new("RGB", (64, 48)).save(more)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(more))])
    data.setText(str(more))
    QGuiApplication.clipboard().setMimeData(data)
    field = captioned.body.panel.field
    before = field.toPlainText()
    field.setFocus()
    field.paste()
    qtbot.waitUntil(lambda: len(captioned.batch.model) == 7)
    assert field.toPlainText() == before
    QGuiApplication.clipboard().setText(" Words.")
    field.paste()
    assert field.toPlainText() == f"{before} Words."


def test_what_was_taken_out_comes_back_to_its_place_and_to_its_turn(
    qtbot: QtBot, filled: MainWindow, folder: Path
) -> None:
    names = [picture.path for picture in filled.batch.model.pictures()]
    filled.captioning.caption_all()
    filled.captioning.run.pause()
    filled.batch.view.selectAll()
    filled.browsing.remove_selected()
    assert not filled.batch.any()
    filled.undoing.undo()
    assert [picture.path for picture in filled.batch.model.pictures()] == names
    filled.captioning.run.resume()
    qtbot.waitUntil(lambda: filled.batch.model.counts()[State.DRAFT] == 6)
    qtbot.waitUntil(lambda: not filled.captioning.run.running)
    filled.batch.view.go_to_row(2)
    filled.browsing.remove_selected()
    filled.undoing.undo()
    assert [picture.path for picture in filled.batch.model.pictures()] == names
    assert filled.batch.view.current_path() == names[2]
    assert [picture.path for picture in filled.batch.view.selected()] == [names[2]]


def test_the_text_that_has_the_focus_is_in_sight_as_a_whole(
    qtbot: QtBot, open_window: Callable[..., MainWindow], settings: Settings, tmp_path: Path
) -> None:
    for number in range(2):
        Image.new("RGB", (512, 512 + number)).save(tmp_path / f"{number}.png")
    window = open_window(dataclasses.replace(settings, text_size=200))
    window.adding.add([tmp_path])
    qtbot.waitUntil(lambda: len(window.batch.model) == 2)
    panel = window.body.panel
    view = panel.area.viewport()

    def in_sight() -> bool:
        top = panel.field.mapTo(view, QPoint(0, 0)).y()
        return top >= 0 and top + panel.field.height() <= view.height()

    window.batch.view.go_to_row(0)
    window.reviewing.go_to_text()
    qtbot.waitUntil(in_sight)
    with qtbot.waitSignal(panel.preview.fitted):  # the next picture, and its pixels
        window.reviewing.step(1)
    qtbot.waitUntil(in_sight)
    QApplication.processEvents()
    assert in_sight()
    assert panel.area.verticalScrollBar().value() > 0  # there was something to scroll


def test_pasting_what_is_no_more_says_so(window: MainWindow) -> None:
    QGuiApplication.clipboard().clear()
    window.actions_["paste"].trigger()
    assert "no picture" in window.body.notice.text.text()


def test_words_of_what_was_taken_out_and_added_again_come_back(
    qtbot: QtBot, captioned: MainWindow, folder: Path
) -> None:
    field = captioned.body.panel.field
    field.setFocus()
    qtbot.keyClicks(field, " Anna wrote this.")
    path, text = captioned.batch.view.current_path(), field.toPlainText()
    captioned.browsing.remove_selected()
    captioned.adding.add([folder])
    qtbot.waitUntil(lambda: len(captioned.batch.model) == 6)
    captioned.undoing.undo()
    picture = captioned.batch.model.picture(path) if path is not None else None
    assert picture is not None
    assert picture.alt.text == text
    assert len(captioned.batch.model) == 6


def test_a_named_file_that_is_not_there_is_said_to_be_so(
    qtbot: QtBot, window: MainWindow, folder: Path
) -> None:
    window.adding.add_named([folder / "none.jpg", folder / "0 red.png"])
    qtbot.waitUntil(lambda: len(window.batch.model) == 1)
    assert "There is no file or folder" in window.body.notice.text.text()
    assert window.batch.model.picture_at(0).path.name == "0 red.png"


def test_folders_are_shown_searched_chosen_and_sorted_by(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    for folder in ("2015/Wedding", "2016/Harbour"):
        (tmp_path / "archive" / folder).mkdir(parents=True)
        for number in (2, 1):
            Image.new("RGB", (64, 48)).save(tmp_path / "archive" / folder / f"DSC_{number}.png")
    window.adding.add([tmp_path / "archive" / "2016", tmp_path / "archive" / "2015"])
    qtbot.waitUntil(lambda: len(window.batch.model) == 4)
    model, rows, filters = window.batch.model, window.batch.rows, window.body.filters
    window.browsing.sort_by(Order.FOLDER)
    first = model.picture_at(0)
    assert model.folder_of(first) == "2015/Wedding"
    assert first.path.name == "DSC_1.png"
    assert rows.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole) == (
        "DSC_1.png, Missing, 2015/Wedding, 1 of 4"
    )
    window.browsing.reverse()
    assert model.folder_of(model.picture_at(0)) == "2016/Harbour"
    filters.words.setText("wedd")
    qtbot.waitUntil(lambda: rows.rowCount() == 2)
    filters.words.clear()
    qtbot.waitUntil(lambda: rows.rowCount() == 4)
    qtbot.waitUntil(lambda: filters.folders.isVisible())
    filters.folders.setCurrentIndex(filters.folders.findText("2016/Harbour"))
    filters.folders.activated.emit(filters.folders.currentIndex())
    assert {picture.path.parent.name for picture in rows.pictures()} == {"Harbour"}
    filters.reset()
    assert rows.rowCount() == 4


def test_what_is_decided_and_not_written_is_marked_counted_and_shown(
    qtbot: QtBot, captioned: MainWindow
) -> None:
    captioned.reviewing.accept_current()
    captioned.reviewing.accept_current()
    rows, states = captioned.batch.rows, captioned.body.filters.states
    assert "not written" in rows.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    qtbot.waitUntil(lambda: states.findText("Done, not written (2)") > 0)
    states.setCurrentIndex(states.findText("Done, not written (2)"))
    assert rows.rowCount() == 2
    picture = captioned.batch.model.picture_at(0)
    captioned.batch.model.put([dataclasses.replace(picture, on_disk=picture.alt, kept_in="a")])
    assert captioned.batch.model.unwritten == 1
    states.setCurrentIndex(0)
    assert ", written" in rows.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)


def test_after_the_last_one_writing_is_offered(captioned: MainWindow) -> None:
    for _ in range(6):
        captioned.reviewing.accept_current()
    (write,) = captioned.body.notice.buttons
    assert write.text() == "Write alt text…"


@pytest.mark.parametrize(
    ("width", "height", "percent"), [(480, 320, 100), (480, 640, 200), (1024, 700, 300)]
)
def test_a_narrow_window_has_one_column_and_all_of_it_is_reached(
    qtbot: QtBot, captioned: MainWindow, width: int, height: int, percent: int
) -> None:
    settings = captioned.batch.settings
    settings.use(dataclasses.replace(settings.now, text_size=percent))
    try:
        captioned.resize(width, height)
        qtbot.waitUntil(lambda: captioned.body.one_column)
        panel = captioned.body.panel
        for part in (panel.field, panel.accept, panel.decorative, captioned.body.filters.words):
            part.setFocus()
            qtbot.waitUntil(lambda part=part: not part.visibleRegion().isEmpty())  # type: ignore[misc]
            left = part.mapTo(captioned, QPoint(0, 0)).x()
            assert left >= 0
            assert left + part.width() <= captioned.width()
    finally:
        settings.use(dataclasses.replace(settings.now, text_size=100))
    captioned.resize(1180, 760)
    qtbot.waitUntil(lambda: not captioned.body.one_column)


def test_a_picture_is_looked_at_large_and_pixel_by_pixel(
    qtbot: QtBot, captioned: MainWindow
) -> None:
    view = captioned.batch.view
    view.setFocus()
    qtbot.waitUntil(lambda: not captioned.body.panel.preview.whole.isNull())
    qtbot.keyClick(view, Qt.Key.Key_Space)
    viewer = captioned.findChild(Viewer)
    assert viewer is not None
    assert viewer.isVisible()
    qtbot.keyClick(viewer, Qt.Key.Key_1)
    assert viewer.scale.text() == "100 %"
    qtbot.keyClick(viewer, Qt.Key.Key_Plus)
    assert viewer.scale.text() == "125 %"
    qtbot.keyClick(viewer, Qt.Key.Key_Right)
    assert viewer.path == captioned.batch.view.current_path()
    assert viewer.windowTitle() == "1 green.png"
    qtbot.keyClick(viewer, Qt.Key.Key_Escape)
    assert not viewer.isVisible()
    assert viewer.path is None  # its pixels are let go of, and none come any more


def test_quitting_says_what_is_not_written_and_closing_loses_nothing(
    qtbot: QtBot, captioned: MainWindow
) -> None:
    captioned.quit()  # nothing is decided: no word
    assert not captioned.isVisible()


@pytest.mark.parametrize(("button", "open_then"), [("Cancel", True), ("Quit", False)])
def test_quitting_with_texts_not_written_asks(
    qtbot: QtBot, captioned: MainWindow, button: str, open_then: bool
) -> None:
    captioned.reviewing.accept_current()
    said: list[str] = []

    def answer() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        said.append(box.text())
        named = {each.text().replace("&", ""): each for each in box.buttons()}
        named[button].click()

    QTimer.singleShot(0, answer)
    captioned.actions_["quit"].trigger()
    assert said[0].startswith("1 picture is reviewed")
    assert captioned.isVisible() == open_then


def test_a_pasted_picture_is_saved_where_the_person_says_and_its_words_go_along(
    qtbot: QtBot, window: MainWindow, folder: Path
) -> None:
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    data = QMimeData()
    data.setImageData(image)
    window.adding.take(data)
    qtbot.waitUntil(lambda: len(window.batch.model) == 1)
    window.body.panel.field.setFocus()
    qtbot.keyClicks(window.body.panel.field, "Red.")
    window.body.panel.show_notes_now()
    assert any("pasted" in text for text in window.body.panel.notes.texts())
    pasted = window.batch.model.picture_at(0).path
    window.adding.save(pasted, folder / "saved.png")
    saved = window.batch.model.picture_at(0)
    assert (saved.path, saved.alt.text) == (folder / "saved.png", "Red.")
    assert not pasted.exists()
    window.body.panel.show_notes_now()
    assert not any("pasted" in text for text in window.body.panel.notes.texts())


def test_in_the_text_name_state_and_place_are_said_on_moving(
    qtbot: QtBot, captioned: MainWindow
) -> None:
    announcer = captioned.batch.announcer
    captioned.body.panel.field.setFocus()
    captioned.actions_["next_picture"].trigger()
    assert announcer.messages[-1].text == "1 green.png, Draft, 2 of 6."
    captioned.actions_["accept"].trigger()
    assert announcer.messages[-1].text == ("Accepted. 5 left to review. 2 blue.png, Draft, 3 of 6.")
    captioned.batch.view.go_to_row(5)
    captioned.actions_["next_picture"].trigger()
    assert announcer.messages[-1].text == "This is the last picture."


def test_a_drag_over_the_window_is_answered(qtbot: QtBot, window: MainWindow, red: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(red))])
    drop = window.body.findChild(QLabel, "drop")
    assert drop is not None
    window.dragEnterEvent(
        QDragEnterEvent(
            QPoint(9, 9), Qt.DropAction.CopyAction, data,
            Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
        )
    )  # fmt: skip
    assert drop.isVisible()
    window.dragLeaveEvent(QDragLeaveEvent())
    assert not drop.isVisible()


def test_a_key_goes_from_one_doubted_word_to_the_next(qtbot: QtBot, captioned: MainWindow) -> None:
    text = "A wooden table and a cup."
    picture = captioned.batch.model.picture_at(0)
    suggestion = Suggestion(text=text, candidates=(text,), doubted=("wooden", "cup"))
    alt = dataclasses.replace(picture.alt, text=text)
    captioned.batch.model.put([dataclasses.replace(picture, alt=alt, suggestion=suggestion)])
    field = captioned.body.panel.field
    selected = []
    for _ in range(3):
        qtbot.keyClick(captioned, Qt.Key.Key_F7)
        selected.append(field.textCursor().selectedText())
    assert sorted(selected[:2]) == ["cup", "wooden"]
    assert selected[2] == selected[0]
    before = field.toPlainText()
    qtbot.keyClicks(field, "glass")
    assert field.toPlainText() == before.replace(selected[2], "glass")


def test_the_words_of_a_row_come_first_where_that_is_wanted(captioned: MainWindow) -> None:
    settings = captioned.batch.settings
    settings.use(dataclasses.replace(settings.now, words_first=True))
    said = captioned.batch.rows.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said == "A red picture, Draft, 0 red.png, 1 of 6"


def test_a_notice_is_gone_to_by_a_key(qtbot: QtBot, captioned: MainWindow) -> None:
    captioned.body.notice.show_text("Done.", [("Do it", lambda: None)])
    qtbot.keyClick(captioned, Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    assert captioned.body.notice.buttons[0].hasFocus()


def test_a_row_dropped_on_a_text_is_its_words(captioned: MainWindow) -> None:
    data = captioned.batch.rows.mimeData([captioned.batch.rows.index(0, 0)])
    assert data.text() == "A red picture."
    assert [url.toLocalFile() for url in data.urls()] == [
        str(captioned.batch.model.picture_at(0).path)
    ]


def test_the_folder_that_is_shown_is_the_one_of_the_next_start(
    qtbot: QtBot, open_window: Callable[..., MainWindow], tmp_path: Path
) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        for number in range(2):
            Image.new("RGB", (64 + number, 48), "red").save(tmp_path / name / f"{number}.png")
    first = open_window()
    first.adding.add([tmp_path / "a", tmp_path / "b"])
    qtbot.waitUntil(lambda: len(first.batch.model) == 4)
    qtbot.waitUntil(lambda: first.body.filters.folders.count() == 3)
    first.body.filters.folders.setCurrentIndex(2)
    first.browsing.show_folder(tmp_path / "b")
    first.close()
    second = open_window()
    second.adding.restore()
    qtbot.waitUntil(lambda: len(second.batch.model) == 4)
    qtbot.waitUntil(lambda: second.batch.rows.rowCount() == 2)
    assert second.body.filters.folder == tmp_path / "b"
    assert {picture.path.parent for picture in second.batch.rows.pictures()} == {tmp_path / "b"}
