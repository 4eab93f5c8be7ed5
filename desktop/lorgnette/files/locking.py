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
from lorgnette.files.errors import CannotWriteError

LOCK_SECONDS = 10.0


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other running lorgnettes from writing path, or its sidecar, for the time being.

    Raises:
        CannotWriteError: another one has held it for LOCK_SECONDS.
    """
    folder = paths.user_data() / "locks"
    folder.mkdir(exist_ok=True)
    key = hashlib.sha256(os.fsencode(os.path.realpath(path))).hexdigest()[:2]
    deadline = time.monotonic() + LOCK_SECONDS
    # 256 locks for all files: two files that share one wait for each other, and no harm is done.
    with (folder / f"{key}.lock").open("ab") as file:
        while not _try_lock(file):
            if time.monotonic() > deadline:
                raise CannotWriteError(path, "another lorgnette is writing it")
            time.sleep(0.01)
        yield  # closing the file unlocks it


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
