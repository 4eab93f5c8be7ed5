"""What a person notes of a folder or of pictures outlives the window, and gets into texts."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from lorgnette.gui.batch.picture import State
from lorgnette.gui.knowing.noting import NoteDialog
from lorgnette.gui.main_window import MainWindow
from lorgnette.settings import Settings

pytestmark = pytest.mark.gui


def text(window: MainWindow, path: Path) -> str:
    picture = window.batch.model.picture(path)
    assert picture is not None
    return picture.alt.text


def note(window: MainWindow, words: str, place: int) -> None:
    """Answer the dialog as a person does."""

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, NoteDialog)
        dialog.of.setCurrentIndex(place)
        dialog.note.setText(words)
        dialog.accept()

    QTimer.singleShot(0, answer)
    window.actions_["take_note"].trigger()


def test_a_note_begins_or_ends_a_text_by_key_and_undo_takes_it_out(
    captioned: MainWindow, folder: Path
) -> None:
    red, green = folder / "0 red.png", folder / "1 green.png"
    note(captioned, "Our wedding,  Lisbon", 0)
    assert "Note: Our wedding, Lisbon" in captioned.body.panel.subject.known.text()
    captioned.actions_["note_first"].trigger()
    assert text(captioned, red) == "Our wedding, Lisbon: A red picture."
    captioned.actions_["note_first"].trigger()  # not twice
    assert text(captioned, red) == "Our wedding, Lisbon: A red picture."
    captioned.actions_["undo"].trigger()
    assert text(captioned, red) == "A red picture."
    captioned.batch.view.go_to(green)
    note(captioned, "The garden", 1)  # of this picture alone
    captioned.actions_["note_last"].trigger()
    assert text(captioned, green) == "A green picture. The garden."


def test_drafts_have_it_where_the_form_says_so_and_the_next_window_knows_it(
    qtbot: QtBot, captioned: MainWindow, folder: Path, settings: Settings,
    open_window: Callable[..., MainWindow],
) -> None:  # fmt: skip
    note(captioned, "Lisbon", 0)
    captioned.close()
    again = open_window(dataclasses.replace(settings, template="{note}: {caption}"))
    again.adding.restore()
    qtbot.waitUntil(lambda: len(again.batch.model) == 6)
    red = folder / "0 red.png"
    assert again.batch.drafts.note_of(red) == "Lisbon"
    again.captioning.caption_all()
    qtbot.waitUntil(lambda: text(again, folder / "5 blue.png") == "Lisbon: A blue picture.")
    qtbot.waitUntil(lambda: not again.captioning.run.running)
    picture = again.batch.model.picture(red)
    assert picture is not None
    assert picture.suggestion is not None
    assert picture.state is State.DRAFT
    assert picture.alt.text == picture.suggestion.candidates[0] == "Lisbon: A red picture."
    again.batch.view.go_to(red)
    note(again, "", 0)
    assert again.batch.drafts.note_of(red) == ""
