"""The third correction of a kind is offered as a rule, which new drafts follow."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from lorgnette.english.glossary import Rule
from lorgnette.gui.batch.picture import Picture
from lorgnette.gui.main_window import MainWindow
from lorgnette.settings import Settings

pytestmark = pytest.mark.gui


def picture(window: MainWindow, path: Path) -> Picture:
    found = window.batch.model.picture(path)
    assert found is not None
    return found


def correct(window: MainWindow, path: Path) -> None:
    """Say image where the draft says picture, and accept it."""
    window.batch.view.go_to(path)
    window.body.panel.field.setPlainText(picture(window, path).alt.text.replace("picture", "image"))
    window.actions_["accept"].trigger()


def offers(window: MainWindow) -> list[QPushButton]:
    return window.body.notice.buttons if "image" in window.body.notice.text.text() else []


def test_the_third_time_is_offered_and_holds_for_new_drafts(
    qtbot: QtBot, captioned: MainWindow, folder: Path
) -> None:
    for name in ("0 red.png", "1 green.png"):
        correct(captioned, folder / name)
        assert not offers(captioned)
    correct(captioned, folder / "2 blue.png")
    assert captioned.body.notice.text.text() == (
        "3 times you put “image” in the place of “picture”. Should new drafts say so by themselves?"
    )
    here, everywhere = offers(captioned)
    assert (here.text(), everywhere.text()) == ("In drafts for holiday", "In all drafts")
    here.click()
    rule = Rule("picture", "image", str(folder))
    assert captioned.batch.settings.now.glossary == Settings.read().glossary == (rule,)
    assert picture(captioned, folder / "3 red.png").alt.text == "A red picture."  # until it is new
    captioned.batch.view.go_to(folder / "3 red.png")
    captioned.actions_["caption_selected"].trigger()
    qtbot.waitUntil(lambda: picture(captioned, folder / "3 red.png").alt.text == "A red image.")
    qtbot.waitUntil(lambda: not captioned.captioning.run.running)
    correct(captioned, folder / "4 green.png")  # known by now
    assert not captioned.body.notice.isVisible() or not offers(captioned)


def test_other_corrections_each_time_are_no_rule(captioned: MainWindow, folder: Path) -> None:
    for name, word in (("0 red.png", "image"), ("1 green.png", "photo"), ("2 blue.png", "image")):
        captioned.batch.view.go_to(folder / name)
        text = picture(captioned, folder / name).alt.text.replace("picture", word)
        captioned.body.panel.field.setPlainText(text)
        captioned.actions_["accept"].trigger()
    assert not offers(captioned)
