"""The row that a person works in stays, and what acts, acts on what was shown."""

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from lorgnette.gui.batch.picture import TO_REVIEW, State
from lorgnette.gui.main_window import MainWindow


def test_typing_goes_into_one_picture_whatever_is_shown_and_searched(
    qtbot: QtBot, captioned: MainWindow
) -> None:
    view, rows, field = captioned.batch.view, captioned.batch.rows, captioned.body.panel.field
    captioned.browsing.show_words("red")
    assert rows.rowCount() == 2
    first = view.current_path()
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "A wall")
    assert [p.path for p in captioned.batch.model.pictures() if p.alt.text == "A wall"] == [first]
    assert view.current_path() == first
    view.step(1)
    assert view.current_path() != first
    qtbot.waitUntil(lambda: rows.rowCount() == 2)  # its name says red; its words do not
    captioned.browsing.show_words("a red picture")
    assert rows.rowCount() == 1


def test_accepting_acts_on_the_picture_that_was_shown(qtbot: QtBot, captioned: MainWindow) -> None:
    view, rows = captioned.batch.view, captioned.batch.rows
    captioned.browsing.show_states(frozenset(TO_REVIEW))
    view.go_to_row(0)
    view.setFocus()
    first = view.current_path()
    qtbot.keyClick(captioned, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert view.current_path() == first
    qtbot.keyClick(captioned, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    counts = captioned.batch.model.counts()
    assert counts[State.REVIEWED] == 0
    assert counts[State.DECORATIVE] == 1
    assert view.current_path() != first
    qtbot.waitUntil(lambda: rows.rowCount() == 5)


def test_undo_goes_to_the_picture_and_says_what_it_undid(
    qtbot: QtBot, captioned: MainWindow
) -> None:
    view, history = captioned.batch.view, captioned.batch.history
    captioned.browsing.show_states(frozenset(TO_REVIEW))
    view.go_to_row(0)
    first = view.current_path()
    assert first is not None
    captioned.reviewing.accept_current()
    qtbot.waitUntil(lambda: captioned.batch.rows.rowCount() == 5)
    field = captioned.body.panel.field
    field.setFocus()
    qtbot.keyClicks(field, "X")
    for _ in range(2):
        qtbot.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert view.current_path() == first
    assert captioned.batch.announcer.messages[-1].text == (
        f"Undone: acceptance of {first.name}. Draft."
    )
    shift = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    for _ in range(2):
        qtbot.keyClick(field, Qt.Key.Key_Z, shift)
    assert not history.canRedo()
    assert captioned.batch.model.counts()[State.REVIEWED] == 1
    assert captioned.batch.model.picture_at(1).alt.text.endswith("X")


def test_delete_goes_on_with_the_next_row(captioned: MainWindow) -> None:
    view = captioned.batch.view
    view.go_to_row(2)
    following = captioned.batch.model.picture_at(3).path
    captioned.browsing.remove_selected()
    assert [picture.path for picture in view.selected()] == [following]
    captioned.browsing.remove_selected()
    assert len(captioned.batch.model) == 4


def test_others_outside_the_filter_are_counted(captioned: MainWindow) -> None:
    captioned.browsing.show_words("red")
    for _ in range(2):
        captioned.reviewing.accept_current()
    assert "4 others wait" in captioned.batch.announcer.messages[-1].text
    captioned.batch.view.selectAll()
    captioned.browsing.show_words("nothing like it")
    panel = captioned.body.panel
    assert panel.picture is None
    assert not panel.candidates.isVisible()
    assert not panel.notes.texts()


def test_copying_says_how_many_nobody_has_reviewed(captioned: MainWindow) -> None:
    captioned.batch.view.selectAll()
    captioned.actions_["copy_html"].trigger()
    assert "6 of them are drafts" in captioned.batch.announcer.messages[-1].text
