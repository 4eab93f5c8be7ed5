"""Opens the window; what nobody caught is logged and shown, and the program goes on."""

import contextlib
import os
import sqlite3
import sys
import threading
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

import PySide6
from PySide6.QtCore import (
    QEvent,
    QLockFile,
    QMessageLogContext,
    QObject,
    QSettings,
    QTimer,
    QtMsgType,
    Signal,
    qInstallMessageHandler,
)
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication, QMessageBox

from lorgnette import __version__, paths, silence
from lorgnette.errors import ExitCode, LorgnetteError
from lorgnette.files import CannotWriteError, is_there
from lorgnette.gui.batch.drafts import FILE_NAME, Drafts, adopt
from lorgnette.gui.frame.crash_dialog import CrashDialog, log
from lorgnette.gui.frame.handing import Inbox, hand_over
from lorgnette.gui.looks import icons, theme
from lorgnette.gui.main_window import MainWindow
from lorgnette.gui.saying.translation import tr
from lorgnette.paths import NoFolderError
from lorgnette.settings import Settings

_MOST_WINDOWS = 16  # with drafts of their own
_HAND_OVER_SECONDS = 5.0  # that an open window, busy as it may be, has to take what is opened
_BLIND = {"offscreen", "minimal"}  # platforms of Qt on which nobody sees a dialog
_SWITCH_SECONDS = 0.001  # Python's own 5 ms, times three busy threads, would be felt in typing
_HELP = """\
usage: lorgnette-gui [FILE or FOLDER ...]

Opens the window with these pictures. It has no other options: --help shows this text and
--version the version; what can be set is in the window, under File, Settings.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Open the window with the pictures of argv, and return when it is closed."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments and arguments[0] in {"-h", "--help", "--version"}:
        sys.stdout.write(f"lorgnette {__version__}\n" if arguments[0] == "--version" else _HELP)
        return 0
    if unknown := [name for name in arguments if name.startswith("-") and not is_there(Path(name))]:
        sys.stderr.write(tr("lorgnette-gui knows no option {name}.").format(name=unknown[0]))
        sys.stderr.write(f"\n{_HELP}")
        return 2
    if problem := unusable_qt(PySide6.__version__, sys.version_info[:2]):
        sys.stderr.write(f"lorgnette: {problem}\n")
        return 2
    if _handed_over(arguments):
        return 0
    sys.setswitchinterval(_SWITCH_SECONDS)
    silence.keep_window()
    app = _application()
    # Qt's own dialogs for files remember the folder, in the home folder unless told.
    with contextlib.suppress(NoFolderError):  # then there is no place where they could
        QSettings.setPath(
            QSettings.Format.NativeFormat, QSettings.Scope.UserScope, str(paths.user_config())
        )
    dress_application(app)
    reporter = Reporter()
    reporter.install()
    settings = Settings.read()
    theme.set_text_size(settings.text_size)
    try:
        lock, drafts = open_drafts(paths.user_data())
    except LorgnetteError as error:
        return _refuse(error)
    window = MainWindow(settings, drafts, theme.apply(app, settings.appearance))
    hints = app.styleHints()
    hints.colorSchemeChanged.connect(window.dress)
    hints.accessibility().contrastPreferenceChanged.connect(window.dress)
    app.file_opened.connect(lambda path: window.adding.add([path]))
    inbox = Inbox(window)
    inbox.arrived.connect(window.take_handed)
    window.show()
    QTimer.singleShot(0, window.captioning.prepare)
    window.adding.restore()
    window.adding.add_named(map(Path, arguments))
    QTimer.singleShot(0, inbox.look)
    code = app.exec()
    lock.unlock()
    return code


def _handed_over(arguments: Sequence[str]) -> bool:
    """Tell whether a window that is open has taken what was named."""
    try:
        return is_open(paths.user_data()) and hand_over(map(Path, arguments), _HAND_OVER_SECONDS)
    except (OSError, NoFolderError):
        return False  # a window of its own does, or says why it cannot


def _application() -> "Application":
    """Return Qt's application; where there is no screen for it, the process ends in a message."""
    said: list[str] = []

    def take(kind: QtMsgType, _where: QMessageLogContext, text: str) -> None:
        if kind is not QtMsgType.QtFatalMsg:
            said.append(text)
            return
        reason = (said or [text])[0].strip()
        _note(tr("lorgnette: the window cannot be opened: {reason}").format(reason=reason))
        _note(tr("Open it where there is a screen; the commands need none."))
        os._exit(ExitCode.CANNOT_RUN)  # Qt would abort, as if it had crashed

    qInstallMessageHandler(take)
    app = Application([sys.argv[0]])
    qInstallMessageHandler(None)
    for text in said:
        _note(text)
    return app


