"""Which pictures a captioner has declined: their files cannot say so, the journal's can."""

import contextlib
import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from lorgnette import paths
from lorgnette.errors import LorgnetteError

JOURNAL = "journal.sqlite3"  # in the user's data folder
SCHEMA = """
CREATE TABLE IF NOT EXISTS declined (
    image BLOB PRIMARY KEY, size INTEGER NOT NULL, modified_ns INTEGER NOT NULL,
    reason TEXT NOT NULL);
"""


def note(database: sqlite3.Connection, image: Path, reason: str) -> None:
    """Note in the journal's database that a picture, as it is now, was declined."""
    with contextlib.suppress(OSError):  # gone since: there is nothing to note
        status = image.stat()
        database.execute(
            "INSERT OR REPLACE INTO declined VALUES (?, ?, ?, ?)",
            [_key(image), status.st_size, status.st_mtime_ns, reason],
        )


@dataclass(frozen=True, slots=True)
class Record:
    """What was declined, as far as it is known."""

    entries: dict[bytes, tuple[int, int, str]]  # path -> size, time of modification, reason

    @classmethod
    def read(cls) -> Self:
        """Return the record; an empty one where there is none that can be read."""
        try:
            # Read only: to look makes no journal, and waits for nobody who writes one.
            file = (paths.user_data() / JOURNAL).as_uri()
            with contextlib.closing(sqlite3.connect(f"{file}?mode=ro", uri=True)) as database:
                rows = database.execute("SELECT image, size, modified_ns, reason FROM declined")
                return cls({image: tuple(rest) for image, *rest in rows})
        except (sqlite3.Error, LorgnetteError):
            return cls({})

    def reason(self, image: Path) -> str:
        """Return why a picture was declined; empty if it was not, or has changed since."""
        size, modified_ns, reason = self.entries.get(_key(image), (0, 0, ""))
        if not reason:
            return ""
        with contextlib.suppress(OSError):
            status = image.stat()
            if (status.st_size, status.st_mtime_ns) == (size, modified_ns):
                return reason
        return ""


def _key(image: Path) -> bytes:
    return os.fsencode(os.path.realpath(image))
