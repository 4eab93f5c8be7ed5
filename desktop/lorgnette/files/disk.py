"""Bytes and names on their way to the disk, so that they are there after a crash."""

import contextlib
import errno
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def syncing(descriptor: int) -> Iterator[None]:
    """Bring a file to the disk; meanwhile, the processor is free to look at it."""
    errors: list[OSError] = []

    def sync() -> None:
        try:
            _sync(descriptor)
        except OSError as error:
            errors.append(error)

    thread = threading.Thread(target=sync)
    thread.start()
    try:
        yield
    finally:
        thread.join()
    if errors:
        raise errors[0]


def _sync(descriptor: int) -> None:
    if sys.platform == "darwin":
        import fcntl

        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
    else:
        os.fsync(descriptor)


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    if sys.platform == "win32":
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except PermissionError:  # files may be put into it, but it may not be read
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some network file systems cannot sync a folder.
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:
            raise
    finally:
        os.close(descriptor)


def rename(temporary: Path, target: Path) -> None:
    """Put a file in place of another, in one step."""
    if sys.platform == "win32":
        for delay in (0.05, 0.1, 0.2, 0.4, 0.8, 0.8):  # virus scanners open what is new
            try:
                temporary.replace(target)
            except PermissionError:
                time.sleep(delay)
            else:
                return
    temporary.replace(target)
