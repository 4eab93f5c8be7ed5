"""Writing from the window's side: the plan, the batch, and its undo, each a job of its own."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from lorgnette.alttext.alt_text import AltText, Destination
from lorgnette.alttext.sidecar import SidecarNaming
from lorgnette.gui.batch.history import WriteBatch
from lorgnette.gui.batch.picture import Picture
from lorgnette.gui.parts.job_thread import JobThread
from lorgnette.gui.saying.translation import number, trn
from lorgnette.gui.writing import jobs

_JOIN_SECONDS = 60.0  # one file, on a slow share


@dataclass(slots=True)
class Written:
    """What became of a batch of writes, or of undoing one."""

    written: int = 0  # pictures whose files were changed
    kept: int = 0
    unchanged: int = 0
    failed: int = 0
    troubles: list[str] = field(default_factory=list)  # a sentence each
    on_disk: list[tuple[Path, AltText | None, str]] = field(default_factory=list)
    command: WriteBatch | None = None  # for the history; None: nothing was written

    def sentence(self) -> str:
        """Return how the batch went."""
        return " ".join(
            [
                trn("{count} picture written.", "{count} pictures written.", self.written).format(
                    count=number(self.written)
                ),
                *_counted(
                    self.kept,
                    trn("{count} keeps the text that it has.",
                        "{count} keep the text that they have.", self.kept),
                ),
                *_counted(
                    self.unchanged,
                    trn("{count} had this text already.", "{count} had this text already.",
                        self.unchanged),
                ),
                *_counted(
                    self.failed,
                    trn("{count} could not be written:", "{count} could not be written, such as:",
                        self.failed),
                ),
                *self.troubles[:3],
            ]
        )  # fmt: skip

    def undone_sentence(self) -> str:
        """Return how undoing the batch went."""
        return " ".join(
            [
                trn(
                    "{count} file is as it was before.",
                    "{count} files are as they were before.",
                    self.written,
                ).format(count=number(self.written)),
                *self.troubles[:3],
            ]
        )


class WritingRun(QObject):
    """Plans and writes batches of alt text; one at a time.

    Signals:
        planned: a WritePlan, the answer to the last `plan`.
        began: a batch is written (False) or undone (True).
        progressed: done and total.
        written, undone: the `Written` of a batch that ended.
        broken: the exception that ended a job before its end.
    """

    planned = Signal(object)
    began = Signal(bool)
    progressed = Signal(int, int)
    written = Signal(object)
    undone = Signal(object)
    broken = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._planning: JobThread | None = None
        self._job: JobThread | None = None

    @property
    def running(self) -> bool:
        """Whether files are being written or restored."""
        return self._job is not None

    def plan(
        self,
        pictures: Sequence[Picture],
        destination: Destination,
        *,
        naming: SidecarNaming,
        replace: bool,
        mirror: bool,
    ) -> None:
        """Find out what writing would do; a plan that is being made is given up."""
        if self._planning is not None:
            self._planning.blockSignals(True)
            self._planning.cancel()
        plan = jobs.plan(pictures, destination, naming=naming, replace=replace, mirror=mirror)
        job = JobThread(plan, "lorgnette plan", self)
        job.reported.connect(lambda plans: self.planned.emit(plans[-1]))
        job.ended.connect(self._planned)
        self._planning = job
        job.start()

    def write(
        self,
        pictures: Sequence[Picture],
        destination: Destination,
        *,
        naming: SidecarNaming,
        replace: bool,
        mirror: bool,
    ) -> None:
        """Write the pictures' words, as one batch of the journal."""
        texts = [(picture.path, picture.alt) for picture in pictures]
        job = partial(jobs.write, texts, destination, naming=naming, replace=replace, mirror=mirror)
        self._write(job, len(texts), [])

    def _write(
        self,
        job: Callable[[], Generator[jobs.WroteOne | jobs.BatchNumber]],
        total: int,
        batches: list[int],
    ) -> None:
        """Run a job that writes.

        Args:
            job: makes it, the first time and each time that it is redone.
            batches: the numbers of its batches so far; the last one is what is undone next.
        """
        redone = bool(batches)
        result = Written()

        def take(found: list[jobs.WroteOne | jobs.BatchNumber]) -> None:
            for one in found:
                if isinstance(one, jobs.BatchNumber):
                    batches.append(one.number)
                else:
                    _count(result, one)
            self.progressed.emit(len(result.on_disk) + len(result.troubles), total)

        def end() -> None:
            if batches and not redone:
                result.command = WriteBatch(
                    trn("writing of {count} picture", "writing of {count} pictures",
                        result.written).format(count=number(result.written)),
                    undo=lambda: self.undo(batches[-1]),
                    redo=lambda: self._write(job, total, batches),
                )  # fmt: skip
            self.written.emit(result)

        self._run(JobThread(job(), "lorgnette write", self), take, end, undoing=False)

    def undo(self, batch: int) -> None:
        """Give the files of a batch their old bytes back."""
        result = Written()

        def take(found: list[jobs.UndidOne]) -> None:
            for one in found:
                result.written += one.restored
                if one.trouble:
                    result.troubles.append(one.trouble)
                result.on_disk.append((one.image, one.alt, one.kept_in))
            self.progressed.emit(len(result.on_disk), len(result.on_disk))

        job = JobThread(jobs.undo(batch), "lorgnette undo", self)
        self._run(job, take, lambda: self.undone.emit(result), undoing=True)

    def cancel(self) -> None:
        """Stop after the current file; what is written stays, and can be undone."""
        if self._job is not None:
            self._job.cancel()

    def close(self) -> bool:
        """Stop and wait for the threads; tell whether they have ended."""
        running = [job for job in (self._job, self._planning) if job is not None]
        for job in running:
            job.blockSignals(True)
        ended = [job.wait(_JOIN_SECONDS) for job in running]
        return all(ended)

    def _run(
        self,
        job: JobThread,
        take: Callable[[list], None],  # type: ignore[type-arg]
        end: Callable[[], None],
        *,
        undoing: bool,
    ) -> None:
        def ended(error: BaseException | None) -> None:
            self._job = None
            end()
            if error is not None:
                self.broken.emit(error)

        job.reported.connect(take)
        job.ended.connect(ended)
        self._job = job
        job.start()
        self.began.emit(undoing)

    def _planned(self, error: BaseException | None) -> None:
        self._planning = None
        if error is not None:
            self.broken.emit(error)


def _count(result: Written, one: jobs.WroteOne) -> None:
    if one.trouble:
        result.troubles.append(one.trouble)
    if one.alt is None:
        result.failed += 1
        return
    result.on_disk.append((one.image, one.alt, one.kept_in))
    result.written += one.changed
    result.kept += one.kept
    result.unchanged += not one.changed and not one.kept


def _counted(count: int, sentence: str) -> list[str]:
    return [sentence.format(count=number(count))] if count else []
