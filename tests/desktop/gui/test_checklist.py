"""The checklist of an accessible window, a test a line, in the process itself.

Lines that only another process can judge (what the accessibility bus carries, what a screen
reader says, a kill in mid-batch) have their tests in tests/end_to_end.
"""

import ast
import dataclasses
import random
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, Qt, QTimer, QUrl
from PySide6.QtGui import QAccessible, QColor, QGuiApplication, QImage, QKeySequence, QPalette
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QSpinBox,
    QToolBar,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from lorgnette import gui, paths
from lorgnette.alttext import AltText, Destination, SidecarNaming, lint, read, write
from lorgnette.gui.app import unusable_qt
from lorgnette.gui.batch.model import Order
from lorgnette.gui.batch.picture import State, Suggestion, row_text, state_words, why
from lorgnette.gui.captioning.failures import FailuresDialog
from lorgnette.gui.copying.formats import Format
from lorgnette.gui.help.about import AboutDialog
from lorgnette.gui.help.messages import MessagesDialog
from lorgnette.gui.help.shortcuts import ShortcutsDialog
from lorgnette.gui.looks import theme
from lorgnette.gui.looks.colours import LINE_CONTRAST, TEXT_CONTRAST, colours_of, contrast
from lorgnette.gui.main_window import MainWindow
from lorgnette.gui.settings.dialog import SettingsDialog
from lorgnette.gui.settings.model_words import card
from lorgnette.gui.standing.dialog import StandingDialog
from lorgnette.gui.writing.dialog import WriteDialog
from lorgnette.settings import Settings

pytestmark = pytest.mark.gui

CONTROL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


def accessible_name(widget: QWidget) -> str:
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


def tab_stops(top: QWidget) -> Iterator[QWidget]:
    for widget in top.findChildren(QWidget):
        if (
            widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            and widget.isVisibleTo(top)
            and widget.isEnabled()
            and widget.focusProxy() is None
            and not widget.objectName().startswith("qt_")
        ):
            yield widget


def dialogs_of(window: MainWindow) -> list[QDialog]:
    failures = FailuresDialog(window)
    failures.show_failures([p for p in window.batch.model.pictures() if p.state is State.FAILED])
    return [
        ShortcutsDialog(window.actions_.groups, window),
        MessagesDialog(window.batch.announcer, window),
        AboutDialog(lambda: card(""), window),
        SettingsDialog(window.batch.settings.now, "", card, lambda _: "", window),
        WriteDialog("ask", SidecarNaming.WITH_EXTENSION, 1, 1, window, mirror=False),
        failures,
        StandingDialog(str, window),
    ]


def suggest(window: MainWindow, name: str, suggestion: Suggestion) -> None:
    path = next(p.path for p in window.batch.model.pictures() if p.path.name == name)
    window.captioning.run.suggested.emit([(path, suggestion)])


UNSURE = Suggestion(
    text="A dog on a beach.",
    candidates=("A dog on a beach.", "A wolf on a beach.", "A dog in the snow."),
    doubted=("dog",),
    confidence=0.2,
    model="toy/1",
    provider="cpu",
)
FAILED = Suggestion(failed=True, reason="1 green.png: it is cut off. Open it elsewhere.")
DECLINED = Suggestion(declined=True, reason="This looks like a page of text.")


@pytest.fixture
def someone_listens() -> Iterator[None]:
    """Let Qt keep its accessible rows in step, as it does when a screen reader is there."""
    QAccessible.setActive(True)
    yield
    QAccessible.setActive(False)


@pytest.fixture
def varied(captioned: MainWindow) -> MainWindow:
    """The six pictures in many states; the first, an unsure draft, is current."""
    suggest(captioned, "0 red.png", UNSURE)
    for name, suggestion in (("1 green.png", FAILED), ("2 blue.png", DECLINED)):
        suggest(captioned, name, suggestion)
    captioned.batch.view.setFocus()
    return captioned


