"""A job on a cluster: chunks go out, a few more than there are threads, and outcomes come back.

The scheduler is never given more than it needs to keep its workers busy, and forgets each chunk
when its outcomes are here, so that its memory does not grow with the archive.
"""

import contextlib
import json
import logging
import os
import pickle
import queue
import time
import zlib
from collections import deque
from collections.abc import Callable, Container, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import dask
from distributed import Client, Future, KilledWorker, LocalCluster
from distributed.comm.core import CommClosedError
from distributed.security import Security

from lorgnette import __version__
from lorgnette.cluster import worker
from lorgnette.cluster.carrying import unpacked
from lorgnette.cluster.done import Done
from lorgnette.cluster.errors import ClusterError, TroubleError
from lorgnette.cluster.folder import JobFolder
from lorgnette.cluster.listing import CHUNK, Chunk, Listing, Part
from lorgnette.cluster.worker import Fit, Inspection, Opening, Task
from lorgnette.files import SUFFIXES
from lorgnette.jobs.outcome import Outcome, Verdict

LOCAL = "local"
ANSWER_SECONDS = 10.0  # that a scheduler has to answer
_AHEAD = 2  # chunks a thread that are given out: one in work, one that waits for it
_AT_ONCE = 500  # chunks of one message
_LEAST = 8  # pictures of a chunk towards the end, when none is to wait for the last one
_POLL = 0.2  # seconds after which a wish to stop is seen
_LOOK = 5.0  # seconds after which it is looked how many workers there are
_PATIENCE = 300.0  # seconds that a lost scheduler is waited for
_MOST_ATTEMPTS = 8  # of a chunk
_FORGOTTEN = 1000  # chunks after which Dask is told to forget them
_MESSAGES = 100  # that Dask keeps of each connection, for those who mend it


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A job, as a person asked for it."""

    name: str
    paths: Sequence[Path]
    opening: Opening
    fingerprint: str  # of what this machine would caption with
    folder: JobFolder | None  # None where nothing is written
    threads: int = 0  # pictures in work at once; 0: as many as the workers have threads
    size: int = CHUNK
    suffixes: Container[str] = SUFFIXES  # of what is looked for in folders
    is_done: Callable[[str], bool] | None = None  # is told absolute paths; by an earlier job


Tell = Callable[[str], None]
Asked = Callable[[], bool]


@contextlib.contextmanager
def connected(address: str, threads: int = 0) -> Iterator["Connection"]:
    """Yield a cluster: one of this machine alone for "local", else the one at an address.

    Args:
        address: of a scheduler, as tcp://host:8786, or the file in which it has written it.
        threads: of one of this machine; 0: as many as there are cores.

    Raises:
        ClusterError: nobody answers there.
    """
    for name in ("distributed", "distributed.core", "distributed.client", "tornado"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters is told in our words
    with contextlib.ExitStack() as stack:
        stack.enter_context(dask.config.set({"distributed.admin.low-level-log-length": _MESSAGES}))
        if address == LOCAL:
            cluster = stack.enter_context(_own(threads or os.cpu_count() or 1))
            yield Connection(lambda: Client(cluster), own=True)
        else:
            yield Connection(lambda: _client(address), own=False)


@contextlib.contextmanager
def _own(threads: int) -> Iterator[LocalCluster]:
    """Yield a cluster that nobody else can reach: loopback, and keys that only it has.

    Its processes have two threads each, which share a model, and a core's cache for it. More would
    wait for one another in Python, and more would be lost with a picture that ends its process.
    """
    each = 1 if threads % 2 else 2
    settings = {
        # Looking after themselves took the processes of two threads 4 % of a core.
        "distributed.admin.tick.interval": "1s",
        "distributed.admin.system-monitor.interval": "10s",
        "distributed.scheduler.http.routes": [],
        "distributed.worker.http.routes": [],
        "distributed.worker.profile.enabled": False,
        "distributed.scheduler.allowed-failures": worker.MOST_DEATHS,
    }
    with (
        dask.config.set(settings),
        LocalCluster(
            n_workers=threads // each,
            threads_per_worker=each,
            host="127.0.0.1",
            security=Security.temporary(),
            scheduler_kwargs={"dashboard": False, "dashboard_address": "127.0.0.1:0"},
            silence_logs=logging.CRITICAL,
            memory_limit=0,
        ) as cluster,
    ):
        cluster.scheduler.http_server.stop()
        yield cluster


def _client(address: str) -> Client:
    if "://" in address:
        return Client(address, timeout=ANSWER_SECONDS)
    if not Path(address).is_file():
        raise ClusterError(
            f"there is no cluster {address}",
            "Name a scheduler, such as tcp://host:8786, the file that it wrote "
            "(dask scheduler --scheduler-file), or local.",
        )
    return Client(scheduler_file=address, timeout=ANSWER_SECONDS)


@dataclass(frozen=True, slots=True)
class Connection:
    """How a cluster is reached, as often as need be."""

    connect: Callable[[], Client]
    own: bool  # started by this program, for it alone


def run(
    connection: Connection, order: Order, *, tell: Tell, asked_to_stop: Asked
) -> Generator[Done]:
    """Yield what became of each picture, as workers are done with them.

    Ends when all are done; when it was asked to stop, with those in work.

    Raises:
        ClusterError: workers are not fit for the job, or there is none left.
    """
    job = _Job(connection, order, tell, asked_to_stop)
    try:
        yield from job.run()
    finally:
        job.close()


@dataclass(slots=True)
class _Sent:
    """A chunk on its way."""

    number: int
    chunk: Chunk
    attempt: int = 0


class _Job:
    def __init__(
        self, connection: Connection, order: Order, tell: Tell, asked_to_stop: Asked
    ) -> None:
        self._connection = connection
        self._order = order
        self._tell = tell
        self._asked = asked_to_stop
        self._opening = pickle.dumps(order.opening)
        self._listing = Listing(order.paths, order.size, order.suffixes)
        self._reserve: deque[Chunk] = deque()
        self._again: deque[_Sent] = deque()
        self._alone: deque[_Sent] = deque()
        self._in_work: dict[Future[bytes], _Sent] = {}
        self._finished: queue.SimpleQueue[Future[bytes]] = queue.SimpleQueue()
        self._forgotten = 0
        self._passed: list[Done] = []
        self._number = 0
        self._stopping = False
        self._looked = 0.0
        self._threads = 0
        self._in_trouble: dict[str, str] = {}
        self._client: Client | None = None

    def run(self) -> Generator[Done]:
        self._open()
        while True:
            if self._asked() and not self._stopping:
                self._stop()
            if not self._stopping:
                try:
                    self._give_out()
                except (OSError, TimeoutError):
                    self._reconnect()
            if self._number > self._forgotten + _FORGOTTEN:
                self._forget()
            passed, self._passed = self._passed, []
            yield from passed
            if not self._in_work and (self._stopping or self._is_over()):
                return
            yield from self._received(self._completed())

    @property
    def _cluster(self) -> Client:
        if self._client is None:
            raise ClusterError("the cluster is lost")
        return self._client

    def _is_over(self) -> bool:
        return self._listing.ended and not (self._reserve or self._again or self._alone)

    def close(self) -> None:
        """Leave nothing of the job on the cluster."""
        self._listing.close()
        client = self._client
        if client is None:
            return
        with contextlib.suppress(Exception):  # a cluster that is gone has nothing left of the job
            if client.status == "running":
                if self._in_work:
                    client.run(worker.stop, self._order.name)
                client.unregister_worker_plugin(worker.resource(self._order.name))
        self._in_work.clear()
        self._disconnect()

    def _open(self) -> None:
        """Connect, see who is fit, and let those take part, as well as who comes later.

        Raises:
            ClusterError
        """
        try:
            self._client = client = self._connection.connect()
        except (OSError, TimeoutError) as error:
            raise ClusterError(f"the cluster does not answer: {error}") from error
        told = False
        while not client.scheduler_info()["workers"]:
            if self._asked():
                return
            if not told:
                self._tell("The cluster has no workers yet; waiting for the first.")
                told = True
            time.sleep(_POLL)
        found = client.run(worker.inspect, self._opening, on_error="return")
        unfit = {
            address: problem
            for address, inspected in found.items()
            if (problem := _problem(inspected, self._order.fingerprint))
        }
        if unfit:
            lines = "\n".join(f"{address}: {problem}" for address, problem in unfit.items())
            raise ClusterError(
                f"{len(unfit)} of {len(found)} workers cannot do this job\n{lines}",
                f"All need lorgnette {__version__} and the model that this machine has; a folder "
                "that is named with --model must be there for all.",
            )
        client.register_plugin(
            Fit(
                self._order.name,
                self._opening,
                self._order.fingerprint,
                of_this_program=self._connection.own,
            )
        )
        self._looked = 0.0

    def _room(self) -> int:
        """Return how many more chunks may be given out now."""
        if time.monotonic() > self._looked + _LOOK or not self._looked:
            try:
                self._threads = sum(self._cluster.nthreads().values())
            except (OSError, TimeoutError):
                if self._cluster.status != "running":  # else it is too busy to answer
                    raise
            self._looked = time.monotonic()
        most = _AHEAD * self._threads
        if self._order.threads and not self._connection.own:  # which has no more of them
            most = min(most, self._order.threads)
        return max(1, most) - len(self._in_work)

    def _next(self) -> Chunk | None:
        """Return the next chunk, None if there is none yet.

        Towards the end they get smaller, so that all workers end at about the same time.
        """
        most = _AHEAD * max(1, self._threads)
        while len(self._reserve) < most:
            chunk = self._listing.take(0 if self._in_work or self._reserve else _POLL)
            if chunk is None:
                break
            self._reserve.append(chunk)
        if not self._reserve:
            return None
        chunk = self._reserve.popleft()
        if self._listing.ended:
            left = len(chunk) + sum(map(len, self._reserve))
            size = max(_LEAST, left // most)
            if size < len(chunk):
                chunk, others = chunk.parted(size)
                self._reserve.appendleft(others)
        return chunk

    def _give_out(self) -> None:
        room = self._room()
        if self._alone:  # nothing else is in work with it, that it could take down
            if not self._in_work:
                self._send([self._alone[0]])
                self._alone.popleft()
            return
        while len(self._again) < room:
            chunk = self._next()
            if chunk is None:
                break
            if self._order.is_done is not None:
                chunk = self._without_done(chunk, self._order.is_done)
                if not chunk.parts:
                    break
            self._number += 1
            self._again.append(_Sent(self._number, chunk))
        if self._again and room > 0:
            some = list(self._again)[: min(room, _AT_ONCE)]
            self._send(some)
            for _ in some:  # only now: the scheduler may have been lost
                self._again.popleft()

    def _without_done(self, chunk: Chunk, is_done: Callable[[str], bool]) -> Chunk:
        parts = []
        for part in chunk.parts:
            folder = os.path.abspath(part.folder)  # noqa: PTH100 - keeps links
            done = {name for name in part.names if is_done(os.path.join(folder, name))}  # noqa: PTH118
            for name in part.names:
                if name in done:
                    image = Path(part.folder, name)
                    reason = "the table has it already"
                    outcome = Outcome(image=image, verdict=Verdict.SKIPPED, reason=reason)
                    self._passed.append(Done(outcome, "", "", ""))
            if names := tuple(name for name in part.names if name not in done):
                parts.append(Part(part.folder, names))
        return Chunk(tuple(parts))

    def _send(self, some: Sequence[_Sent]) -> None:
        """Give chunks out, all by one message.

        The scheduler takes one such message after the other, by several turns of its loop each. A
        thousand workers that ask for a chunk at once keep it from reading on for longer than the
        system lets a connection wait.
        """
        order = self._order
        tasks = [
            Task(
                job=order.name,
                opening=self._opening,
                parts=tuple(
                    Part(os.path.abspath(part.folder), part.names)  # noqa: PTH100 - keeps links
                    for part in sent.chunk.parts
                ),
                folder=None if order.folder is None else str(order.folder.path),
                number=sent.number,
            )
            for sent in some
        ]
        futures = self._cluster.map(
            worker.caption_chunk,
            # One piece of bytes: the scheduler would take apart, and keep for a while, all else.
            [zlib.compress(pickle.dumps(task), 1) for task in tasks],
            key=[(f"lorgnette-{order.name}", sent.number, sent.attempt) for sent in some],
            resources={worker.resource(order.name): 1},
            pure=False,
        )
        for future, sent in zip(futures, some, strict=True):
            self._in_work[future] = sent
            future.add_done_callback(self._finished.put)

    def _forget(self) -> None:
        self._forgotten = self._number
        with contextlib.suppress(Exception):  # another version of Dask may keep something else
            self._cluster.run_on_scheduler(worker.forget)

    def _completed(self) -> list[Future[bytes]]:
        """Return chunks that are done, none if that takes a while."""
        if not self._in_work:
            return []
        try:
            done = [self._finished.get(timeout=_POLL)]
        except queue.Empty:
            return []
        while True:
            try:
                done.append(self._finished.get_nowait())
            except queue.Empty:
                return [each for each in done if each in self._in_work]

    def _received(self, futures: list[Future[bytes]]) -> Iterator[Done]:
        contents: dict[Future[bytes], bytes] = {}
        finished = [future for future in futures if future.status == "finished"]
        with contextlib.suppress(Exception):  # then each is asked for by itself
            contents = dict(zip(finished, self._cluster.gather(finished), strict=True))
        for future in futures:
            sent = self._in_work.pop(future, None)
            if sent is None:  # of a scheduler that was lost since
                continue
            try:
                content = contents.get(future) or future.result()
            except TroubleError as error:
                self._bench(error)
                self._again.append(replace(sent, attempt=sent.attempt + 1))
            except KilledWorker:
                yield from self._lost(sent, "it ended every worker that worked on it")
            except Exception as error:  # noqa: BLE001 - whatever a picture does, the job goes on
                if future.status in {"cancelled", "lost"}:
                    self._again.append(replace(sent, attempt=sent.attempt + 1))
                    self._reconnect()
                else:
                    yield from self._lost(sent, f"{type(error).__name__}: {error}")
            else:
                yield from self._told(sent, content)

    def _told(self, sent: _Sent, content: bytes) -> Iterator[Done]:
        said: dict[str, Any] = json.loads(zlib.decompress(content))
        places = [(part.folder, name) for part in sent.chunk.parts for name in part.names]
        for index, each in said["outcomes"]:
            folder, name = places[index]
            outcome = unpacked(each)
            written = outcome.written_to
            if written is not None and str(written.parent) == os.path.abspath(folder):  # noqa: PTH100
                written = Path(folder, written.name)
            outcome = replace(outcome, image=Path(folder, name), written_to=written)
            yield Done(outcome, said["worker"], said["provider"], said["model"])
        if self._order.folder is not None:
            worker.log_file(self._order.folder.path, sent.number).unlink(missing_ok=True)

    def _lost(self, sent: _Sent, reason: str) -> Iterator[Done]:
        """Try a chunk again whose workers were lost, and find the picture that does it."""
        again = replace(sent, attempt=sent.attempt + 1)
        if self._order.folder is not None and again.attempt < _MOST_ATTEMPTS:
            self._again.append(again)  # its log tells which picture it is
        elif len(sent.chunk) > 1:
            for part in sent.chunk.parts:
                for name in part.names:
                    self._number += 1
                    one = Chunk((Part(part.folder, (name,)),))
                    self._alone.append(_Sent(self._number, one))
        else:
            (image,) = sent.chunk.images
            error = ClusterError(f"{reason}; it is set aside", "")
            outcome = Outcome(image=image, verdict=Verdict.FAILED, reason=str(error), error=error)
            yield Done(outcome, "", "", "")

    def _bench(self, error: TroubleError) -> None:
        """Go on without a worker.

        Raises:
            ClusterError: it was the last one.
        """
        if error.worker not in self._in_trouble:
            self._tell(f"The worker {error.worker} gets no more pictures: {error.reason}")
        self._in_trouble[error.worker] = error.reason
        if not set(self._cluster.scheduler_info(n_workers=-1)["workers"]) - set(self._in_trouble):
            raise ClusterError(f"no worker can go on: {error.reason}")

    def _stop(self) -> None:
        self._stopping = True
        if self._client is not None and self._in_work:
            with contextlib.suppress(OSError, TimeoutError):
                self._client.run(worker.stop, self._order.name)

    def _reconnect(self) -> None:
        """Wait for a scheduler that was lost; what was given out is given out again.

        Raises:
            ClusterError: it does not come back.
        """
        for sent in self._in_work.values():
            self._again.append(replace(sent, attempt=sent.attempt + 1))
        self._in_work.clear()
        self._tell("The scheduler is lost; waiting for it.")
        until = time.monotonic() + _PATIENCE
        while not self._asked():
            self._disconnect()
            try:
                self._open()
            except (ClusterError, OSError, TimeoutError) as error:
                if time.monotonic() > until:
                    raise ClusterError(f"the scheduler did not come back: {error}") from error
                time.sleep(1)
            else:
                return

    def _disconnect(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(Exception):  # it is closed, or of no use any more
                client.close()


def _problem(found: Inspection | BaseException, fingerprint: str) -> str:
    if isinstance(found, CommClosedError):
        return ""  # it was lost meanwhile; whether the next one is fit is seen as it comes
    if isinstance(found, ImportError):
        return f"it has no lorgnette, or lacks a part of it: {found}"
    if isinstance(found, BaseException):
        return f"it has another lorgnette, or cannot run it: {type(found).__name__}: {found}"
    return worker.unfit(found, fingerprint)
