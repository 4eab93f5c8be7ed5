"""Kill writers at every step and at random moments, and look at what they leave.

Run as `python crash_driver.py FOLDER STEPS|RANDOM`. Children are forked from this process, which
has everything imported; a step is each call into the operating system or SQLite that changes
something. Whatever happens: every picture is whole, with its old words or the new ones; the next
start leaves no temporary file; and undoing everything gives the first bytes back.
"""

import contextlib
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from lorgnette import alttext
from lorgnette.alttext import AltText, Destination, Written
from lorgnette.jobs.journal import Journal, UnknownBatchError
from lorgnette.jobs.writing import WriteBatch

STEPS = frozenset(
    (
        *("open", "write", "fsync", "fchmod", "fchown", "utime", "setxattr", "replace", "unlink"),
        *("execute", "executemany", "executescript"),
    )
)
OLD = AltText(text="The old words", language="en")
NEW = AltText(text="The new words", language="en")
RANDOM_KILLS = 200
UNDISTURBED = 4  # runs, of which one at least is not held up by whatever else is going on


def main(folder: Path, how: str) -> None:
    """Set a folder up, kill writers and undoers in it, and say how often."""
    os.environ["XDG_DATA_HOME"] = str(folder / "data")
    pictures = folder / "pictures"
    pictures.mkdir()
    for name in ("embedded.jpg", "sidecar.png", "fresh.webp"):
        Image.linear_gradient("L").convert("RGB").save(pictures / name)
    alttext.write(pictures / "sidecar.png", OLD, Destination.SIDECAR)
    first = contents(pictures)
    for operation in (write, undo):
        if how == "STEPS":
            kills = kill_at_steps(operation, pictures, first)
        else:
            kills = kill_at_random(operation, pictures, first)
        print(f"{operation.__name__}: {kills} kills")


def contents(pictures: Path) -> dict[str, bytes]:
    """Return every file of the folder."""
    return {path.name: path.read_bytes() for path in pictures.iterdir()}


def write(pictures: Path) -> None:
    """Embed into one picture; change a sidecar and make a new one, both together."""
    for names, destination in (
        (["embedded.jpg"], Destination.EMBED),
        (["sidecar.png", "fresh.webp"], Destination.SIDECAR),
    ):
        with WriteBatch(destination, overwrite=True, mirror=True) as batch:
            became = batch.write_together([(pictures / name, NEW) for name in names])
            assert all(isinstance(each, Written) for each in became), became


def undo(pictures: Path) -> None:
    """Undo every batch."""
    with Journal() as journal, contextlib.suppress(UnknownBatchError):
        while True:
            for undone in journal.undo():
                assert undone.restored, undone


def start(operation: Callable[[Path], None], pictures: Path, last_step: int | None) -> int:
    """Fork a child that dies at its last step; return its number."""
    pid = os.fork()
    if pid:
        return pid
    remaining = last_step

    def count(_frame: object, event: str, called: object) -> None:
        nonlocal remaining
        if remaining is not None and event == "c_return":
            if getattr(called, "__name__", "") in STEPS:
                remaining -= 1
            if remaining == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    if last_step:
        threading.setprofile(count)  # for the thread that waits for the disk
        sys.setprofile(count)
    try:
        operation(pictures)
    except BaseException:  # noqa: BLE001 - a forked child must not go on
        sys.setprofile(None)
        sys.excepthook(*sys.exc_info())
        os._exit(1)
    os._exit(0)


def end(pid: int) -> bool:
    """Wait for a child; return whether it was killed."""
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        return True
    assert os.waitstatus_to_exitcode(status) == 0
    return False


def kill_at_steps(
    operation: Callable[[Path], None], pictures: Path, first: dict[str, bytes]
) -> int:
    """Kill a child after its first step, another after its second, until one comes through."""
    step = 1
    while True:
        prepare(operation, pictures)
        killed = end(start(operation, pictures, step))
        inspect(pictures, first, f"step {step} of {operation.__name__}")
        if not killed:
            return step - 1
        step += 1


def kill_at_random(
    operation: Callable[[Path], None], pictures: Path, first: dict[str, bytes]
) -> int:
    """Kill children at random moments of their lives."""
    moments = random.Random(20)  # noqa: S311
    lifetimes = []
    for _ in range(UNDISTURBED):
        prepare(operation, pictures)
        began = time.perf_counter()
        end(start(operation, pictures, None))
        lifetimes.append(time.perf_counter() - began)
        inspect(pictures, first, "an undisturbed run")
    kills = 0
    for number in range(RANDOM_KILLS // 2):
        prepare(operation, pictures)
        pid = start(operation, pictures, None)
        time.sleep(moments.uniform(0, min(lifetimes)))
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        kills += end(pid)
        inspect(pictures, first, f"random kill {number} of {operation.__name__}")
    return kills


def prepare(operation: Callable[[Path], None], pictures: Path) -> None:
    """Give undo something to undo."""
    if operation is undo:
        write(pictures)


def inspect(pictures: Path, first: dict[str, bytes], when: str) -> None:
    """Check what a dead writer has left; then bring the first bytes back."""
    for name in ("embedded.jpg", "sidecar.png", "fresh.webp"):
        with Image.open(pictures / name) as image:
            image.load()
        found = alttext.read(pictures / name)
        words = found.alt_text
        assert words in ((OLD, NEW) if name == "sidecar.png" else (None, NEW)), (when, name)
        said = [caption.text for caption in found.captions]  # all fields are old, or all new
        fields = 2 if name == "embedded.jpg" else 1
        assert said == ([NEW.text] * fields if words == NEW else []), (when, name)
    with Journal():  # the next start
        names = [path.name for path in pictures.iterdir()]
    assert not [name for name in names if name.endswith("-tmp")], (when, names)
    undo(pictures)
    assert contents(pictures) == first, when


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
