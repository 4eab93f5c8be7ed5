"""Spelling in the window: marked, gone to by key, offered other words, learned."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCharFormat
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from lorgnette import spelling
from lorgnette.alttext.alt_text import AltText, Origin
from lorgnette.gui.batch.picture import Suggestion
from lorgnette.gui.main_window import MainWindow
from lorgnette.gui.settings.act import dictionaries_in_words
from lorgnette.settings import Settings

pytestmark = pytest.mark.gui

STROKES = QTextCharFormat.UnderlineStyle


@pytest.fixture
def text(qtbot: QtBot, filled: MainWindow) -> Callable[[str], None]:
    """Return a function that puts words into the first picture's text and waits for Hunspell."""

    def put(words: str, **suggested: object) -> None:
        filled.reviewing.go_to_text()
        picture = filled.batch.model.pictures()[0]
        if suggested:
            suggestion = Suggestion(**suggested)  # type: ignore[arg-type]
            picture = dataclasses.replace(picture, suggestion=suggestion)
        alt = AltText(text=words, language="en", origin=Origin.MACHINE, reviewed=False)
        filled.batch.model.put([dataclasses.replace(picture, alt=alt)])
        qtbot.waitUntil(lambda: any(not doubt.of_model for doubt in filled.body.panel.field.doubts))

    return put


def press(key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, key, modifiers)


def opened_menu(qtbot: QtBot) -> QMenu:
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def words_of(menu: QMenu) -> list[str]:
    found = []
    for action in menu.actions():
        if action.isSeparator():
            break
        found.append(action.text())
    return found


def said(window: MainWindow) -> str:
    return window.batch.announcer.messages[-1].text


def test_the_model_doubts_with_one_stroke_and_a_dictionary_with_another(
    filled: MainWindow, text: Callable[..., None]
) -> None:
    text("😀 A bacth table by the tabel", text="", doubted=("table",), candidates=())
    field = filled.body.panel.field
    selections = field.extraSelections()
    assert [(each.cursor.selectedText(), each.format.underlineStyle()) for each in selections] == [
        ("bacth", STROKES.DashUnderline),
        ("table", STROKES.WaveUnderline),
        ("tabel", STROKES.DashUnderline),
    ]


def test_keys_go_to_the_next_and_the_one_before_and_say_what_may_be_meant(
    filled: MainWindow, text: Callable[..., None]
) -> None:
    candidates = ("A bacth on a wooden tabel", "A bacth on a metal tabel")
    text(candidates[0], text=candidates[0], doubted=("wooden",), candidates=candidates)
    field = filled.body.panel.field
    seen = []
    for _ in range(3):
        press(Qt.Key.Key_F7)
        seen.append((field.textCursor().selectedText(), said(filled)))
    assert sorted(word for word, _ in seen) == ["bacth", "tabel", "wooden"]
    sentences = dict(seen)
    assert sentences["wooden"] == "Doubted: wooden. The model also says “metal”."
    assert sentences["bacth"].startswith("Not in the dictionary: bacth. Perhaps “batch”")
    press(Qt.Key.Key_F7, Qt.KeyboardModifier.ShiftModifier)
    assert field.textCursor().selectedText() == seen[1][0]
    filled.reviewing.say_doubted_words()
    assert said(filled) == "Doubted words: “wooden”. Not in the dictionary: “bacth”, “tabel”."


def test_the_menu_offers_the_models_words_first_and_undo_takes_the_choice_back(
    qtbot: QtBot, filled: MainWindow, text: Callable[..., None]
) -> None:
    candidates = ("A ball on the tabel", "A ball on the bench")
    text(candidates[0], text=candidates[0], doubted=(), candidates=candidates)
    field = filled.body.panel.field
    press(Qt.Key.Key_F7)
    press(Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    menu = opened_menu(qtbot)
    offered = words_of(menu)
    assert offered[0] == "bench"
    assert "table" in offered[1:]
    assert offered[-1] == "&Add “tabel” to my dictionary"
    QTest.keyClick(menu, Qt.Key.Key_Return)  # the first is chosen already
    assert field.toPlainText() == "A ball on the bench"
    assert field.doubts == []
    filled.undoing.undo()
    assert field.toPlainText() == "A ball on the tabel"


def test_a_word_is_learned_for_good(
    qtbot: QtBot, filled: MainWindow, text: Callable[..., None]
) -> None:
    text("The quokkaburg")
    field = filled.body.panel.field
    press(Qt.Key.Key_F7)
    press(Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    menu = opened_menu(qtbot)
    learn = next(action for action in menu.actions() if "my dictionary" in action.text())
    learn.trigger()
    menu.close()
    assert field.doubts == []
    assert spelling.own_words() == ["quokkaburg"]


def test_nothing_is_marked_where_nobody_wants_it_or_the_language_is_not_known(
    qtbot: QtBot, filled: MainWindow, settings: Settings, text: Callable[..., None]
) -> None:
    field = filled.body.panel.field
    text("A bacth")
    filled.batch.settings.use(dataclasses.replace(settings, spelling=False))
    assert field.doubts == []
    filled.batch.settings.use(settings)
    assert [doubt.word for doubt in field.doubts] == ["bacth"]
    picture = filled.batch.model.pictures()[0]
    quoting = dataclasses.replace(picture.alt, language="")  # what a sign says, in any language
    filled.batch.model.put([dataclasses.replace(picture, alt=quoting)])
    assert field.doubts == []
    press(Qt.Key.Key_F7)
    assert said(filled) == "No word of this text is doubted."


def test_settings_say_which_dictionaries_there_are() -> None:
    one = spelling.Dictionary("en-US", Path("/x/en_US.aff"), shipped=True)
    two = spelling.Dictionary("de-DE", Path("/x/de_DE.aff"))
    assert dictionaries_in_words([two, one], "de") == (
        "Dictionaries found: de-DE, en-US (comes with lorgnette)."
    )
    assert dictionaries_in_words([one], "fr") == (
        "Dictionaries found: en-US (comes with lorgnette). "
        "None is for fr: install the Hunspell dictionary of that language."
    )
