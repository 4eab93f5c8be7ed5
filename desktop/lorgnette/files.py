"""The one place that writes a user's file: a new version is built beside it, checked, put in place.

A new version is described by pieces: spans of the old file that stay, and bytes that come in.
At every moment the name stands for the whole old file or the whole new one.
"""

import contextlib
import errno
import hashlib
import os
import re
import secrets
import shutil
import socket
import stat
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NamedTuple, Self, TypeAlias

from lorgnette import paths
from lorgnette.errors import LorgnetteError

CHUNK = 1 << 20
SPARE_BYTES = 1 << 20  # of free disk space that a write must leave
LOCK_SECONDS = 10.0


class CannotWriteError(LorgnetteError):
    """The file or its folder refuses the write; what was there is as it was."""

    hint = "Check that the folder is writable and the disk has room, then try again."

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path.name} could not be written: {reason}")
        self.reason = reason


class ChangedMeanwhileError(CannotWriteError):
    """Another program changed the file between reading and writing; its version stays."""

    hint = "Run the same command again; it starts from the file's present contents."

    def __init__(self, path: Path) -> None:
        super().__init__(path, "another program changed it meanwhile")


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
        """Return a source over a file; close it, or use it as a context."""
        return cls(path.open("rb", buffering=1 << 16))

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
        In both cases, and when check or record raises, the old version is there, unchanged.
    """
    target = replacement.target
    temporary = target.with_name(f".{process_name()}-{secrets.token_hex(6)}{_TEMPORARY_SUFFIX}")
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
                _carry_attributes(replacement, status, temporary, descriptor)
                with _syncing(descriptor):
                    _compare(replacement, source, file)
                    if check is not None:
                        check(temporary)
            if record is not None:
                record(replaced)
            _require_unchanged(replacement, _status(target))
            source.__exit__(None, None, None)  # Windows does not replace an open file
            _rename(temporary, target)
        _sync_folder(target.parent)
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
        _sync_folder(target.parent)
    except OSError as error:
        raise CannotWriteError(target, error.strerror or str(error)) from error


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


def remove_stale_temporaries(folder: Path) -> None:
    """Delete what killed writers left in a folder; living writers' files stay."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            match = _TEMPORARY_NAME.fullmatch(entry.name)
            if match is not None and is_gone(match["process"]):
                Path(entry.path).unlink(missing_ok=True)


def process_name() -> str:
    """Return a name for this process that no other one has, on any computer, at any time."""
    return f"{_HOST}-{os.getpid()}-{_TOKEN}"


def is_gone(process: str) -> bool:
    """Return whether the process of that name has surely ended.

    Nothing is known of other computers' processes; a number in use again passes for the process
    that had it, unless this one has it now.
    """
    host, pid, token = process.split("-")
    if host != _HOST:
        return False
    if int(pid) == os.getpid():
        return token != _TOKEN
    return not _is_running(int(pid))


def _is_running(pid: int) -> bool:
    if sys.platform == "win32":
        import ctypes

        handle = ctypes.windll.kernel32.OpenProcess(0x1000, False, pid)
        if handle:
            ctypes.windll.kernel32.CloseHandle(handle)
        return bool(handle)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def sha256(path: Path) -> str:
    """Return the digest of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


_HOST = hashlib.sha256(socket.gethostname().encode()).hexdigest()[:8]
_TOKEN = secrets.token_hex(4)  # tells this process from an earlier one of the same number
_TEMPORARY_SUFFIX = ".lorgnette-tmp"
_TEMPORARY_NAME = re.compile(r"\.(?P<process>[0-9a-f]{8}-\d+-[0-9a-f]{8})-[0-9a-f]+\.lorgnette-tmp")


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


def _carry_attributes(
    replacement: Replacement, status: os.stat_result | None, temporary: Path, descriptor: int
) -> None:
    mode = replacement.mode if status is None else stat.S_IMODE(status.st_mode)
    if status is not None and sys.platform != "win32":
        here = os.fstat(descriptor)
        if (here.st_uid, here.st_gid) != (status.st_uid, status.st_gid):
            try:
                os.fchown(descriptor, status.st_uid, status.st_gid)
            except PermissionError:
                # Ours now; but another group must not get the rights that its group had.
                if here.st_gid != status.st_gid and mode & 0o070:
                    raise
    if sys.platform != "win32":
        os.fchmod(descriptor, mode)
    if status is not None and hasattr(os, "listxattr"):
        _copy_xattrs(replacement.target, temporary)
    if replacement.modified_ns is not None:
        os.utime(temporary, ns=(replacement.modified_ns, replacement.modified_ns))
    elif status is not None and replacement.keep_times:
        os.utime(temporary, ns=(status.st_atime_ns, status.st_mtime_ns))


def _copy_xattrs(old: Path, new: Path) -> None:
    unsupported = {errno.ENOTSUP, errno.EPERM, errno.EACCES, errno.EINVAL, errno.ENODATA}
    try:
        for name in os.listxattr(old):
            os.setxattr(new, name, os.getxattr(old, name))
    except OSError as error:
        if error.errno not in unsupported:
            raise


@contextlib.contextmanager
def _syncing(descriptor: int) -> Iterator[None]:
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


def _sync_folder(folder: Path) -> None:
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some network file systems cannot sync a folder.
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:
            raise
    finally:
        os.close(descriptor)


def _rename(temporary: Path, target: Path) -> None:
    if sys.platform == "win32":
        for delay in (0.05, 0.1, 0.2, 0.4, 0.8, 0.8):  # virus scanners open what is new
            try:
                temporary.replace(target)
            except PermissionError:
                time.sleep(delay)
            else:
                return
    temporary.replace(target)


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
