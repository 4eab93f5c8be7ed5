"""What goes wrong on clusters: each picture has one outcome all the same, and all can be undone."""

import dataclasses
import functools
import itertools
import os
import resource
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from dask.utils import key_split
from distributed import Client, Scheduler
from tests.desktop.cluster.conftest import Programs, contents
from tests.desktop.cluster.works import (
    Crowded,
    Deadly,
    DeadlyToWrite,
    Faulty,
    Reviewed,
    Stillborn,
    Torn,
    opening,
    pages_asked_for,
)

from lorgnette import alttext
from lorgnette.alttext import AltText, Destination
from lorgnette.captioning.manifest import Manifest
from lorgnette.cli import caption
from lorgnette.cluster import folder, job
from lorgnette.cluster.done import Done
from lorgnette.cluster.errors import ClusterError
from lorgnette.cluster.listing import Chunk, Part
from lorgnette.jobs.journal import Journal
from lorgnette.jobs.outcome import Verdict
from lorgnette.jobs.writing import WriteBatch


class Job:
    """A job with the toy model, drained as a program does."""

    def __init__(
        self, archive: Path, model: Path, *options: str, of: type[caption.Work] = caption.Work,
        writes: bool = True, size: int = 16,
    ) -> None:  # fmt: skip
        self.archive = archive
        self.before = contents(archive)
        self.said: list[str] = []
        self.stop = False
        name = folder.new_name()
        self.folder = folder.make(name, [archive], None, "test") if writes else None
        written = ("--write", "sidecar") if writes else ()
        self.order = job.Order(
            name=name,
            paths=[archive],
            opening=opening(model, *written, *options, of=of),
            fingerprint=Manifest.read(model).fingerprint,
            folder=self.folder,
            size=size,
        )

    def run(
        self, address: str, after: int = 0, then: Callable[[], object] = lambda: None
    ) -> list[Done]:
        """Return all outcomes; then is called once, after the first few of them."""
        done = []
        with job.connected(address) as connection:
            for number, each in enumerate(
                job.run(
                    connection,
                    self.order,
                    tell=self.said.append,
                    asked_to_stop=lambda: self.stop,
                ),
                1,
            ):
                done.append(each)
                if number == after:
                    then()
        return done

    def undo(self) -> None:
        """Take all back, and see that every byte is as it was."""
        assert self.folder is not None
        assert all(undone.restored for undone in folder.undo(self.folder))
        assert contents(self.archive) == self.before


def require_one_outcome_each(done: list[Done], archive: Path) -> Counter[Verdict]:
    """Require that each picture has one outcome, and that words are where it says."""
    assert sorted(each.outcome.image for each in done) == sorted(archive.rglob("*.png"))
    for each in done:
        outcome = each.outcome
        sidecar = outcome.image.with_name(f"{outcome.image.name}.xmp")
        assert (outcome.verdict is Verdict.CAPTIONED) == sidecar.exists(), outcome
        if sidecar.exists():
            assert outcome.alt_text in sidecar.read_text(encoding="utf-8")
            assert outcome.written_to == sidecar
    assert not list(archive.rglob("*.lorgnette-tmp"))
    return Counter(each.outcome.verdict for each in done)


def test_a_worker_that_is_killed_loses_nothing(
    programs: Programs, toy_model: Path, archive: Callable[..., Path]
) -> None:
    programs.scheduler()
    doomed, _ = programs.worker(), programs.worker()
    task = Job(archive(300), toy_model)
    # Nobody waits for it: as of another machine, nothing says that it has ended.
    done = task.run(programs.address, 50, doomed.kill)
    assert require_one_outcome_each(done, task.archive) == {Verdict.CAPTIONED: 300}
    assert all(each.outcome.caption and each.outcome.caption.candidates for each in done)
    assert len({each.worker for each in done}) == 2
    task.undo()


def test_a_scheduler_that_is_killed_and_started_again_loses_nothing(
    programs: Programs, toy_model: Path, archive: Callable[..., Path]
) -> None:
    scheduler = programs.scheduler()
    port = int(programs.address.rpartition(":")[2])
    programs.worker()
    task = Job(archive(400), toy_model)

    def restart() -> None:
        scheduler.kill()
        scheduler.wait()
        programs.scheduler(port)
        programs.worker()

    done = task.run(programs.address, 50, restart)
    assert require_one_outcome_each(done, task.archive) == {Verdict.CAPTIONED: 400}
    assert any("scheduler is lost" in line for line in task.said)
    task.undo()


