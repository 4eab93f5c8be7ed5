"""lorgnette watch as a person starts it: a process of its own, real files, real signals."""

import os
import re
import resource
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from lorgnette import alttext
from lorgnette.alttext import AltText, Destination, State
from lorgnette.errors import ExitCode

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sends signals")
_DATE = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ")
_PATIENCE = 60.0  # seconds, for a machine that is busy


class Watcher:
    """A running lorgnette that watches a folder; both its streams are one."""

    def __init__(self, model: Path, folder: Path, *options: str) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "lorgnette", "watch", "--model", model, folder),
                *("--settle", "0.3", "--threads", "2", *options),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert self.process.stdout is not None
        self._pipe = self.process.stdout
        self._rest = b""
        self.said: list[str] = []

    def line(self, patience: float = _PATIENCE) -> str | None:
        """Return the next line without its date; None if there is none for so long."""
        while b"\n" not in self._rest:
            if not select.select([self._pipe], [], [], patience)[0]:
                return None
            data = os.read(self._pipe.fileno(), 65536)
            assert data, (self.said, self.process.wait())
            self._rest += data
        line, self._rest = self._rest.split(b"\n", 1)
        text = line.decode()
        self.said.append(_DATE.sub("", text))
        assert _DATE.match(text)
        return self.said[-1].removeprefix(f"{self.folder}").removeprefix("/")

    def until(self, words: str) -> None:
        """Read on until a line has these words."""
        line: str | None = ""
        while line is not None and words not in line:
            line = self.line()
        assert line is not None, self.said

    def end(self, by: signal.Signals = signal.SIGTERM) -> int:
        """Ask for the end; return the exit status."""
        self.process.send_signal(by)
        rest, _ = self.process.communicate(timeout=_PATIENCE)
        self._rest += rest
        self.said += [_DATE.sub("", line) for line in self._rest.decode().splitlines()]
        return self.process.returncode


@pytest.fixture
def watch(toy_model: Path) -> Iterator[Callable[..., Watcher]]:
    started: list[Watcher] = []

    def start(folder: Path, *options: str) -> Watcher:
        started.append(Watcher(toy_model, folder, *options))
        started[-1].until("watching")
        return started[-1]

    yield start
    for each in started:
        each.process.kill()
        each.process.communicate()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def picture(path: Path, colour: str = "red") -> bytes:
    Image.new("RGB", (64, 48), colour).save(path, quality=95)
    return path.read_bytes()


def state(path: Path) -> State | None:
    words = alttext.read(path).alt_text
    return None if words is None else words.state


def test_what_is_there_comes_first_then_what_arrives(
    watch: Callable[..., Watcher], folder: Path, tmp_path: Path
) -> None:
    picture(folder / "early.jpg")
    first = watch(folder)
    assert first.line() == "early.jpg: A red picture."
    assert state(folder / "early.jpg") is State.DRAFT
    whole = picture(tmp_path / "elsewhere.jpg", "lime")
    (folder / "new" / "deeper").mkdir(parents=True)
    (folder / "new" / "deeper" / "a.jpg.part").write_bytes(whole)
    (folder / "new" / "deeper" / "a.jpg.part").rename(folder / "new" / "deeper" / "a.jpg")
    assert first.line() == "new/deeper/a.jpg: A green picture."
    shutil.move(tmp_path / "elsewhere.jpg", folder / "moved.jpg")
    assert first.line() == "moved.jpg: A green picture."
    (folder / "moved.jpg").rename(folder / "renamed.jpg")  # its sidecar stays behind
    assert first.line() == "renamed.jpg: A green picture."
    first.process.kill()  # while it was dead, two more arrived; one has words
    first.process.wait()
    picture(folder / "late.jpg", "blue")
    alttext.write(folder / "renamed.jpg", AltText(text="Mine"), Destination.SIDECAR)
    second = watch(folder)
    assert second.line() == "late.jpg: A blue picture."
    assert second.end() == ExitCode.OK
    assert "ended; 1 draft written" in second.said[-1]
    words = alttext.read(folder / "renamed.jpg").alt_text
    assert words is not None
    assert words.text == "Mine"


def test_what_only_has_the_name_of_a_picture_is_said_once(
    watch: Callable[..., Watcher], folder: Path
) -> None:
    os.mkfifo(folder / "early.png")
    first = watch(folder)
    assert first.line() == "early.png: failed: early.png: it is a named pipe, not a file"
    os.mkfifo(folder / "late.jpg")
    (folder / "link.jpg").symlink_to("/dev/zero")
    assert sorted(str(first.line()) for _ in range(2)) == [
        "late.jpg: failed: late.jpg: it is a named pipe, not a file",
        "link.jpg: failed: link.jpg: it is a device, not a file",
    ]
    picture(folder / "picture.jpg")
    assert first.line() == "picture.jpg: A red picture."


