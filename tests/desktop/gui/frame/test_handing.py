"""A second start is the first window's business."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from lorgnette import paths
from lorgnette.gui.app import is_open
from lorgnette.gui.frame.handing import Inbox, hand_over
from lorgnette.gui.main_window import MainWindow

pytestmark = pytest.mark.gui


def test_what_is_opened_again_goes_to_the_open_window(
    qtbot: QtBot, open_window: Callable[[], MainWindow], folder: Path
) -> None:
    window = open_window()
    assert is_open(paths.user_data())
    inbox = Inbox(window)
    inbox.arrived.connect(window.take_handed)
    started = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys; from lorgnette.gui.app import main; sys.exit(main())",
            folder,
        ],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    qtbot.waitUntil(lambda: len(window.batch.model) == 6)
    assert started.wait() == 0
    assert [path.name for path in paths.user_data().glob("*.sqlite3")] == ["drafts.sqlite3"]


def test_a_window_that_takes_nothing_is_not_waited_for(folder: Path) -> None:
    assert not hand_over([folder], 0)
    assert not list(paths.user_data("handed-over").iterdir())


def test_several_are_taken_in_order(qtbot: QtBot, window: MainWindow, folder: Path) -> None:
    inbox = Inbox(window)
    arrived: list[list[Path]] = []
    inbox.arrived.connect(arrived.append)
    names = [folder / "0 red.png", folder / "1 green.png"]
    sender = threading.Thread(target=lambda: [hand_over([name], 60) for name in names])
    sender.start()
    qtbot.waitUntil(lambda: arrived == [[name] for name in names])
    sender.join()
