"""What surrounds a file's bytes: owner, mode, extended attributes."""

import errno
import os
import stat
import sys
from pathlib import Path


def carry_attributes(old: Path, status: os.stat_result, new: Path, descriptor: int) -> None:
    """Give a new version, open as descriptor, what surrounds the old one.

    Raises:
        OSError: it must not be had.
    """
    mode = stat.S_IMODE(status.st_mode)
    if sys.platform != "win32":
        here = os.fstat(descriptor)
        if (here.st_uid, here.st_gid) != (status.st_uid, status.st_gid):
            try:
                os.fchown(descriptor, status.st_uid, status.st_gid)
            except PermissionError:
                # Ours now; but another group must not get the rights that its group had.
                if here.st_gid != status.st_gid and mode & 0o070:
                    raise
    set_mode(descriptor, mode)
    if hasattr(os, "listxattr"):
        _copy_xattrs(old, new)


def set_mode(descriptor: int, mode: int) -> None:
    """Give an open file its mode, where there is such a thing."""
    if sys.platform != "win32":
        os.fchmod(descriptor, mode)


def _copy_xattrs(old: Path, new: Path) -> None:
    unsupported = {errno.ENOTSUP, errno.EPERM, errno.EACCES, errno.EINVAL, errno.ENODATA}
    try:
        for name in os.listxattr(old):
            os.setxattr(new, name, os.getxattr(old, name))
    except OSError as error:
        if error.errno not in unsupported:
            raise
