"""Captioning: a person asks for it, rests it, ends it; what the model says goes into the batch."""

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from lorgnette.gui.batch.history import DRAFTING, change
from lorgnette.gui.batch.open_batch import OpenBatch
from lorgnette.gui.batch.picture import Picture, State, Suggestion
from lorgnette.gui.captioning.failures import FailuresDialog
from lorgnette.gui.captioning.run import CaptioningRun, Tally
from lorgnette.gui.parts.actions import Entry, Group, Menu
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

    def __init__(self, batch: OpenBatch, run: CaptioningRun) -> None:
        super().__init__(batch.window)
        self._batch = batch
        self.run = run
        self._milestone = 0
        self._failures: FailuresDialog | None = None
        self.measured_ms: float | None = None  # that the last picture took
        run.began.connect(self._began)
        run.suggested.connect(self._suggested)
        run.progressed.connect(self._progressed)
        run.finished.connect(self._finished)
        run.broken.connect(self._broken)
        batch.progress.pause_wanted.connect(self._pause_wanted)
        batch.progress.cancel_wanted.connect(self._cancel_wanted)
        batch.settings.changed.connect(self._settings_changed)
        batch.model.removed.connect(run.remove)

    def groups(self) -> list[Group]:
        """Return what it brings into the menus."""
        any_picture, progress = self._batch.any, self._batch.progress
        return [
            Group(
                Menu.BATCH,
                [
                    Entry("caption_missing", tr("Caption the &missing"), self.caption_missing,
                          ("F5",), "caption", any_picture),
                    Entry("caption_selected", tr("Caption the &selected"), self.caption_selected,
                          ("Shift+F5",), usable=any_picture),
                    Entry("caption_all", tr("Caption &all"), self.caption_all, ("Ctrl+F5",),
                          usable=any_picture),
                ],
            ),
            Group(
                Menu.BATCH,
                [
                    Entry("pause", tr("&Pause"), self.pause_or_resume, ("Ctrl+P",), "pause",
                          lambda: self.run.running, lambda: self.run.paused),
                    Entry("cancel", tr("&Cancel"), progress.cancel, ("Ctrl+.",),
                          "cancel", lambda: progress.busy),
                ],
            ),
            Group(
                Menu.BATCH, [Entry("failures", tr("&Failures…"), self.show_failures, ("F9",))]
            ),
        ]  # fmt: skip

    def prepare(self) -> None:
        """Load what the first picture needs, in the background."""
        self.run.prepare(self._batch.settings.now)

    def close(self) -> None:
        """Stop and wait for the threads."""
        self.run.close()

    def caption(self, pictures: Iterable[Path]) -> None:
        """Caption these pictures, after those that wait already."""
        paths = list(pictures)
        if paths:
            self.run.add(paths, self._batch.settings.now)

    def caption_missing(self) -> None:
        """Caption what has neither words nor a decision."""
        self._caption_or_tell(
            [p for p in self._batch.model.pictures() if p.state in {State.MISSING, State.FAILED}],
            tr("No picture is missing its text."),
        )

    def caption_selected(self) -> None:
        """Caption the selected pictures; a person's words stay, the model's are made anew."""
        self._caption_or_tell(self._batch.view.selected(), tr("No picture is selected."))

    def caption_all(self) -> None:
        """Caption every picture; a person's words stay, the model's are made anew."""
        self._caption_or_tell(self._batch.model.pictures(), tr("The batch is empty."))

    def caption_added(self, pictures: Iterable[Picture]) -> None:
        """Caption those of new pictures that have no words, if the settings want it."""
        if self._batch.settings.now.caption_on_add:
            self.caption(p.path for p in pictures if p.state is State.MISSING)

    def caption_again(self, pictures: Sequence[Path]) -> None:
        """Caption pictures that are back in the batch, where they had waited for it."""
        self.run.take_again(pictures, self._batch.settings.now)

    def _caption_or_tell(self, pictures: Sequence[Picture], why_not: str) -> None:
        if pictures:
            self.caption(picture.path for picture in pictures)
        else:
            self._batch.announcer.say(why_not)

    def pause_or_resume(self) -> None:
        """Let captioning rest, or go on."""
        if not self.run.running:
            return
        if self.run.paused:
            self.run.resume()
            self._batch.announcer.say(tr("Captioning goes on."))
        else:
            self.run.pause()
            self._batch.announcer.say(tr("Captioning is paused."))
        self._batch.progress.set_paused(self, paused=self.run.paused)
        self.changed.emit()

    def _pause_wanted(self, who: object) -> None:
        if who is self:
            self.pause_or_resume()

    def _cancel_wanted(self, who: object) -> None:
        if who is self:
            self.run.cancel()

    def show_failures(self) -> None:
        """List what failed, with the reason and a way to try again."""
        if self._failures is None:
            self._failures = FailuresDialog(self._batch.window)
            self._failures.retry_wanted.connect(self.caption)
            self._failures.shown.connect(self.picture_wanted)
        self._failures.show_failures(
            [p for p in self._batch.model.pictures() if p.state is State.FAILED]
        )
        self._failures.show()
        self._failures.raise_()
        self._failures.activateWindow()

    def _began(self) -> None:
        self._milestone = 0
        self._batch.progress.begin(
            self,
            tr("Captioning: {done} of {total} done."),
            paused=tr("Captioning is paused: {done} of {total} done."),
        )
        self.changed.emit()

    def _suggested(self, found: list[tuple[Path, Suggestion]]) -> None:
        now, redrafted = [], []
        for path, suggestion in found:
            picture = self._batch.model.picture(path)
            if picture is None:
                continue  # taken out of the batch meanwhile
            after = picture.with_suggestion(suggestion, self._batch.settings.now.language)
            if picture.alt.text and after.alt.text != picture.alt.text:
                redrafted.append((dataclasses.replace(after, alt=picture.alt), after.alt))
                after = redrafted[-1][0]
            now.append(after)
            if suggestion.seconds:
                self.measured_ms = suggestion.seconds * 1000
        self._batch.model.put(now)
        what = tr("drafting anew")
        change(self._batch.history, self._batch.model, redrafted, what, merge=DRAFTING)

    def _progressed(self, done: int, total: int) -> None:
        self._batch.progress.advance(self, done, total)
        milestone = 10 * done // total if total else 0
        if milestone > self._milestone and done < total:
            self._milestone = milestone
            tally = self.run.tally
            self._batch.announcer.report(
                tr("{done} of {total} captioned, {unsure} unsure.").format(
                    done=number(done), total=number(total), unsure=number(tally.unsure)
                )
            )

    def _finished(self, tally: Tally) -> None:
        self._batch.progress.end(self)
        offers: list[tuple[str, Callable[[], None]]] = []
        if tally.failed:
            offers.append((tr("Show the failures"), self.show_failures))
        if tally.left:
            offers.append((tr("Caption the missing"), self.caption_missing))
        icon = "warning" if tally.failed else "information"
        self._batch.teller.tell(summary(tally), offers, icon=icon)
        self.changed.emit()

    def _broken(self, error: BaseException) -> None:
        self._batch.progress.end(self)
        self.changed.emit()
        self._batch.teller.tell_broken(error)

    def _settings_changed(self, before: Settings, now: Settings) -> None:
        if (now.model, now.provider, now.beam_size, now.people) != (
            before.model, before.provider, before.beam_size, before.people,
        ):  # fmt: skip
            self.prepare()


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
