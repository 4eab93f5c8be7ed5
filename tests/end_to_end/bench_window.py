"""How long the window does not answer while it holds 10,000 pictures, phase by phase.

python tests/end_to_end/bench_window.py [--pictures N] [--model DIR]

A timer that should fire every 2 ms tells how late it is: that is how long a key would have waited.
"""

import argparse
import io
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def main() -> int:
    """Print a line a phase."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=10_000)
    parser.add_argument("--model", default="", help="a model directory; default: the shipped one")
    parser.add_argument("--captions", type=int, default=0, help="stop captioning after so many")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
            os.environ[name] = str(Path(home, name))
        folder = Path(home, "pictures")
        folder.mkdir()
        make_pictures(folder, args.pictures)
        run(folder, args.pictures, args.model, args.captions or args.pictures)
    return 0


def make_pictures(folder: Path, count: int) -> None:
    """Write real JPEG files, no two with the same bytes."""
    import skimage.data
    from PIL import Image

    originals = []
    for name in ("astronaut", "cat", "coffee", "rocket", "coins"):
        photo = Image.fromarray(getattr(skimage.data, name)()).convert("RGB").resize((640, 480))
        content = io.BytesIO()
        photo.save(content, "JPEG")
        originals.append(content.getvalue())
    for number in range(count):
        original = originals[number % len(originals)]
        comment = f"picture {number:06}".encode()
        segment = b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment
        (folder / f"img{number}.jpg").write_bytes(original[:2] + segment + original[2:])


def run(folder: Path, count: int, model: str, captions: int) -> None:
    """Take the window through all phases."""
    from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer
    from PySide6.QtGui import QAccessible
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from lorgnette import paths
    from lorgnette.gui.app import open_drafts
    from lorgnette.gui.batch.model import Order
    from lorgnette.gui.batch.picture import State
    from lorgnette.gui.looks import theme
    from lorgnette.gui.main_window import MainWindow
    from lorgnette.settings import Settings

    sys.setswitchinterval(0.001)
    app = QApplication([])
    started = perf_counter()
    settings = Settings(caption_on_add=False, model=model, provider="cpu")
    lock, drafts = open_drafts(paths.user_data())
    window = MainWindow(settings, drafts, theme.apply(app, settings.appearance))
    window.show()
    print(f"window shown after {perf_counter() - started:.2f} s")

    class Lateness(QObject):
        def __init__(self) -> None:
            super().__init__()
            self.gaps: list[float] = []
            self._last = perf_counter()
            self._timer = QTimer(self, interval=2)
            self._timer.setTimerType(Qt.TimerType.PreciseTimer)
            self._timer.timeout.connect(self._tick)
            self._timer.start()

        def _tick(self) -> None:
            now = perf_counter()
            self.gaps.append((now - self._last) * 1000)
            self._last = now

    lateness = Lateness()

    def phase(name: str, until: Callable[[], bool], step: Callable[[], object] | None) -> None:
        lateness.gaps.clear()
        begun = perf_counter()
        loop = QEventLoop()
        timer = QTimer(interval=10)

        def turn() -> None:
            if until():
                loop.quit()
            elif step is not None:
                step()

        timer.timeout.connect(turn)
        timer.start()
        loop.exec()
        gaps = sorted(lateness.gaps) or [0.0]
        print(
            f"{name:34} {perf_counter() - begun:6.2f} s"
            f"   longest gap {gaps[-1]:6.1f} ms   99th of 100 {gaps[int(len(gaps) * 0.99)]:5.1f} ms"
        )

    opened: list[object] = []
    window.captioning.run.opened.connect(opened.append)
    window.captioning.prepare()
    phase("opening the model", lambda: bool(opened), None)
    first_row: list[float] = []
    begun = perf_counter()
    window.batch.rows.rowsInserted.connect(lambda *_: first_row.append(perf_counter() - begun))
    window.adding.add([folder])
    phase("adding", lambda: len(window.batch.model) == count, None)
    print(f"first rows after {first_row[0]:.2f} s")
    view = window.batch.view
    QAccessible.setActive(True)
    ends = [perf_counter() + 3]
    phase(
        "arrowing with a listener",
        lambda: perf_counter() > ends[0],
        lambda: QTest.keyClick(view, Qt.Key.Key_Down),
    )
    QAccessible.setActive(False)
    ends = [perf_counter() + 3]
    phase(
        "scrolling page by page",
        lambda: perf_counter() > ends[0],
        lambda: QTest.keyClick(view, Qt.Key.Key_PageDown),
    )
    window.body.filters.reset()
    for name, act in (
        ("filtering by words", lambda: window.browsing.show_words("img77")),
        ("showing all again", lambda: window.browsing.show_words("")),
        ("sorting by name", lambda: window.batch.model.sort_by(Order.NAME)),
        ("sorting by state", lambda: window.batch.model.sort_by(Order.STATE)),
        ("selecting all", view.selectAll),
        ("going to the last", lambda: QTest.keyClick(view, Qt.Key.Key_End)),
    ):
        acts = [act]
        phase(name, lambda: not acts, lambda: acts.pop()())  # noqa: B023 - run at once
    window.captioning.caption_all()
    typed = iter(range(10**9))
    phase(
        "captioning and typing",
        lambda: window.captioning.run.tally.done >= captions or not window.captioning.run.running,
        lambda: (
            QTest.keyClick(window.body.panel.field, Qt.Key.Key_X) if next(typed) % 10 == 0 else None
        ),
    )
    tally = window.captioning.run.tally
    counts = window.batch.model.counts()
    drafts_shown = counts[State.DRAFT] + counts[State.UNSURE]
    print(f"captioned {tally.drafts}, {drafts_shown} drafts in the list")
    window.actions_["cancel"].trigger()
    phase("ending", lambda: not window.captioning.run.running, None)
    window.close()
    lock.unlock()


if __name__ == "__main__":
    sys.exit(main())
