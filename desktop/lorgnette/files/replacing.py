"""The one place that writes a user's file: a new version is built beside it, checked, put in place.

A new version is described by pieces: spans of the old file that stay, and bytes that come in.
At every moment the name stands for the whole old file or the whole new one.
"""

import contextlib
import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
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


@dataclass(frozen=True, slots=True)
class Built:
    """A new version, whole and on the disk under a temporary name, beside the one it replaces."""

    replaced: Replaced  # without digests unless they were asked for
    _temporary: Path

    @property
    def target(self) -> Path:
        """Return the file that it replaces."""
        return self.replaced.replacement.target

    def put(self) -> None:
        """Put it in place, in one step; the name is on the disk after sync_names.

        Raises:
            ChangedMeanwhileError, CannotWriteError: the old version is there.
        """
        try:
            _require_unchanged(self.replaced.replacement, _status(self.target))
            rename(self._temporary, self.target)
        except OSError as error:
            raise CannotWriteError(self.target, error.strerror or str(error)) from error


@contextlib.contextmanager
def built(
    replacement: Replacement, *, check: Check | None = None, digests: bool = True
) -> Iterator[Built]:
    """Yield a new version that is ready to be put in place; without that, it is gone afterwards.

    Args:
        check: looks at the new version, still under its temporary name; whatever it raises
            stops the write.
        digests: say what a journal must know.

    Raises:
        ChangedMeanwhileError: the file is not the version that the replacement was made for.
        CannotWriteError: the folder, the disk or the file's rights forbid it.
        NotKeptError: what surrounds the file's bytes would be lost.
        In all cases the old version is there, unchanged.
    """
    temporary = temporary_for(replacement.target)
    try:
        yield Built(_build_beside(replacement, temporary, check, digests=digests), temporary)
    finally:
        with contextlib.suppress(OSError):  # its folder may be gone
            temporary.unlink()


def replace_file(replacement: Replacement, *, check: Check | None = None) -> None:
    """Put a new version of a file in place, in one step, on the disk when this returns.

    Raises:
        As built and Built.put do.
    """
    with built(replacement, check=check, digests=False) as new:
        new.put()
    sync_names([replacement.target])


def sync_names(targets: Iterable[Path]) -> None:
    """Bring the names of files that were put in place to the disk.

    Raises:
        CannotWriteError: it is not sure that they are there after a crash.
    """
    for folder, target in {target.parent: target for target in targets}.items():
        try:
            sync_folder(folder)
        except OSError as error:
            raise CannotWriteError(target, error.strerror or str(error)) from error


def _build_beside(
    replacement: Replacement, temporary: Path, check: Check | None, *, digests: bool
) -> Replaced:
    target = replacement.target
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
            with open(descriptor, "r+b", buffering=0) as file:  # noqa: PTH123
                replaced = _build(replacement, source, status, file, digests=digests)
                _set_attributes(replacement, status, temporary, descriptor)
                with syncing(descriptor):
                    _compare(replacement, source, file)
                    if check is not None:
                        check(temporary)
    except OSError as error:
        raise CannotWriteError(target, error.strerror or str(error)) from error
    return replaced


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
