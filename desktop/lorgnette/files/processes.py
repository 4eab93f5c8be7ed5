"""Which process is at work, told from all others, and whether it still runs."""

import hashlib
import os
import secrets
import socket
import sys

_HOST = hashlib.sha256(socket.gethostname().encode()).hexdigest()[:8]
_TOKEN = secrets.token_hex(4)  # tells this process from an earlier one of the same number


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
