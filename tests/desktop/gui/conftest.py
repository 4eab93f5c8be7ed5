"""The real window over the real toy model, in folders of its own, without a network."""

import functools
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from PIL import Image
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from lorgnette import paths
from lorgnette.gui.app import open_drafts
from lorgnette.gui.batch.picture import State
from lorgnette.gui.looks import theme
from lorgnette.gui.main_window import MainWindow
from lorgnette.settings import Settings

COLOURS = {"red": (200, 20, 20), "green": (20, 200, 20), "blue": (20, 20, 200)}


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> NoReturn:
        raise AssertionError("the window used the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "sendto", refuse)


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    yield
    left = [thread for thread in threading.enumerate() if thread.name.startswith("lorgnette")]
    assert not left


@pytest.fixture(autouse=True)
def empty_clipboard(qapp: QApplication) -> Iterator[None]:
    """Empty it: without a display, what it holds outlives Python, and crashes at the exit."""
    yield
    qapp.clipboard().clear()


@pytest.fixture
def qtbot(qtbot: QtBot) -> QtBot:
    """Wait for as long as a busy machine may take; a test that passes does not wait at all."""
    for name in ("waitUntil", "waitSignal", "waitSignals"):
        setattr(qtbot, name, functools.partial(getattr(qtbot, name), timeout=120_000))
    return qtbot


@pytest.fixture
def settings(toy_model: Path) -> Settings:
    """Settings that caption nothing by themselves, with the toy model."""
    return Settings(model=str(toy_model), provider="cpu", caption_on_add=False, appearance="light")


@pytest.fixture
def open_window(
    qtbot: QtBot, settings: Settings, no_thread_is_left: None
) -> Iterator[Callable[..., MainWindow]]:
    """Return a function that opens a window; with the same drafts when it is called again."""
    windows = []

    def opened(chosen: Settings = settings) -> MainWindow:
        for earlier, lock in windows:
            if not earlier.isVisible():
                lock.unlock()  # as when its process ends
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        theme.set_text_size(chosen.text_size)  # as at a start: a test before may have left another
        lock, drafts = open_drafts(paths.user_data())
        window = MainWindow(chosen, drafts, theme.apply(app, chosen.appearance))
        windows.append((window, lock))
        window.resize(1180, 760)
        window.show()
        with qtbot.waitActive(window):
            window.activateWindow()
        return window

    yield opened
    for window, lock in windows:
        window.close()
        lock.unlock()
        window.deleteLater()


@pytest.fixture
def window(open_window: Callable[..., MainWindow]) -> MainWindow:
    """An empty window."""
    return open_window()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with six pictures of which the toy model can speak."""
    result = tmp_path / "holiday"
    result.mkdir()
    for number in range(6):
        name = list(COLOURS)[number % 3]
        width = 64 + number  # no two files have the same bytes
        Image.new("RGB", (width, 48), COLOURS[name]).save(result / f"{number} {name}.png")
    return result


@pytest.fixture
def filled(qtbot: QtBot, window: MainWindow, folder: Path) -> MainWindow:
    """A window with the six pictures, not captioned."""
    window.adding.add([folder])
    qtbot.waitUntil(lambda: len(window.batch.model) == 6)
    return window


@pytest.fixture
def captioned(qtbot: QtBot, filled: MainWindow) -> MainWindow:
    """A window with six drafts, the first one current."""
    filled.captioning.caption_all()
    qtbot.waitUntil(
        lambda: filled.batch.model.counts()[State.DRAFT] == 6 and not filled.captioning.run.running
    )
    return filled