def test_checklist_01_every_tab_stop_has_a_name_of_its_own(
    qtbot: QtBot, varied: MainWindow
) -> None:
    panel = varied.body.panel
    for section in (panel.extended_section, panel.questions_section, panel.details_section):
        section.open()
    varied.batch.teller.tell("Something.", [("Do it", lambda: None)])
    for top in (varied, *dialogs_of(varied)):
        if isinstance(top, QDialog):
            top.show()
        stops = list(tab_stops(top))
        assert stops
        seen: set[tuple[int, str]] = set()
        for widget in stops:
            if isinstance(widget, QComboBox):
                relations = QAccessible.queryAccessibleInterface(widget).relations(
                    QAccessible.RelationFlag.Label
                )
                assert relations, f"{widget} has no label"
                continue
            name = accessible_name(widget)
            assert name, f"{widget} in {top} has no name"
            key = (id(widget.parent()), name)
            assert key not in seen, f"two siblings are called {name}"
            seen.add(key)
        if isinstance(top, QDialog):
            top.close()
            top.deleteLater()


def test_checklist_02_tool_buttons_come_from_actions_whose_tips_name_the_key(
    window: MainWindow,
) -> None:
    buttons = [
        button
        for bar in window.findChildren(QToolBar)
        for button in bar.findChildren(QToolButton)
        if button.defaultAction() is not None
    ]
    assert len(buttons) == 7
    for button in buttons:
        action = button.defaultAction()
        assert action.text()
        key = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        assert key
        assert f"({key})" in action.toolTip()


def test_checklist_03_the_title_starts_with_the_document(
    filled: MainWindow,
) -> None:
    assert filled.windowTitle() == "holiday (6 pictures) - lorgnette"
    role = QAccessible.queryAccessibleInterface(filled).role()
    assert role == QAccessible.Role.Window  # the bus calls it a frame


def test_checklist_04_every_input_has_a_visible_label(varied: MainWindow) -> None:
    for top in (varied, *dialogs_of(varied)):
        labels = [label for label in top.findChildren(QLabel) if label.buddy() is not None]
        labelled = {label.buddy() for label in labels if label.text()}
        for kind in (QLineEdit, QPlainTextEdit, QComboBox, QSpinBox):
            for widget in top.findChildren(kind):
                inner = isinstance(widget.parent(), QComboBox | QSpinBox)
                if not inner and not (isinstance(widget, QPlainTextEdit) and widget.isReadOnly()):
                    assert widget in labelled, f"{widget} in {top} has no label"


def test_checklist_05_a_row_says_name_state_text_and_place(
    varied: MainWindow, someone_listens: None
) -> None:
    interface = QAccessible.queryAccessibleInterface(varied.batch.view)
    assert interface.role() == QAccessible.Role.List
    first = interface.child(0)
    assert first.text(QAccessible.Text.Name) == (
        "0 red.png, Unsure draft, A dog on a beach, 1 of 6"
    )
    assert first.text(QAccessible.Text.Description) == (
        "Check closely: the word “dog” may be wrong."
    )
    assert interface.child(1).text(QAccessible.Text.Name) == (
        "1 green.png, Draft, A green picture, 2 of 6"  # a run that failed keeps the draft
    )
    varied.batch.rows.show_words("blue")
    assert interface.child(1).text(QAccessible.Text.Name) == (
        "5 blue.png, Draft, A blue picture, 2 of 2"
    )


def test_checklist_06_a_row_tells_its_new_text_at_once(qtbot: QtBot, captioned: MainWindow) -> None:
    with qtbot.waitSignal(captioned.batch.rows.dataChanged, timeout=200) as changed:
        captioned.reviewing.accept_current()
    assert Qt.ItemDataRole.AccessibleTextRole in changed.args[2]
    interface = QAccessible.queryAccessibleInterface(captioned.batch.view)
    assert interface.child(0).text(QAccessible.Text.Name).startswith("0 red.png, Reviewed")


def test_checklist_07_the_preview_is_called_by_its_alt_text(
    qtbot: QtBot, captioned: MainWindow
) -> None:
    preview = captioned.body.panel.preview
    qtbot.waitUntil(lambda: not preview.pixmap().isNull())
    assert accessible_name(preview) == "Preview: A red picture."
    assert QAccessible.queryAccessibleInterface(preview).role() == QAccessible.Role.Graphic
    captioned.body.panel.decorative.click()
    assert accessible_name(preview) == "Preview, decorative"


