"""Moving: an animation is played when a person asks, its frames and its scenes are gone through."""

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QPixmap, QTextCursor
from PySide6.QtWidgets import QFileDialog

from lorgnette.errors import LorgnetteError
from lorgnette.gui.batch.open_batch import OpenBatch
from lorgnette.gui.batch.picture import Moment
from lorgnette.gui.captioning.models import Models
from lorgnette.gui.moving.jobs import Frames, Kind, decode
from lorgnette.gui.moving.listing import Listing
from lorgnette.gui.moving.saving import save_scenes
from lorgnette.gui.moving.scenes import Scenes
from lorgnette.gui.moving.strip import Strip
from lorgnette.gui.moving.words import kind_words, length, moment_words
from lorgnette.gui.parts.actions import Entry, Group, Menu
from lorgnette.gui.parts.one_job import OneJob
from lorgnette.gui.reviewing.panel import ReviewPanel
from lorgnette.gui.saying.translation import number, tr, trn
from lorgnette.jobs import scenes
from lorgnette.jobs.scenes import SceneWords

_READ_MILLISECONDS = 150  # on one picture before its frames are decoded


class Moving(QObject):
    """Plays the current animation once each time it is asked to, and never by itself.

    Signals:
        changed: what can be done with the current picture is another.
    """

    changed = Signal()

    def __init__(self, batch: OpenBatch, panel: ReviewPanel, models: Models) -> None:
        super().__init__(batch.window)
        self._listing = Listing(batch, models)
        self._listing.listed.connect(self._show_listed)
        self._batch = batch
        self._panel = panel
        self.strip = Strip(panel.subject)
        panel.subject.add_below(self.strip)
        self.strip.stand_between(batch.view, panel.field)
        panel.order_tabs()
        self.scenes = Scenes(panel)
        self.section = panel.add_section("scenes", tr("Scenes"), self.scenes, self.scenes.stops())
        self.scenes.scene_chosen.connect(self._show_scene)
        self.scenes.line_wanted.connect(self._mend)
        self.scenes.list_wanted.connect(self.list_scenes)
        self.scenes.save_wanted.connect(self.ask_save)
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
                          self.list_scenes, ("Shift+F4",), usable=self._moves),
                    Entry("go_to_scenes", tr("&Go to the scenes"), self.go_to_scenes, ("Ctrl+F3",),
                          usable=self._moves),
                    Entry("save_scenes", tr("&Save the scenes…"), self.ask_save,
                          usable=lambda: bool(self._scenes())),
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

    def list_scenes(self) -> None:
        """Let the model look for the scenes of the current picture."""
        if self._panel.picture is not None:
            self._listing.list_scenes(self._panel.picture.path)

    def go_to_scenes(self) -> None:
        """Open the section of the scenes, and put the focus into it."""
        self.section.open()
        where = self.scenes.rows if self._scenes() else self.scenes.list
        where.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def ask_save(self) -> None:
        """Ask for a file, and put the scenes of the current picture into it."""
        picture = self._panel.picture
        if picture is None:
            return
        kinds = {
            tr("WebVTT, for players (*.vtt)"): ".vtt",
            tr("Text (*.txt)"): ".scenes.txt",
        }
        file, kind = QFileDialog.getSaveFileName(
            self._batch.window,
            tr("Save the scenes"),
            str(picture.path.with_suffix(".vtt")),
            ";;".join(kinds),
        )
        if file:
            path = Path(file)
            self.save_scenes(path if path.suffix else path.with_suffix(kinds[kind]))

    def save_scenes(self, path: Path) -> None:
        """Put the scenes of the current picture into a file; its ending says in which form."""
        picture = self._panel.picture
        if picture is None:
            return
        try:
            save_scenes(picture, path)
        except LorgnetteError as error:
            self._batch.teller.tell_broken(error)
            return
        count = len(self._scenes())
        told = trn("{count} scene saved in {path}.", "{count} scenes saved in {path}.", count)
        self._batch.teller.tell(told.format(count=number(count), path=path))

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

    def _scenes(self) -> tuple[SceneWords, ...]:
        picture = self._panel.picture
        return () if picture is None else tuple(scenes.parsed(picture.alt.extended_description))

    def _show_listed(self, path: Path) -> None:
        """Show the scenes that were listed, if a person still looks at that picture."""
        self._offer()
        if self._panel.picture is not None and self._panel.picture.path == path:
            self.go_to_scenes()

    def _show_scene(self, scene: SceneWords) -> None:
        """Show a frame of the scene; none where it shows none that was looked at."""
        self._rest()
        frames = self._found.frames if self._found is not None else ()
        within = [each for each in frames if scene.start <= each.seconds < scene.end]
        if within:
            middle = (scene.start + scene.end) / 2
            shown = min(within, key=lambda each: abs(each.seconds - middle))
            self._panel.preview.show_frame(QPixmap.fromImage(shown.image))

    def _mend(self, scene: SceneWords) -> None:
        """Go to the line of the scene, where its words are mended."""
        self._panel.open_extended()
        field = self._panel.extended
        at = field.document().find(scenes.lines([scene]))
        if not at.isNull():
            at.movePosition(QTextCursor.MoveOperation.EndOfBlock)
            field.setTextCursor(at)

    def _offer(self) -> None:
        found = self._found
        told = "" if found is None else kind_words(found)
        self.strip.offer(told, plays=self._plays(), steps=self._steps())
        self.scenes.show_scenes(self._scenes())
        self.section.setVisible(self._moves() or bool(self._scenes()))
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
