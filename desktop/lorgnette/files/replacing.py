"""The one place that writes a user's file: a new version is built beside it, checked, put in place.

A new version is described by pieces: spans of the old file that stay, and bytes that come in.
At every moment the name stands for the whole old file or the whole new one.
"""

import contextlib
import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeAlias

from lorgnette.files.attributes import carry_attributes, set_mode
from lorgnette.files.disk import rename, sync_folder, syncing
from lorgnette.files.errors import CannotWriteError, ChangedMeanwhileError
from lorgnette.files.source import Piece, Source, Span, Stamp
from lorgnette.files.temporaries import temporary_for

SPARE_BYTES = 1 << 20  # of free disk space that a write must leave


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """A new version of a file, as it will be built."""

    target: Path  # links resolved: a link stays a link
    stamp: Stamp | None  # of the version that the pieces refer to; None: there is no file yet
    pieces: tuple[Piece, ...]  # spans ascend and do not overlap
    mode: int = 0o644  # of a file that is not there yet
    keep_times: bool = True  # the new version keeps the old one's time of modification
    modified_ns: int | None = None  # the time of modification that the new version gets instead


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """What a journal must know to bring the old version back."""

    replacement: Replacement
    old_size: int | None  # None: there was no file
    old_sha256: str
    old_modified_ns: int
    new_size: int
    new_sha256: str
    inverse: tuple[Piece, ...]  # of the old version, spans of the new one


Check: TypeAlias = Callable[[Path], None]
Record: TypeAlias = Callable[[Replaced], None]


def replace_file(
    replacement: Replacement, *, check: Check | None = None, record: Record | None = None
) -> None:
    """Put a new version of a file in place, in one step, on the disk when this returns.

    Args:
        check: looks at the new version, still under its temporary name; whatever it raises
            stops the write.
        record: is told what will be replaced, just before; whatever it raises stops the write.

    Raises:
        ChangedMeanwhileError: the file is not the version that the replacement was made for.
        CannotWriteError: the folder, the disk or the file's rights forbid it.
        NotKeptError: what surrounds the file's bytes would be lost.
        In all cases, and when check or record raises, the old version is there, unchanged.
    """
    target = replacement.target
    temporary = temporary_for(target)
    try:
        with contextlib.ExitStack() as stack:
            if replacement.stamp is None:
                source = Source.of(b"")
                status = None
            else:
                source = stack.enter_context(Source.open(target))
                status = target.stat()
                _require_unchanged(replacement, status)
            _require_room(replacement)
            flags = os.O_RDWR | os.O_CREAT | os.O_EXCL
            flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
            descriptor = os.open(temporary, flags, 0o600)
            stack.callback(temporary.unlink, missing_ok=True)
            with open(descriptor, "r+b", buffering=0) as file:  # noqa: PTH123
                replaced = _build(replacement, source, status, file, digests=record is not None)
                _set_attributes(replacement, status, temporary, descriptor)
                with syncing(descriptor):
                    _compare(replacement, source, file)
                    if check is not None:
                        check(temporary)
            if record is not None:
                record(replaced)
            _require_unchanged(replacement, _status(target))
            source.__exit__(None, None, None)  # Windows does not replace an open file
            rename(temporary, target)
        sync_folder(target.parent)
    except OSError as error:
        raise CannotWriteError(target, error.strerror or str(error)) from error


def remove_file(target: Path, stamp: Stamp) -> None:
    """Delete a file, if it is still the version that the stamp stands for.

    Raises:
        ChangedMeanwhileError, CannotWriteError: it was left alone.
    """
    status = _status(target)
    if status is None or Stamp.of(status) != stamp:
        raise ChangedMeanwhileError(target)
    try:
        target.unlink()
        sync_folder(target.parent)
    except OSError as error:
        raise CannotWriteError(target, error.strerror or str(error)) from error


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _require_unchanged(replacement: Replacement, status: os.stat_result | None) -> None:
    if (None if status is None else Stamp.of(status)) != replacement.stamp:
        raise ChangedMeanwhileError(replacement.target)


def _require_room(replacement: Replacement) -> None:
    size = sum(
        piece.end - piece.start if isinstance(piece, Span) else len(piece)
        for piece in replacement.pieces
    )
    if shutil.disk_usage(replacement.target.parent).free < size + SPARE_BYTES:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _set_attributes(
    replacement: Replacement, status: os.stat_result | None, temporary: Path, descriptor: int
) -> None:
    if status is None:
        set_mode(descriptor, replacement.mode)
    else:
        carry_attributes(replacement.target, status, temporary, descriptor)
    if replacement.modified_ns is not None:
        os.utime(temporary, ns=(replacement.modified_ns, replacement.modified_ns))
    elif status is not None and replacement.keep_times:
        os.utime(temporary, ns=(status.st_atime_ns, status.st_mtime_ns))


def _new_bytes(pieces: tuple[Piece, ...], source: Source) -> Iterator[bytes]:
    for piece in pieces:
        if isinstance(piece, Span):
            yield from source.chunks(*piece)
        else:
            yield piece


def _build(
    replacement: Replacement,
    source: Source,
    status: os.stat_result | None,
    file: BinaryIO,
    *,
    digests: bool,
) -> Replaced:
    """Write the new version; return how to get back from it to the old one."""
    old, new = hashlib.sha256(), hashlib.sha256()
    inverse: list[Piece] = []
    read = written = 0

    def give_up(end: int) -> None:
        nonlocal read
        if end > read:
            lost = b"".join(source.chunks(read, end))
            inverse.append(lost)
            if digests:
                old.update(lost)
            read = end

    for piece in replacement.pieces:
        start = written
        if isinstance(piece, Span):
            give_up(piece.start)
        for data in _new_bytes((piece,), source):
            _write_all(file, data)
            written += len(data)
            if digests:
                new.update(data)
                if isinstance(piece, Span):
                    old.update(data)
        if isinstance(piece, Span):
            read = piece.end
            inverse.append(Span(start, written))
    give_up(source.size)
    return Replaced(
        replacement=replacement,
        old_size=None if status is None else status.st_size,
        old_sha256=old.hexdigest() if status is not None else "",
        old_modified_ns=0 if status is None else status.st_mtime_ns,
        new_size=written,
        new_sha256=new.hexdigest(),
        inverse=tuple(inverse),
    )


def _write_all(file: BinaryIO, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[file.write(view) :]


def _compare(replacement: Replacement, source: Source, file: BinaryIO) -> None:
    """Read both versions again; the old one may have been changed in place while it was copied."""
    file.seek(0)
    for data in _new_bytes(replacement.pieces, source):
        if _read_all(file, len(data)) != data:
            raise ChangedMeanwhileError(replacement.target)
    if file.read(1):
        raise ChangedMeanwhileError(replacement.target)


def _read_all(file: BinaryIO, length: int) -> bytes:
    data = file.read(length)
    while len(data) < length and (more := file.read(length - len(data))):
        data += more
    return data