def test_checklist_08_tab_goes_round_in_the_order_of_the_eye(
    qtbot: QtBot, varied: MainWindow
) -> None:
    panel = varied.body.panel
    panel.field.selectAll()
    qtbot.keyClicks(panel.field, "A dog runs on a wide beach.")  # no note with a button
    panel.show_notes_now()
    varied.body.notice.dismiss()
    varied.batch.view.setFocus()
    expected = [
        varied.batch.view,
        panel.field,
        panel.candidates.first_stop(),
        panel.decorative,
        panel.accept,
        panel.skip,
        panel.extended_section.toggle,
        panel.questions_section.toggle,
        panel.details_section.toggle,
        varied.body.filters.states,
        varied.body.filters.words,
        varied.batch.view,
    ]
    seen = [QApplication.focusWidget()]
    for _ in expected[1:]:
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        seen.append(QApplication.focusWidget())
    assert seen == expected
    for widget in reversed(expected[:-1]):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Backtab, SHIFT)
        assert QApplication.focusWidget() is widget


def test_checklist_09_focus_is_never_lost(qtbot: QtBot, captioned: MainWindow) -> None:
    def focus_is(widget: QWidget) -> bool:
        return QApplication.focusWidget() is widget and widget.isVisible()

    panel, view = captioned.body.panel, captioned.batch.view
    panel.field.setFocus()
    captioned.reviewing.accept_current()
    assert focus_is(panel.field)
    view.setFocus()
    captioned.reviewing.accept_current()
    assert focus_is(view)
    qtbot.keyClick(view, Qt.Key.Key_Delete)
    assert len(captioned.batch.model) == 5
    assert focus_is(view)
    assert view.currentIndex().isValid()
    captioned.actions_["undo"].trigger()
    assert focus_is(view)
    captioned.body.filters.words.setFocus()
    captioned.body.filters.words.setText("no such thing")
    qtbot.waitUntil(lambda: captioned.batch.rows.rowCount() == 0)
    assert focus_is(captioned.body.filters.words)
    captioned.body.filters.reset()
    view.setFocus()
    captioned.helping.show_shortcuts()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ShortcutsDialog)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: focus_is(view))
    captioned.body.panel.field.selectAll()
    qtbot.keyClicks(panel.field, "Image of a wall")
    panel.show_notes_now()
    button = next(b for b in panel.notes.buttons() if b.isVisible())
    button.setFocus()
    while any(b.isVisible() for b in panel.notes.buttons()):
        next(b for b in panel.notes.buttons() if b.isVisible()).click()
    assert focus_is(panel.field)
    captioned.body.notice.show_text("Done.")
    captioned.body.notice.close_button.setFocus()
    captioned.body.notice.close_button.click()
    assert focus_is(view)
    captioned.browsing.clear()
    assert focus_is(captioned.body.empty.first_button)


def test_checklist_11_no_key_collides_with_typing_or_screen_readers(
    qtbot: QtBot, window: MainWindow
) -> None:
    shown = set()
    for _, actions in window.actions_.groups:
        for action in actions:
            for keys in action.shortcuts():
                combination = keys[0]
                key, modifiers = combination.key(), combination.keyboardModifiers()
                is_function = Qt.Key.Key_F1 <= key <= Qt.Key.Key_F35
                assert modifiers & (CONTROL | ALT) or is_function or key == Qt.Key.Key_Delete
                assert key not in {Qt.Key.Key_Insert, Qt.Key.Key_CapsLock}
                assert not (modifiers & CONTROL and modifiers & ALT)
                text = keys.toString(QKeySequence.SequenceFormat.NativeText)
                assert text not in shown, f"{text} does two things"
                shown.add(text)
    qtbot.keyClick(window, Qt.Key.Key_F1)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ShortcutsDialog)
    listed = "\n".join(dialog.lines.stringList())
    assert all(text in listed for text in shown - {"Del"})
    dialog.close()


