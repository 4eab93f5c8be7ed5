"""Watching: what other programs do to the files of the batch is noticed, and said."""

from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from lorgnette.files import is_folder
from lorgnette.gui.adding import jobs
from lorgnette.gui.batch.on_disk import Stamp
from lorgnette.gui.batch.open_batch import OpenBatch
from lorgnette.gui.batch.picture import Picture
from lorgnette.gui.parts.one_job import OneJob
from lorgnette.gui.saying.translation import number, tr, trn

_SETTLE_MILLISECONDS = 500  # after the last change before files are looked at
_MOST_FOLDERS = 500  # that are watched; the others are looked at when the window is come back to


class Watching(QObject):
    """Looks at files again: at the start, when their folder changes, and on coming back.

    Signals:
        bytes_changed: paths of pictures that look otherwise now.
    """

    bytes_changed = Signal(list)

    def __init__(self, batch: OpenBatch, is_writing: Callable[[], bool]) -> None:
        """Begin to watch.

        Args:
            is_writing: tells whether the window itself is writing files.
        """
        super().__init__(batch.window)
        self._batch = batch
        self._is_writing = is_writing
        self._stamps: dict[Path, Stamp] = {}
        self._dirty: set[Path] | None = set()  # folders; None: all of them
        self._job = OneJob("lorgnette look", self)
        self._job.broke.connect(batch.teller.tell_broken)
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(self._folder_changed)
        self._soon = QTimer(self, interval=_SETTLE_MILLISECONDS, singleShot=True)
        self._soon.timeout.connect(self._look)
        self._follow_soon = QTimer(self, interval=_SETTLE_MILLISECONDS, singleShot=True)
        self._follow_soon.timeout.connect(self._follow)
        batch.model.rowsInserted.connect(self._follow_soon.start)
        batch.model.rowsRemoved.connect(self._follow_soon.start)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.applicationStateChanged.connect(self._state_changed)

    def know(self, seen: Iterable[jobs.Seen]) -> None:
        """Take these pictures as looked at."""
        self._stamps.update((one.picture.path, one.stamp) for one in seen)

    def look_at_all(self) -> None:
        """Look at every file now, as after a start."""
        self._dirty = None
        self._look()

    def read_again(self) -> None:
        """Read every file anew, whether it was changed or not."""
        self._stamps.clear()
        self.look_at_all()
        self._batch.announcer.say(tr("All files are read again."))

    def close(self) -> None:
        """Stop and wait for the thread."""
        for timer in (self._soon, self._follow_soon):
            timer.stop()
        self._job.close()

    def _follow(self) -> None:
        """Watch the folders that have pictures, and no others."""
        wanted = {str(folder) for folder in list(self._batch.model.folders())[:_MOST_FOLDERS]}
        watched = set(self._watcher.directories())
        if gone := watched - wanted:
            self._watcher.removePaths(list(gone))
        if new := [folder for folder in wanted - watched if is_folder(Path(folder))]:
            self._watcher.addPaths(new)
            if self._dirty is not None:  # what happened before they were watched
                self._dirty.update(map(Path, new))
            self._soon.start()

    def _folder_changed(self, folder: str) -> None:
        if self._dirty is not None:
            self._dirty.add(Path(folder))
        self._soon.start()

    def _state_changed(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationActive and self._batch.any():
            self._dirty = None
            self._soon.start()

    def _look(self) -> None:
        if self._job.running or self._is_writing():
            self._soon.start()  # later
            return
        dirty, self._dirty = self._dirty, set()
        pictures = [
            picture
            for picture in self._batch.model.pictures()
            if dirty is None or picture.path.parent in dirty
        ]
        if not pictures:
            return
        language = self._batch.settings.now.language
        self._job.run(jobs.look_again(pictures, language, dict(self._stamps)), self._take)

    def _take(self, found: list[jobs.Seen]) -> None:
        model = self._batch.model
        now: list[Picture] = []
        other_bytes: list[Path] = []
        sentences: list[str] = []
        gone = changed = 0
        for seen in found:
            if seen.moved_from is not None:
                model.move(seen.moved_from, seen.picture.path)
                sentences.append(
                    tr("{name} is now called {new_name}.").format(
                        name=seen.moved_from.name, new_name=seen.picture.path.name
                    )
                )
            path = seen.picture.path
            picture = model.picture(path)
            before = self._stamps.get(path)
            self._stamps[path] = seen.stamp
            if picture is None:
                continue
            after = picture.seen_again(seen.picture)
            now.append(after)
            if before is None:
                continue  # looked at for the first time: nothing happened to it meanwhile
            gone += after.gone and not picture.gone
            changed += after.conflicts != picture.conflicts
            if before[0] != seen.stamp[0] and seen.stamp[0] is not None:
                other_bytes.append(path)
        model.put(now)
        if other_bytes:
            self._batch.thumbnails.forget(other_bytes)
            self._batch.view.viewport().update()
            self.bytes_changed.emit(other_bytes)
        if gone:
            sentences.append(
                trn("The file of {count} picture is gone.",
                    "The files of {count} pictures are gone.", gone).format(count=number(gone))
            )  # fmt: skip
        if changed:
            sentences.append(
                trn("Another program wrote other text for {count} picture.",
                    "Another program wrote other text for {count} pictures.",
                    changed).format(count=number(changed))
            )  # fmt: skip
        if sentences:
            self._batch.announcer.report(" ".join(sentences))
