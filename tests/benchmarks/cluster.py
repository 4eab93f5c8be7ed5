"""What a cluster costs: time beside the app alone, time of the engine, memory of the scheduler.

Run as `python -m tests.benchmarks.cluster PART`, on Linux; each part prints its figures:

alone     the app on this machine's cores, and as many workers, by turns, on photos of a folder
engine    workers that do nothing: what is left is the engine's
paths     the scheduler's memory, while paths that nobody reads go through it
workers   many workers that sleep in place of captioning
pictures  many small pictures from end to end, by the toy model of the tests
"""

import argparse
import functools
import io
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

import psutil
from tests.desktop.cluster.conftest import Programs

from lorgnette.cluster import folder, job
from lorgnette.cluster.job import LOCAL
from lorgnette.cluster.listing import CHUNK, Chunk, Part
from lorgnette.jobs.outcome import Outcome, Verdict

WORKERS = """
import asyncio, sys
import dask
from distributed import Worker

dask.config.set({  # what would take this machine's cores, and not the scheduler's time
    "distributed.admin.system-monitor.interval": "60s",
    "distributed.comm.timeouts.connect": "300s",
    "distributed.worker.profile.enabled": False,
})

async def main():
    workers = []
    count = int(sys.argv[2])
    for start in range(0, count, 10):  # all at once would wait for one another
        some = [
            Worker(sys.argv[1], nthreads=1, host="127.0.0.1", dashboard=False, memory_limit=0)
            for _ in range(min(10, count - start))
        ]
        workers += await asyncio.gather(*some)
    await asyncio.gather(*(each.finished() for each in workers))

asyncio.run(main())
"""


class Idle:
    """Captions nothing."""

    label = fingerprint = "idle/1"
    provider = "none"

    def outcomes(self, images: Iterable[Path], **_options: Any) -> Generator[Outcome]:
        """Yield nothing of note."""
        for image in images:
            yield Outcome(image=image, verdict=Verdict.SKIPPED, alt_text="A red picture.")


class Brief(Idle):
    """Sleeps in place of captioning; tells of the first picture of a chunk alone."""

    def __init__(self, seconds: float = 0.0) -> None:
        self._seconds = seconds  # for a picture

    def outcomes(self, images: Iterable[Path], **options: Any) -> Generator[Outcome]:
        """Yield the first."""
        first, *others = images
        time.sleep(self._seconds * (1 + len(others)))
        yield from super().outcomes([first], **options)


class Simulated:
    """So many paths, as a listing gives them."""

    def __init__(self, count: int) -> None:
        self._left = count
        self._number = 0
        self.ended = False

    def take(self, _seconds: float | None = None) -> Chunk | None:
        """Return the next chunk."""
        if not self._left:
            self.ended = True
            return None
        size = min(CHUNK, self._left)
        self._left -= size
        self._number += 1
        names = tuple(f"IMG_{self._number:06}_{each:02}.jpg" for each in range(size))
        return Chunk((Part(f"/archive/{self._number // 100:05}", names),))

    def close(self) -> None:
        """End."""


