"""A table of outcomes as Parquet: a row a picture, in files of many rows, each whole or absent."""

import contextlib
import hashlib
import os
import time
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from lorgnette.cluster import TABLES
from lorgnette.cluster.done import Done
from lorgnette.cluster.errors import ClusterError
from lorgnette.jobs.outcome import Verdict
from lorgnette.names import shown

ROWS = 10_000  # of a file
SECONDS = 60.0  # after which a file is closed, however few rows it has

_ASKED_FOR = b"lorgnette.asked-for"  # in a file's metadata
_FINAL = (Verdict.CAPTIONED.value, Verdict.DECLINED.value)  # what failed is tried again

SCHEMA = pa.schema(
    [
        ("path", pa.string()),
        ("verdict", pa.string()),
        ("text", pa.string()),
        ("extended_description", pa.string()),
        ("candidates", pa.list_(pa.string())),
        ("confidence", pa.float32()),
        (
            "seen",
            pa.list_(
                pa.struct(
                    [("name", pa.string()), ("probability", pa.float32()), ("sure", pa.bool_())]
                )
            ),
        ),
        ("read", pa.list_(pa.string())),
        ("reason", pa.string()),
        ("written_to", pa.string()),
        ("seconds", pa.float32()),
        ("worker", pa.string()),
        ("model", pa.string()),
        ("path_bytes", pa.binary()),  # where the path is no UTF-8: the very name
    ]
)


class Writer:
    """Rows on their way into files."""

    def __init__(self, folder: Path, job: str, asked_for: str) -> None:
        self._folder = folder
        self._job = job
        self._schema = SCHEMA.with_metadata({_ASKED_FOR: asked_for})
        self._rows: list[dict[str, Any]] = []
        self._written = 0
        self._since = time.monotonic()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _cannot(folder, error) from error

    def add(self, done: Done) -> None:
        """Add the row of one picture.

        Raises:
            ClusterError: the rows cannot be written.
        """
        self._rows.append(_row(done))
        if len(self._rows) >= ROWS or time.monotonic() > self._since + SECONDS:
            self.flush()

    def flush(self) -> None:
        """Bring what there is to the disk.

        Raises:
            ClusterError: it cannot be written.
        """
        self._since = time.monotonic()
        if not self._rows:
            return
        self._written += 1
        target = self._folder / f"lorgnette-{self._job}-{self._written:05}.parquet"
        temporary = target.with_name(f".{target.name}.lorgnette-tmp")
        try:
            pq.write_table(pa.Table.from_pylist(self._rows, self._schema), temporary)
            with temporary.open("rb+") as file:
                os.fsync(file.fileno())
            temporary.replace(target)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise _cannot(self._folder, error) from error
        self._rows = []


class _Nowhere:
    def add(self, _done: Done) -> None:
        """Keep nothing."""


@contextlib.contextmanager
def writer(folder: Path | None, job: str, asked_for: str) -> Iterator["Writer | _Nowhere"]:
    """Yield what keeps rows in a folder, also where the job ends in the middle.

    Args:
        asked_for: a digest of what decides outcomes, by which a later job knows them as its own.

    Raises:
        ClusterError: they cannot be written.
    """
    if folder is None:
        yield _Nowhere()
        return
    rows = Writer(folder, job, asked_for)
    try:
        yield rows
    finally:
        rows.flush()


def _cannot(folder: Path, error: OSError) -> ClusterError:
    return ClusterError(f"the table in {folder} cannot be written: {error.strerror or error}")


def _row(done: Done) -> dict[str, Any]:
    outcome = done.outcome
    caption = outcome.caption
    path = os.path.abspath(outcome.image)  # noqa: PTH100 - keeps links
    written = outcome.written_to
    return {
        "path": shown(path) if _is_odd(path) else path,
        "verdict": outcome.verdict.value,
        "text": outcome.alt_text,
        "extended_description": outcome.extended_description,
        "candidates": list(caption.candidates) if caption else [],
        "confidence": outcome.confidence,
        "seen": [
            {"name": thing.name, "probability": thing.probability, "sure": thing.sure}
            for thing in (caption.seen if caption else ())
        ],
        "read": [line.text for line in outcome.text.lines] if outcome.text else [],
        "reason": outcome.reason,
        "written_to": None if written is None else shown(os.path.abspath(written)),  # noqa: PTH100
        "seconds": outcome.seconds,
        "worker": done.worker,
        "model": done.model,
        "path_bytes": os.fsencode(path) if _is_odd(path) else None,
    }


def _is_odd(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return True
    return False


def read(folder: Path) -> Iterator[tuple[Path, Verdict, str]]:
    """Yield path, verdict and reason of each picture, once: as its last job left it.

    A picture that a later job has skipped is what it was before.

    Raises:
        ClusterError: the table cannot be read.
    """
    columns = ["path", "path_bytes", "verdict", "reason"]
    last: dict[bytes, tuple[Verdict, str]] = {}
    with _reading(folder):
        for file in sorted(folder.glob(TABLES)):
            with pq.ParquetFile(file) as table:
                for batch in table.iter_batches(columns=columns):
                    for row in batch.to_pylist():
                        key = row["path_bytes"] or row["path"].encode()
                        verdict = Verdict(row["verdict"])
                        if verdict is not Verdict.SKIPPED or key not in last:
                            last[key] = verdict, row["reason"]
    for key, (verdict, reason) in last.items():
        yield Path(os.fsdecode(key)), verdict, reason


@contextlib.contextmanager
def _reading(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, pa.ArrowException, KeyError, ValueError) as error:
        raise ClusterError(f"the table in {folder} cannot be read: {error}", "") from error


def done_before(folder: Path, asked_for: str) -> Callable[[str], bool]:
    """Return what tells whether earlier jobs that asked for the same have an absolute path's words.

    It keeps eight bytes of a digest a path: among ten million, the chance is below one in a
    hundred thousand that any is taken for another.

    Raises:
        ClusterError: the table cannot be read.
    """
    found = array("Q")
    with _reading(folder):
        for file in sorted(folder.glob(TABLES)):
            with pq.ParquetFile(file) as table:
                if (table.schema_arrow.metadata or {}).get(_ASKED_FOR) != asked_for.encode():
                    continue
                for batch in table.iter_batches(columns=["path", "path_bytes", "verdict"]):
                    found.extend(
                        _digest(row["path_bytes"] or row["path"].encode())
                        for row in batch.to_pylist()
                        if row["verdict"] in _FINAL
                    )
    ordered = np.sort(np.frombuffer(found, np.uint64))

    def is_done(path: str) -> bool:
        digest = _digest(os.fsencode(path))
        place = np.searchsorted(ordered, np.uint64(digest))
        return bool(place < len(ordered) and ordered[place] == digest)

    return is_done


def _digest(name: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), "little")
