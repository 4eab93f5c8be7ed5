"""The record of what was written, from which it can be undone: SQLite in the user's data folder.

A job of many machines has records of its own, one for each thread that writes, in its own folder.

A row is on the disk before the file that it speaks of is replaced. So a crash leaves a row that is
ahead of its file, never a file that nobody knows the old version of; the next start settles it.
"""

import base64
import contextlib
import json
import os
import sqlite3
import zlib
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from lorgnette import files, paths
from lorgnette.errors import ExitCode, LorgnetteError
from lorgnette.files import Piece, Replaced, Replacement, Span, Stamp
from lorgnette.jobs import declined

KEPT_DAYS = 90
KEPT_BYTES = 500 << 20  # of old versions; the oldest batches go first
BUSY_SECONDS = 10.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS batch (
    id INTEGER PRIMARY KEY AUTOINCREMENT, started TEXT NOT NULL, title TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS change (
    id INTEGER PRIMARY KEY, batch INTEGER NOT NULL REFERENCES batch, state TEXT NOT NULL,
    process TEXT NOT NULL, image BLOB NOT NULL, path BLOB NOT NULL,
    old_size INTEGER, old_sha256 TEXT NOT NULL, old_modified_ns INTEGER NOT NULL,
    new_size INTEGER NOT NULL, new_sha256 TEXT NOT NULL, inverse BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS change_batch ON change (batch);
CREATE INDEX IF NOT EXISTS change_planned ON change (state) WHERE state = 'planned';
CREATE TABLE IF NOT EXISTS visit (
    process TEXT NOT NULL, folder BLOB NOT NULL, PRIMARY KEY (process, folder));
"""


class JournalError(LorgnetteError):
    """The journal cannot be read or written; no picture was touched without it."""

    hint = "Check that the disk has room; if the journal is damaged, move its file away."
    exit_code = ExitCode.CANNOT_RUN

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"The journal {path} cannot be used: {reason}")


class UnknownBatchError(LorgnetteError):
    """There is no such batch to undo; nothing was touched."""

    hint = "lorgnette history lists the batches that can be undone."
    exit_code = ExitCode.CANNOT_RUN


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSummary:
    """One line of the history."""

    id: int
    started: datetime
    title: str
    files: int  # written
    undone: int  # of these
    changed: int  # of these, by others since, so that they were left alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """What became of one written file."""

    image: Path
    path: Path  # the picture itself, or its sidecar
    restored: bool
    reason: str = ""  # why it was left as it is, for a person
    error: LorgnetteError | None = None


class Journal:
    """The journal, open in one thread; use it as a context."""

    def __init__(self, file: Path | None = None, *, visited: set[Path] | None = None) -> None:
        """Open the journal and settle what a crash has left.

        Args:
            file: of a job's own journal, which nobody else has open, and which forgets nothing;
                the user's if not given.
            visited: folders where nothing of killed writers is left; grows.

        Raises:
            JournalError: it cannot be opened.
        """
        self._path = paths.user_data() / declined.JOURNAL if file is None else file
        self._forgets = file is None
        self._written: list[int] = []  # rows whose file is in place, not marked so yet
        self._visited: set[Path] = set() if visited is None else visited
        self._noted: set[Path] = set()  # folders that the journal says may be written
        # SQLite lets nobody wait while a journal is made, mended after a crash, or put away.
        with (
            files.locked(self._path),
            self._errors(),
            contextlib.ExitStack() as stack,
        ):
            self._database = sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None)
            stack.callback(self._database.close)
            if file is not None:  # on a network's file system nobody can share SQLite's memory
                self._database.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = FULL")
            self._database.executescript(_SCHEMA + declined.SCHEMA)
            self._recover()
            stack.pop_all()  # it is whole, and stays open

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with (
            files.locked(self._path),
            contextlib.closing(self._database),
            self._errors(),
            self._transaction(),
        ):
            self._mark_written()
            self._database.execute("DELETE FROM visit WHERE process = ?", [files.process_name()])

    def begin(self, title: str) -> int:
        """Return the number of a new batch; the oldest ones may be forgotten for it."""
        with self._errors(), self._transaction():
            if self._forgets:
                self._forget()
            now = datetime.now(UTC).isoformat(timespec="seconds")
            row = self._database.execute(
                "INSERT INTO batch (started, title) VALUES (?, ?) RETURNING id", [now, title]
            )
            return int(row.fetchone()[0])

    def visit(self, folder: Path) -> None:
        """Note that files in a folder may be written now; call it before the first."""
        if folder in self._noted:
            return
        self._noted.add(folder)
        if folder not in self._visited:
            self._visited.add(folder)
            files.remove_stale_temporaries(folder)
        with self._errors():
            self._database.execute(
                "INSERT OR IGNORE INTO visit VALUES (?, ?)",
                [files.process_name(), os.fsencode(folder)],
            )

    def replace(self, batch: int, image: Path, replacement: Replacement) -> None:
        """Replace a file, so that it can be undone.

        Raises:
            LorgnetteError: as files.replace_file; the old version is there.
        """
        self.visit(replacement.target.parent)
        try:
            with files.built(replacement) as new:
                self.record(batch, [(image, new.replaced)])
                new.put()
            files.sync_names([new.target])
        except BaseException:
            self.settle()
            raise

    def record(self, batch: int, changes: Iterable[tuple[Path, Replaced]]) -> None:
        """Put on the disk, at once, what is needed to undo the replacements that come next.

        Args:
            changes: pictures, and what is replaced for them.
        """
        process = files.process_name()
        ids = []
        with self._errors(), self._transaction():
            self._mark_written()
            for image, replaced in changes:
                row = self._database.execute(
                    "INSERT INTO change (batch, state, process, image, path, old_size, old_sha256, "
                    "old_modified_ns, new_size, new_sha256, inverse) "
                    "VALUES (?, 'planned', ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
                    [
                        batch,
                        process,
                        os.fsencode(image.absolute()),
                        os.fsencode(replaced.replacement.target),
                        replaced.old_size,
                        replaced.old_sha256,
                        replaced.old_modified_ns,
                        replaced.new_size,
                        replaced.new_sha256,
                        _packed(replaced.inverse),
                    ],
                )
                ids.append(row.fetchone()[0])
        self._written = ids

    def decline(self, image: Path, reason: str) -> None:
        """Note that a captioner has declined a picture, as it is now."""
        with self._errors():
            declined.note(self._database, image, reason)

    def settle(self) -> None:
        """After a failed write: find out which of the recorded replacements took place."""
        ids, self._written = self._written, []
        with self._errors(), self._transaction():
            for id_ in ids:
                self._settle(id_)

    def wrote(self, path: Path) -> bool:
        """Return whether a file is, byte for byte, what lorgnette wrote there last."""
        with self._errors():
            row = self._database.execute(
                "SELECT new_sha256 FROM change WHERE path = ? AND state != 'undone' "
                "ORDER BY id DESC LIMIT 1",
                [os.fsencode(os.path.realpath(path))],
            ).fetchone()
        return row is not None and files.sha256(path) == row[0]

    def history(self) -> list[BatchSummary]:
        """Return the batches that wrote something, the newest first."""
        with self._errors(), self._transaction():
            self._mark_written()
            rows = self._database.execute(
                "SELECT batch.id, started, title, COUNT(*), SUM(state = 'undone'), "
                "SUM(state = 'foreign') FROM batch JOIN change ON change.batch = batch.id "
                "GROUP BY batch.id ORDER BY batch.id DESC"
            ).fetchall()
        return [
            BatchSummary(
                id=id_,
                started=datetime.fromisoformat(started),
                title=title,
                files=count,
                undone=undone,
                changed=changed,
            )
            for id_, started, title, count, undone, changed in rows
        ]

    def undo(self, batch: int | None = None) -> Generator[Undone, None, None]:
        """Give files of a batch their old bytes back, the newest change first.

        A file that has changed since is left alone.

        Args:
            batch: its number; None stands for the last one that is not undone.

        Raises:
            UnknownBatchError: there is none; before anything is touched.
        """
        batches = self.history()
        if batch is None:
            undoable = (each.id for each in batches if each.undone + each.changed < each.files)
            batch = next(undoable, None)
        if batch is None:
            raise UnknownBatchError("There is nothing to undo")
        if batch not in {each.id for each in batches}:
            raise UnknownBatchError(f"There is no batch {batch}")
        return self._undo(batch)

    def undo_all(self, below: Path | None = None) -> Generator[Undone, None, None]:
        """Give the files of all batches their old bytes back, the newest change first.

        Args:
            below: only for pictures in this folder and its subfolders; absolute.
        """
        with self._errors():
            batches = self._database.execute("SELECT id FROM batch ORDER BY id DESC").fetchall()
        for (batch,) in batches:
            yield from self._undo(batch, below)

    def _undo(self, batch: int, below: Path | None = None) -> Generator[Undone, None, None]:
        with self._errors():
            rows = self._database.execute(
                "SELECT id, image, path FROM change WHERE batch = ? AND state != 'undone' "
                "ORDER BY id DESC",
                [batch],
            ).fetchall()
        for id_, image_name, name in rows:
            image, path = Path(os.fsdecode(image_name)), Path(os.fsdecode(name))
            if below is not None and below not in image.parents:
                continue
            self.visit(path.parent)
            try:
                with files.locked(image):
                    reason = self._undo_change(id_, path)
            except LorgnetteError as error:
                yield Undone(image=image, path=path, restored=False, reason=str(error), error=error)
            else:
                yield Undone(image=image, path=path, restored=not reason, reason=reason)

    def _undo_change(self, id_: int, path: Path) -> str:
        """Restore one file; return why it was not."""
        with self._errors():
            row = self._database.execute(
                "SELECT old_size, old_sha256, old_modified_ns, new_sha256, inverse FROM change "
                "WHERE id = ?",
                [id_],
            ).fetchone()
        old_size, old_sha256, old_modified_ns, new_sha256, inverse = row
        try:
            stamp = Stamp.of(path.stat())
            present = files.sha256(path)
        except FileNotFoundError as error:
            if not files.is_folder(path.parent):  # as on a drive that will be back
                raise files.CannotWriteError(path, "its folder is not there") from error
            present = ""
        except OSError as error:
            raise files.CannotWriteError(path, error.strerror or str(error)) from error
        if present != old_sha256:  # else a crash came between the file and its mark
            if present != new_sha256:
                self._mark(id_, "foreign")
                return "is no longer there" if not present else "has changed since"
            if old_size is None:
                files.remove_file(path, stamp)
            else:
                self._restore(path, stamp, old_sha256, old_modified_ns, inverse)
        self._mark(id_, "undone")
        return ""

    def _mark(self, id_: int, state: str) -> None:
        with self._errors():
            self._database.execute("UPDATE change SET state = ? WHERE id = ?", [state, id_])

    def _restore(
        self, path: Path, stamp: Stamp, old_sha256: str, modified_ns: int, inverse: bytes
    ) -> None:
        def check(temporary: Path) -> None:
            if files.sha256(temporary) != old_sha256:
                raise JournalError(self._path, f"its record of {path.name} is damaged")

        files.replace_file(
            Replacement(
                target=path, stamp=stamp, pieces=_unpacked(inverse), modified_ns=modified_ns
            ),
            check=check,
        )

    def _recover(self) -> None:
        for process, folder in self._database.execute("SELECT process, folder FROM visit"):
            if self._has_ended(process):
                files.remove_stale_temporaries(Path(os.fsdecode(folder)), {process})
        with self._transaction():
            # Inside: a reading begun before may not turn to writing once others have written.
            rows = self._database.execute("SELECT id, process FROM change WHERE state = 'planned'")
            for id_, process in rows.fetchall():
                # Nobody else has a job's own journal open: who wrote it is gone, or done with it.
                if not self._forgets or files.is_gone(process):
                    self._settle(id_)
            processes = self._database.execute("SELECT DISTINCT process FROM visit").fetchall()
            for (process,) in processes:
                if self._has_ended(process):
                    self._database.execute("DELETE FROM visit WHERE process = ?", [process])

    def _has_ended(self, process: str) -> bool:
        """Return whether a process that has noted where it writes, and no end of it, is gone."""
        # Nobody else has a job's own journal open, and who closes one strikes its notes out.
        own = not self._forgets and process != files.process_name()
        return own or files.is_gone(process)

    def _settle(self, id_: int) -> None:
        """Mark a planned change as done, or as changed by others since, or forget it.

        One in a folder that is not there waits until it is.
        """
        name, old, new = self._database.execute(
            "SELECT path, old_sha256, new_sha256 FROM change WHERE id = ?", [id_]
        ).fetchone()
        path = Path(os.fsdecode(name))
        try:
            present = files.sha256(path)
        except OSError:
            if not files.is_folder(path.parent):
                return
            present = ""
        if present == old:
            self._database.execute("DELETE FROM change WHERE id = ?", [id_])
        else:
            state = "done" if present == new else "foreign"
            self._database.execute("UPDATE change SET state = ? WHERE id = ?", [state, id_])

    def _mark_written(self) -> None:
        # With the next transaction, whose sync they share; until then their rows say "planned".
        self._database.executemany(
            "UPDATE change SET state = 'done' WHERE id = ?", [(id_,) for id_ in self._written]
        )
        self._written = []

    def _forget(self) -> None:
        """Drop batches that are too old, or too many bytes.

        A clock may be wrong for a while. So an old date is not enough: there must have been as
        many days, by their dates, on which something was written since.
        """
        oldest = (datetime.now(UTC) - timedelta(days=KEPT_DAYS)).isoformat(timespec="seconds")
        days: set[str] = set()
        rows = self._database.execute(
            "SELECT batch.id, started, TOTAL(LENGTH(inverse)) FROM batch "
            "LEFT JOIN change ON change.batch = batch.id GROUP BY batch.id ORDER BY batch.id DESC"
        ).fetchall()
        held = 0.0
        for id_, started, size in rows:
            held += size
            days.add(started[:10])
            if (started < oldest and len(days) > KEPT_DAYS) or held > KEPT_BYTES:
                self._database.execute("DELETE FROM change WHERE batch = ?", [id_])
                self._database.execute("DELETE FROM batch WHERE id = ?", [id_])

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise JournalError(self._path, str(error)) from error


def _packed(pieces: tuple[Piece, ...]) -> bytes:
    content: list[Any] = [
        list(piece) if isinstance(piece, Span) else base64.b85encode(piece).decode("ascii")
        for piece in pieces
    ]
    return zlib.compress(json.dumps(content).encode())


def _unpacked(data: bytes) -> tuple[Piece, ...]:
    content = json.loads(zlib.decompress(data))
    return tuple(
        base64.b85decode(piece) if isinstance(piece, str) else Span(*piece) for piece in content
    )