def main() -> int:
    """Print figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", choices=["alone", "engine", "paths", "workers", "pictures"])
    parser.add_argument("--photos", type=Path, help="of alone: a folder; nothing is written there")
    parser.add_argument("--folder", type=Path, help="of pictures: kept, so that it can be ended")
    parser.add_argument("--count", type=int, default=100_000, help="pictures or paths")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--split", nargs="*", default=[], help="of alone: of --workers cores, as 2x1 or 1x2"
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.25, help="of workers: for a picture")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
            os.environ[name] = str(Path(scratch, name))
        globals()[args.part](args, Path(scratch))
    return 0


def alone(args: argparse.Namespace, scratch: Path) -> None:
    """Print what the app and workers need for a picture, by turns, with and without their starts.

    By the clock, which tells their speed on cores that nothing else uses, and of cores. Workers
    are those of `local`, and of clusters by hand, with as many processes and threads as --split.
    """
    few, many = scratch / "few", scratch / "many"
    photos = sorted(args.photos.iterdir())[: args.count]
    for place, some in ((few, photos[: args.workers]), (many, photos)):
        place.mkdir()
        for photo in some:
            (place / photo.name).symlink_to(photo.resolve())
    ways = ["alone", "local", *args.split]
    spent: dict[str, list[tuple[float, float, float]]] = {way: [] for way in ways}
    for _ in range(args.rounds):
        for way in ways:
            start, whole = _captioned(way, [few, many], args.workers, scratch)
            clock, cores = (
                (b - a) / (len(photos) - args.workers) for a, b in zip(start, whole, strict=True)
            )
            spent[way].append((clock, cores, whole[0]))
            print(
                f"{way:8} {1 / clock:.2f} pictures a second, {cores:.3f} s of a core each; "
                f"the start {start[0]:.1f} s, {start[1]:.1f} s of a core; all {whole[0]:.1f} s",
                flush=True,
            )
    said = ("by the clock, without the start", "of cores, without the start", "all, by the clock")
    for way in ways[1:]:
        for index, what in enumerate(said):
            pairs = zip(spent["alone"], spent[way], strict=True)
            ratios = [app[index] / other[index] for app, other in pairs]
            told = f"{min(ratios):.3f} to {max(ratios):.3f}"
            print(f"speed of {way} beside alone, {what}: {statistics.median(ratios):.3f} ({told})")


def _captioned(
    way: str, places: list[Path], threads: int, scratch: Path
) -> list[tuple[float, float]]:
    """Return seconds by the clock and of cores for each place; of workers that wait for it."""
    command = [sys.executable, "-m", "lorgnette", "caption", "--threads", str(threads)]
    if way == "alone":
        return [_spent([*command, str(place)]) for place in places]
    if way == LOCAL:
        return [_spent([*command, "--cluster", LOCAL, str(place)]) for place in places]
    processes, each = way.split("x")
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        programs = Programs(Path(folder))
        try:
            programs.scheduler()
            for _ in range(int(processes)):  # as people start them, watched over by a nanny
                programs.worker("--nanny", "--nthreads", each)
            command += ["--cluster", str(programs.file)]
            _spent([*command, str(places[0])])  # once they are there
            spent = []
            for place in places:
                before = _of_children()
                clock, cores = _spent([*command, str(place)])
                spent.append((clock, cores + _of_children() - before))
            return spent
        finally:
            programs.end()


def _of_children() -> float:
    """Return seconds of a core that running programs have taken."""
    children = psutil.Process().children(recursive=True)
    return sum(_processor(child.pid) for child in children)


def _spent(command: list[str]) -> tuple[float, float]:
    """Return seconds by the clock and of cores."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    taken = perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cores = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return taken, cores


@contextmanager
def _programs(scratch: Path, workers: int, threads: int = 1) -> Iterator[Programs]:
    programs = Programs(scratch)
    try:
        programs.scheduler()
        for _ in range(workers):
            programs.worker("--nthreads", threads)
        yield programs
    finally:
        programs.end()


def _drain(programs: Programs, listing: Simulated, work: Callable[[], Idle]) -> Iterator[int]:
    order = job.Order(
        name=folder.new_name(), paths=[], opening=work, fingerprint="idle/1", folder=None
    )
    job.Listing = lambda *_: listing  # type: ignore[assignment,misc]
    with job.connected(programs.address) as connection:
        for count, _ in enumerate(
            job.run(connection, order, tell=print, asked_to_stop=lambda: False), 1
        ):
            yield count


def engine(args: argparse.Namespace, scratch: Path) -> None:
    """Print what the engine costs a picture, on all cores together and in the scheduler."""
    with _programs(scratch, args.workers) as programs:
        before = started = 0.0
        for count in _drain(programs, Simulated(args.count), Idle):
            if count == args.count // 10:
                started, before = perf_counter(), _processor(programs.running[0].pid)
        counted = args.count - args.count // 10
        wall = (perf_counter() - started) / counted * 1e3
        scheduler = (_processor(programs.running[0].pid) - before) / counted * CHUNK * 1e3
        print(f"{wall:.3f} ms a picture, {scheduler:.2f} ms of the scheduler a chunk of {CHUNK}")


