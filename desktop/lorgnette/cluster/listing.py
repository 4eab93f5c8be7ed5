"""Pictures in chunks, as the disk has them: many folders are read at once, and none is kept."""

import contextlib
import os
import queue
import threading
from collections import deque
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lorgnette.files import SUFFIXES, is_folder, listed, natural

CHUNK = 64  # pictures
WALKERS = 8  # folders read at once: on a network's file system each waits for its answers
_AHEAD = 64  # chunks that wait to be asked for
_PATIENCE = 0.5  # seconds that a chunk waits to be filled while other folders are read


@dataclass(frozen=True, slots=True)
class Part:
    """Pictures of one folder."""

    folder: str  # as it was typed; with the folders below it that were found
    names: tuple[str, ...]  # an empty one: the folder itself, which could not be searched

    @property
    def images(self) -> list[Path]:
        """Return the pictures' paths."""
        return [Path(self.folder, name) for name in self.names]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Pictures that one worker is given at once: of one folder, or of several small ones."""

    parts: tuple[Part, ...]

    @property
    def images(self) -> list[Path]:
        """Return the pictures' paths, in their order."""
        return [image for part in self.parts for image in part.images]

    def __len__(self) -> int:
        return sum(len(part.names) for part in self.parts)

    def parted(self, count: int) -> "tuple[Chunk, Chunk]":
        """Return a chunk of the first pictures, so many, and one of the others."""
        first: list[Part] = []
        others: list[Part] = []
        for part in self.parts:
            for names, taken in ((part.names[:count], first), (part.names[count:], others)):
                if names:
                    taken.append(Part(part.folder, names))
            count = max(0, count - len(part.names))
        return Chunk(tuple(first)), Chunk(tuple(others))


def count(paths: Sequence[Path], suffixes: Container[str] = SUFFIXES) -> int:
    """Return how many pictures paths stand for."""
    with contextlib.closing(Listing(paths, suffixes=suffixes)) as listing:
        return sum(len(chunk) for chunk in listing)


class Listing:
    """The pictures that files.find_pictures finds, each once, in no order of folders.

    Threads read the folders; they wait where nobody asks for more.
    """

    def __init__(
        self, paths: Sequence[Path], size: int = CHUNK, suffixes: Container[str] = SUFFIXES
    ) -> None:
        """Begin to list.

        Args:
            size: the most pictures of a chunk.
            suffixes: in lower case, of files in folders.
        """
        self._suffixes = suffixes
        self.ended = False  # there are no more chunks
        self._closed = threading.Event()
        self._size = size
        self._found: queue.Queue[Chunk | BaseException | None] = queue.Queue(_AHEAD)
        self._changed = threading.Condition()
        self._waiting: deque[str] = deque()
        self._busy = 0
        # Of several paths one may lie in another; a folder that is named twice is read once.
        self._several = len(paths) > 1
        self._seen: set[str] = set()
        named: dict[str, Path] = {}
        for path in paths:
            if is_folder(path):
                self._waiting.append(str(path))
            else:
                named.setdefault(_key(str(path)), path)
        self._named = frozenset(named)
        self._first = _of_files(list(named.values()), size)
        self._running = WALKERS
        for number in range(WALKERS):
            threading.Thread(target=self._run, name=f"list-{number}", daemon=True).start()

    def take(self, seconds: float | None = None) -> Chunk | None:
        """Return the next chunk; None where none came in time, or none is left.

        Args:
            seconds: to wait at most; without end if not given.
        """
        if (first := next(self._first, None)) is not None:
            return first
        while not self.ended:
            try:
                found = self._found.get(timeout=seconds)
            except queue.Empty:
                return None
            if isinstance(found, Chunk):
                return found
            if found is not None:
                raise found
            self._running -= 1
            self.ended = not self._running
        return None

    def __iter__(self) -> Iterator[Chunk]:
        while (chunk := self.take()) is not None:
            yield chunk

    def close(self) -> None:
        """List no further."""
        self._closed.set()

    def _run(self) -> None:
        gathered = _Gathered(self._size)
        try:
            while (folder := self._next(gathered)) is not None:
                try:
                    self._read(folder, gathered)
                finally:
                    with self._changed:
                        self._busy -= 1
                        self._changed.notify_all()
        except BaseException as error:  # noqa: BLE001 - raised where the chunks are asked for
            self._put(error)
        self._put(None)

    def _next(self, gathered: "_Gathered") -> str | None:
        """Return a folder to read; None when there will be none any more."""
        while not self._closed.is_set():
            with self._changed:
                if self._waiting:
                    self._busy += 1
                    return self._waiting.pop()  # the last found: few are kept
                if not self._busy:
                    break
                told = self._changed.wait(_PATIENCE)
            if not told:  # what was found does not wait for a folder that takes long
                self._put(gathered.taken())
        self._put(gathered.taken())
        return None

    def _read(self, folder: str, gathered: "_Gathered") -> None:
        if self._several:
            key = _key(folder)
            with self._changed:
                if key in self._seen:
                    return
                self._seen.add(key)
        try:
            for name, is_subfolder in listed(Path(folder), self._suffixes):
                if self._closed.is_set():
                    return
                if is_subfolder:
                    with self._changed:
                        self._waiting.append(str(Path(folder, name)))
                        self._changed.notify()
                elif not self._named or _key(os.path.join(folder, name)) not in self._named:  # noqa: PTH118
                    gathered.add(folder, name)
                    if gathered.full:
                        self._put(gathered.taken())
        except OSError:
            gathered.add(folder, "")

    def _put(self, found: "Chunk | BaseException | None") -> None:
        if isinstance(found, Chunk) and not found.parts:
            return
        while not self._closed.is_set():
            try:
                self._found.put(found, timeout=0.2)
            except queue.Full:
                continue
            return


class _Gathered:
    """Names on their way into a chunk."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._count = 0
        self._folders: dict[str, list[str]] = {}

    @property
    def full(self) -> bool:
        return self._count >= self._size

    def add(self, folder: str, name: str) -> None:
        self._folders.setdefault(folder, []).append(name)
        self._count += 1

    def taken(self) -> Chunk:
        """Return what was gathered, and forget it."""
        parts = tuple(
            Part(folder, tuple(sorted(names, key=natural)))
            for folder, names in self._folders.items()
        )
        self._folders, self._count = {}, 0
        return Chunk(parts)


def _of_files(paths: Sequence[Path], size: int) -> Iterator[Chunk]:
    gathered = _Gathered(size)
    for path in paths:
        gathered.add(str(path.parent), path.name)
        if gathered.full:
            yield gathered.taken()
    if last := gathered.taken().parts:
        yield Chunk(last)


def _key(path: str) -> str:
    return os.path.normcase(os.path.abspath(path))  # noqa: PTH100 - keeps links
