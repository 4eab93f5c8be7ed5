"""What surrounds the bytes is carried over to the new version."""

import os
import stat
from pathlib import Path

import pytest

from lorgnette import files
from lorgnette.files import Replacement, Stamp


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "file.bin"
    path.write_bytes(b"0123456789")
    return path


def replacement(target: Path, *pieces: files.Piece) -> Replacement:
    return Replacement(target=target, stamp=Stamp.of(target.stat()), pieces=pieces)


def test_rights_times_and_attributes_are_carried(target: Path) -> None:
    target.chmod(0o640)
    os.utime(target, ns=(10**18 + 1, 10**18 + 2))
    try:
        os.setxattr(target, "user.note", b"mine")
    except OSError:
        attribute = None
    else:
        attribute = b"mine"
    files.replace_file(replacement(target, b"new"))
    status = target.stat()
    assert stat.S_IMODE(status.st_mode) == 0o640
    assert status.st_mtime_ns == 10**18 + 2
    if attribute:
        assert os.getxattr(target, "user.note") == attribute


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_the_owner_stays(target: Path) -> None:
    os.chown(target, 1234, 4321)
    files.replace_file(replacement(target, b"new"))
    assert (target.stat().st_uid, target.stat().st_gid) == (1234, 4321)