def test_a_scheduler_that_does_not_come_back_ends_the_job_and_nothing_is_lost(
    programs: Programs,
    toy_model: Path,
    archive: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(job, "ANSWER_SECONDS", 0.3)
    monkeypatch.setattr(job, "_PATIENCE", 0.0)
    scheduler = programs.scheduler()
    programs.worker()
    task = Job(archive(400), toy_model)
    with pytest.raises(ClusterError, match="the scheduler did not come back"):
        task.run(programs.address, 50, scheduler.kill)
    for worker in programs.running[1:]:
        worker.kill()
        worker.wait()
    assert len(list(task.archive.rglob("*.xmp"))) >= 50
    task.undo()


@pytest.mark.parametrize(
    ("of", "writes", "threads"),
    [
        (Deadly, True, 1),
        (Deadly, True, 4),  # the others of its process are lost with it, and are not to blame
        (DeadlyToWrite, True, 1),
        (DeadlyToWrite, True, 4),
        (Deadly, False, 4),
        (Faulty, False, 1),
    ],
)
def test_a_picture_that_ends_workers_is_set_aside_and_the_job_is_not(
    programs: Programs,
    toy_model: Path,
    archive: Callable[..., Path],
    of: type[caption.Work],
    writes: bool,
    threads: int,
) -> None:
    programs.scheduler()
    programs.worker("--nanny", "--nthreads", threads)
    pictures = archive(60)
    for name in ("box 0/10.png", "box 1/55.png"):
        path = pictures / name
        path.rename(path.with_name(f"deadly {path.name}"))
    task = Job(pictures, toy_model, of=of, writes=writes, size=4)
    done = task.run(programs.address)
    failed = {each.outcome.image.name for each in done if each.outcome.verdict is Verdict.FAILED}
    assert failed == {"deadly 10.png", "deadly 55.png"}
    assert all("set aside" in each.outcome.reason for each in done if each.outcome.error)
    assert Counter(each.outcome.image for each in done) == Counter(pictures.rglob("*.png"))
    if writes:
        deaths = Counter((programs.folder / "deaths").read_text().split("\n")[:-1])
        assert deaths == {"deadly 10.png": 2, "deadly 55.png": 2}
        require_one_outcome_each(done, pictures)
        task.undo()


def test_a_picture_that_was_lost_with_another_one_is_not_to_blame(
    programs: Programs, toy_model: Path, archive: Callable[..., Path]
) -> None:
    programs.scheduler()
    programs.worker("--nanny", "--nthreads", 2)
    pictures = archive(2)
    for number, name in enumerate(("deadly.png", "companion.png")):
        path = pictures / "box 0" / f"{number}.png"
        path.rename(path.with_name(name))
    task = Job(pictures, toy_model, of=Crowded, size=1)
    done = task.run(programs.address)
    assert {each.outcome.image.name: each.outcome.verdict for each in done} == {
        "deadly.png": Verdict.FAILED,
        "companion.png": Verdict.CAPTIONED,
    }
    require_one_outcome_each(done, pictures)
    task.undo()


def test_a_worker_that_is_killed_once_it_has_recorded_a_chunk_leaves_no_record_twice(
    programs: Programs, toy_model: Path, archive: Callable[..., Path]
) -> None:
    """It is killed before any draft is in place, and another one after five of sixteen are."""
    programs.scheduler()
    programs.worker("--nanny")
    task = Job(archive(60), toy_model, of=Torn)
    done = task.run(programs.address)
    assert len(list(programs.folder.glob("killed before number *"))) == 2
    assert require_one_outcome_each(done, task.archive) == {Verdict.CAPTIONED: 60}
    programs.end()
    assert task.folder is not None
    assert folder.tidy(task.folder, ended=True)  # counts what the journals have
    (counted,) = (each for each in folder.history(task.archive) if each.job == task.order.name)
    assert (counted.files, counted.changed) == (60, 0)
    undone = [(each.image, each.restored) for each in folder.undo(task.folder)]
    assert sorted(undone) == [(image, True) for image in sorted(task.archive.rglob("*.png"))]
    assert contents(task.archive) == task.before


def test_a_person_who_reviews_a_lost_workers_drafts_has_the_last_word(
    programs: Programs, toy_model: Path, archive: Callable[..., Path]
) -> None:
    """Another worker captions them again, to tell what they say; meanwhile they are reviewed."""
    programs.scheduler()
    programs.worker("--nanny")
    task = Job(archive(16), toy_model, of=Reviewed)
    done = task.run(programs.address)
    assert Counter(each.outcome.verdict for each in done) == {
        Verdict.CAPTIONED: 11,
        Verdict.SKIPPED: 5,
    }
    for each in done:
        present = alttext.read(each.outcome.image).alt_text
        assert present is not None
        assert (present.text == "Our Ada") == (each.outcome.verdict is Verdict.SKIPPED)


@pytest.mark.parametrize("names", [("first", "second"), ("second", "first")])
def test_a_file_that_two_workers_wrote_gets_its_first_bytes_back(
    names: tuple[str, str], toy_model: Path, archive: Callable[..., Path]
) -> None:
    """As where a picture has two names in an archive; journals tell no order of workers."""
    task = Job(archive(3), toy_model)
    assert task.folder is not None
    *both, other = sorted(task.archive.rglob("*.png"))
    for name in names:
        journal = Journal(task.folder.path / "journals" / f"{name}.sqlite3")
        with WriteBatch(Destination.EMBED, overwrite=True, journal=journal) as batch:
            batch.write_together([(image, AltText(text=name)) for image in (*both, other)])
    other.write_bytes(b"another program's")
    undone = [(each.image, each.restored) for each in folder.undo(task.folder)]
    assert sorted(undone) == sorted([(image, True) for image in both] * 2 + [(other, False)] * 2)
    after = contents(task.archive)
    assert after.pop(str(other.relative_to(task.archive))) == b"another program's"
    assert after.items() <= task.before.items()


def test_a_worker_that_lags_holds_up_its_own_chunk_alone(
    programs: Programs, toy_model: Path, archive: Callable[..., Path]
) -> None:
    programs.scheduler()
    slow, _ = programs.worker(), programs.worker()
    task = Job(archive(400), toy_model)
    count = itertools.count(1)
    done: list[Done] = []
    with job.connected(programs.address) as connection:
        every = job.run(connection, task.order, tell=task.said.append, asked_to_stop=lambda: False)
        for each in every:
            done.append(each)
            if (number := next(count)) == 50:
                slow.send_signal(signal.SIGSTOP)
            if number == 300:  # most are done, and it has done nothing since
                slow.send_signal(signal.SIGCONT)
    assert require_one_outcome_each(done, task.archive) == {Verdict.CAPTIONED: 400}
    task.undo()


def test_workers_without_the_model_or_of_another_version_are_refused_by_name(
    programs: Programs, toy_model: Path, archive: Callable[..., Path], tmp_path: Path
) -> None:
    programs.scheduler()
    pictures = archive(3)
    without = tmp_path / "without"
    (without / "lorgnette").mkdir(parents=True)
    (without / "lorgnette" / "__init__.py").write_text('__version__ = "0.0.1"\n')
    other = programs.worker(PYTHONPATH=str(without))
    task = Job(pictures, toy_model)
    with pytest.raises(ClusterError, match=r"1 of 1 workers cannot do this job\ntcp://.*lorgnette"):
        task.run(programs.address)
    other.kill()
    programs.worker()
    gone = Job(pictures, toy_model)
    elsewhere = opening(tmp_path / "gone", "--write", "sidecar")
    gone.order = dataclasses.replace(gone.order, opening=elsewhere)
    with pytest.raises(ClusterError, match="there is no model in"):
        gone.run(programs.address)
    another = Job(pictures, toy_model)
    another.order = dataclasses.replace(another.order, fingerprint="toy/2+123")
    with pytest.raises(ClusterError, match=r"it has another model: toy/1\+\w+, not toy/2\+123"):
        another.run(programs.address)
    assert contents(pictures) == task.before


def test_a_worker_that_is_lost_while_it_is_looked_at_is_not_called_unfit(
    programs: Programs, toy_model: Path, archive: Callable[..., Path]
) -> None:
    programs.scheduler()
    programs.worker("--nanny")
    task = Job(archive(30), toy_model, of=Stillborn)
    done = task.run(programs.address)
    assert (programs.folder / "opened before").exists()
    assert require_one_outcome_each(done, task.archive) == {Verdict.CAPTIONED: 30}


def test_a_worker_that_comes_late_and_is_not_fit_gets_nothing(
    programs: Programs, toy_model: Path, archive: Callable[..., Path], tmp_path: Path
) -> None:
    programs.scheduler()
    programs.worker()
    task = Job(archive(300), toy_model)
    without = tmp_path / "without"
    (without / "lorgnette").mkdir(parents=True)
    (without / "lorgnette" / "__init__.py").write_text('__version__ = "0.0.1"\n')

    def late() -> None:
        programs.worker(PYTHONPATH=str(without))

    done = task.run(programs.address, 20, late)
    assert require_one_outcome_each(done, task.archive) == {Verdict.CAPTIONED: 300}
    assert len({each.worker for each in done}) == 1


def test_a_worker_whose_disk_is_full_leaves_its_chunks_to_others(
    programs: Programs, toy_model: Path, archive: Callable[..., Path]
) -> None:
    programs.scheduler()
    programs.worker()
    full = programs.worker()
    limit = 40 << 10  # less than a journal has
    resource.prlimit(full.pid, resource.RLIMIT_FSIZE, (limit, limit))
    task = Job(archive(300), toy_model)
    done = task.run(programs.address)
    assert require_one_outcome_each(done, task.archive) == {Verdict.CAPTIONED: 300}
    assert any("gets no more pictures" in line for line in task.said)
    task.undo()


def test_where_no_worker_can_write_the_job_ends_and_says_why(
    programs: Programs, toy_model: Path, archive: Callable[..., Path]
) -> None:
    programs.scheduler()
    full = programs.worker()
    resource.prlimit(full.pid, resource.RLIMIT_FSIZE, (1000, 1000))
    task = Job(archive(30), toy_model)
    with pytest.raises(ClusterError, match="no worker can go on"):
        task.run(programs.address)
    assert contents(task.archive) == task.before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes a folder that nobody may change")
def test_a_folder_that_takes_no_files_fails_alone(
    programs: Programs, toy_model: Path, archive: Callable[..., Path]
) -> None:
    pictures = archive(100)
    if subprocess.run(["chattr", "+i", pictures / "box 1"], check=False).returncode:
        pytest.skip("this file system has no such attribute")
    try:
        programs.scheduler()
        programs.worker()
        task = Job(pictures, toy_model)
        done = task.run(programs.address)
    finally:
        subprocess.run(["chattr", "-i", pictures / "box 1"], check=True)
    verdicts = require_one_outcome_each(done, pictures)
    assert verdicts == {Verdict.CAPTIONED: 50, Verdict.FAILED: 50}
    assert {e.outcome.image.parent.name for e in done if e.outcome.error} == {"box 1"}
    task.undo()


def test_a_folder_that_vanishes_fails_alone(
    programs: Programs, toy_model: Path, archive: Callable[..., Path], tmp_path: Path
) -> None:
    programs.scheduler()
    worker = programs.worker()
    task = Job(archive(400), toy_model)
    pictures = set(task.archive.rglob("*.png"))
    gone: list[Path] = []

    def vanish() -> None:
        worker.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, worker.pid, os.WSTOPPED | os.WNOWAIT)
        untouched = (box for box in sorted(task.archive.glob("box *")) if not has_ours(box))
        gone.append(next(untouched))
        gone[0].rename(tmp_path / "elsewhere")
        worker.send_signal(signal.SIGCONT)

    done = task.run(programs.address, 20, vanish)
    assert Counter(each.outcome.image for each in done) == Counter(pictures)
    failed = [each.outcome for each in done if each.outcome.verdict is Verdict.FAILED]
    assert Counter(outcome.image.parent for outcome in failed) == {gone[0]: 50}
    assert all(outcome.reason for outcome in failed)
    (tmp_path / "elsewhere").rename(gone[0])
    task.undo()


