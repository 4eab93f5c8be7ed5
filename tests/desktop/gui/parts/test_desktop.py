"""What the desktop is asked for arrives there: a real bus, and somebody who answers on it."""

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest
from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from lorgnette.gui.parts import desktop

pytestmark = pytest.mark.gui


def missing() -> str:
    for tool in ("dbus-daemon", "gdbus"):
        if shutil.which(tool) is None:
            return f"{tool} is not installed"
    probe = subprocess.run(["/usr/bin/python3", "-c", "import gi"], capture_output=True)
    return "" if probe.returncode == 0 else "the system's Python has no gi"


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleQueue[Any]]:
    """What a desktop of its own was asked for."""
    if why := missing():
        pytest.skip(why)
    daemon = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--print-address"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert daemon.stdout is not None
    address = daemon.stdout.readline().strip()
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    server = subprocess.Popen(
        ["/usr/bin/python3", str(Path(__file__).with_name("bus.py"))],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    assert server.stdout.readline() == "ready\n"
    lines, found = server.stdout, SimpleQueue[Any]()

    def listen() -> None:
        for line in lines:
            found.put(json.loads(line))

    listener = threading.Thread(target=listen)
    listener.start()
    yield found
    for process in (server, daemon):
        process.terminate()
        process.wait(30)
    listener.join(30)
    lines.close()
    daemon.stdout.close()


@pytest.fixture
def opened(qtbot: QtBot) -> Iterator[list[str]]:
    """What was given to the desktop's own way of opening folders."""

    class Handler(QObject):
        @Slot(QUrl)
        def take(self, url: QUrl) -> None:
            found.append(url.toLocalFile())

    found: list[str] = []
    handler = Handler()
    QDesktopServices.setUrlHandler("file", handler, "take")  # type: ignore[call-overload]
    yield found
    QDesktopServices.unsetUrlHandler("file")


def test_a_notification_says_the_words_as_they_are(qtbot: QtBot, calls: SimpleQueue[Any]) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    text = "6 pictures captioned: \"größe\" \\ and 'more'.\n--"
    desktop.notify(text, window)
    qtbot.waitUntil(lambda: not calls.empty())
    method, given = calls.get()
    assert method == "Notify"
    assert given[0] == "lorgnette"
    assert text in given[3:5]
    assert given[7] == 10_000


def test_a_file_is_shown_selected_in_its_folder(
    qtbot: QtBot, calls: SimpleQueue[Any], opened: list[str], tmp_path: Path
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    picture = tmp_path / 'it\'s 100 % "ä".jpg'
    picture.touch()
    desktop.show_in_folder(picture, window)
    qtbot.waitUntil(lambda: not calls.empty())
    method, (items, _startup) = calls.get()
    assert method == "ShowItems"
    assert [QUrl.fromEncoded(item.encode()).toLocalFile() for item in items] == [str(picture)]
    assert opened == []


def test_where_nobody_selects_files_the_folder_is_opened(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, opened: list[str], tmp_path: Path
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/nobody")
    desktop.show_in_folder(tmp_path / "a.jpg", window)
    qtbot.waitUntil(lambda: opened == [str(tmp_path)])
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    desktop.show_in_folder(tmp_path / "a.jpg", window)
    assert opened == [str(tmp_path)] * 2
    desktop.notify("Nobody hears it.", window)
