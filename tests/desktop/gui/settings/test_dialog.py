"""The settings as a person finds and leaves them, by keyboard alone."""

import dataclasses
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from lorgnette.english.glossary import Rule
from lorgnette.gui.settings.dialog import SettingsDialog
from lorgnette.settings import Settings

pytestmark = pytest.mark.gui


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


@pytest.fixture
def dialog(qtbot: QtBot, parent: QWidget) -> SettingsDialog:
    made = SettingsDialog(
        Settings(),
        "Not open yet.",
        lambda _: "",
        lambda form: form.filled("A dog.", note="Rome"),
        parent,
    )
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    return made


def test_untouched_settings_come_back_as_they_were(dialog: SettingsDialog) -> None:
    assert dialog.settings == Settings()


def test_the_name_of_a_sidecar_is_chosen_by_keys(qtbot: QtBot, dialog: SettingsDialog) -> None:
    label = next(label for label in dialog.findChildren(QLabel) if label.text().startswith("&Name"))
    assert label.buddy() is dialog.sidecar_naming
    qtbot.keyClick(dialog, Qt.Key.Key_N, Qt.KeyboardModifier.AltModifier)
    assert dialog.sidecar_naming.hasFocus()
    qtbot.keyClick(dialog.sidecar_naming, Qt.Key.Key_Down)
    assert dialog.settings == dataclasses.replace(Settings(), sidecar_naming="without-extension")


def test_what_a_choice_means_is_said_with_it(dialog: SettingsDialog) -> None:
    shown = {label.text() for label in dialog.findChildren(QLabel)}
    for field in (dialog.destination, dialog.sidecar_naming, dialog.provider, dialog.beam_size):
        interface = QAccessible.queryAccessibleInterface(field)
        assert interface.text(QAccessible.Text.Description) in shown - {""}


def test_a_folder_without_a_model_is_refused_in_the_dialog(
    qtbot: QtBot, dialog: SettingsDialog, tmp_path: Path
) -> None:
    dialog.model.setText(str(tmp_path))
    dialog.accept()
    assert dialog.isVisible()
    assert any("There is no model in" in label.text() for label in dialog.findChildren(QLabel))
    dialog.model.clear()
    dialog.accept()
    assert not dialog.isVisible()


def test_a_form_of_drafts_is_seen_on_a_picture_before_it_is_taken(dialog: SettingsDialog) -> None:
    assert dialog.filled.text() == "This picture: A dog."
    dialog.template.setText("{note}: {caption}")
    assert dialog.filled.text() == "This picture: Rome: A dog."
    dialog.template.setText("{note}: {captoin}")
    assert dialog.filled.text().startswith("This is no form: there is no {captoin}")
    dialog.accept()
    assert dialog.isVisible()
    dialog.template.setText("{note}: {caption}")
    dialog.accept()
    assert not dialog.isVisible()
    assert dialog.settings.template == "{note}: {caption}"


def test_rules_are_listed_and_can_be_taken_out(qtbot: QtBot, parent: QWidget) -> None:
    rules = (Rule("dog", "Rex", "/home/album"), Rule("soccer", "football"))
    dialog = SettingsDialog(
        Settings(glossary=rules), "", lambda _: "", lambda form: form.text, parent
    )
    assert dialog.settings.glossary == rules
    assert dialog.glossary.item(0).text() == "“dog” becomes “Rex”, for /home/album"
    assert dialog.glossary.item(1).text() == "“soccer” becomes “football”, for all pictures"
    dialog.glossary.setCurrentRow(0)
    dialog.forget.click()
    assert dialog.settings.glossary == rules[1:]
    dialog.forget.click()
    assert dialog.settings.glossary == ()
    assert not dialog.forget.isEnabled()
