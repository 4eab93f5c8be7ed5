"""What the files say, counted by folder, with a way to what lacks words."""

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from lorgnette.alttext import AltText, Destination, Origin, write
from lorgnette.gui.main_window import MainWindow
from lorgnette.gui.standing.dialog import StandingDialog

pytestmark = pytest.mark.gui


@pytest.fixture
def varied(tmp_path: Path) -> Path:
    """A folder with one picture of each kind, in two folders."""
    folder = tmp_path / "album"
    (folder / "deeper").mkdir(parents=True)
    names = ("1 mine", "2 draft", "3 ornament", "4 bare", "deeper/5 bare", "deeper/6 mine")
    for name in names:
        Image.new("RGB", (64, 48), (200, 20, 20)).save(folder / f"{name}.png")
    draft = AltText(text="A red picture.", origin=Origin.MACHINE, reviewed=False, model="toy")
    for name, words in (
        ("1 mine", AltText(text="Mine")),
        ("2 draft", draft),
        ("3 ornament", AltText(decorative=True)),
        ("deeper/6 mine", AltText(text="Mine")),
    ):
        write(folder / f"{name}.png", words, Destination.SIDECAR)
    return folder


def shown(window: MainWindow, qtbot: QtBot) -> StandingDialog:
    window.actions_["standing"].trigger()
    dialog = window.findChild(StandingDialog)
    assert isinstance(dialog, StandingDialog)
    qtbot.waitUntil(lambda: dialog.again.isEnabled())
    return dialog


def test_it_counts_by_folder_and_goes_to_what_lacks_words(
    qtbot: QtBot, window: MainWindow, varied: Path
) -> None:
    window.adding.add([varied])
    qtbot.waitUntil(lambda: len(window.batch.model) == 6)
    dialog = shown(window, qtbot)
    assert dialog.lines.stringList() == [
        "All: 6 pictures, 2 reviewed, 1 draft, 1 decorative, 2 with none",
        "album: 4 pictures, 1 reviewed, 1 draft, 1 decorative, 1 with none",
        "album/deeper: 2 pictures, 1 reviewed, 1 with none",
    ]
    assert dialog.heading.text().startswith("2 pictures lack words")
    for name in ("4 bare.png", "5 bare.png", "4 bare.png"):  # and round again
        dialog.next.click()
        path = window.batch.view.current_path()
        assert path is not None
        assert path.name == name
    dialog.view.setCurrentIndex(dialog.lines.index(2))
    qtbot.keyClick(dialog.view, Qt.Key.Key_Return)
    path = window.batch.view.current_path()
    assert path is not None
    assert path.name == "5 bare.png"


def test_it_reads_the_files_again(qtbot: QtBot, window: MainWindow, varied: Path) -> None:
    window.adding.add([varied / "4 bare.png"])
    qtbot.waitUntil(lambda: len(window.batch.model) == 1)
    dialog = shown(window, qtbot)
    assert dialog.lines.stringList()[0] == "All: 1 picture, 1 with none"
    write(varied / "4 bare.png", AltText(text="Mine"), Destination.SIDECAR)
    dialog.again.click()
    qtbot.waitUntil(lambda: dialog.again.isEnabled())
    assert dialog.lines.stringList()[0] == "All: 1 picture, 1 reviewed"
    assert dialog.heading.text() == "No picture lacks words."
    assert not dialog.next.isEnabled()