def _note(text: str) -> None:
    if sys.stderr is not None:  # a program with a window alone has none on Windows
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


def _refuse(error: LorgnetteError) -> int:
    """Say why there is no window, where a person sees it, and return how the program ends."""
    _note(f"lorgnette: {error}\n{error.hint}")
    if QApplication.platformName() not in _BLIND:
        refusal(error).exec()
    return error.exit_code


def refusal(error: LorgnetteError) -> QMessageBox:
    """Return the dialog that says why there is no window."""
    box = QMessageBox(
        QMessageBox.Icon.Critical,
        tr("lorgnette cannot start"),
        f"{str(error)[:1].upper()}{str(error)[1:]}.",
        QMessageBox.StandardButton.Close,
    )
    box.setInformativeText(error.hint)
    return box


class Application(QApplication):
    """Takes files that the desktop opens with the program while it runs, as macOS does.

    Signals:
        file_opened: the path of a file.
    """

    file_opened = Signal(object)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QFileOpenEvent):
            self.file_opened.emit(Path(event.file()))
            return True
        return super().event(event)


def dress_application(app: QApplication) -> None:
    """Give the application its name and icon."""
    app.setApplicationName("lorgnette")
    app.setApplicationDisplayName("")  # the title of the window says it already
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("lorgnette")
    app.setWindowIcon(icons.application_icon())


def unusable_qt(pyside: str, python: tuple[int, ...]) -> str:
    """Return why this PySide6 must not be used; empty when it can be.

    PySide6 6.12.0 drops a reference to None on every call that returns it. Before Python 3.12,
    which made None immortal, the interpreter aborts after some thousand calls.
    """
    if python < (3, 12) and pyside.startswith("6.12."):
        return tr(
            "PySide6 {version} crashes on this version of Python. "
            "Install PySide6-Essentials below 6.12, or Python 3.12 or newer."
        ).format(version=pyside)
    return ""


def is_open(folder: Path) -> bool:
    """Tell whether a window works on the drafts in folder."""
    lock = QLockFile(str(folder / f"{FILE_NAME}.lock"))
    lock.setStaleLockTime(0)
    if lock.tryLock(0):
        lock.unlock()
        return False
    return lock.error() is QLockFile.LockError.LockFailedError


def open_drafts(folder: Path) -> tuple[QLockFile, Drafts]:
    """Return the drafts that no other window uses, and the lock that says so.

    Raises:
        CannotWriteError: the folder takes no files, or the one there cannot be opened.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = Path(FILE_NAME)
    for number in range(1, _MOST_WINDOWS + 1):
        name = file.name if number == 1 else f"{file.stem}-{number}{file.suffix}"
        lock = QLockFile(str(folder / f"{name}.lock"))
        lock.setStaleLockTime(0)  # stale when its process is gone, however old it is
        if lock.tryLock(0):
            try:
                if number == 1:
                    _adopt_others(folder)
                return lock, Drafts(folder / name)
            except (sqlite3.Error, OSError) as error:
                lock.unlock()
                raise CannotWriteError(folder / name, str(error)) from error
        if lock.error() is not QLockFile.LockError.LockFailedError:
            raise CannotWriteError(folder / name, tr("its folder cannot be written to"))
    raise RuntimeError(f"more than {_MOST_WINDOWS} windows are open")


def _adopt_others(folder: Path) -> None:
    """Bring what earlier windows kept beside the first one into its file."""
    file = folder / FILE_NAME
    for other in sorted(folder.glob(f"{file.stem}-*{file.suffix}")):
        lock = QLockFile(f"{other}.lock")
        lock.setStaleLockTime(0)
        if lock.tryLock(0):  # else its window is open
            with contextlib.suppress(sqlite3.Error, OSError):  # the next start tries again
                adopt(file, other)
            lock.unlock()


class Reporter(QObject):
    """Shows bugs, one dialog at a time, whichever thread they come from.

    Signals:
        reported: text and log file of a bug; from any thread.
    """

    reported = Signal(str, object)

    def __init__(self) -> None:
        super().__init__()
        self._dialog: CrashDialog | None = None
        self.reported.connect(self._show)

    def install(self) -> None:
        """Take what nobody catches from now on."""
        sys.excepthook = self.report
        threading.excepthook = lambda args: self.report(
            args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
        )

    def report(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Log a bug and let it be shown."""
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        text = "".join(traceback.format_exception(kind, error, trace))
        sys.__excepthook__(kind, error, trace)
        self.reported.emit(text, log(kind, error, trace))

    def _show(self, text: str, log_file: Path | None) -> None:
        if self._dialog is None:  # the first bug is the cause of those that follow
            self._dialog = CrashDialog(text, log_file, QApplication.activeWindow())
            self._dialog.finished.connect(self._closed)
            self._dialog.open()

    def _closed(self) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
        self._dialog = None
