"""Captioning from the window's side: a queue that one thread drains, counts, pause and cancel."""

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from lorgnette.captioning.caption import is_unsure
from lorgnette.gui.batch.picture import Suggestion
from lorgnette.gui.captioning.jobs import caption
from lorgnette.gui.captioning.models import Models, OpenedModel, open_model
from lorgnette.gui.captioning.queue import Queue
from lorgnette.gui.parts.job_thread import JobThread
from lorgnette.settings import Settings

_JOIN_SECONDS = 30.0  # one image, even a huge one on a slow machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How a run went."""

    drafts: int = 0  # unsure ones included
    unsure: int = 0
    declined: int = 0
    failed: int = 0
    left: int = 0  # not captioned, because the run was cancelled

    @property
    def done(self) -> int:
        """How many pictures had their turn."""
        return self.drafts + self.declined + self.failed

    def with_suggestion(self, suggestion: Suggestion) -> "Tally":
        """Return the tally with one more picture."""
        confidence = suggestion.confidence
        return Tally(
            drafts=self.drafts + bool(suggestion.text),
            unsure=self.unsure + bool(suggestion.text and is_unsure(confidence)),
            declined=self.declined + suggestion.declined,
            failed=self.failed + suggestion.failed,
        )


class CaptioningRun(QObject):
    """Captions pictures one after another; more can be added and taken out meanwhile.

    Signals:
        began: the first picture of a run waits.
        suggested: a list of (path, Suggestion); results are known by path, whatever the list does.
        progressed: done and total of this run.
        opened: the OpenedModel in use.
        finished: the Tally of a run that ended, cancelled or not.
        broken: the exception that ended a run before its end.
    """

    began = Signal()
    suggested = Signal(list)
    progressed = Signal(int, int)
    opened = Signal(object)
    finished = Signal(object)
    broken = Signal(object)

    def __init__(self, models: Models, note: Callable[[Path], str], parent: QObject) -> None:
        """Make a run that rests.

        Args:
            note: tells what a person noted of a picture or its folder; asked in a thread.
        """
        super().__init__(parent)
        self._note = note
        self._models = models
        self._queue = Queue()
        self._job: JobThread | None = None
        self._opening: JobThread | None = None
        self._settings = Settings()
        self._tally = Tally()
        self._pending: set[Path] = set()  # asked for, and no result yet
        self._given_up: set[Path] = set()  # taken out of the batch before their turn

    @property
    def running(self) -> bool:
        """Whether pictures are captioned now, or rest."""
        return self._job is not None

    @property
    def paused(self) -> bool:
        """Whether the run rests."""
        return self._job is not None and self._job.paused

    @property
    def tally(self) -> Tally:
        """How the run stands."""
        return self._tally

    def is_waiting(self, path: Path) -> bool:
        """Tell whether a picture was asked for and has no result yet."""
        return path in self._pending

    def prepare(self, settings: Settings) -> None:
        """Open the model in the background, so that the first picture need not wait."""
        if self._opening is None and self._job is None:
            self._opening = JobThread(open_model(self._models, settings), "lorgnette model", self)
            self._opening.reported.connect(lambda found: self._say_opened(found[-1]))
            self._opening.ended.connect(self._prepared)
            self._opening.start()

    def add(self, pictures: Iterable[Path], settings: Settings) -> None:
        """Let pictures be captioned, now or when those before them are done."""
        wanted = [path for path in pictures if path not in self._pending]
        self._pending.update(wanted)
        self._queue.add(wanted)
        self._settings = settings
        if wanted:
            self._start()
        self._tell_progress()

    def remove(self, pictures: Iterable[Path]) -> None:
        """Caption these no more; results that are on their way still come."""
        gone = set(pictures)
        self._queue.remove(gone)
        self._given_up = self._given_up | (gone & self._pending)
        self._pending -= gone
        self._tell_progress()

    def take_again(self, pictures: Iterable[Path], settings: Settings) -> None:
        """Caption those of these pictures that were taken out before their turn."""
        again = [path for path in pictures if path in self._given_up]
        self._given_up.difference_update(again)
        if again:
            self.add(again, settings)

    def pause(self) -> None:
        """Rest after the current picture."""
        if self._job is not None:
            self._job.pause()

    def resume(self) -> None:
        """Go on."""
        if self._job is not None:
            self._job.resume()

    def cancel(self) -> None:
        """Stop after the current picture; what is done is kept."""
        if self._job is not None:
            self._job.cancel()

    def close(self) -> bool:
        """Stop and wait for the threads; tell whether they have ended."""
        jobs = [job for job in (self._job, self._opening) if job is not None]
        ended = [job.wait(_JOIN_SECONDS) for job in jobs]
        return all(ended)

    def _start(self) -> None:
        if self._job is not None:
            return
        self._tally = Tally()
        self._job = JobThread(
            caption(self._queue, self._models, self._settings, self._note),
            "lorgnette captions",
            self,
        )
        self._job.reported.connect(self._take)
        self._job.ended.connect(self._ended)
        self._job.start()
        self.began.emit()

    def _take(self, found: list[tuple[Path, Suggestion]]) -> None:
        for path, suggestion in found:
            self._pending.discard(path)
            self._tally = self._tally.with_suggestion(suggestion)
        self.suggested.emit(found)
        self._tell_progress()

    def _tell_progress(self) -> None:
        if self._job is not None:
            self.progressed.emit(self._tally.done, self._tally.done + len(self._pending))

    def _ended(self, error: BaseException | None) -> None:
        cancelled = self._job is not None and self._job.cancelled
        self._job = None
        if error is not None:
            self._queue.clear()
            self._pending.clear()
            self.broken.emit(error)
            return
        if self._models.in_use is not None:
            self._say_opened(self._models.in_use)
        if not cancelled and len(self._queue):  # added after the thread had seen the last one
            self._start()
            return
        self._queue.clear()
        left, self._pending = len(self._pending), set()
        self.finished.emit(dataclasses.replace(self._tally, left=left))

    def _prepared(self, error: BaseException | None) -> None:
        self._opening = None
        if error is not None:
            self.broken.emit(error)

    def _say_opened(self, model: OpenedModel) -> None:
        self.opened.emit(model)