def has_ours(folder: Path) -> bool:
    """Return whether anything was written in a folder, or was about to be."""
    return any("lorgnette" in path.name or path.suffix == ".xmp" for path in folder.iterdir())


def test_where_the_jobs_own_folder_vanishes_the_job_ends_and_says_why(
    programs: Programs, toy_model: Path, archive: Callable[..., Path], tmp_path: Path
) -> None:
    programs.scheduler()
    worker = programs.worker()
    task = Job(archive(400), toy_model)

    def vanish() -> None:
        assert task.folder is not None
        task.folder.path.rename(tmp_path / "elsewhere")

    with pytest.raises(ClusterError, match="no worker can go on"):
        task.run(programs.address, 20, vanish)
    worker.terminate()
    worker.wait()
    (tmp_path / "elsewhere").rename(task.folder.path if task.folder else "")
    task.undo()


def test_a_job_that_was_asked_to_stop_ends_with_the_pictures_in_work_and_goes_on_later(
    programs: Programs, toy_model: Path, archive: Callable[..., Path]
) -> None:
    programs.scheduler()
    programs.worker()
    task = Job(archive(600), toy_model, size=256)
    done = task.run(programs.address, 1, functools.partial(setattr, task, "stop", True))
    assert 0 < len(done) < 600
    assert {each.outcome.image for each in done} == {
        path.with_suffix("") for path in task.archive.rglob("*.xmp")
    }
    rest = Job(task.archive, toy_model)
    again = rest.run(programs.address)
    assert Counter(each.outcome.verdict for each in again) == {
        Verdict.SKIPPED: len(done),
        Verdict.CAPTIONED: 600 - len(done),
    }
    rest.undo()
    task.undo()


