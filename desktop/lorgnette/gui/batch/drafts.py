"""The batch on disk: what was drafted, edited and accepted outlives a crash.

One SQLite file in the user's data folder, written by one thread within half a second; where the
disk is full or the file locked, the changes wait in memory and are tried again. It also
remembers every accepted text by the content of its picture, so that the same picture under
another name is offered its words again.
"""

import contextlib
import dataclasses
import json
import os
import queue
import sqlite3
import threading
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any

from lorgnette.alttext.alt_text import AltText, Origin
from lorgnette.gui.batch.picture import Moment, Picture, State, Suggestion

FILE_NAME = "drafts.sqlite3"
FORMAT = 1
_FLUSH_SECONDS = 0.4
_RETRY_SECONDS = 1.0
_BUSY_SECONDS = 2.0  # that a write waits for another program's lock before it is tried again
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_SCHEMA = """
CREATE TABLE IF NOT EXISTS picture (
    path BLOB PRIMARY KEY, position INTEGER NOT NULL, content TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS accepted (
    digest TEXT PRIMARY KEY, path BLOB NOT NULL, alt TEXT NOT NULL);
"""
_NOTES = "CREATE TABLE IF NOT EXISTS note (path BLOB PRIMARY KEY, text TEXT NOT NULL)"


class Drafts:
    """The store; `keep` and `drop` return at once."""

    def __init__(self, file: Path) -> None:
        self._file = file
        _put_aside_if_damaged(file)
        self._reading = _open(file)
        self._notes = {
            Path(os.fsdecode(path)): str(text)
            for path, text in self._reading.execute("SELECT path, text FROM note")
        }
        self._changes: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write, name="lorgnette drafts", daemon=True)
        self._closing = threading.Event()
        self._position = 0
        self._trouble = ""
        self._thread.start()

    @property
    def trouble(self) -> str:
        """Why changes could not be kept so far, as the system says; empty where they are."""
        return self._trouble

    def pictures(self) -> Generator[Picture]:
        """Yield the batch as it was kept, in order; any thread may drain it."""
        with contextlib.closing(_open(self._file)) as database:
            rows = database.execute("SELECT content FROM picture ORDER BY position").fetchall()
        for (content,) in rows:
            with contextlib.suppress(KeyError, TypeError, ValueError):
                yield _picture(json.loads(content))

    def __len__(self) -> int:
        (count,) = self._reading.execute("SELECT count(*) FROM picture").fetchone()
        return int(count)

    def keep(self, pictures: Iterable[Picture]) -> None:
        """Keep pictures; those with an accepted text are remembered by content as well."""
        self._changes.put(("keep", list(pictures)))

    def drop(self, paths: Iterable[Path]) -> None:
        """Forget pictures that left the batch; accepted texts stay remembered."""
        self._changes.put(("drop", list(paths)))

    def accepted(self, digest: str, path: Path) -> AltText | None:
        """Return the text accepted for the same bytes under a name other than path."""
        try:
            row = self._reading.execute(
                "SELECT alt FROM accepted WHERE digest = ? AND path != ?",
                (digest, os.fsencode(path)),
            ).fetchone()
        except sqlite3.OperationalError:  # locked for long, or the disk is full
            return None  # an offer less
        return None if row is None else _alt_text(json.loads(row[0]))

    def note_of(self, path: Path) -> str:
        """Return what a person noted of a picture, else of its folder; any thread may ask."""
        for place in (path, *path.parents):
            if place in self._notes:
                return self._notes[place]
        return ""

    def take_note(self, places: Iterable[Path], text: str) -> None:
        """Keep what a person notes of pictures or folders; an empty text takes a note away."""
        notes = dict.fromkeys(places, text)
        kept = {**self._notes, **notes}
        self._notes = {place: kept[place] for place in kept if kept[place]}
        self._changes.put(("note", notes))

    def close(self) -> None:
        """Write what waits, one try if that has failed before, then let go of the file."""
        self._closing.set()
        self._changes.put(("close", None))
        self._thread.join()
        self._reading.close()

    def _write(self) -> None:
        waiting: list[tuple[str, Any]] = []
        while not (self._closing.is_set() and self._changes.empty()):
            if not self._trouble:
                waiting.append(self._changes.get())
            # What comes meanwhile shares one commit.
            self._closing.wait(_RETRY_SECONDS if self._trouble else _FLUSH_SECONDS)
            with contextlib.suppress(queue.Empty):
                while True:
                    waiting.append(self._changes.get_nowait())
            try:
                with contextlib.closing(_open(self._file, _BUSY_SECONDS)) as database, database:
                    self._carry_out(database, waiting)
            except (sqlite3.Error, OSError) as error:
                self._trouble = str(error)
            else:
                self._trouble = ""
                waiting.clear()

    def _carry_out(self, database: sqlite3.Connection, changes: list[tuple[str, Any]]) -> None:
        (last,) = database.execute("SELECT max(position) FROM picture").fetchone()
        self._position = 0 if last is None else last + 1
        for kind, value in changes:
            if kind == "keep":
                self._put(database, value)
            elif kind == "drop":
                database.executemany(
                    "DELETE FROM picture WHERE path = ?", [(os.fsencode(path),) for path in value]
                )
            elif kind == "note":
                database.executemany(
                    "INSERT OR REPLACE INTO note VALUES (?, ?)",
                    [(os.fsencode(place), text) for place, text in value.items()],
                )
                database.execute("DELETE FROM note WHERE text = ''")

    def _put(self, database: sqlite3.Connection, pictures: list[Picture]) -> None:
        rows = []
        for picture in pictures:
            content = json.dumps(_content(picture))
            rows.append((os.fsencode(picture.path), self._position, content))
            self._position += 1
        database.executemany(
            "INSERT INTO picture VALUES (?, ?, ?)"
            " ON CONFLICT (path) DO UPDATE SET content = excluded.content",
            rows,
        )
        database.executemany(
            "INSERT OR REPLACE INTO accepted VALUES (?, ?, ?)",
            [
                (
                    picture.digest,
                    os.fsencode(picture.path),
                    json.dumps(_content(picture.alt)),
                )
                for picture in pictures
                if picture.digest and picture.state in {State.REVIEWED, State.DECORATIVE}
            ],
        )


