"""The caption fields: asked for where the plan is, kept in mind, undone with the rest."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tests.oracles import ExifTool

from lorgnette.gui.main_window import MainWindow
from lorgnette.gui.writing.dialog import WriteDialog

pytestmark = pytest.mark.gui


def write(qtbot: QtBot, window: MainWindow, choose: Callable[[WriteDialog], None]) -> None:
    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, WriteDialog)
        choose(dialog)
        qtbot.waitUntil(dialog.write.isEnabled)
        dialog.write.click()

    QTimer.singleShot(0, answer)
    with qtbot.waitSignal(window.writing.run.written):
        window.writing.write()


def test_reviewed_text_goes_there_drafts_do_not_and_undo_takes_it_back(
    qtbot: QtBot, captioned: MainWindow, folder: Path, exiftool: ExifTool
) -> None:
    before = {path: path.read_bytes() for path in folder.iterdir()}
    captioned.reviewing.accept_current()  # one of six
    means = []

    def choose(dialog: WriteDialog) -> None:
        means.append(dialog.mirror.accessibleDescription())
        assert not dialog.mirror.isChecked()
        dialog.embed.click()
        dialog.mirror.click()
        dialog.with_drafts.click()

    write(qtbot, captioned, choose)
    assert "A caption that anybody wrote stays" in means[0]
    said = [exiftool.tags(path, "-Description", "-ImageDescription") for path in sorted(before)]
    assert {name for tags in said[1:] for name in tags} == {"SourceFile"}
    assert said[0]["XMP-dc:Description"] == said[0]["IFD0:ImageDescription"] == "A red picture."
    assert captioned.batch.settings.now.caption_fields
    with qtbot.waitSignal(captioned.writing.run.undone):
        captioned.actions_["undo"].trigger()
    assert {path: path.read_bytes() for path in folder.iterdir()} == before

    def look(dialog: WriteDialog) -> None:
        assert dialog.mirror.isChecked()  # as it was chosen before

    write(qtbot, captioned, look)
