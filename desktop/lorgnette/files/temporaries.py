"""New versions under names of their own, until they are whole."""

import contextlib
import os
import re
import secrets
from collections.abc import Container
from pathlib import Path

from lorgnette.files.processes import is_gone, process_name

_SUFFIX = ".lorgnette-tmp"
_NAME = re.compile(r"\.(?P<process>[0-9a-f]{8}-\d+-[0-9a-f]{8})-[0-9a-f]+\.lorgnette-tmp")


def temporary_for(target: Path) -> Path:
    """Return a name beside target that no other file has, and that tells whose it is."""
    return target.with_name(f".{process_name()}-{secrets.token_hex(6)}{_SUFFIX}")


def remove_stale_temporaries(folder: Path, gone: Container[str] = ()) -> None:
    """Delete what killed writers left in a folder; living writers' files stay.

    Args:
        gone: names of processes, perhaps of other computers, that have surely ended.
    """
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            match = _NAME.fullmatch(entry.name)
            if match is not None and (match["process"] in gone or is_gone(match["process"])):
                Path(entry.path).unlink(missing_ok=True)
