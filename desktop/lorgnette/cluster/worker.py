"""What runs on the workers: a chunk of pictures in, their outcomes out.

Each thread of a worker has one chunk at a time and works on one picture of it, so that a worker
uses as many cores as its cluster gave it; the model is opened once and shared by its threads.
"""

import asyncio
import contextlib
import ctypes
import functools
import itertools
import json
import os
import pickle
import platform
import signal
import sys
import threading
import zlib
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from dask.utils import key_split
from distributed import Scheduler, Status, Worker, WorkerPlugin, get_worker

from lorgnette import __version__, alttext, files
from lorgnette.alttext import State
from lorgnette.cluster.carrying import packed, text, unpacked
from lorgnette.cluster.errors import ClusterError, TroubleError
from lorgnette.cluster.listing import Part
from lorgnette.errors import LorgnetteError
from lorgnette.jobs.journal import Journal, JournalError
from lorgnette.jobs.outcome import Outcome, Verdict
from lorgnette.paths import NoFolderError

MOST_DEATHS = 2  # of workers that one picture may end, before it is set aside
_HELD_SECONDS = 120.0  # that a chunk waits for a worker that was given up and still has it
_PLENTY = 1e6
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # as malloc.h has them
_OF_THE_WORKER = (JournalError, NoFolderError)  # trouble that no other picture is spared


class Opened(Protocol):
    """A captioner that was opened for a job, with how the job goes: what runs alone, too."""

    @property
    def label(self) -> str:
        """Of the model, for the provenance."""

    @property
    def fingerprint(self) -> str:
        """Of all that decides what is said: equal where the same words come out."""

    @property
    def provider(self) -> str:
        """Execution provider that is in use."""

    def outcomes(
        self,
        images: Iterable[Path],
        *,
        again: bool = False,
        journal: Journal | None,
        together: int = 1,
        captioned: Callable[[], object] = ...,
        writing: Callable[[int], object] = ...,
    ) -> Generator[Outcome]:
        """Yield what became of each picture, in order, written if that was asked for.

        Args:
            again: caption also what has alt text, which stays unless it was asked for otherwise.
            together: so many are written at once.
            captioned: is called for each, in order, when all is done for it but the writing.
            writing: is called with how many of these are next, before they are written.
        """


Opening = Callable[[], Opened]


