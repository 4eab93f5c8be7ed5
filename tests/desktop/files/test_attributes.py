"""What surrounds the bytes is carried over to the new version."""

import os
import stat
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from lorgnette import files
from lorgnette.files import NotKeptError, Replacement, Stamp


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


def xattrs(path: Path) -> dict[str, bytes]:
    return {name: os.getxattr(path, name) for name in os.listxattr(path)}


@pytest.fixture
def marked(target: Path) -> Path:
    """Return a file with extended attributes, where there are any."""
    try:
        os.setxattr(target, "user.first", b"1")
    except (OSError, AttributeError):
        pytest.skip("no extended attributes here")
    os.setxattr(target, "user.empty", b"")
    os.setxattr(target, "user.long", bytes(range(256)) * 4)
    os.setxattr(target, "user.Ä", b"\0\xff")
    return target


ACCESS, DEFAULT = "system.posix_acl_access", "system.posix_acl_default"


def acl(*users: tuple[int, int]) -> bytes:
    """Return Linux' form of an access control list that gives some users rights of their own."""
    nobody = (1 << 32) - 1
    entries = [(1, 6, nobody), *((2, rights, user) for user, rights in users), (4, 4, nobody),
               (16, 6, nobody), (32, 4, nobody)]  # fmt: skip
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *each) for each in entries)


@pytest.mark.parametrize(
    "own",
    [None, acl((1234, 6)), acl((1, 4), (1234, 0), (65534, 6))],
    ids=["none", "one user", "three users"],
)
def test_an_access_control_list_is_carried_and_the_folders_is_not(
    own: bytes | None, target: Path
) -> None:
    try:
        os.setxattr(target.parent, DEFAULT, acl((4321, 6)))
        if own is not None:
            os.setxattr(target, ACCESS, own)
    except (OSError, AttributeError):
        pytest.skip("no access control lists here")
    mode = stat.S_IMODE(target.stat().st_mode)
    files.replace_file(replacement(target, b"new"))
    assert xattrs(target).get(ACCESS) == own
    assert stat.S_IMODE(target.stat().st_mode) == mode


def as_nobody(action: Callable[[], None]) -> str:
    """Do something in a process of somebody who may do little; return what it raised."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
        try:
            action()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is reported
            os.write(writer, f"{type(error).__name__}: {error}".encode())
        os._exit(0)
    os.close(writer)
    with open(reader, "rb") as file:  # noqa: PTH123
        said = file.read().decode()
    os.waitpid(child, 0)
    return said


def _of_a_foreign_group(path: Path) -> None:
    """Let a file act for a group that its owner is no member of, but the folder gives."""
    os.chown(path.parent, 0, 1234)
    path.parent.chmod(0o2777)
    os.chown(path, 65534, 1234)
    path.chmod(0o2664)


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root sets such attributes")


def test_all_extended_attributes_are_carried(marked: Path) -> None:
    before = xattrs(marked)
    files.replace_file(replacement(marked, b"new"))
    assert marked.read_bytes() == b"new"
    assert xattrs(marked) == before
    assert len(before) >= 4


@needs_root
def test_every_kind_of_attribute_that_may_be_set_is_carried(marked: Path) -> None:
    for name in ("security.label", "trusted.note", "security.selinux"):
        os.setxattr(marked, name, b"value")
    before = xattrs(marked)
    files.replace_file(replacement(marked, b"new"))
    assert xattrs(marked) == before


@needs_root
@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (lambda path: os.setxattr(path, "security.label", b"value"), "security.label"),
        (lambda path: os.chown(path, 1234, 65534), "owner"),
        (lambda path: os.chown(path, 65534, 4321), "group"),
        (_of_a_foreign_group, "rights"),
    ],
)
def test_where_one_cannot_be_kept_the_file_stays(
    marked: Path, spoil: Callable[[Path], None], what: str
) -> None:
    for folder in marked.parents:
        if folder.name.startswith(("test_", "pytest-", "popen-")):  # pytest's own
            folder.chmod(0o777)
    os.chown(marked, 65534, 65534)
    spoil(marked)
    before = (xattrs(marked), marked.stat(), marked.read_bytes())
    replaced = replacement(marked, b"new")
    said = as_nobody(lambda: files.replace_file(replaced))
    assert said.startswith("NotKeptError: file.bin could not be written: ")
    assert what in said
    assert (xattrs(marked), marked.stat(), marked.read_bytes()) == before
    assert list(marked.parent.iterdir()) == [marked]


@needs_root
@pytest.mark.parametrize(("kind", "kept"), [(b"\3sig", False), (b"\1hash", True)])
def test_a_signature_of_the_kernels_is_not_broken(marked: Path, kind: bytes, kept: bool) -> None:
    os.setxattr(marked, "security.ima", kind)
    if kept:
        files.replace_file(replacement(marked, b"new"))
        assert marked.read_bytes() == b"new"
        assert "security.ima" not in xattrs(marked)  # the kernel's to give
    else:
        with pytest.raises(NotKeptError, match="signature"):
            files.replace_file(replacement(marked, b"new"))
        assert marked.read_bytes() == b"0123456789"
