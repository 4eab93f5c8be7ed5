"""Opening what a path stands for, without ever waiting for it: only a regular file is read."""

import errno
import os
import stat
from io import BufferedReader, FileIO
from pathlib import Path
from typing import Any, TypeVar

from lorgnette.errors import UnreadableImageError

Found = TypeVar("Found", int, bytes)

_KINDS = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFDIR: "a folder",
}
_NO_WAITING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
_PLAIN = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class NotAFileError(OSError):
    """The path stands for something that is no regular file."""

    def __init__(self, path: Path, kind: str) -> None:
        super().__init__(errno.EINVAL, f"it is {kind}, not a file", str(path))


class _File(FileIO):
    """A file that is read without waiting: the kernel has some, called regular, that make wait."""

    def __init__(self, descriptor: int, path: Path) -> None:
        super().__init__(descriptor)
        self._path = path

    def readinto(self, buffer: Any, /) -> int:
        count: int | None = super().readinto(buffer)
        return self._at_once(count)

    def readall(self) -> bytes:
        data: bytes | None = super().readall()
        return self._at_once(data)

    def _at_once(self, found: Found | None) -> Found:
        if found is None:
            raise NotAFileError(self._path, "a stream of the system's")
        return found


def open_file(path: Path) -> BufferedReader:
    """Open a regular file for reading; a pipe, a socket or a device is not even touched.

    Raises:
        OSError: it cannot be opened; NotAFileError: it is no file.
    """
    _require_file(path, os.stat(path).st_mode)  # noqa: PTH116 - many times as fast as a Path
    try:
        # What lies there may have changed since: it must not be waited for, either.
        descriptor = os.open(path, _PLAIN | _NO_WAITING)
    except BlockingIOError:  # another program has lent it to somebody, and is asked to give it back
        descriptor = os.open(path, _PLAIN)
    try:
        _require_file(path, os.fstat(descriptor).st_mode)
        return BufferedReader(_File(descriptor, path), 1 << 16)
    except BaseException:
        os.close(descriptor)
        raise


def read_file(path: Path, most: int = -1) -> bytes:
    """Return a regular file's bytes, at most so many.

    Raises:
        OSError: as open_file.
    """
    with open_file(path) as file:
        return file.read(most)


def unreadable(path: Path, error: OSError) -> UnreadableImageError:
    """Return why a picture's file cannot be read, for a person."""
    match error:
        case FileNotFoundError():
            reason, hint = "there is no such file", "Check its name, and that it was not moved."
        case PermissionError():
            reason = "you have no permission to read it"
            hint = "Ask whoever owns it for permission, or leave it out."
        case NotAFileError() | IsADirectoryError():
            reason, hint = _about_a_folder(path, error), "Leave it out."
        case _ if error.errno == errno.ENAMETOOLONG:
            reason, hint = "its name or its path is too long", "Give it a shorter one."
        case _:
            reason = error.strerror or str(error)
            hint = "Check the disk or the network drive that it is on."
    return UnreadableImageError(path, reason, hint)


def _about_a_folder(path: Path, error: OSError) -> str:
    """Return what is wrong: a folder is not taken for a file unless it cannot be searched."""
    try:
        with os.scandir(path) as entries:
            next(entries, None)
    except NotADirectoryError:
        return error.strerror or str(error)
    except OSError as trouble:
        return f"it is a folder that cannot be read: {trouble.strerror}"
    return "it is a folder"


def _require_file(path: Path, mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise NotAFileError(path, _KINDS.get(stat.S_IFMT(mode), "something else"))