def test_checklist_12_a_batch_of_a_thousand_is_told_in_few_words(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    for number in range(1000):
        Image.new("RGB", (64 + number % 50, 48 + number // 50), (200, 20, 20)).save(
            tmp_path / f"{number}.png"
        )
    window.adding.add([tmp_path])
    qtbot.waitUntil(lambda: len(window.batch.model) == 1000)
    said: list[str] = []
    window.batch.announcer.said.connect(said.append)
    with qtbot.waitSignal(window.captioning.run.finished):
        window.captioning.caption_all()
    assert len(said) <= 15
    assert said[-1] == "1000 pictures captioned."
    assert QApplication.activeModalWidget() is None
    assert window.body.notice.text.text() == said[-1]
    assert window.body.notice.text.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_checklist_13_each_announcement_is_also_in_the_list(
    qtbot: QtBot, captioned: MainWindow
) -> None:
    said: list[str] = []
    captioned.batch.announcer.said.connect(said.append)
    captioned.reviewing.accept_current()
    captioned.copying.copy(Format.PLAIN)
    captioned.batch.announcer.repeat()
    assert said == [
        "Accepted. 5 left to review.",
        *["Copied as plain text. Nobody has reviewed it yet."] * 2,
    ]
    captioned.helping.show_messages()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, MessagesDialog)
    lines = dialog.lines.stringList()
    assert lines[0].endswith("Nobody has reviewed it yet.")
    assert lines[1].endswith("Accepted. 5 left to review.")
    dialog.close()


def test_checklist_14_only_the_window_thread_announces(window: MainWindow) -> None:
    import threading

    errors: list[BaseException] = []

    def announce() -> None:
        try:
            window.batch.announcer.say("from elsewhere")
        except RuntimeError as error:
            errors.append(error)

    thread = threading.Thread(target=announce)
    thread.start()
    thread.join()
    assert len(errors) == 1
    assert not window.batch.announcer.messages
    assert not QAccessible.isActive()
    window.batch.announcer.say("nobody listens, and it is kept all the same")
    assert len(window.batch.announcer.messages) == 1


def test_checklist_15_failures_are_one_list_and_the_batch_goes_on(
    qtbot: QtBot, window: MainWindow, folder: Path
) -> None:
    whole = (folder / "1 green.png").read_bytes()
    (folder / "1 green.png").write_bytes(whole[:60])
    (folder / "2 blue.png").write_text("no picture")
    window.adding.add([folder])
    qtbot.waitUntil(lambda: len(window.batch.model) == 6)
    with qtbot.waitSignal(window.captioning.run.finished):
        window.captioning.caption_all()
    assert QApplication.activeModalWidget() is None
    assert window.batch.model.counts()[State.DRAFT] == 4
    assert window.batch.model.counts()[State.FAILED] == 2
    assert "2 failed." in window.body.notice.text.text()
    qtbot.mouseClick(window.body.notice.buttons[0], Qt.MouseButton.LeftButton)
    dialog = window.findChild(FailuresDialog)
    assert dialog is not None
    reasons = dialog.lines.stringList()
    assert len(reasons) == 2
    assert reasons[0].startswith("1 green.png: it is cut off")
    (folder / "1 green.png").write_bytes(whole)
    with qtbot.waitSignal(window.captioning.run.finished):
        dialog.retry.click()
    assert window.batch.model.counts()[State.FAILED] == 1
    dialog.close()


def test_checklist_16_each_state_has_words_and_an_icon_of_its_own() -> None:
    words = {state_words(state) for state in State}
    assert len(words) == len(State)
    drawings = {
        (paths.resources() / "icons" / f"state-{state.value}.svg").read_text() for state in State
    }
    assert len(drawings) == len(State)


@pytest.mark.parametrize("appearance", ["light", "dark", "high-contrast", "grey desktop"])
def test_checklist_17_every_pair_of_colours_has_contrast(appearance: str) -> None:
    if appearance == "grey desktop":  # words and accent that are hard to read
        palette = QPalette(QColor("#c0c0c0"))
        palette.setColor(QPalette.ColorRole.Highlight, QColor("#b0c4de"))
        palette.setColor(QPalette.ColorRole.HighlightedText, QColor("#ffffff"))
        palette.setColor(QPalette.ColorRole.Text, QColor("#888888"))
    else:
        palette = theme.own_palette(appearance)
    c = colours_of(palette, high_contrast=appearance == "high-contrast")
    for words in (c.text, c.muted, *c.states.values()):
        for behind in (c.window, c.base, c.selection):
            assert contrast(words, behind) >= TEXT_CONTRAST
    assert contrast(c.on_accent, c.accent) >= TEXT_CONTRAST
    for behind in (c.window, c.base):
        assert contrast(c.accent, behind) >= LINE_CONTRAST  # the focus ring
        assert contrast(c.outline, behind) >= LINE_CONTRAST


def clipped(body: QWidget) -> Iterator[QWidget]:
    for widget in body.findChildren(QWidget):
        if isinstance(widget, QLabel | QAbstractButton) and widget.isVisible():
            needed = (
                widget.heightForWidth(widget.width())
                if widget.hasHeightForWidth()
                else widget.minimumSizeHint().height()
            )
            if (
                widget.width() < widget.minimumSizeHint().width()
                or widget.height() < needed
                or widget.mapTo(body, QPoint(widget.width(), 0)).x() > body.width()
            ):
                yield widget


@pytest.mark.parametrize(
    ("points", "width", "height"),
    [(20, 1280, 800), (9, 640, 400)],  # the second is 1280 x 800 at a scale of 2
)
def test_checklist_18_a_large_font_and_scale_clip_nothing(
    qtbot: QtBot, open_window: Callable[..., MainWindow], folder: Path,
    points: int, width: int, height: int,
) -> None:  # fmt: skip
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    usual = app.font()
    large = app.font()
    large.setPointSizeF(points)
    app.setFont(large)
    try:
        window = open_window()
        window.resize(width, height)
        window.adding.add([folder])
        qtbot.waitUntil(lambda: len(window.batch.model) == 6)
        suggest(window, "0 red.png", UNSURE)
        window.body.panel.field.setPlainText("An image of a dog that is running on a wide beach")
        window.body.panel.show_notes_now()
        window.body.panel.extended_section.open()
        window.body.panel.questions_section.open()
        window.body.panel.details_section.open()
        body = window.body.panel.area.widget()
        assert body is not None
        qtbot.waitUntil(lambda: body.width() <= window.body.panel.area.viewport().width())
        qtbot.waitUntil(lambda: not list(clipped(body)))
        for button in window.findChildren(QToolBar)[0].findChildren(QToolButton):
            assert button.isVisible() == (button.defaultAction() is not None)
    finally:
        app.setFont(usual)


def test_checklist_19_a_new_colour_scheme_repaints_the_icons(
    qtbot: QtBot, captioned: MainWindow
) -> None:
    def ink(window: MainWindow) -> QColor:
        image = window.actions_["copy_plain"].icon().pixmap(32).toImage()
        pixels = (
            image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())
        )
        return max(pixels, key=QColor.alpha)

    assert ink(captioned).lightness() < 80
    captioned.batch.settings.use(
        dataclasses.replace(captioned.batch.settings.now, appearance="dark")
    )
    qtbot.waitUntil(lambda: ink(captioned).lightness() > 180)
    background = captioned.grab().toImage().pixelColor(600, 60)
    assert background.lightness() < 80
    captioned.batch.settings.use(
        dataclasses.replace(captioned.batch.settings.now, appearance="high-contrast")
    )
    qtbot.waitUntil(lambda: ink(captioned) == QColor("white"))
    captioned.batch.settings.use(
        dataclasses.replace(captioned.batch.settings.now, appearance="light")
    )


