"""How soon the programs answer, and what memory a long batch takes; each in processes of its own.

Run as `python -m tests.benchmarks.start_and_scale [--pictures N] [--paths N] [--times N]` where
there are wait4 and hard links: Linux, macOS. Pictures are made for the purpose.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from tests.end_to_end.bench_window import make_pictures

FEW = 100  # pictures, beside which the memory of many is seen
COMMAND = (sys.executable, "-m", "lorgnette", "caption")
# The window closes itself as soon as it has painted itself once.
WINDOW = """
from PySide6.QtCore import QTimer
from lorgnette.gui import app
from lorgnette.gui.main_window import MainWindow

def painted(window, event):
    print("painted", flush=True)
    QTimer.singleShot(0, window.close)

MainWindow.paintEvent = painted
app.main([])
"""


def main() -> int:
    """Print a line a figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=5_000, help="of the long batch")
    parser.add_argument("--paths", type=int, default=100_000, help="of the folder of hard links")
    parser.add_argument("--times", type=int, default=10, help="that a program is started")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
            os.environ[name] = str(Path(scratch, name))
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        pictures = Path(scratch, "pictures")
        pictures.mkdir()
        make_pictures(pictures, max(FEW, args.pictures))
        every = sorted(pictures.iterdir())
        starts(every[0], args.times)
        if args.paths:
            links(every, Path(scratch, "links"), args.paths)
        if args.pictures:
            memory(every, Path(scratch, "few"))
    return 0


def starts(picture: Path, times: int) -> None:
    """Print how long it takes from the start of a process to what a person waits for."""
    for what, command in (
        ("first caption printed", (*COMMAND, str(picture))),
        ("window painted", (sys.executable, "-c", WINDOW)),
    ):
        seconds_to_first_line(command)  # from the disk into memory
        taken = [seconds_to_first_line(command) for _ in range(times)]
        print(
            f"{what:32} {statistics.median(taken):6.2f} s after the start, median of {times} "
            f"({min(taken):.2f} to {max(taken):.2f})",
            flush=True,
        )


def links(pictures: list[Path], folder: Path, count: int) -> None:
    """Print how long the first caption of a folder with count pictures takes."""
    alone = seconds_to_first_line((*COMMAND, str(pictures[0])))
    folder.mkdir()
    for number in range(count):  # a file system allows some ten thousand links to one file
        (folder / f"{number}.jpg").hardlink_to(pictures[number % len(pictures)])
    taken = seconds_to_first_line((*COMMAND, str(folder)))
    print(
        f"{f'first of {count:,} captioned':32} {taken:6.2f} s after the start, "
        f"of one alone {alone:.2f} s",
        flush=True,
    )


def memory(pictures: list[Path], few: Path) -> None:
    """Print the peak memory of a short batch and of a long one."""
    few.mkdir()
    for picture in pictures[:FEW]:
        (few / picture.name).hardlink_to(picture)
    peaks = [peak_megabytes(folder) for folder in (few, pictures[0].parent)]
    print(
        f"{f'peak memory of {len(pictures):,} pictures':32} {peaks[1]:6.0f} MB, "
        f"{peaks[1] / peaks[0] - 1:+.1%} beside {peaks[0]:.0f} MB of {FEW}",
        flush=True,
    )


def seconds_to_first_line(command: tuple[str, ...]) -> float:
    """Return seconds from the start of command to its first line; it is ended then."""
    started = perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        taken = perf_counter() - started
        process.terminate()
    if not line:
        raise RuntimeError(f"{' '.join(command)} printed nothing")
    return taken


def peak_megabytes(folder: Path) -> float:
    """Return the most memory that captioning folder had at once."""
    process = subprocess.Popen((*COMMAND, str(folder)), stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"captioning ended with status {process.returncode}")
    return usage.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


if __name__ == "__main__":
    sys.exit(main())
