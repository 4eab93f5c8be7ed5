"""A table's texts come into the batch: shown first, undone as one, written only with the rest."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialogButtonBox
from pytestqt.qtbot import QtBot

from lorgnette.gui.batch.picture import State
from lorgnette.gui.main_window import MainWindow
from lorgnette.gui.parts.list_dialog import ListDialog

pytestmark = pytest.mark.gui


def answer(qtbot: QtBot, window: MainWindow, table: Path, *, agree: bool) -> list[str]:
    """Import a table, look at the plan, agree or close it; return its lines and its heading."""
    seen: list[str] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, ListDialog):
            QTimer.singleShot(20, look)
            return
        seen.extend([*dialog.lines.stringList(), dialog.heading.text()])
        role = QDialogButtonBox.ButtonRole
        wanted = role.AcceptRole if agree else role.RejectRole
        buttons = dialog.buttons.buttons()
        next(each for each in buttons if dialog.buttons.buttonRole(each) == wanted).click()

    window.importing.read(table)
    QTimer.singleShot(20, look)
    qtbot.waitUntil(lambda: bool(seen))
    return seen


@pytest.fixture
def table(folder: Path) -> Callable[[str], Path]:
    """Return a function that saves a table beside the pictures."""

    def saved(content: str) -> Path:
        path = folder / "t.csv"
        path.write_text(content, encoding="utf-8")
        return path

    return saved


def states(window: MainWindow) -> list[tuple[State, str]]:
    return [(picture.state, picture.alt.text) for picture in window.batch.model.pictures()]


def test_the_plan_comes_first_and_one_undo_takes_it_all_back(
    qtbot: QtBot, filled: MainWindow, folder: Path, table: Callable[[str], Path]
) -> None:
    saved = table(
        "file_name,alt_text,state\n0 red.png,A gate,\n1 green.png,,decorative\n"
        "gone.png,A door,\n2 blue.png,,missing\n"
    )
    before = states(filled)
    lines = answer(qtbot, filled, saved, agree=False)
    assert lines == [
        "0 red.png: A gate",
        "1 green.png: decorative",
        "Line 4, gone.png: there is no such file.",
        "Line 5, 2 blue.png: it has no text yet.",
        "2 pictures get a text. 2 lines are left out.",
    ]
    assert states(filled) == before
    answer(qtbot, filled, saved, agree=True)
    after = [(State.REVIEWED, "A gate"), (State.DECORATIVE, ""), *before[2:]]
    assert states(filled) == after
    assert {path.suffix for path in folder.iterdir()} == {".png", ".csv"}  # nothing is written
    filled.actions_["undo"].trigger()
    assert states(filled) == before


def test_reviewed_words_that_give_way_and_pictures_elsewhere_are_told(
    qtbot: QtBot, filled: MainWindow, folder: Path, table: Callable[[str], Path]
) -> None:
    filled.body.panel.chosen.emit(folder / "0 red.png", "Our gate")
    filled.reviewing.accept_current()
    filled.batch.view.go_to(folder / "1 green.png")
    filled.browsing.remove(folder / "1 green.png")
    saved = table("path,text\n0 red.png,A gate\n1 green.png,A door\n")
    assert answer(qtbot, filled, saved, agree=True)[:2] == [
        "0 red.png: A gate It replaces: Our gate",
        "Line 3, 1 green.png: it is not in the batch; add it first.",
    ]


def test_what_is_no_table_is_told(
    qtbot: QtBot, filled: MainWindow, table: Callable[[str], Path]
) -> None:
    filled.importing.read(table("only words\n"))
    qtbot.waitUntil(lambda: "lacks a column" in filled.body.notice.text.text())