def test_checklist_20_nothing_is_animated() -> None:
    for source in Path(gui.__file__).parent.rglob("*.py"):
        assert not re.search(r"Q\w*Animation|QMovie|QTimeLine", source.read_text(encoding="utf-8"))


def test_checklist_21_only_write_writes(qtbot: QtBot, captioned: MainWindow, folder: Path) -> None:
    def state() -> dict[str, tuple[bytes, int]]:
        return {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.iterdir()}

    before = state()
    field = captioned.body.panel.field
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.toPlainText() == "A red picture.\n"
    captioned.reviewing.accept_current()
    captioned.body.panel.decorative.click()
    captioned.close()
    assert state() == before


def test_checklist_22_writing_shows_a_plan_and_asks_once(
    qtbot: QtBot, captioned: MainWindow, folder: Path
) -> None:
    write(folder / "1 green.png", AltText(text="My lawn.", language="en"), Destination.SIDECAR)
    for _ in range(3):
        captioned.reviewing.accept_current()
    seen: list[str] = []

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, WriteDialog)
        qtbot.waitUntil(dialog.write.isEnabled)
        seen.append(dialog.summary.text())
        assert not dialog.replace.isChecked()
        dialog.write.click()

    QTimer.singleShot(0, answer)
    with qtbot.waitSignal(captioned.writing.run.written):
        captioned.writing.write()
    assert seen == ["2 pictures get a sidecar.\n1 picture keeps the other text that it has."]
    assert captioned.batch.settings.now.destination == "sidecar"
    assert Settings.read().destination == "sidecar"


