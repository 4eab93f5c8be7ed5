"""The folder of a job: journals of the workers, and what undoes them from any machine."""

import contextlib
import json
import os
import secrets
import shutil
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lorgnette import __version__, paths
from lorgnette.errors import ExitCode, LorgnetteError
from lorgnette.files import is_folder
from lorgnette.jobs.journal import Journal, JournalError, Undone

_PLACE = (".lorgnette", "jobs")  # in the archive; a hidden folder, where nobody looks for pictures
_NAME = "job.json"
_KNOWN = "jobs"  # in the user's data folder: where each job of this machine has its own


class UnknownJobError(LorgnetteError):
    """There is no such job to undo; nothing was touched."""

    hint = (
        "Be in the archive that it wrote to, name a folder of it with --folder, or say with "
        "--journal where its journals lie."
    )
    exit_code = ExitCode.CANNOT_RUN


class NoJobFolderError(LorgnetteError):
    """There is no place for a job's journals; nothing was touched."""

    hint = "Say with --journal DIR where they may be: a folder that all workers share."
    exit_code = ExitCode.CANNOT_RUN


@dataclass(frozen=True, slots=True)
class JobFolder:
    """Where a job keeps what undoes it."""

    job: str
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSummary:
    """One job in the history."""

    job: str
    started: datetime
    title: str
    folder: Path
    files: int | None  # written; None: nobody has counted, as before it has ended
    undone: int  # of these
    changed: int  # of these, by others since, so that they were left alone
    away: bool  # its folder is not there, as on a drive that will be back


def new_name() -> str:
    """Return a name for a job that no other one has, in the order of time."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def make(job: str, sought: Sequence[Path], journal: Path | None, title: str) -> JobFolder:
    """Return a new folder for a job, in journal or in the archive.

    Raises:
        NoJobFolderError, NoFolderError: it cannot be made.
    """
    if journal is None:
        first = next((path for path in sought if is_folder(path)), None) or sought[0].parent
        journal = first.joinpath(*_PLACE)
    folder = Path(os.path.abspath(journal)) / job  # noqa: PTH100 - keeps links
    content = {
        "job": job,
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "title": title,
        "lorgnette": __version__,
    }
    try:
        for name in ("journals", "chunks"):
            (folder / name).mkdir(parents=True)
        _write(folder, content)
    except OSError as error:
        raise NoJobFolderError(
            f"the job's journals cannot be kept in {folder}: {error.strerror or error}"
        ) from error
    (paths.user_data(_KNOWN) / job).write_bytes(os.fsencode(folder))
    return JobFolder(job, folder)


def tidy(folder: JobFolder, *, ended: bool) -> bool:
    """Remove the folder of a job that has changed nothing; return whether it may have.

    Args:
        ended: all its workers have closed their journals.

    Raises:
        JournalError: a journal cannot be read.
    """
    if _count(folder) if ended else any((folder.path / "journals").iterdir()):
        return True
    shutil.rmtree(folder.path)
    above = folder.path.parent
    if above.parts[-len(_PLACE) :] == _PLACE:
        with contextlib.suppress(OSError):  # others have their jobs there
            above.rmdir()
            above.parent.rmdir()
    (paths.user_data(_KNOWN) / folder.job).unlink(missing_ok=True)
    return False


def _count(folder: JobFolder) -> int:
    """Keep for the history how many files a job has written, and what became of them.

    Journals are opened for it, which all its workers must have closed.
    """
    files = undone = changed = 0
    for file in (folder.path / "journals").glob("*.sqlite3"):
        with Journal(file) as journal:
            for batch in journal.history():
                files += batch.files
                undone += batch.undone
                changed += batch.changed
    with contextlib.suppress(OSError, ValueError):  # it can be undone without
        content = json.loads((folder.path / _NAME).read_bytes())
        _write(folder.path, content | {"files": files, "undone": undone, "changed": changed})
    return files


def _write(folder: Path, content: dict[str, Any]) -> None:
    temporary = folder / f".{_NAME}.lorgnette-tmp"
    temporary.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    temporary.replace(folder / _NAME)


def history(near: Path) -> list[JobSummary]:
    """Return the jobs that this machine began, or of the archive near lies in, newest first."""
    folders = {
        file.name: Path(os.fsdecode(file.read_bytes()))
        for file in paths.user_data(_KNOWN).iterdir()
    }
    for each in _upwards(near):
        for found in each.glob(f"*/{_NAME}"):
            folders.setdefault(found.parent.name, found.parent)
    every = [_summary(job, folder) for job, folder in folders.items()]
    return sorted((each for each in every if each), key=lambda each: each.job, reverse=True)


def _summary(job: str, folder: Path) -> JobSummary | None:
    try:
        started = datetime.strptime(f"{job.partition('-')[0]}+0000", "%Y%m%dT%H%M%SZ%z")
    except ValueError:  # not of ours
        return None
    content: dict[str, Any] = {}
    with contextlib.suppress(OSError, ValueError):
        content = json.loads((folder / _NAME).read_bytes())
    return JobSummary(
        job=job,
        started=started,
        title=content.get("title", "caption"),
        folder=folder,
        files=content.get("files"),
        undone=content.get("undone", 0),
        changed=content.get("changed", 0),
        away=not content,
    )


def find(job: str, near: Path, journal: Path | None) -> JobFolder:
    """Return the folder of a job.

    Args:
        near: a folder of the archive, or of a place in it.
        journal: where its folder lies; it is looked for if not given.

    Raises:
        UnknownJobError: it is not found.
    """
    if Path(job).name != job:
        raise UnknownJobError(f"{job} is no job's name")
    for folder in _places(job, near, journal):
        if (folder / _NAME).is_file():
            return JobFolder(job, folder)
    raise UnknownJobError(f"There is no job {job} here")


def _places(job: str, near: Path, journal: Path | None) -> Iterator[Path]:
    if journal is not None:
        yield journal / job
        return
    for each in _upwards(near):
        yield each / job
    known = paths.user_data(_KNOWN) / job
    if known.is_file():
        yield Path(os.fsdecode(known.read_bytes()))


def _upwards(near: Path) -> Iterator[Path]:
    """Yield where jobs lie in an archive, for near and all that it lies in."""
    folder = Path(os.path.abspath(near))  # noqa: PTH100 - keeps links
    for each in (folder, *folder.parents):
        yield each.joinpath(*_PLACE)


def undo(folder: JobFolder, below: Path | None = None) -> Generator[Undone]:
    """Give the files that a job has changed their old bytes back; those left alone come last.

    Args:
        below: only in this folder and its subfolders.

    Raises:
        JournalError: a journal cannot be read, or a worker still has it open.
    """
    within = None if below is None else Path(os.path.abspath(below))  # noqa: PTH100 - keeps links
    files = sorted((folder.path / "journals").glob("*.sqlite3"), reverse=True)
    left: dict[Path, list[Undone]] = {file: [] for file in files}
    restored = True
    try:
        # A file that two workers wrote may have to wait for the other's journal.
        while left and restored:
            restored = False
            before, left = left, {}
            for file in before:
                others = []
                with Journal(file) as journal:
                    for each in journal.undo_all(within):
                        if each.restored:
                            restored = True
                            yield each
                        else:
                            others.append(each)
                if others:
                    left[file] = others
        for others in left.values():
            yield from others
    finally:
        with contextlib.suppress(JournalError):  # it was raised already
            _count(folder)
