"""What waits for the captioner."""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from pathlib import Path


class Queue:
    """The pictures that wait for the captioner; the window may change it while it is drained."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: OrderedDict[Path, None] = OrderedDict()

    def add(self, pictures: Iterable[Path]) -> None:
        """Let pictures wait, those that wait already where they are."""
        with self._lock:
            for path in pictures:
                self._waiting.setdefault(path)

    def remove(self, pictures: Iterable[Path]) -> None:
        """Let pictures wait no more."""
        with self._lock:
            for path in pictures:
                self._waiting.pop(path, None)

    def clear(self) -> list[Path]:
        """Return those that waited; none waits any more."""
        with self._lock:
            left = list(self._waiting)
            self._waiting.clear()
        return left

    def __len__(self) -> int:
        return len(self._waiting)

    def __iter__(self) -> Iterator[Path]:
        """Yield each picture as its turn comes, until none waits."""
        while True:
            with self._lock:
                if not self._waiting:
                    return
                path, _ = self._waiting.popitem(last=False)
            yield path