def test_checklist_23_existing_text_is_shown_and_kept(
    qtbot: QtBot, window: MainWindow, folder: Path
) -> None:
    write(folder / "0 red.png", AltText(text="My wall.", language="en"), Destination.EMBED)
    window.adding.add([folder])
    qtbot.waitUntil(lambda: len(window.batch.model) == 6)
    assert window.body.panel.field.toPlainText() == "My wall."
    with qtbot.waitSignal(window.captioning.run.finished):
        window.captioning.caption_all()
    assert window.body.panel.field.toPlainText() == "My wall."
    assert window.body.panel.picture is not None
    assert window.body.panel.picture.state is State.REVIEWED


def test_checklist_24_undo_says_what_it_undoes(captioned: MainWindow, folder: Path) -> None:
    before = captioned.batch.model.pictures()
    captioned.reviewing.accept_current()
    assert captioned.actions_["undo"].text() == "&Undo acceptance of 0 red.png"
    captioned.batch.view.selectAll()
    captioned.reviewing.accept_selected()
    assert captioned.actions_["undo"].text() == "&Undo acceptance of 5 drafts"
    captioned.body.panel.decorative.click()
    captioned.actions_["remove"].trigger()
    assert captioned.actions_["undo"].text() == "&Undo taking out 6 pictures"
    while captioned.batch.history.canUndo():
        captioned.actions_["undo"].trigger()
    now = {p.path: p.alt for p in captioned.batch.model.pictures()}
    assert now == {p.path: p.alt for p in before}
    while captioned.batch.history.canRedo():
        captioned.actions_["redo"].trigger()
    assert not len(captioned.batch.model)


def test_checklist_26_the_same_picture_is_offered_its_earlier_text(
    qtbot: QtBot, captioned: MainWindow, folder: Path, tmp_path: Path
) -> None:
    panel = captioned.body.panel
    qtbot.waitUntil(lambda: bool(captioned.batch.model.pictures()[0].digest))
    panel.field.selectAll()
    qtbot.keyClicks(panel.field, "The red door of our house.")
    captioned.reviewing.accept_current()
    twin = tmp_path / "another name.png"
    twin.write_bytes((folder / "0 red.png").read_bytes())
    captioned.adding.add([twin])
    qtbot.waitUntil(lambda: twin in captioned.batch.model)
    qtbot.waitUntil(lambda: captioned.batch.drafts.accepted(
        captioned.batch.model.pictures()[0].digest, twin) is not None)  # fmt: skip
    captioned.batch.view.go_to(twin)
    qtbot.waitUntil(lambda: any("The red door" in text for text in panel.notes.texts()))
    captioned.actions_["mend_1"].trigger()
    assert panel.field.toPlainText() == "The red door of our house."


def test_checklist_27_a_declined_picture_has_no_sentence_but_a_reason(
    qtbot: QtBot, varied: MainWindow, folder: Path
) -> None:
    picture = varied.batch.model.picture(folder / "2 blue.png")
    assert picture is not None
    assert picture.alt.text == ""
    assert row_text(picture, 3, 6) == "2 blue.png, Declined, 3 of 6"
    assert why(picture) == "This looks like a page of text."
    varied.batch.view.go_to(picture.path)
    assert not varied.body.panel.candidates.isVisible()
    varied.actions_["guess"].trigger()
    qtbot.waitUntil(lambda: varied.body.panel.field.toPlainText() == "A blue picture.")
    picture = varied.batch.model.picture(folder / "2 blue.png")
    assert picture is not None
    assert picture.state is State.UNSURE
    varied.batch.view.setFocus()
    varied.actions_["undo"].trigger()
    picture = varied.batch.model.picture(folder / "2 blue.png")
    assert picture is not None
    assert picture.state is State.DECLINED


