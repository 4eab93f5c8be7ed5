"""What surrounds a file's bytes: owner, rights, extended attributes. All of it is kept, or none.

A new version that would lose some of it does not take the old one's place.
"""

import ctypes
import errno
import os
import stat
import sys
from pathlib import Path

from lorgnette.files.errors import NotKeptError
from lorgnette.files.opening import open_file

# The kernel makes these anew from the bytes, unless they are somebody's signature of them.
_OF_THE_KERNEL = {"security.ima": {3}, "security.evm": {3, 5}}  # and the kinds that are signatures
_COPYFILE_ACL, _COPYFILE_XATTR = 1 << 0, 1 << 2  # of macOS' copyfile.h


def carry_attributes(old: Path, status: os.stat_result, new: Path, descriptor: int) -> None:
    """Give a new version, open as descriptor, what surrounds the old one.

    Raises:
        NotKeptError: not all of it can be had.
        OSError: the file system fails.
    """
    if sys.platform != "win32":
        here = os.fstat(descriptor)
        if (here.st_uid, here.st_gid) != (status.st_uid, status.st_gid):
            try:
                os.fchown(descriptor, status.st_uid, status.st_gid)
            except PermissionError as error:
                what = "owner" if here.st_uid != status.st_uid else "group"
                raise NotKeptError(old, f"its {what}") from error
    if sys.platform == "darwin":
        _copy_as_macos(old, descriptor)
    elif hasattr(os, "listxattr"):
        _copy_xattrs(old, new)
    mode = stat.S_IMODE(status.st_mode)
    set_mode(descriptor, mode)
    if sys.platform != "win32" and stat.S_IMODE(os.fstat(descriptor).st_mode) != mode:
        raise NotKeptError(old, "all of its rights")  # such as that to act for its group


def set_mode(descriptor: int, mode: int) -> None:
    """Give an open file its mode, where there is such a thing."""
    if sys.platform != "win32":
        os.fchmod(descriptor, mode)


def _copy_xattrs(old: Path, new: Path) -> None:
    names = _listed(old)
    for name in _listed(new):
        # The folder gives new files some of its own, such as rights that the old one never gave.
        if name not in names and name.startswith(("system.", "user.")):
            os.removexattr(new, name)
    for name in names:
        value = _value(old, name)
        if value is None:
            continue
        if name in _OF_THE_KERNEL:
            if value[:1] and value[0] in _OF_THE_KERNEL[name]:
                raise NotKeptError(old, f"its signature ({name})")
            continue
        try:
            os.setxattr(new, name, value)
        except OSError as error:
            # A label that the system gives by itself, and lets nobody else give, may be there.
            if _value(new, name) != value:
                raise NotKeptError(old, f"its extended attribute {name}") from error


def _listed(path: Path) -> list[str]:
    try:
        return os.listxattr(path)
    except OSError as error:
        if error.errno == errno.ENOTSUP:
            return []
        raise


def _value(path: Path, name: str) -> bytes | None:
    """Return an extended attribute; None where there is none."""
    try:
        return os.getxattr(path, name)
    except OSError as error:
        if error.errno == errno.ENODATA:
            return None
        raise NotKeptError(path, f"its extended attribute {name}") from error


def _copy_as_macos(old: Path, descriptor: int) -> None:
    copy = ctypes.CDLL(None, use_errno=True).fcopyfile
    copy.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_void_p, ctypes.c_uint32)
    with open_file(old) as file:
        if copy(file.fileno(), descriptor, None, _COPYFILE_ACL | _COPYFILE_XATTR) < 0:
            raise NotKeptError(old, "all of its extended attributes")