@dataclass(frozen=True, slots=True)
class Task:
    """A chunk, as a worker is given it."""

    job: str
    opening: bytes  # a pickled Opening
    parts: tuple[Part, ...]  # folders are absolute
    folder: str | None  # of the job; None where nothing is written
    number: int


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a worker is fit for."""

    version: str  # of lorgnette
    python: str
    fingerprint: str
    provider: str
    problem: str = ""  # why it cannot caption at all


_stopped: set[str] = set()  # jobs that were asked to stop
_visited: dict[str, set[Path]] = {}
_opening = threading.Lock()


class _Company:
    """Chunks that threads of this process work on beside one another, or one picture alone."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._working = 0
        self.unwanted = 0  # pictures that are to be alone here, or are

    @contextlib.contextmanager
    def shared(self) -> Iterator[None]:
        """Work beside others, unless a picture is to be alone."""
        with self._changed:
            self._changed.wait_for(lambda: not self.unwanted)
            self._working += 1
        try:
            yield
        finally:
            with self._changed:
                self._working -= 1
                self._changed.notify_all()

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Work while no other thread does, so that nobody else is lost with this process."""
        with self._changed:
            self.unwanted += 1
            self._changed.wait_for(lambda: not self._working)
            self._working += 1
        try:
            yield
        finally:
            with self._changed:
                self._working -= 1
                self.unwanted -= 1
                self._changed.notify_all()


_company = _Company()


@functools.lru_cache(maxsize=1)
def _opened(opening: bytes) -> Opened:
    opened: Opened = pickle.loads(opening)()  # noqa: S301 - as trusted as the cluster itself
    return opened


def opened(opening: bytes) -> Opened:
    """Return what a job captions with, opened now if it was not before."""
    with _opening:
        return _opened(opening)


def inspect(opening: bytes) -> Inspection:
    """Return what this worker is fit for; the model is open afterwards."""
    python = platform.python_version()
    try:
        work = opened(opening)
    except LorgnetteError as error:
        return Inspection(__version__, python, "", "", str(error))
    return Inspection(__version__, python, work.fingerprint, work.provider)


def unfit(found: Inspection, fingerprint: str) -> str:
    """Return why a worker must not take part in a job; empty if it may."""
    if found.version != __version__:
        return f"it has lorgnette {found.version}, not {__version__}"
    if found.problem:
        return found.problem
    if found.fingerprint != fingerprint:
        return f"it has another model: {found.fingerprint}, not {fingerprint}"
    return ""


def stop(job: str) -> None:
    """Let the chunks of a job that this worker has in work end after the pictures in work."""
    _stopped.add(job)


def forget(dask_scheduler: Scheduler) -> None:
    """Drop what Dask keeps there of every chunk for good: its key, and that it was submitted."""
    key_split.cache_clear()
    for span in dask_scheduler.extensions["spans"].spans.values():
        if span.metadata:
            del span.metadata["collections"][1:]


def resource(job: str) -> str:
    """Return the name of the resource that workers which are fit for a job say they have."""
    return f"lorgnette-{job}"


class Fit(WorkerPlugin):
    """Lets a worker take part in a job if it is fit for it, whenever it joins the cluster."""

    def __init__(self, job: str, opening: bytes, fingerprint: str, *, of_this_program: bool):
        self.name = resource(job)
        self._job = job
        self._opening = opening
        self._fingerprint = fingerprint
        self._of_this_program = of_this_program

    async def setup(self, worker: Worker) -> None:
        """Say that the worker is fit, if it is."""
        if self._of_this_program:
            # Ctrl+C of the terminal is for the program, which ends the job in order.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            worker.http_server.stop()
        _keep_memory()
        files.lock_nothing()  # a chunk's own lock is enough: see _logged
        found = await worker.loop.run_in_executor(None, inspect, self._opening)
        if problem := unfit(found, self._fingerprint):
            worker.log_event("lorgnette", {"worker": worker.address, "problem": problem})
        else:
            await worker.set_resources(**{self.name: _PLENTY})
            worker.loop.add_callback(_ask_for_work, worker)

    async def teardown(self, worker: Worker) -> None:
        """Forget the job, which is over."""
        _visited.pop(self._job, None)
        _stopped.discard(self._job)
        await worker.set_resources(**{self.name: 0.0})


def _keep_memory() -> None:
    """Let the C library keep some memory for the next picture.

    Dask's nanny has it give back all but 64 KB at once, and thereby ask the system for each larger
    array anew: a sixth of a picture's time. These are what it comes to by itself without that.
    """
    if sys.platform != "linux" or os.environ.get("MALLOC_TRIM_THRESHOLD_") != "65536":
        return
    with contextlib.suppress(AttributeError):  # not every C library has it
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_MMAP_THRESHOLD, 32 << 20)
        mallopt(_TRIM_THRESHOLD, 64 << 20)


async def _ask_for_work(worker: Worker) -> None:
    """Let the scheduler look for chunks that had no worker before this one was fit."""
    while worker.status is Status.init:
        await asyncio.sleep(0.05)
    if worker.status is Status.running:
        worker.status = Status.paused
        worker.status = Status.running


def caption_chunk(sent: bytes) -> bytes:
    """Return what became of a chunk's pictures, as far as the job was not stopped.

    Args:
        sent: a Task, pickled and compressed.

    Raises:
        TroubleError: this worker cannot work, another one may.
    """
    task: Task = pickle.loads(zlib.decompress(sent))  # noqa: S301 - as above
    work = opened(task.opening)
    images = [image for part in task.parts for image in part.images]
    try:
        if task.folder is None:
            with _company.shared():
                todo = _until_stopped(images, task.job)
                done = list(enumerate(work.outcomes(todo, journal=None)))
        else:
            done = sorted(_logged(task, Path(task.folder), work, images))
    except (*_OF_THE_WORKER, files.CannotWriteError, OSError) as error:
        worker = get_worker()
        # No more chunks for this one; those that wait here already are told the same.
        worker.loop.add_callback(
            worker.scheduler.set_resources,
            worker=worker.address,
            resources={resource(task.job): 0.0},
        )
        raise TroubleError(worker.address, str(error)) from error
    content = {
        "provider": work.provider,
        "model": work.label,
        "worker": files.process_name(),
        "outcomes": [[index, packed(outcome)] for index, outcome in done],
    }
    return zlib.compress(text(content).encode(), 1)


def _until_stopped(images: Iterable[Path], job: str) -> Iterator[Path]:
    for image in images:
        if job in _stopped:
            return
        yield image


def _logged(
    task: Task, folder: Path, work: Opened, images: list[Path]
) -> Iterator[tuple[int, Outcome]]:
    """Yield each picture's outcome with its index; what an earlier worker has done stays done.

    What is begun and what came of it is noted beside the journals. One chunk is in one worker's
    hands at a time, whatever the scheduler believes.
    """
    me = files.process_name()
    with files.held(log_file(folder, task.number), _HELD_SECONDS) as log:
        done, begun, lost = _earlier(log)
        yield from done.items()
        lost.discard(me)
        if lost:  # what they left half written goes
            places = {os.path.realpath(images[index]) for index in begun}
            places |= {str(images[index]) for index in begun}
            for place in {Path(each).parent for each in places}:
                files.remove_stale_temporaries(place, lost)
            _settle(folder, lost)
        _note(log, {"by": me})
        visited = _visited.setdefault(task.job, set())
        try:
            yield from _rest(_InHand(task.job, folder, work, images, log, visited), done, begun)
        finally:  # also after an error: this process is not lost
            with contextlib.suppress(OSError):
                _note(log, {"over": me})


@dataclass(frozen=True, slots=True)
class _InHand:
    """A chunk that this worker has, and nobody else."""

    job: str
    folder: Path
    work: Opened
    images: list[Path]
    log: BinaryIO
    visited: set[Path]  # folders where nothing of killed writers is left


def _settle(folder: Path, lost: set[str]) -> None:
    """Let what lost workers recorded, and did not come to put in place, be forgotten."""
    for file in (folder / "journals").glob("*.sqlite3"):
        if file.name.rpartition("-")[0] in lost:
            with contextlib.suppress(JournalError), Journal(file):  # which settles it
                pass


def _rest(
    chunk: _InHand, done: dict[int, Outcome], begun: Counter[int]
) -> Iterator[tuple[int, Outcome]]:
    rest = []
    ours = []
    for index, image in enumerate(chunk.images):
        if index in done:
            continue
        if begun[index] >= MOST_DEATHS:
            outcome = _set_aside(image)
            _note(chunk.log, {"of": index, "outcome": packed(outcome)})
            yield index, outcome
        elif begun[index]:
            # Alone, so that it is known which one it was if it happens again.
            with _company.alone():
                again = _is_ours(image, chunk.work.label)
                yield from _worked(chunk, [index], again=again, alone=True)
        elif index in begun and _is_ours(image, chunk.work.label):
            ours.append(index)
        else:
            rest.append(index)
    yield from _beside_others(chunk, ours, again=True)
    yield from _beside_others(chunk, rest, again=False)


def _beside_others(
    chunk: _InHand, indices: list[int], *, again: bool
) -> Iterator[tuple[int, Outcome]]:
    """Work on pictures; one of another thread that is to be alone goes first."""
    left = deque(indices)
    while left and chunk.job not in _stopped:
        with _company.shared():
            for index, outcome in _worked(chunk, list(left), again=again, alone=False):
                left.popleft()
                yield index, outcome


def _worked(
    chunk: _InHand, indices: list[int], *, again: bool, alone: bool
) -> Iterator[tuple[int, Outcome]]:
    """Work on pictures in order: on all of them, or until another one is to be alone here."""
    if chunk.job in _stopped:
        return

    begun = set()
    captioned = iter(indices)
    written = iter(indices)

    def taken() -> Iterator[Path]:
        for index in indices:
            if chunk.job in _stopped or (_company.unwanted and not alone):
                return
            _note(chunk.log, {"begun": [index]})
            begun.add(index)
            yield chunk.images[index]

    def is_captioned() -> None:
        index = next(captioned)
        _note(chunk.log, {"left": [index]})
        begun.discard(index)

    def are_written(count: int) -> None:
        some = list(itertools.islice(written, count))
        _note(chunk.log, {"begun": some})
        begun.update(some)

    journal = Journal(_journal_file(chunk.folder), visited=chunk.visited)
    outcomes = chunk.work.outcomes(
        taken(),
        again=again,
        journal=journal,
        together=len(indices),
        captioned=is_captioned,
        writing=are_written,
    )
    try:
        with contextlib.closing(outcomes):
            for index, outcome in zip(indices, outcomes, strict=False):
                if isinstance(outcome.error, _OF_THE_WORKER):
                    raise outcome.error
                _note(chunk.log, {"of": index, "outcome": packed(outcome)})
                begun.discard(index)
                yield index, outcome
    except (*_OF_THE_WORKER, OSError):
        with contextlib.suppress(OSError):
            _note(chunk.log, {"left": list(begun)})  # it is not the pictures' fault
        raise


def log_file(folder: Path, number: int) -> Path:
    """Return where a chunk's progress is noted, in the folder of its job."""
    return folder / "chunks" / f"{number}.jsonl"


