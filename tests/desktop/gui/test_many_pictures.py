"""Ten thousand pictures: the window turns to its person between two handfuls of them.

How long it takes is for tests/end_to_end/bench_window.py to measure; what is counted here is the
same on any machine.
"""

import itertools
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QModelIndex, QTimer
from pytestqt.qtbot import QtBot

from lorgnette.gui.batch.model import Order
from lorgnette.gui.batch.thumbnails import MOST_WAITING
from lorgnette.gui.main_window import MainWindow
from lorgnette.gui.parts.job_thread import MOST_REPORTED

COUNT = 10_000

pytestmark = pytest.mark.gui


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with COUNT real files."""
    folder = tmp_path_factory.mktemp("many")
    Image.new("RGB", (32, 24), "red").save(folder / "0.png")
    content = (folder / "0.png").read_bytes()
    for number in range(1, COUNT):
        (folder / f"{number}.png").write_bytes(content)
    return folder


def test_checklist_33_adding_ten_thousand_files_leaves_the_window_free(
    qtbot: QtBot, window: MainWindow, many: Path
) -> None:
    turns = []  # the event loop came round: a key would have been answered
    inserted: list[tuple[int, int]] = []  # how many rows, after how many turns
    heartbeat = QTimer(window, interval=0)
    heartbeat.timeout.connect(lambda: turns.append(len(inserted)))
    heartbeat.start()

    def note(_: QModelIndex, first: int, last: int) -> None:
        inserted.append((last - first + 1, len(turns)))

    window.batch.rows.rowsInserted.connect(note)
    asked: set[Path] = set()
    pixmap = window.batch.thumbnails.pixmap
    window.batch.thumbnails.pixmap = lambda path: (asked.add(path), pixmap(path))[1]  # type: ignore[method-assign]
    window.adding.add([many])
    qtbot.waitUntil(lambda: len(window.batch.model) == COUNT)
    heartbeat.stop()
    assert sum(rows for rows, _ in inserted) == window.batch.rows.rowCount() == COUNT
    assert max(rows for rows, _ in inserted) <= MOST_REPORTED
    # Never two handfuls in one turn.
    assert all(before < after for (_, before), (_, after) in itertools.pairwise(inserted))
    # Only what has been on screen is decoded, however many there are.
    assert 0 < len(asked) <= MOST_WAITING


def test_sorting_and_filtering_ten_thousand_is_one_change_of_the_list(
    qtbot: QtBot, window: MainWindow, many: Path
) -> None:
    window.adding.add([many])
    qtbot.waitUntil(lambda: len(window.batch.model) == COUNT)
    changes: list[str] = []
    asked: list[int] = []
    window.batch.rows.layoutChanged.connect(lambda: changes.append("layout"))
    window.batch.rows.modelReset.connect(lambda: changes.append("reset"))
    accepts = window.batch.rows.filterAcceptsRow

    def counted(row: int, parent: QModelIndex) -> bool:
        asked.append(row)
        return accepts(row, parent)

    window.batch.rows.filterAcceptsRow = counted  # type: ignore[method-assign]
    window.browsing.sort_by(Order.STATE)
    assert changes == ["layout"]
    assert window.batch.view.current_path() == many / "0.png"
    window.body.filters.words_typed.emit("77")
    assert window.batch.rows.rowCount() == sum("77" in path.stem for path in many.iterdir())
    assert len(asked) <= 2 * COUNT  # each row once an act
