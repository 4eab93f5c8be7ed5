"""Pictures that arrive in a folder: told of by the system's events, and by looking.

An event only says where to look. What counts is a file that stays as it is for a while, so that
half of a copy is not taken for a picture; and all of the folder is looked through from time to
time, because systems lose events, and have none for what other computers do on a shared folder.
"""

import os
import queue
import stat
import time
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

from lorgnette.files import SUFFIXES, Stamp, find_pictures, is_folder

_LOOK_SECONDS = 60.0  # from one look through all of the folder to the next
_LOOK_SHARE = 100  # times as long as it took is what lies between two looks, at the least
_WITHOUT_EVENTS_SECONDS = 10.0
_MOST_SECONDS = 3600.0  # between two tries of what could not be written
_GLANCE_SECONDS = 5.0  # is the folder still there?
_GONE_SECONDS = 1.0  # is it there again?
_TELLING = {"created", "modified", "moved", "closed", "deleted"}  # not those of mere reading


@dataclass(slots=True)
class _Waiting:
    stamp: Stamp
    since: float


@dataclass(slots=True)
class _Again:
    at: float
    pause: float


class Arrivals:
    """Hands out each picture of a folder once it is whole, and again when it has changed."""

    def __init__(
        self,
        folder: Path,
        *,
        settle: float = 2.0,
        poll: float | None = None,
        suffixes: Container[str] = SUFFIXES,
        tell: Callable[[str], object] = lambda _: None,
    ) -> None:
        """Begin with what is there already.

        Args:
            settle: seconds for which a file has to stay as it is.
            poll: look through the folder that often instead of listening to events.
            suffixes: in lower case, of the files that count.
            tell: takes a sentence for a person on how it goes.
        """
        self._folder = folder
        self._real = folder  # without links, which the system does not follow
        self._settle = settle
        self._poll = poll
        self._suffixes = suffixes
        self._tell = tell
        self._told: queue.SimpleQueue[Path | None] = queue.SimpleQueue()
        self._observer: BaseObserver | None = None
        self._waiting: dict[Path, _Waiting] = {}
        self._done: dict[Path, Stamp] = {}
        self._again: dict[Path, _Again] = {}
        self._unsearched: set[Path] = set()
        self._identity: tuple[int, int] | None = None  # of the folder, while it is there
        self._was_there = True
        self._next_look = 0.0
        self._stopped = False

    def stop(self) -> None:
        """Let wait end; a signal handler may call this."""
        self._stopped = True
        self._told.put(None)

    def close(self) -> None:
        """Stop, and end the thread that listens."""
        self.stop()
        self._listen_no_more()

    def wait(self) -> list[Path]:
        """Return pictures that are whole, as soon as there are any; none once it is stopped."""
        while not self._stopped:
            self._glance()
            if self._identity is not None and time.monotonic() >= self._next_look:
                self._look()
            if ready := list(self._settled()):
                return ready
            self._rest()
        return []

    def again(self, image: Path) -> None:
        """Hand a picture out once more, later: it could not be written now."""
        self._done.pop(image, None)
        before = self._again.get(image)
        pause = self._look_seconds() if before is None else min(2 * before.pause, _MOST_SECONDS)
        self._again[image] = _Again(time.monotonic() + pause, pause)

    def _look_seconds(self) -> float:
        if self._poll is not None:
            return self._poll
        return _LOOK_SECONDS if self._observer is not None else _WITHOUT_EVENTS_SECONDS

    def _glance(self) -> None:
        """See whether the folder is there, and still the same: a disk comes and goes."""
        try:
            status = self._folder.stat()
            found = (status.st_dev, status.st_ino) if stat.S_ISDIR(status.st_mode) else None
        except OSError:
            found = None
        if found == self._identity and found is not None:
            return
        if found is None:
            if self._was_there:
                self._tell("the folder is gone; waiting for it to come back")
            self._was_there = False
        elif not self._was_there:
            self._tell("the folder is back")
            self._was_there = True
        if found != self._identity:
            self._listen_no_more()
            self._identity = found
            self._waiting.clear()
            self._next_look = 0.0
            if found is not None and self._poll is None:
                self._listen()

    def _listen(self) -> None:
        self._real = Path(os.path.realpath(self._folder))
        observer = Observer()
        try:
            observer.schedule(_Handler(self._told), str(self._real), recursive=True)
            observer.start()
        except OSError as error:  # there are only so many for each user
            reason = error.strerror or str(error)
            every = f"{_WITHOUT_EVENTS_SECONDS:g} seconds"
            self._tell(f"the system tells of no events here ({reason}); looking every {every}")
            return
        self._observer = observer

    def _listen_no_more(self) -> None:
        if self._observer is not None:
            self._observer.stop()
            self._observer.join()
            self._observer = None

    def _look(self) -> None:
        began = time.monotonic()
        found = set()
        for picture in self._within(self._folder):
            found.add(picture)
            later = self._again.get(picture)
            if later is None or began >= later.at:
                self._consider(picture)
        for known in (self._done, self._again):
            for gone in known.keys() - found:
                del known[gone]
        took = time.monotonic() - began
        pause = self._look_seconds()
        if self._poll is None:
            pause = max(pause, _LOOK_SHARE * took)
        self._next_look = time.monotonic() + pause

    def _within(self, path: Path) -> Iterator[Path]:
        for found in find_pictures([path], self._suffixes):
            if found.suffix.lower() in self._suffixes and not is_folder(found):
                yield found
            elif is_folder(found) and found not in self._unsearched:
                self._unsearched.add(found)
                self._tell(f"{found}: this folder cannot be searched")

    def _consider(self, picture: Path) -> None:
        """Wait for a picture to settle, unless it is as it was when it was handed out."""
        stamp = _stamp(picture)
        if stamp is None:
            return
        if picture not in self._waiting and self._done.get(picture) != stamp:
            self._waiting[picture] = _Waiting(stamp, time.monotonic())

    def _settled(self) -> Iterator[Path]:
        now = time.monotonic()
        for picture, waiting in list(self._waiting.items()):
            stamp = _stamp(picture)
            if stamp is None:  # renamed, or taken away
                del self._waiting[picture]
            elif stamp != waiting.stamp:
                self._waiting[picture] = _Waiting(stamp, now)
            elif now - waiting.since >= self._settle:
                del self._waiting[picture]
                self._done[picture] = stamp
                # An empty file has only been begun; a pipe or a socket is told of as such.
                if stamp.size or not picture.is_file():
                    yield picture

    def _rest(self) -> None:
        """Sleep until something is told of, or is due."""
        seconds = min(_GLANCE_SECONDS, self._look_seconds())
        if self._identity is None:
            seconds = min(seconds, _GONE_SECONDS)
        else:
            seconds = min(seconds, self._next_look - time.monotonic())
        if self._waiting:
            seconds = min(seconds, self._settle / 2)
        try:
            told = self._told.get(timeout=max(seconds, 0.01))
            while True:
                if told is not None:
                    self._take(told)
                told = self._told.get_nowait()
        except queue.Empty:
            pass

    def _take(self, path: Path) -> None:
        below = path.relative_to(self._real).parts if path.is_relative_to(self._real) else ()
        if not below or any(part.startswith(".") for part in below):
            return
        path = self._folder.joinpath(*below)
        if is_folder(path):
            if not path.is_symlink():
                for picture in self._within(path):
                    self._consider(picture)
        elif path.suffix.lower() in self._suffixes:
            self._consider(path)


class _Handler(FileSystemEventHandler):
    def __init__(self, told: "queue.SimpleQueue[Path | None]") -> None:
        self._told = told

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type not in _TELLING or (
            event.is_directory and event.event_type == "modified"
        ):
            return
        name = event.dest_path if event.event_type == "moved" else event.src_path
        if name:
            self._told.put(Path(name if isinstance(name, str) else name.decode()))


def _stamp(picture: Path) -> Stamp | None:
    """Return which version of whatever is no folder is there; None where there is nothing."""
    try:
        status = picture.stat()
    except OSError:
        return None
    return None if stat.S_ISDIR(status.st_mode) else Stamp.of(status)
