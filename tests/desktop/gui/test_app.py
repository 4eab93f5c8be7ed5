"""Starting: quick, with drafts of its own; bugs are logged and shown."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from lorgnette import paths
from lorgnette.errors import LorgnetteError
from lorgnette.gui.app import Reporter, main, open_drafts, refusal
from lorgnette.gui.frame.crash_dialog import CrashDialog

pytestmark = pytest.mark.gui


def test_the_window_is_there_before_pillow_numpy_and_onnxruntime() -> None:
    code = (
        "import sys\n"
        "from PySide6.QtWidgets import QApplication\n"
        "from lorgnette.gui import main_window\n"
        "show = main_window.MainWindow.show\n"
        "def shown(window):\n"
        "    show(window)\n"
        "    print([m for m in ('PIL', 'numpy', 'onnxruntime', 'torch') if m in sys.modules])\n"
        "    QApplication.exit(0)\n"
        "main_window.MainWindow.show = shown\n"
        "QApplication.exec = lambda *_: 0\n"
        "from lorgnette.gui.app import main\n"
        "main([])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


def test_two_windows_have_drafts_of_their_own_until_the_next_start(tmp_path: Path) -> None:
    first_lock, first = open_drafts(tmp_path)
    second_lock, second = open_drafts(tmp_path)
    names = {path.name for path in tmp_path.glob("*.sqlite3")}
    assert names == {"drafts.sqlite3", "drafts-2.sqlite3"}
    for drafts, lock in ((first, first_lock), (second, second_lock)):
        drafts.close()
        lock.unlock()
    lock, drafts = open_drafts(tmp_path)
    assert {path.name for path in tmp_path.glob("*.sqlite3")} == {"drafts.sqlite3"}
    drafts.close()
    lock.unlock()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_takes_no_files_is_told_in_words(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(LorgnetteError, match="cannot be written"):
        open_drafts(tmp_path)


def test_drafts_that_cannot_be_opened_are_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "drafts.sqlite3").mkdir()
    with pytest.raises(LorgnetteError, match="unable to open") as caught:
        open_drafts(tmp_path)
    box = refusal(caught.value)
    assert box.text().startswith("Drafts.sqlite3 could not be written: unable to open")
    assert box.informativeText() == caught.value.hint
    (tmp_path / "drafts.sqlite3").rmdir()
    lock, drafts = open_drafts(tmp_path)  # nobody holds its lock
    drafts.close()
    lock.unlock()


def test_another_windows_drafts_that_cannot_be_taken_over_stay(tmp_path: Path) -> None:
    (tmp_path / "drafts-2.sqlite3").mkdir()
    lock, drafts = open_drafts(tmp_path)
    drafts.close()
    lock.unlock()
    assert (tmp_path / "drafts-2.sqlite3").is_dir()


def test_a_bug_is_shown_where_it_cannot_be_logged(
    qtbot: QtBot, own_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (own_folders / "file").touch()
    monkeypatch.setenv("XDG_DATA_HOME", str(own_folders / "file"))
    reporter = Reporter()
    bug = ZeroDivisionError("a bug")
    reporter.report(type(bug), bug, bug.__traceback__)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, CrashDialog)
    dialog.reject()


def test_a_bug_is_logged_and_shown_once(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reporter = Reporter()
    bug = ZeroDivisionError("a bug")
    for _ in range(2):
        reporter.report(type(bug), bug, bug.__traceback__)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, CrashDialog)
    log = (paths.user_data() / "errors.log").read_text()
    assert log.count("ZeroDivisionError: a bug") == 2
    dialog.reject()
    assert QApplication.activeModalWidget() is None
    assert "a bug" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("argument", "code", "words"),
    [("--help", 0, "usage: lorgnette-gui"), ("--version", 0, "lorgnette "), ("--no", 2, "--no")],
)
def test_options_are_answered_and_no_picture(
    argument: str, code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([argument]) == code
    captured = capsys.readouterr()
    assert words in captured.out + captured.err
