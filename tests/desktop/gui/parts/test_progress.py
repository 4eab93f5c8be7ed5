"""The bar that shows how far jobs are."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from lorgnette.gui.looks import theme
from lorgnette.gui.parts.progress import Progress

pytestmark = pytest.mark.gui


def test_each_job_has_a_line_of_its_own(qtbot: QtBot, qapp: QApplication) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    progress = Progress(theme.apply(qapp, "light"), window)
    progress.begin("captions", "Captioning: {done} of {total} done.", paused="Paused at {done}.")
    progress.advance("captions", 3, 9)
    progress.set_paused("captions", paused=True)
    progress.begin("files", "Writing: {done} of {total} done.")
    progress.advance("captions", 4, 9)
    assert progress.line("captions").text.text() == "Paused at 4."
    assert progress.line("captions").bar.value() == 4
    assert not progress.line("captions").pause.isHidden()
    assert progress.line("files").text.text() == "Writing: 0 of 0 done."
    assert progress.line("files").pause.isHidden()
    with qtbot.waitSignal(progress.cancel_wanted) as wanted:
        qtbot.mouseClick(progress.line("files").cancel, Qt.MouseButton.LeftButton)
    assert wanted.args == ["files"]
    progress.end("files")
    assert progress.line("captions").text.text() == "Paused at 4."
    assert progress.percent() == 44
    assert progress.busy
    progress.end("captions")
    progress.end("captions")  # one that is not there
    progress.advance("captions", 5, 9)  # nor does it come back late
    assert progress.isHidden()
    assert not progress.busy
