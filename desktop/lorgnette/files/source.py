"""A file's bytes: where they are, read in part; which file they are of, in which version."""

import hashlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NamedTuple, Self, TypeAlias

from lorgnette.files.opening import open_file

CHUNK = 1 << 20


class Span(NamedTuple):
    """Bytes start to end (exclusive) of the old file, kept as they are."""

    start: int
    end: int


Piece: TypeAlias = Span | bytes


class Source:
    """Random access to bytes that may be too many to hold."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.size = file.seek(0, os.SEEK_END)

    @classmethod
    def of(cls, data: bytes) -> Self:
        """Return a source over bytes in memory."""
        return cls(BytesIO(data))

    @classmethod
    def open(cls, path: Path) -> Self:
        """Return a source over a file; close it, or use it as a context.

        Raises:
            OSError: as open_file.
        """
        return cls(open_file(path))

    def read(self, start: int, length: int) -> bytes:
        """Return up to length bytes from start; fewer only at the end of the file."""
        if start >= self.size:  # an offset from a damaged file may pass what seek takes
            return b""
        self._file.seek(start)
        return self._file.read(min(length, self.size - start))

    def chunks(self, start: int, end: int) -> Iterator[bytes]:
        """Yield bytes start to end in pieces of at most CHUNK; stops early where the file ends."""
        while start < end:
            data = self.read(start, min(CHUNK, end - start))
            if not data:
                return
            yield data
            start += len(data)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._file.close()


@dataclass(frozen=True, slots=True)
class Stamp:
    """Which file, in which version: a change of any part means that somebody wrote it."""

    device: int
    inode: int
    size: int
    modified_ns: int
    changed_ns: int

    @classmethod
    def of(cls, status: os.stat_result) -> Self:
        """Return the stamp of what os.stat saw."""
        return cls(
            status.st_dev,
            status.st_ino,
            status.st_size,
            status.st_mtime_ns,
            # Windows keeps the time of creation here, which a rename carries along.
            0 if sys.platform == "win32" else status.st_ctime_ns,
        )


def sha256(path: Path) -> str:
    """Return the digest of a file's bytes, in hexadecimal."""
    with open_file(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
