"""The bar that shows how far jobs are."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from lorgnette.gui.looks import theme
from lorgnette.gui.parts.progress import Progress

pytestmark = pytest.mark.gui


def test_a_job_that_ends_gives_the_bar_back_to_the_one_that_goes_on(
    qtbot: QtBot, qapp: QApplication
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    progress = Progress(theme.apply(qapp, "light"), window)
    progress.begin("captions", "Captioning: {done} of {total} done.", paused="Paused at {done}.")
    progress.advance("captions", 3, 9)
    progress.set_paused("captions", paused=True)
    progress.begin("files", "Writing: {done} of {total} done.")
    progress.advance("captions", 4, 9)
    assert progress.text.text() == "Writing: 0 of 0 done."
    assert progress.pause.isHidden()
    progress.end("files")
    assert progress.text.text() == "Paused at 4."
    assert progress.bar.value() == 4
    assert not progress.pause.isHidden()
    assert progress.busy
    with qtbot.waitSignal(progress.cancel_wanted):
        qtbot.mouseClick(progress.cancel, Qt.MouseButton.LeftButton)
    progress.end("captions")
    progress.end("captions")  # one that is not there
    progress.advance("captions", 5, 9)  # nor does it come back late
    assert progress.isHidden()
    assert not progress.busy