def _journal_file(folder: Path) -> Path:
    name = f"{files.process_name()}-{threading.get_native_id()}.sqlite3"
    return folder / "journals" / name


def _note(log: BinaryIO, content: dict[str, Any]) -> None:
    log.write(text(content).encode() + b"\n")
    log.flush()


def _earlier(log: BinaryIO) -> tuple[dict[int, Outcome], Counter[int], set[str]]:
    """Return what earlier workers have noted of a chunk.

    Outcomes; how often a worker was lost with each picture that was begun and has none; and which
    processes were lost.
    """
    done: dict[int, Outcome] = {}
    begun: Counter[int] = Counter()
    lost: set[str] = set()
    lines = Path(log.name).read_bytes().split(b"\n")
    if lines.pop():  # a worker was lost while it wrote a line: the next one stands by itself
        log.write(b"\n")
    for line in lines:
        with contextlib.suppress(ValueError):
            match json.loads(line):
                case {"by": process}:
                    lost.add(process)
                case {"over": process}:
                    lost.discard(process)
                case {"begun": indices}:
                    begun.update(indices)
                case {"left": indices}:
                    begun.subtract(indices)
                case {"of": index, "outcome": outcome}:
                    done[index] = unpacked(outcome)
    for index in done:
        del begun[index]
    return done, begun, lost


def _set_aside(image: Path) -> Outcome:
    reason = f"it ended the worker that worked on it, {MOST_DEATHS} times; it is set aside"
    return Outcome(
        image=image, verdict=Verdict.FAILED, reason=reason, error=ClusterError(reason, "")
    )


def _is_ours(image: Path, model: str) -> bool:
    """Return whether a picture has the draft that a lost worker gave it before it could say so."""
    with contextlib.suppress(LorgnetteError):
        present = alttext.read(image).alt_text
        return present is not None and present.state is State.DRAFT and present.model == model
    return False