def test_the_scheduler_keeps_nothing_of_chunks_that_are_done(
    programs: Programs,
    toy_model: Path,
    archive: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(job, "_FORGOTTEN", 10)
    programs.scheduler()
    programs.worker()
    task = Job(archive(200), toy_model, writes=False, size=1)
    done = task.run(programs.address)
    assert len(done) == 200
    with job.connected(programs.address) as connection, connection.connect() as client:
        submitted = client.run_on_scheduler(submissions)
        keys = client.run_on_scheduler(keys_kept)
    assert 0 < submitted < 40
    assert 0 < keys < 40


class Ready:
    """A listing that has read all folders before it is asked."""

    def __init__(self, chunks: list[Chunk]) -> None:
        self._chunks = chunks
        self.ended = False

    def take(self, _seconds: float | None = None) -> Chunk | None:
        self.ended = not self._chunks
        return None if self.ended else self._chunks.pop()

    def close(self) -> None:
        """End."""


def test_many_chunks_are_given_out_by_one_message(
    programs: Programs,
    toy_model: Path,
    archive: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A scheduler that takes them one by one does not read on for half a minute, and is lost."""
    pictures = archive(60)
    names = [path.name for path in (pictures / "box 0").iterdir()]
    chunks = [Chunk((Part(str(pictures / "box 0"), (name,)),)) for name in names]
    monkeypatch.setattr(job, "Listing", lambda *_: Ready(chunks))
    programs.scheduler()
    programs.worker("--nthreads", 32)
    done = Job(pictures, toy_model, writes=False).run(programs.address)
    assert len(done) == 50
    with job.connected(programs.address) as connection, connection.connect() as client:
        assert client.run_on_scheduler(submissions) == 1


def keys_kept() -> int:
    return key_split.cache_info().currsize


def submissions(dask_scheduler: Scheduler) -> int:
    spans = dask_scheduler.extensions["spans"].spans.values()
    return sum(len(span.metadata["collections"]) for span in spans if span.metadata)


@pytest.mark.skipif(sys.platform != "linux", reason="Dask asks it of glibc alone")
def test_a_worker_keeps_the_memory_of_one_picture_for_the_next(
    programs: Programs, toy_model: Path, archive: Callable[..., Path]
) -> None:
    programs.scheduler()
    programs.worker("--nanny")
    with Client(programs.address) as client:
        client.wait_for_workers(1)
        (before,) = client.run(pages_asked_for).values()
        Job(archive(1), toy_model).run(programs.address)
        (after,) = client.run(pages_asked_for).values()
    assert before > 100 * 256 > 10 * after