def paths(args: argparse.Namespace, scratch: Path) -> None:
    """Print the memory of scheduler and command as paths go by."""
    with _programs(scratch, args.workers, 8) as programs:
        every = -(-args.count // CHUNK)
        steps = {every * part // 50 for part in range(1, 51)}
        started = perf_counter()
        for chunk in _drain(programs, Simulated(args.count), Brief):
            if chunk in steps:
                sizes = [_megabytes(pid) for pid in (programs.running[0].pid, os.getpid())]
                print(
                    f"{chunk * CHUNK:9,} paths: scheduler {sizes[0]:.1f} MB, "
                    f"command {sizes[1]:.1f} MB, {perf_counter() - started:.0f} s",
                    flush=True,
                )


def workers(args: argparse.Namespace, scratch: Path) -> None:
    """Print how busy many sleeping workers are kept, and what that takes."""
    processes = 4
    each = args.workers // processes
    there = each * processes
    chunks = max(args.count // CHUNK, there)  # that are counted, once all are at work
    with _programs(scratch, 0) as programs:
        for _ in range(processes):
            programs.start(sys.executable, "-c", WORKERS, programs.address, each)
        with job.connected(programs.address) as connection, connection.connect() as client:
            client.wait_for_workers(there, timeout=1200)
            print(f"{there} workers are there", flush=True)

            def now() -> tuple[float, float, int]:
                scheduler = _processor(programs.running[0].pid)
                return perf_counter(), scheduler, client.run_on_scheduler(_events)

            before = (0.0, 0.0, 0)
            # Towards their end chunks get smaller: that comes after what is counted.
            listing = Simulated((there + chunks + 5 * there) * CHUNK)
            work = functools.partial(Brief, args.seconds)
            for number in _drain(programs, listing, work):
                if number == there:
                    before = now()
                    memory = _megabytes(programs.running[0].pid)
                    print(f"all are at work, {memory:.0f} MB", flush=True)
                if number == there + chunks:
                    break
            taken, busy, events = (b - a for a, b in zip(before, now(), strict=True))
        rate = chunks / taken
        most = there / args.seconds / CHUNK
        print(
            f"{there} workers, {args.seconds * CHUNK:.1f} s a chunk: "
            f"{rate * CHUNK:,.0f} pictures or {rate:.1f} chunks a second, {rate / most:.1%} of what"
            f" they can; scheduler busy {busy / taken:.1%} of a core, "
            f"{busy / chunks * 1e3:.2f} ms a chunk, {events / taken:,.0f} events a "
            f"second, {events / busy:,.0f} a second of a core, "
            f"{_megabytes(programs.running[0].pid):.0f} MB"
        )


def _events(dask_scheduler: Any) -> int:
    """Return how often a chunk has changed its state."""
    return int(dask_scheduler.transition_counter)


def pictures(args: argparse.Namespace, scratch: Path) -> None:
    """Print how long many small pictures take from end to end, and to undo.

    With a folder, what was begun there and ended in the middle goes on.
    """
    from PIL import Image
    from tests.conftest import TOY_WORDS, save_toy_graphs, toy_manifest

    from lorgnette.captioning import manifest
    from lorgnette.captioning.vocabulary import Vocabulary

    place = args.folder or scratch
    model = place / "model"
    if not model.exists():
        model.mkdir(parents=True)
        save_toy_graphs(model)
        Vocabulary(TOY_WORDS).write(model / manifest.VOCABULARY)
        toy_manifest(model).write(model)
    archive = place / "archive"
    red = io.BytesIO()
    Image.new("RGB", (32, 24), (200, 20, 20)).save(red, "PNG")
    for number in range(args.count):
        picture = archive / f"{number // 500:05}" / f"{number}.png"
        if number % 500 == 0:
            picture.parent.mkdir(parents=True, exist_ok=True)
        if not picture.exists():
            picture.write_bytes(red.getvalue())
    command = [sys.executable, "-m", "lorgnette"]
    cluster = [*command, "caption", "--model", str(model), "--cluster", "local"]
    cluster += ["--threads", str(args.workers), "--write", "sidecar"]
    cluster += ["--output", str(place / "tables"), str(archive)]
    begun = sum(1 for _ in archive.rglob("*.xmp"))
    print(f"{args.count:,} pictures, {begun:,} of them captioned before", flush=True)
    _timed("written", cluster, args.count - begun)
    written = sum(1 for _ in archive.rglob("*.xmp"))
    _timed("once more, all skipped", cluster, args.count)
    _timed("status of the tables", [*command, "status", str(place / "tables")], args.count)
    jobs = [each.job for each in folder.history(archive)]
    for name in jobs:
        undo = [*command, "undo", "--job", name, "--folder", str(archive)]
        _timed(f"undone, job {name[-6:]}", undo, args.count)
    left = sum(1 for _ in archive.rglob("*.xmp"))
    whole = sum(1 for each in archive.rglob("*.png") if each.read_bytes() == red.getvalue())
    print(f"{written:,} sidecars, {left:,} left after undoing; {whole:,} pictures as they were")


def _timed(what: str, command: list[str], count: int) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    said, noted = process.communicate()
    taken = perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cores = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    lines = said.count("\n")
    print(
        f"{what:24} {taken:7.1f} s, {cores:.1f} s of cores, {taken / max(1, count) * 1e3:.2f} ms a "
        f"picture, status {process.returncode}, {lines} lines",
        flush=True,
    )
    if process.returncode:
        print(noted[-2000:], flush=True)


def _processor(pid: int) -> float:
    """Return seconds of a core that a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _megabytes(pid: int) -> float:
    """Return the memory of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    from tests.benchmarks import cluster  # by a name under which workers find it, too

    sys.exit(cluster.main())
