"""Handing over: what is opened while a window is open goes there, by a file, not a network."""

import contextlib
import json
import os
import time
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, Signal

from lorgnette import paths

_FOLDER = "handed-over"
_LOOK_SECONDS = 0.05  # between two looks whether it was taken


def hand_over(named: Iterable[Path], seconds: float) -> bool:
    """Give paths to the window that is open; tell whether it took them within seconds."""
    folder = paths.user_data(_FOLDER)
    letter = folder / f"{os.getpid()}-{time.time_ns()}.json"
    unfinished = letter.with_suffix(".part")
    unfinished.write_text(json.dumps([str(path.absolute()) for path in named]), encoding="utf-8")
    unfinished.replace(letter)
    end = time.monotonic() + seconds
    while letter.exists():
        if time.monotonic() > end:
            with contextlib.suppress(OSError):
                letter.unlink()
                return False
        time.sleep(_LOOK_SECONDS)
    return True


class Inbox(QObject):
    """Takes what is handed over.

    Signals:
        arrived: a list of paths; empty where a person only started the program again.
    """

    arrived = Signal(list)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._folder = paths.user_data(_FOLDER)
        self._watcher = QFileSystemWatcher([str(self._folder)], self)
        self._watcher.directoryChanged.connect(self.look)

    def look(self) -> None:
        """Take what lies there."""
        for letter in sorted(self._folder.glob("*.json")):
            try:
                named = json.loads(letter.read_text(encoding="utf-8"))
                letter.unlink()
            except (OSError, ValueError):
                continue  # its writer has given up
            self.arrived.emit([Path(name) for name in named])
