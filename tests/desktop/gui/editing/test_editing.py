"""Many pictures are changed in one step, and what would change is seen before."""

import csv
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from lorgnette.alttext import AltText, Destination, read
from lorgnette.gui.batch.picture import State
from lorgnette.gui.editing.replacing import ReplaceDialog, replaced
from lorgnette.gui.main_window import MainWindow
from lorgnette.gui.writing.earlier import EarlierDialog
from lorgnette.jobs.writing import write_batch

pytestmark = pytest.mark.gui


@pytest.mark.parametrize(
    ("text", "wanted", "by", "whole", "result"),
    [
        ("A dog and a hotdog.", "dog", "cat", True, "A cat and a hotdog."),
        ("A dog and a hotdog.", "dog", "cat", False, "A cat and a hotcat."),
        ("Dogs run. A dog.", "dogs", "cats", True, "Cats run. A dog."),
        ("A wooden table.", "wooden", "", True, "A table."),
        ("Wooden table.", "wooden", "", True, "Table."),
        ("A table, wooden.", ", wooden", "", False, "A table."),
        ("A table.", "", "x", True, "A table."),
        ("A (b).", "(b)", "c", False, "A c."),
    ],
)
def test_words_are_replaced_as_a_person_would(
    text: str, wanted: str, by: str, whole: bool, result: str
) -> None:
    assert replaced(text, wanted, by, whole=whole) == result


def test_what_would_change_is_seen_and_one_undo_takes_it_back(
    qtbot: QtBot, captioned: MainWindow
) -> None:
    seen: list[list[str]] = []

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, ReplaceDialog)
        assert not dialog.do_it.isEnabled()
        qtbot.keyClicks(dialog.wanted, "red")
        qtbot.keyClicks(dialog.by, "scarlet")
        seen.append(dialog.lines.stringList())
        dialog.do_it.click()

    QTimer.singleShot(0, answer)
    captioned.actions_["replace"].trigger()
    assert seen == [["0 red.png: A scarlet picture.", "3 red.png: A scarlet picture."]]
    texts = [picture.alt.text for picture in captioned.batch.model.pictures()]
    assert texts.count("A scarlet picture.") == 2
    assert "2 pictures" in captioned.batch.announcer.messages[-1].text
    captioned.undoing.undo()
    assert "A scarlet picture." not in [p.alt.text for p in captioned.batch.model.pictures()]


def test_the_selected_are_decorative_together_and_get_their_words_back(
    captioned: MainWindow,
) -> None:
    captioned.batch.view.selectAll()
    before = [picture.alt for picture in captioned.batch.model.pictures()]
    captioned.actions_["decorate_selected"].trigger()
    assert captioned.batch.model.counts()[State.DECORATIVE] == 6
    captioned.batch.view.selectAll()
    captioned.actions_["decorate_selected"].trigger()
    assert [picture.alt for picture in captioned.batch.model.pictures()] == before


def test_the_list_is_exported_as_it_is_shown(captioned: MainWindow, tmp_path: Path) -> None:
    captioned.batch.rows.show_words("red")
    captioned.copying.export(tmp_path / "texts.csv")
    with (tmp_path / "texts.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert [row[0] for row in rows[1:]] == ["holiday/0 red.png", "holiday/3 red.png"]
    assert "A red picture." in rows[1]
    captioned.copying.export(tmp_path / "none" / "texts.html")
    assert "could not be written" in captioned.body.notice.text.text()


def test_what_was_written_on_another_day_is_undone_from_the_window(
    qtbot: QtBot, captioned: MainWindow, folder: Path
) -> None:
    image = folder / "0 red.png"
    list(write_batch([(image, AltText(text="Of yesterday."))], Destination.SIDECAR))
    captioned.actions_["earlier"].trigger()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, EarlierDialog)
    assert "1 file" in dialog.lines.stringList()[0]
    with qtbot.waitSignal(captioned.writing.run.undone):
        dialog.undo.click()
    assert read(image).alt_text is None
