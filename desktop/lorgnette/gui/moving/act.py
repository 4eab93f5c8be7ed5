"""Moving: an animation is played when a person asks, and what was looked at is stepped through."""

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QPixmap

from lorgnette.gui.batch.open_batch import OpenBatch
from lorgnette.gui.batch.picture import Moment
from lorgnette.gui.captioning.models import Models
from lorgnette.gui.moving.jobs import Frames, Kind, decode
from lorgnette.gui.moving.listing import Listing
from lorgnette.gui.moving.strip import Strip
from lorgnette.gui.moving.words import kind_words, length, moment_words
from lorgnette.gui.parts.actions import Entry, Group, Menu
from lorgnette.gui.parts.one_job import OneJob
from lorgnette.gui.reviewing.panel import ReviewPanel
from lorgnette.gui.saying.translation import tr

_READ_MILLISECONDS = 150  # on one picture before its frames are decoded


class Moving(QObject):
    """Plays the current animation once each time it is asked to, and never by itself.

    Signals:
        changed: what can be done with the current picture is another.
    """

    changed = Signal()

    def __init__(self, batch: OpenBatch, panel: ReviewPanel, models: Models) -> None:
        super().__init__(batch.window)
        self._listing = Listing(batch, panel, models)
        self._batch = batch
        self._panel = panel
        self.strip = Strip(panel.subject)
        panel.subject.add_below(self.strip)
        self.strip.stand_between(batch.view, panel.field)
        panel.order_tabs()
        self._path: Path | None = None  # of the picture that is shown
        self._found: Frames | None = None
        self._place = -1  # of the frame that plays; -1: it rests
        self._moment = -1  # that was stepped to; -1: none
        self._reading: Path | None = None  # what the last job decoded
        self._job = OneJob("lorgnette animation", self)
        self._job.done.connect(self._go_on)
        self._job.broke.connect(batch.teller.tell_broken)
        self._soon = QTimer(self, interval=_READ_MILLISECONDS, singleShot=True)
        self._soon.timeout.connect(self._read)
        self._tick = QTimer(self, singleShot=True)
        self._tick.timeout.connect(self._show_next)
        self.strip.play_wanted.connect(self.play_or_stop)
        self.strip.step_wanted.connect(self.step)
        batch.model.changed.connect(lambda _pictures: self._offer())
        batch.window.installEventFilter(self)

    def groups(self) -> list[Group]:
        """Return what it brings into the menus."""
        return [
            Group(
                Menu.PICTURE,
                [
                    Entry("play", lambda: tr("&Stop") if self.playing else tr("&Play"),
                          self.play_or_stop, ("F4",), usable=self._plays,
                          name_in_lists=tr("Play or stop an animation")),
                    Entry("next_frame", tr("&Next frame that was looked at"),
                          lambda: self.step(1), ("F3",), usable=self._steps),
                    Entry("previous_frame", tr("P&revious frame that was looked at"),
                          lambda: self.step(-1), ("Shift+F3",), usable=self._steps),
                    Entry("list_scenes", tr("&List what is seen when"),
                          self._listing.list_scenes, ("Shift+F4",), usable=self._moves),
                ],
                tr("What mo&ves"),
            )
        ]  # fmt: skip

    @property
    def playing(self) -> bool:
        """Whether it plays now."""
        return self._place >= 0

    def look(self) -> None:
        """Find out whether the current picture moves."""
        picture = self._panel.picture
        path = None if picture is None else picture.path
        if path == self._path:
            return
        self._rest()
        self._path, self._found = path, None
        self._offer()
        if path is not None:
            self._soon.start()

    def close(self) -> None:
        """Stop and wait for the thread."""
        self._rest()
        self._soon.stop()
        self._listing.close()
        self._job.close()

    def play_or_stop(self) -> None:
        """Play the animation once from its beginning, or stop it."""
        if self.playing:
            self._rest()
            self._batch.announcer.say(tr("Stopped."))
        elif self._found is not None and self._plays():
            self._rest()
            self._show_next()
            self.strip.show_playing(playing=True)
            self._batch.announcer.say(
                tr("Plays: {length}.").format(length=length(self._found.seconds))
            )
            self.changed.emit()

    def step(self, by: int) -> None:
        """Show another of the frames that were looked at, and say what it shows."""
        moments = self._moments()
        if not moments:
            return
        before = self._moment
        self._rest()
        first = 0 if by > 0 else len(moments) - 1
        self._moment = (before + by) % len(moments) if before >= 0 else first
        moment = moments[self._moment]
        words = moment_words(moment, self._moment, len(moments))
        self.strip.show_frame(words)
        self._show_at(moment.seconds)
        self._batch.announcer.say(words)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stop where nobody can see it."""
        if event.type() in {QEvent.Type.Hide, QEvent.Type.WindowStateChange} and self.playing:
            self._rest()
        return super().eventFilter(watched, event)

    def _plays(self) -> bool:
        return self._found is not None and self._found.kind is Kind.ANIMATION

    def _moves(self) -> bool:
        return self._found is not None and self._found.kind is not Kind.NOTHING

    def _steps(self) -> bool:
        return bool(self._moments())

    def _moments(self) -> tuple[Moment, ...]:
        picture = self._panel.picture
        suggestion = picture.suggestion if picture is not None else None
        return suggestion.moments if suggestion is not None else ()

    def _offer(self) -> None:
        found = self._found
        told = "" if found is None else kind_words(found)
        self.strip.offer(told, plays=self._plays(), steps=self._steps())
        if self._moment >= len(self._moments()):
            self._rest()
        self.changed.emit()

    def _show_next(self) -> None:
        found = self._found
        self._place += 1
        if found is None or self._place >= len(found.frames):
            self._rest()
            return
        frame = found.frames[self._place]
        self._panel.preview.show_frame(QPixmap.fromImage(frame.image))
        self._tick.start(frame.milliseconds)

    def _show_at(self, seconds: float) -> None:
        frames = self._found.frames if self._found is not None else ()
        shown = [frame for frame in frames if frame.seconds <= seconds + 1e-3]
        if shown:
            self._panel.preview.show_frame(QPixmap.fromImage(shown[-1].image))

    def _rest(self) -> None:
        """Stop, and show the picture again."""
        played = self.playing
        self._tick.stop()
        self._place = self._moment = -1
        self.strip.show_playing(playing=False)
        self.strip.show_frame("")
        self._panel.preview.show_frame(QPixmap())
        if played:
            self.changed.emit()

    def _read(self) -> None:
        if self._job.running or self._path is None:  # asked again when it ends
            return
        self._reading = self._path
        self._job.run(decode(self._path), self._take)

    def _take(self, found: list[Frames]) -> None:
        if found[-1].path == self._path:
            self._found = found[-1]
            if self._moment >= 0:  # stepped to before it could be shown
                self._show_at(self._moments()[self._moment].seconds)
            self._offer()

    def _go_on(self) -> None:
        if self._path is not None and self._reading != self._path:
            self._soon.start()