def adopt(file: Path, other: Path) -> None:
    """Move what another window kept into file, at its end; afterwards other is gone.

    Where both know a picture, the words that a person decided on stay, those in file if in doubt;
    the other ones are offered beside it.
    """
    with contextlib.closing(_open(other)) as source:
        contents = source.execute("SELECT content FROM picture ORDER BY position").fetchall()
        accepted = source.execute("SELECT * FROM accepted").fetchall()
        notes = source.execute("SELECT path, text FROM note").fetchall()
    drafts = Drafts(file)
    known = {picture.path: picture for picture in drafts.pictures()}
    for (content,) in contents:
        with contextlib.suppress(KeyError, TypeError, ValueError):
            picture = _picture(json.loads(content))
            drafts.keep([_joined(known.get(picture.path), picture, other.name)])
    drafts.close()
    if drafts.trouble:
        return  # the next start tries again
    with contextlib.closing(_open(file)) as database, database:
        database.executemany("INSERT OR IGNORE INTO accepted VALUES (?, ?, ?)", accepted)
        database.executemany("INSERT OR IGNORE INTO note VALUES (?, ?)", notes)
    for name in (other.name, f"{other.name}-wal", f"{other.name}-shm"):
        other.with_name(name).unlink(missing_ok=True)


def _joined(known: Picture | None, other: Picture, name: str) -> Picture:
    if known is None or (other.chosen and not known.chosen):
        return other
    if not other.chosen or not other.alt.text or other.alt.text == known.alt.text:
        return known
    return dataclasses.replace(known, conflicts=(*known.conflicts, (name, other.alt.text)))


def _put_aside_if_damaged(file: Path) -> None:
    """Look at every page once, at the start: damage may be far from the file's head."""
    with contextlib.closing(_open(file)) as database:
        try:
            (found,) = database.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode not in _DAMAGED:
                raise
            found = str(error)
    if found != "ok":
        _put_aside(file, "damaged")


def _put_aside(file: Path, why: str) -> None:
    file.replace(file.with_name(f"{file.name}.{why}"))
    for ending in ("-wal", "-shm"):  # or the next file of that name would take up what is in them
        file.with_name(f"{file.name}{ending}").unlink(missing_ok=True)


def _open(file: Path, busy_seconds: float = 10) -> sqlite3.Connection:
    file.parent.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(file, timeout=busy_seconds, check_same_thread=False)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        (found,) = database.execute("PRAGMA user_version").fetchone()
    except sqlite3.DatabaseError as error:
        database.close()
        if error.sqlite_errorcode not in _DAMAGED:  # locked, or no room: it is whole
            raise
        _put_aside(file, "damaged")
        return _open(file)
    if found not in {0, FORMAT}:
        database.close()
        _put_aside(file, f"format-{found}")
        return _open(file)
    try:
        if not found:
            database.executescript(_SCHEMA)
            database.execute(f"PRAGMA user_version = {FORMAT}")
        database.execute(_NOTES)  # younger than the others
        database.commit()
    except sqlite3.Error:
        database.close()
        raise
    return database


def _content(value: Picture | AltText | Suggestion | Moment) -> dict[str, Any]:
    """Return a value as JSON takes it; dataclasses.asdict would copy it deeply, and slowly."""
    content = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    for name, part in content.items():
        if isinstance(part, AltText | Suggestion):
            content[name] = _content(part)
        elif isinstance(part, Path):
            content[name] = str(part)
        elif name == "moments":
            content[name] = [_content(moment) for moment in part]
    return content


def _picture(content: dict[str, Any]) -> Picture:
    suggestion = content["suggestion"]
    return Picture(
        **{
            **content,
            "path": Path(content["path"]),
            "alt": _alt_text(content["alt"]),
            "beneath": _maybe_alt_text(content.get("beneath")),
            "on_disk": _maybe_alt_text(content["on_disk"]),
            "captions": tuple(content["captions"]),
            "conflicts": tuple((str(n), str(t)) for n, t in content["conflicts"]),
            "suggestion": None
            if suggestion is None
            else Suggestion(
                **{
                    **suggestion,
                    "candidates": tuple(suggestion["candidates"]),
                    "plain": tuple(suggestion.get("plain", ())),
                    "doubted": tuple(suggestion["doubted"]),
                    "seen": _seen(suggestion.get("seen", ())),
                    "moments": tuple(
                        Moment(**{**moment, "seen": _seen(moment["seen"])})
                        for moment in suggestion.get("moments", ())
                    ),
                }
            ),
        }
    )


def _seen(pairs: Iterable[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    return tuple((str(name), float(probability)) for name, probability in pairs)


def _maybe_alt_text(content: dict[str, Any] | None) -> AltText | None:
    return None if content is None else _alt_text(content)


def _alt_text(content: dict[str, Any]) -> AltText:
    return AltText(**{**content, "origin": Origin(content["origin"])})
