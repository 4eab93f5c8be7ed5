"""What is no file is not waited for."""

import errno
import os
import socket
from functools import partial
from pathlib import Path

import pytest

from lorgnette.files import NotAFileError, open_file, read_file, sha256, unreadable


def test_a_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"abc" * 40_000)
    assert read_file(file, 4) == b"abca"
    with open_file(file) as opened:
        assert opened.read() == b"abc" * 40_000
    link = tmp_path / "link"
    link.symlink_to(file)
    assert sha256(link) == sha256(file)


@pytest.mark.skipif(os.name != "posix", reason="Windows has none of these in folders")
def test_pipes_sockets_and_devices_are_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "link.jpg").symlink_to("pipe.jpg")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket.jpg"))
    for path, kind in (
        (tmp_path / "pipe.jpg", "a named pipe"),
        (tmp_path / "link.jpg", "a named pipe"),
        (tmp_path / "socket.jpg", "a socket"),
        (Path("/dev/tty"), "a device"),
        (Path("/dev/zero"), "a device"),
    ):
        with pytest.raises(NotAFileError) as raised:
            open_file(path)
        error = unreadable(path, raised.value)
        assert error.reason == f"it is {kind}, not a file"
        assert "damaged" not in error.hint


def test_a_file_of_the_kernel_is_not_waited_for(tmp_path: Path) -> None:
    """Linux calls its log a regular file; who reads on waits for the next line."""
    if not os.access("/proc/kmsg", os.R_OK):
        pytest.skip("no log of the kernel that may be read")
    link = tmp_path / "link.jpg"
    link.symlink_to("/proc/kmsg")
    for most in (-1, 12):
        with open_file(link) as file, pytest.raises(NotAFileError) as raised:
            list(iter(partial(file.read, most), b""))
        assert unreadable(link, raised.value).reason == "it is a stream of the system's, not a file"


@pytest.mark.parametrize(
    ("number", "reason", "hint"),
    [
        (errno.ENOENT, "there is no such file", "name"),
        (errno.EACCES, "you have no permission to read it", "permission"),
        (errno.ENAMETOOLONG, "its name or its path is too long", "shorter"),
        (errno.EIO, os.strerror(errno.EIO), "disk"),
        (errno.ESTALE, os.strerror(errno.ESTALE), "network drive"),
    ],
)
def test_the_advice_fits_the_trouble(number: int, reason: str, hint: str) -> None:
    error = unreadable(Path("a.jpg"), OSError(number, os.strerror(number)))
    assert error.reason == reason
    assert hint in error.hint
    assert "damaged" not in error.hint


def test_a_folder_is_not_called_damaged(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="it is a folder") as raised:
        open_file(tmp_path)
    assert unreadable(tmp_path, raised.value).reason == "it is a folder"
