"""What the desktop does for the window: it notifies a person, and shows a file in its folder."""

import json
import os
import sys
from pathlib import Path

from PySide6.QtCore import (
    QDir,
    QObject,
    QProcess,
    QProcessEnvironment,
    QStandardPaths,
    QTimer,
    QUrl,
)
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QSystemTrayIcon, QWidget

_SHOWN_MILLISECONDS = 10_000


def notify(text: str, window: QWidget) -> None:
    """Let the desktop show a sentence; where it has no notifications, nothing happens."""
    if sys.platform in {"win32", "darwin"}:
        if QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages():
            icon = QSystemTrayIcon(window.windowIcon(), window)
            icon.messageClicked.connect(window.activateWindow)
            icon.show()
            icon.showMessage("lorgnette", text, window.windowIcon(), _SHOWN_MILLISECONDS)
            QTimer.singleShot(_SHOWN_MILLISECONDS, icon, icon.deleteLater)
        return
    told = ["lorgnette", "0", "lorgnette", "lorgnette", _quoted(text), "[]", "{}"]
    process = _call("Notifications", "Notify", [*told, str(_SHOWN_MILLISECONDS)], window)
    if process is not None:
        process.start()


def show_in_folder(path: Path, window: QWidget) -> None:
    """Let the desktop's file manager show the folder of a file, with the file selected."""
    if sys.platform == "win32":
        native = QDir.toNativeSeparators(str(path))
        QProcess.startDetached("explorer.exe", ["/select,", native])
    elif sys.platform == "darwin":
        QProcess.startDetached("open", ["-R", str(path)])
    else:
        item = bytes(QUrl.fromLocalFile(str(path)).toEncoded().data()).decode()
        process = _call("FileManager1", "ShowItems", [f"[{_quoted(item)}]", '""'], window)
        if process is None:
            _open_folder(path)
            return
        process.finished.connect(lambda code, _: _open_folder(path) if code else None)
        process.errorOccurred.connect(
            lambda error: (
                _open_folder(path) if error == QProcess.ProcessError.FailedToStart else None
            )
        )
        process.start()


def _open_folder(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))


def _call(service: str, method: str, arguments: list[str], window: QWidget) -> QProcess | None:
    """Return what will call a service of the session's bus; None where there is no such bus."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    bus = "DBUS_SESSION_BUS_ADDRESS" in os.environ or (runtime and Path(runtime, "bus").exists())
    place = f"/org/freedesktop/{service}"
    name = f"org.freedesktop.{service}"
    to = ["--session", f"--dest={name}", f"--object-path={place}", f"--method={name}.{method}"]
    process = calling([*to, *arguments], window) if bus else None
    if process is not None:
        process.setStandardOutputFile(QProcess.nullDevice())
    return process


def calling(arguments: list[str], parent: QObject) -> QProcess | None:
    """Return what will call somebody on a bus; None where its program is missing.

    By a program that all desktops have: Qt's own calls cannot say that a number has no sign.
    """
    program = QStandardPaths.findExecutable("gdbus")
    if not program:
        return None
    process = QProcess(parent)
    process.setProgram(program)
    process.setArguments(["call", "--timeout=5", *arguments])
    environment = QProcessEnvironment.systemEnvironment()
    if hasattr(sys, "_MEIPASS"):  # libraries of the download are not for programs of the system
        environment.remove("LD_LIBRARY_PATH")
    process.setProcessEnvironment(environment)
    process.setStandardErrorFile(QProcess.nullDevice())
    process.finished.connect(process.deleteLater)
    return process


def _quoted(text: str) -> str:
    """Return text as GLib writes a string."""
    return json.dumps(text, ensure_ascii=False)
