"""Captioning: a person asks for it, rests it, ends it; what the model says goes into the batch."""

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from lorgnette.alttext.alt_text import Origin
from lorgnette.gui.batch.model import BatchModel
from lorgnette.gui.batch.picture import Picture, State, Suggestion
from lorgnette.gui.batch.view import BatchView
from lorgnette.gui.captioning.failures import FailuresDialog
from lorgnette.gui.captioning.run import CaptioningRun, Tally
from lorgnette.gui.parts.progress import Progress
from lorgnette.gui.saying.announcer import Announcer
from lorgnette.gui.saying.teller import Teller
from lorgnette.gui.saying.translation import number, tr, trn
from lorgnette.settings import Settings


class Captioning(QObject):
    """Joins the batch and the run that captions it.

    Signals:
        changed: a run began, rests, goes on or ended.
        picture_wanted: the path of a picture that the person wants to see in the list.
    """

    changed = Signal()
    picture_wanted = Signal(object)

    def __init__(
        self,
        run: CaptioningRun,
        batch: BatchModel,
        view: BatchView,
        *,
        progress: Progress,
        announcer: Announcer,
        teller: Teller,
        settings: Callable[[], Settings],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._window = parent
        self._run = run
        self._batch = batch
        self._view = view
        self._progress = progress
        self._announcer = announcer
        self._teller = teller
        self._settings = settings
        self._milestone = 0
        self._failures: FailuresDialog | None = None
        self.measured_ms: float | None = None  # that the last picture took
        run.began.connect(self._began)
        run.suggested.connect(self._suggested)
        run.progressed.connect(self._progressed)
        run.finished.connect(self._finished)
        progress.pause_wanted.connect(self.pause_or_resume)

    def caption(self, pictures: Iterable[Path]) -> None:
        """Caption these pictures, after those that wait already."""
        paths = list(pictures)
        if paths:
            self._run.add(paths, self._settings())

    def caption_missing(self) -> None:
        """Caption what has neither words nor a decision."""
        self._caption_or_tell(
            [p for p in self._batch.pictures() if p.state in {State.MISSING, State.FAILED}],
            tr("No picture is missing its text."),
        )

    def caption_selected(self) -> None:
        """Caption the selected pictures; a person's words stay, the model's are made anew."""
        self._caption_or_tell(self._view.selected(), tr("No picture is selected."))

    def caption_all(self) -> None:
        """Caption every picture; a person's words stay, the model's are made anew."""
        self._caption_or_tell(self._batch.pictures(), tr("The batch is empty."))

    def caption_added(self, pictures: Iterable[Picture]) -> None:
        """Caption those of new pictures that have no words, if the settings want it."""
        if self._settings().caption_on_add:
            self.caption(p.path for p in pictures if p.state is State.MISSING)

    def _caption_or_tell(self, pictures: Sequence[Picture], why_not: str) -> None:
        if pictures:
            self.caption(picture.path for picture in pictures)
        else:
            self._announcer.say(why_not)

    def pause_or_resume(self) -> None:
        """Let captioning rest, or go on."""
        if not self._run.running:
            return
        if self._run.paused:
            self._run.resume()
            self._announcer.say(tr("Captioning goes on."))
        else:
            self._run.pause()
            self._announcer.say(tr("Captioning is paused."))
        self._progress.set_paused(paused=self._run.paused)
        self.changed.emit()

    def show_failures(self) -> None:
        """List what failed, with the reason and a way to try again."""
        if self._failures is None:
            self._failures = FailuresDialog(self._window)
            self._failures.retry_wanted.connect(self.caption)
            self._failures.shown.connect(self.picture_wanted)
        self._failures.show_failures([p for p in self._batch.pictures() if p.state is State.FAILED])
        self._failures.show()
        self._failures.raise_()
        self._failures.activateWindow()

    def _began(self) -> None:
        self._milestone = 0
        self._progress.begin(
            tr("Captioning: {done} of {total} done."),
            paused=tr("Captioning is paused: {done} of {total} done."),
        )
        self.changed.emit()

    def _suggested(self, found: list[tuple[Path, Suggestion]]) -> None:
        now = []
        for path, suggestion in found:
            picture = self._batch.picture(path)
            if picture is None:
                continue  # taken out of the batch meanwhile
            picture = dataclasses.replace(picture, suggestion=suggestion)
            untouched = picture.alt.origin is Origin.MACHINE and not picture.alt.reviewed
            if untouched or picture.state in {State.MISSING, State.DECLINED, State.FAILED}:
                drafted = picture.drafted(self._settings().language)
                picture = dataclasses.replace(picture, alt=drafted)
            now.append(picture)
            if suggestion.seconds:
                self.measured_ms = suggestion.seconds * 1000
        self._batch.put(now)

    def _progressed(self, done: int, total: int) -> None:
        self._progress.advance(done, total)
        milestone = 10 * done // total if total else 0
        if milestone > self._milestone and done < total:
            self._milestone = milestone
            tally = self._run.tally
            self._announcer.report(
                tr("{done} of {total} captioned, {unsure} unsure.").format(
                    done=number(done), total=number(total), unsure=number(tally.unsure)
                )
            )

    def _finished(self, tally: Tally) -> None:
        self._progress.setVisible(False)
        offers: list[tuple[str, Callable[[], None]]] = []
        if tally.failed:
            offers.append((tr("Show the failures"), self.show_failures))
        if tally.left:
            offers.append((tr("Caption the missing"), self.caption_missing))
        icon = "warning" if tally.failed else "information"
        self._teller.tell(summary(tally), offers, icon=icon)
        self.changed.emit()


def summary(tally: Tally) -> str:
    """Return how a run went, in sentences, each with its number."""
    sentences = [
        trn("{count} picture captioned.", "{count} pictures captioned.", tally.drafts).format(
            count=number(tally.drafts)
        )
    ]
    for count, sentence in (
        (tally.unsure, trn("{count} of them is unsure.", "{count} of them are unsure.",
                           tally.unsure)),
        (tally.declined, trn("{count} was declined.", "{count} were declined.", tally.declined)),
        (tally.failed, trn("{count} failed.", "{count} failed.", tally.failed)),
        (tally.left, trn("Cancelled: {count} is not captioned.",
                         "Cancelled: {count} are not captioned.", tally.left)),
    ):  # fmt: skip
        if count:
            sentences.append(sentence.format(count=number(count)))
    return " ".join(sentences)