def test_films_are_taken_if_asked_with_their_scenes(
    watch: Callable[..., Watcher], folder: Path
) -> None:
    pytest.importorskip("av")
    from tests.desktop.films import clips

    clips.write(folder / "early.mp4")
    first = watch(folder)
    picture(folder / "a.jpg")
    assert first.line() == "a.jpg: A red picture."
    first.end()
    clips.write(folder / "new.part.mp4").rename(folder / ".new")
    second = watch(folder, "--films", "--scenes")
    assert str(second.line()).startswith("early.mp4: A ")
    (folder / ".new").rename(folder / "new.mp4")
    assert str(second.line()).startswith("new.mp4: A ")
    words = alttext.read(folder / "new.mp4").alt_text
    assert words is not None
    assert words.extended_description.startswith("0:00 to 0:01: A red picture.\n")
    assert state(folder / "new.mp4") is State.DRAFT


def test_a_copy_is_left_alone_until_it_is_whole(
    watch: Callable[..., Watcher], folder: Path, tmp_path: Path
) -> None:
    whole = picture(tmp_path / "whole.jpg")
    watcher = watch(folder, "--settle", "1.5")
    with (folder / "slow.jpg").open("wb", buffering=0) as slow:
        slow.write(whole[:-200])
        picture(folder / "quick.jpg", "lime")
        for at in range(len(whole) - 200, len(whole) - 100):
            slow.write(whole[at : at + 1])
            if watcher.line(patience=0.1) is not None:
                break
        assert watcher.said[-1].endswith("quick.jpg: A green picture.")
        assert watcher.line() == (
            "slow.jpg: failed: slow.jpg: it is cut off: the file ends before the picture does"
        )  # it had stalled for too long
        slow.write(whole[at + 1 :])
    assert watcher.line() == "slow.jpg: A red picture."


def test_one_instance_a_folder_that_ends_cleanly(
    watch: Callable[..., Watcher], folder: Path, toy_model: Path
) -> None:
    watcher = watch(folder)
    second = subprocess.run(
        [sys.executable, "-m", "lorgnette", "watch", "--model", toy_model, f"{folder}/../inbox"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == ExitCode.CANNOT_RUN
    assert "another lorgnette has begun to watch" in second.stderr
    assert watcher.end(signal.SIGINT) == ExitCode.INTERRUPTED
    again = watch(folder)
    assert again.end() == ExitCode.OK


def test_a_burst_of_a_thousand_leaves_none_out(
    watch: Callable[..., Watcher], tmp_path: Path
) -> None:
    memory = Path("/dev/shm")  # noqa: S108 - a thousand files need not go to the disk
    folder = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else tmp_path))
    try:
        see_a_burst(watch, folder)
    finally:
        shutil.rmtree(folder)


def see_a_burst(watch: Callable[..., Watcher], folder: Path) -> None:
    source = folder / ".one.jpg"
    picture(source)
    watcher = watch(folder)
    for number in range(1000):
        (folder / f"{number}.jpg").hardlink_to(source)
    told = {watcher.line() for _ in range(1000)}
    assert told == {f"{number}.jpg: A red picture." for number in range(1000)}
    assert len(list(folder.glob("*.xmp"))) == 1000


def test_a_full_disk_is_waited_out(watch: Callable[..., Watcher], folder: Path) -> None:
    watcher = watch(folder, "--poll", "0.2")
    _, most = resource.prlimit(watcher.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(watcher.process.pid, resource.RLIMIT_FSIZE, (0, most))
    before = picture(folder / "a.jpg")
    watcher.until("cannot be used")  # the journal first: nothing is written without it
    assert sorted(folder.iterdir()) == [folder / "a.jpg"]
    resource.prlimit(watcher.process.pid, resource.RLIMIT_FSIZE, (most, most))
    watcher.until("A red picture.")
    assert state(folder / "a.jpg") is State.DRAFT
    assert (folder / "a.jpg").read_bytes() == before
    assert watcher.end() == ExitCode.OK


@pytest.mark.parametrize("options", [(), ("--poll", "0.2")])
def test_a_folder_that_vanishes_is_waited_for(
    watch: Callable[..., Watcher], folder: Path, tmp_path: Path, options: tuple[str, ...]
) -> None:
    watcher = watch(folder, *options)
    picture(folder / "a.jpg")
    watcher.until("a.jpg: A red picture.")
    shutil.rmtree(folder)
    assert watcher.line() == ": the folder is gone; waiting for it to come back"
    folder.mkdir()
    picture(folder / "b.jpg", "lime")
    assert watcher.line() == ": the folder is back"
    assert watcher.line() == "b.jpg: A green picture."
    picture(folder / "c.jpg", "blue")
    assert watcher.line() == "c.jpg: A blue picture."


def test_a_folder_behind_a_link_is_listened_to(
    watch: Callable[..., Watcher], folder: Path, tmp_path: Path
) -> None:
    link = tmp_path / "link"
    link.symlink_to(folder)
    watcher = watch(link)
    name = "caf\u00e9.jpg" if sys.platform == "darwin" else os.fsdecode(b"caf\xe9.jpg")
    picture(folder / ".hidden.jpg")
    os.mkfifo(folder / "pipe.jpg")
    picture(folder / name)
    shown = name if sys.platform == "darwin" else "caf\\xe9.jpg"
    assert watcher.line(patience=30) == f"{shown}: A red picture."  # a look comes once a minute


def test_what_has_no_folder_is_refused(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "lorgnette", "watch", tmp_path / "nowhere"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == ExitCode.CANNOT_RUN
    assert "is no folder" in done.stderr
