"""One lorgnette at a time writes a file."""

import contextlib
import hashlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from lorgnette import paths
from lorgnette.errors import ExitCode, LorgnetteError
from lorgnette.files.errors import CannotWriteError

LOCK_SECONDS = 10.0


_locks_nothing = False


def lock_nothing() -> None:
    """Let locked do nothing from now on in this process.

    For one whose files are no other's for as long as it has them: thousands of machines would wait
    for one another at the locks of one person's home.
    """
    global _locks_nothing
    _locks_nothing = True


@contextlib.contextmanager
def locked(path: Path, seconds: float = LOCK_SECONDS) -> Iterator[None]:
    """Keep other running lorgnettes from writing path, or its sidecar, for the time being.

    Args:
        seconds: to wait for another one.

    Raises:
        CannotWriteError: another one, or this one by another call, holds it.
        NoFolderError: there is no place for locks.
    """
    if _locks_nothing:
        yield
        return
    key = hashlib.sha256(os.fsencode(os.path.realpath(path))).hexdigest()[:2]
    # 256 locks for all files: two files that share one wait for each other, and no harm is done.
    with _opened(paths.user_data("locks") / f"{key}.lock") as file:
        if not _locks(file, seconds):
            raise CannotWriteError(path, "another lorgnette is writing it")
        yield  # closing the file unlocks it


class HeldError(LorgnetteError):
    """Another lorgnette does the same already; nothing was touched."""

    exit_code = ExitCode.CANNOT_RUN

    def __init__(self, what: str, path: Path) -> None:
        super().__init__(f"another lorgnette has begun to {what} {path}")
        self.hint = f"Let it go on, or end it before you {what} it here."


@contextlib.contextmanager
def only_one(what: str, path: Path) -> Iterator[None]:
    """Keep other lorgnettes of the same person from doing the same with path.

    Args:
        what: a verb.

    Raises:
        HeldError: one does.
        NoFolderError, CannotWriteError: there is no place for locks.
    """
    key = hashlib.sha256(os.fsencode(os.path.realpath(path))).hexdigest()[:32]
    with _opened(paths.user_data("locks") / f"{what}-{key}.lock") as file:
        if not _try_lock(file):
            raise HeldError(what, path)
        yield  # closing the file unlocks it


@contextlib.contextmanager
def held(path: Path, seconds: float) -> Iterator[BinaryIO]:
    """Yield a file, made if missing and open for appending, that nobody else holds meanwhile.

    Args:
        seconds: to wait for whoever holds it.

    Raises:
        CannotWriteError: it cannot be opened, or is still held.
    """
    with _opened(path) as file:
        if not _locks(file, seconds):
            raise CannotWriteError(path, "another lorgnette holds it")
        yield file


def _locks(file: BinaryIO, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not _try_lock(file):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def _opened(path: Path) -> BinaryIO:
    try:
        return open(path, "ab", opener=_without_waiting)
    except OSError as error:  # of somebody else, as after a run by the administrator
        raise CannotWriteError(path, error.strerror or str(error)) from error


def _without_waiting(path: str, flags: int) -> int:
    """Open what lies there, if it is a pipe, too: one that is read and written waits for nobody."""
    return os.open(path, flags & ~os.O_WRONLY | os.O_RDWR, 0o666)


def _try_lock(file: BinaryIO) -> bool:
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