def test_checklist_28_drafts_are_called_so_and_hedges_are_noted(varied: MainWindow) -> None:
    assert varied.body.panel.picture is not None
    assert state_words(varied.body.panel.picture.state) == "Unsure draft"
    assert "Check closely" in why(varied.body.panel.picture)
    assert varied.body.panel.picture.alt.text == "A dog on a beach."
    notes = lint.check("It could be a dog on a beach.", lint.Context())
    assert [note.rule for note in notes] == [lint.Rule.HEDGE]


def test_checklist_29_decorative_is_a_value(
    qtbot: QtBot, open_window: Callable[..., MainWindow], captioned: MainWindow, folder: Path
) -> None:
    captioned.body.panel.decorative.click()
    captioned.body.panel.show_notes_now()
    assert captioned.body.panel.notes.texts() == []
    captioned.copying.copy(Format.HTML)
    assert QGuiApplication.clipboard().text() == '<img src="0%20red.png" alt="">'
    captioned.copying.copy(Format.MARKDOWN)
    assert QGuiApplication.clipboard().text() == "![](<0%20red.png>)"
    captioned.close()
    again = open_window()
    again.adding.restore()
    qtbot.waitUntil(lambda: len(again.batch.model) == 6)
    picture = again.batch.model.picture(folder / "0 red.png")
    assert picture is not None
    assert picture.state is State.DECORATIVE

    def agree() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, WriteDialog)
        qtbot.waitUntil(dialog.write.isEnabled)
        dialog.write.click()

    QTimer.singleShot(0, agree)
    with qtbot.waitSignal(again.writing.run.written):
        again.writing.write()
    found = read(folder / "0 red.png").alt_text
    assert found is not None
    assert found.decorative


def test_checklist_30_candidates_are_radio_buttons_in_a_named_group(
    qtbot: QtBot, varied: MainWindow
) -> None:
    candidates = varied.body.panel.candidates
    assert accessible_name(candidates) == "What the model suggests"
    shown = [button for button in candidates.buttons() if button.isVisible()]
    assert all(isinstance(button, QRadioButton) for button in shown)
    assert [accessible_name(button) for button in shown] == [
        "1: A dog on a beach.", "2: A wolf on a beach.", "3: A dog in the snow.",
    ]  # fmt: skip
    qtbot.keyClick(varied, Qt.Key.Key_2, ALT)
    assert varied.body.panel.field.toPlainText() == "A wolf on a beach."
    assert shown[1].isChecked()
    varied.actions_["undo"].trigger()
    assert varied.body.panel.field.toPlainText() == "A dog on a beach."
    assert shown[0].isChecked()


def test_checklist_31_copies_are_escaped_and_say_their_format(
    qtbot: QtBot, captioned: MainWindow
) -> None:
    captioned.body.panel.field.selectAll()
    qtbot.keyClicks(captioned.body.panel.field, 'A "sign" [no] <entry> & more*')
    said: list[str] = []
    captioned.batch.announcer.said.connect(said.append)
    clipboard = QGuiApplication.clipboard()
    captioned.copying.copy(Format.PLAIN)
    assert clipboard.text() == 'A "sign" [no] <entry> & more*'
    captioned.copying.copy(Format.HTML)
    source = '<img src="0%20red.png" alt="A &quot;sign&quot; [no] &lt;entry&gt; &amp; more*">'
    assert clipboard.text() == source
    assert clipboard.mimeData().html() == source
    captioned.copying.copy(Format.MARKDOWN)
    assert clipboard.text() == (r'![A "sign" \[no\] \<entry\> \& more\*](<0%20red.png>)')
    assert said == [
        f"Copied as {form}. Nobody has reviewed it yet."
        for form in ("plain text", "HTML", "Markdown")
    ]


