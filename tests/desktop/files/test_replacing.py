"""A file is replaced whole or not at all."""

import os
import resource
import shutil
import signal
import tempfile
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path

import pytest

from lorgnette import files
from lorgnette.files import (
    CannotWriteError,
    ChangedMeanwhileError,
    Replacement,
    Span,
    Stamp,
    replacing,
)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "file.bin"
    path.write_bytes(b"0123456789")
    return path


def replacement(target: Path, *pieces: files.Piece) -> Replacement:
    return Replacement(target=target, stamp=Stamp.of(target.stat()), pieces=pieces)


def alone(target: Path) -> bool:
    return [path.name for path in target.parent.iterdir()] == [target.name]


def test_spans_stay_and_bytes_come_in(target: Path) -> None:
    pieces = (Span(0, 2), b"new", Span(4, 9))
    with files.built(replacement(target, *pieces)) as new:
        assert target.read_bytes() == b"0123456789"
        new.put()
    assert target.read_bytes() == b"01new45678"
    replaced = new.replaced
    back = replacement(target, *replaced.inverse)
    files.replace_file(back)
    assert target.read_bytes() == b"0123456789"
    assert files.sha256(target) == replaced.old_sha256
    assert (replaced.old_size, replaced.new_size) == (10, 10)
    assert alone(target)


def test_another_version_is_not_replaced(target: Path) -> None:
    planned = replacement(target, b"new")
    target.write_bytes(b"theirs")
    with pytest.raises(ChangedMeanwhileError):
        files.replace_file(planned)
    assert target.read_bytes() == b"theirs"


def intrude(target: Path) -> None:
    """Write in place, as another program, in the same length and with the old time."""
    status = target.stat()
    with target.open("r+b") as file:
        file.write(b"theirs")
    os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))


def test_a_change_while_it_is_built_stops_it(target: Path) -> None:
    with pytest.raises(ChangedMeanwhileError):
        files.replace_file(replacement(target, b"new"), check=lambda _: intrude(target))
    assert target.read_bytes() == b"theirs6789"
    assert alone(target)


def test_a_change_after_it_was_built_stops_it(target: Path) -> None:
    with files.built(replacement(target, b"new")) as new:
        intrude(target)
        with pytest.raises(ChangedMeanwhileError):
            new.put()
    assert target.read_bytes() == b"theirs6789"
    assert alone(target)


def test_a_file_that_came_meanwhile_stays(tmp_path: Path) -> None:
    target = tmp_path / "new.bin"
    planned = Replacement(target=target, stamp=None, pieces=(b"new",))
    with pytest.raises(ChangedMeanwhileError):
        files.replace_file(planned, check=lambda _: target.write_bytes(b"theirs"))
    assert target.read_bytes() == b"theirs"
    assert alone(target)


def test_what_a_check_raises_leaves_everything(target: Path) -> None:
    def fail(temporary: Path) -> None:
        assert temporary.read_bytes() == b"new"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        files.replace_file(replacement(target, b"new"), check=fail)
    assert target.read_bytes() == b"0123456789"
    assert alone(target)


def test_a_full_disk_is_seen_beforehand(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10, 10, replacing.SPARE_BYTES))
    with pytest.raises(CannotWriteError, match="No space left"):
        files.replace_file(replacement(target, b"new"))
    assert alone(target)


def test_a_disk_that_fills_up_meanwhile(target: Path) -> None:
    """The operating system refuses to write more than a megabyte of the new version."""
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, limits[1]))
    try:
        with pytest.raises(CannotWriteError, match="File too large"):
            files.replace_file(replacement(target, b"x" * (3 << 20)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert target.read_bytes() == b"0123456789"
    assert alone(target)


@pytest.fixture
def unprivileged() -> Iterator[Path]:
    """Return a folder of a user without special rights, who runs the test."""
    folder = Path(tempfile.mkdtemp())
    root = os.geteuid() == 0
    folder.chmod(0o777)
    if root:
        os.seteuid(65534)
    yield folder
    if root:
        os.seteuid(0)
    folder.chmod(0o777)
    shutil.rmtree(folder)


def test_a_read_only_folder_refuses(unprivileged: Path) -> None:
    target = unprivileged / "file.bin"
    target.write_bytes(b"old")
    planned = replacement(target, b"new")
    if os.getuid() == 0:
        os.seteuid(0)
        unprivileged.chmod(0o555)
        os.seteuid(65534)
    else:
        unprivileged.chmod(0o555)
    with pytest.raises(CannotWriteError, match="Permission denied"):
        files.replace_file(planned)
    assert target.read_bytes() == b"old"


def test_removing_asks_for_the_version(target: Path) -> None:
    stamp = Stamp.of(target.stat())
    os.utime(target, ns=(1, 1))
    with pytest.raises(ChangedMeanwhileError):
        files.remove_file(target, stamp)
    files.remove_file(target, Stamp.of(target.stat()))
    assert not target.exists()