def test_checklist_32_everything_can_be_dropped_and_pasted(
    qtbot: QtBot, window: MainWindow, folder: Path, tmp_path: Path
) -> None:
    def urls(*found: str) -> QMimeData:
        data = QMimeData()
        data.setUrls([QUrl(url) for url in found])
        return data

    window.adding.take(urls("https://example.org/cat.jpg"))
    assert "web address" in window.body.notice.text.text()
    assert not len(window.batch.model)
    text = QMimeData()
    text.setText(str(folder / "0 red.png"))
    QGuiApplication.clipboard().setMimeData(text)
    qtbot.keyClick(window, Qt.Key.Key_V, CONTROL)
    qtbot.waitUntil(lambda: len(window.batch.model) == 1)
    window.adding.take(urls(QUrl.fromLocalFile(str(folder)).toString()))
    qtbot.waitUntil(lambda: len(window.batch.model) == 6)
    picture = QImage(40, 30, QImage.Format.Format_RGB32)
    picture.fill(QColor("red"))
    data = QMimeData()
    data.setImageData(picture)
    data.setUrls([QUrl("https://example.org/page.html")])  # as browsers do
    window.adding.take(data)
    qtbot.waitUntil(lambda: len(window.batch.model) == 7)
    many = tmp_path / "many"
    many.mkdir()
    for number in range(500):
        Image.new("RGB", (8, 8), (number % 256, 0, 0)).save(many / f"{number}.bmp")
    window.adding.take(urls(*(QUrl.fromLocalFile(str(path)).toString() for path in many.iterdir())))
    qtbot.waitUntil(lambda: len(window.batch.model) == 507)


def test_checklist_35_results_find_their_picture_whatever_the_list_does(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    colours = {"red": (200, 20, 20), "green": (20, 200, 20), "blue": (20, 20, 200)}
    chance = random.Random(4)  # noqa: S311
    for number in range(240):
        name = chance.choice(sorted(colours))
        Image.new("RGB", (64 + number, 48), colours[name]).save(tmp_path / f"{number} {name}.png")
    window.adding.add([tmp_path])
    qtbot.waitUntil(lambda: len(window.batch.model) == 240)
    window.captioning.caption_all()
    removed = 0
    while window.captioning.run.running:
        window.batch.model.sort_by(chance.choice(list(Order)))
        window.batch.rows.show_words(chance.choice(["", "red", "blue"]))
        if removed < 40:
            window.batch.model.remove([chance.choice(window.batch.model.pictures()).path])
            removed += 1
        qtbot.wait(10)
    assert len(window.batch.model) == 240 - removed
    for picture in window.batch.model.pictures():
        colour = picture.path.stem.split()[1]
        assert picture.alt.text == f"A {colour} picture."


def test_checklist_36_messages_are_whole_sentences() -> None:
    """tr and trn get literals, never strings that were put together."""
    calls = 0
    for source in Path(gui.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                texts = {"tr": node.args[:1], "trn": node.args[:2]}.get(node.func.id, [])
                for text in texts:
                    calls += 1
                    assert isinstance(text, ast.Constant), f"{source.name}:{node.lineno}"
    assert calls > 250


def test_checklist_37_nothing_needs_a_network() -> None:
    """Every test here runs with sockets forbidden; nothing imports the modules either."""
    for source in Path(gui.__file__).parent.rglob("*.py"):
        assert not re.search(r"QtNetwork|urllib\.request|import socket|http\.client",
                             source.read_text(encoding="utf-8"))  # fmt: skip


def test_checklist_38_without_a_model_there_is_a_sentence_and_a_way_on(
    qtbot: QtBot, open_window: Callable[..., MainWindow], settings: Settings, tmp_path: Path
) -> None:
    window = open_window(dataclasses.replace(settings, model=str(tmp_path)))
    with qtbot.waitSignal(window.captioning.run.broken):
        window.captioning.prepare()
    text = window.body.notice.text.text()
    assert "there is no model in" in text.lower()
    assert "Traceback" not in text
    button = window.body.notice.buttons[0]
    assert button.text() == "Open the settings"
    assert button.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_checklist_39_qt_loses_no_reference_to_none(qtbot: QtBot) -> None:
    assert unusable_qt("6.12.0", (3, 11))
    assert not unusable_qt("6.12.0", (3, 12))
    assert not unusable_qt("6.11.3", (3, 11))
    widget = QWidget()
    qtbot.addWidget(widget)
    before = sys.getrefcount(None)
    for _ in range(400):
        widget.setObjectName("name")
    assert sys.getrefcount(None) > before - 50
