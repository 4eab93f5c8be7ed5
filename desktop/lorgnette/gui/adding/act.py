"""Adding: what is dropped, pasted, chosen or left from last time becomes rows of the batch."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QFileDialog

from lorgnette.files import SUFFIXES
from lorgnette.gui.adding import intake, jobs
from lorgnette.gui.batch.open_batch import OpenBatch
from lorgnette.gui.batch.picture import Picture, State
from lorgnette.gui.parts.actions import Entry, Group, Menu
from lorgnette.gui.parts.job_thread import JobThread
from lorgnette.gui.saying.translation import number, tr, trn

_JOIN_SECONDS = 30.0


class Adding(QObject):
    """Finds pictures in the background, one search after another, and adds them.

    Signals:
        added: pictures that a search found and that are new; those of last time are not among them.
        restored: the batch of last time is back.
    """

    added = Signal(list)
    restored = Signal()

    def __init__(self, batch: OpenBatch) -> None:
        super().__init__(batch.window)
        self._batch = batch
        self._finding: JobThread | None = None
        self._restoring: JobThread | None = None
        self._looking: JobThread | None = None
        self._to_find: deque[tuple[Path, ...]] = deque()
        self._found = 0
        self._folder_name = ""

    def groups(self) -> list[Group]:
        """Return what it brings into the menus."""
        return [
            Group(
                Menu.FILE,
                [
                    Entry("add_pictures", tr("Add &pictures…"), self.choose_pictures, ("Ctrl+O",),
                          "add-pictures"),
                    Entry("add_folder", tr("Add a &folder…"), self.choose_folder,
                          ("Ctrl+Shift+O",), "add-folder"),
                    Entry("paste", tr("Pa&ste pictures or files"), self.paste, ("Ctrl+V",)),
                ],
            )
        ]  # fmt: skip

    @property
    def folder_name(self) -> str:
        """What the batch may be called: the first folder, or the only file, in it."""
        return self._folder_name or tr("Pictures")

    def add(self, found_in: Iterable[Path]) -> None:
        """Add files and the pictures in folders; they appear as they are found."""
        wanted = tuple(found_in)
        if not wanted:
            return
        self._to_find.append(wanted)
        self._find_next()

    def take(self, data: QMimeData) -> None:
        """Add what a drop or a paste holds, or say why not."""
        taken = intake.take(data)
        if taken.refusal:
            self._batch.teller.tell(taken.refusal, icon="warning")
        else:
            self.add(taken.found)

    def drag_entered(self, event: QDragEnterEvent) -> None:
        """Let what could be added be dropped; a row of the list itself could not."""
        if event.source() is not self._batch.view and intake.can_hold(event.mimeData()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dropped(self, event: QDropEvent) -> None:
        """Add what was dropped on the window."""
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.take(event.mimeData())

    def paste(self) -> None:
        """Add what the clipboard holds."""
        self.take(QGuiApplication.clipboard().mimeData())

    def choose_pictures(self) -> None:
        """Ask for files and add them."""
        patterns = " ".join(f"*{suffix}" for suffix in sorted(SUFFIXES))
        files, _ = QFileDialog.getOpenFileNames(
            self._batch.window,
            tr("Add pictures"),
            "",
            ";;".join([tr("Pictures ({patterns})").format(patterns=patterns), tr("All files (*)")]),
        )
        self.add(map(Path, files))

    def choose_folder(self) -> None:
        """Ask for a folder and add the pictures in it."""
        folder = QFileDialog.getExistingDirectory(self._batch.window, tr("Add a folder"))
        if folder:
            self.add([Path(folder)])

    def restore(self) -> None:
        """Bring back the batch of last time, if there is one."""
        if not len(self._batch.drafts):
            return
        job = JobThread(jobs.restore(self._batch.drafts), "lorgnette restore", self)
        job.reported.connect(self._take_restored)
        job.ended.connect(self._restored)
        self._restoring = job
        job.start()

    def tell_restored(self, caption_missing: Callable[[], None], clear: Callable[[], None]) -> None:
        """Welcome the person back, and offer what they may want to begin with."""
        counts = self._batch.model.counts()
        drafts = counts[State.DRAFT] + counts[State.UNSURE]
        reviewed = counts[State.REVIEWED] + counts[State.DECORATIVE]
        text = tr(
            "Welcome back: your batch is as you left it. Drafts: {drafts}. Reviewed: {reviewed}."
        ).format(drafts=number(drafts), reviewed=number(reviewed))
        offers: list[tuple[str, Callable[[], None]]] = []
        if counts[State.MISSING]:
            offers.append((tr("Caption the missing"), caption_missing))
        offers.append((tr("Start with an empty batch"), clear))
        self._batch.teller.tell(text, offers)

    def close(self) -> None:
        """Stop and wait for the threads."""
        self._to_find.clear()
        for job in (self._finding, self._restoring, self._looking):
            if job is not None:
                job.blockSignals(True)
                job.wait(_JOIN_SECONDS)

    def _find_next(self) -> None:
        if self._finding is not None or not self._to_find:
            return
        wanted = self._to_find.popleft()
        self._found = 0
        if not self._batch.any():
            self._folder_name = _folder_name(wanted)
        job = JobThread(
            jobs.find(wanted, self._batch.settings.now.language), "lorgnette find", self
        )
        job.reported.connect(self._take_found)
        job.ended.connect(self._found_all)
        self._finding = job
        job.start()

    def _take_found(self, pictures: list[Picture]) -> None:
        new = self._put(pictures)
        self._found += len(new)
        self.added.emit(new)

    def _take_restored(self, pictures: list[Picture]) -> None:
        if self._put(pictures):
            self._folder_name = self._folder_name or pictures[0].path.parent.name

    def _put(self, pictures: Sequence[Picture]) -> list[Picture]:
        first = not self._batch.any()
        new = self._batch.model.add(pictures)
        if first and new:
            self._batch.view.go_to_row(0)
            self._batch.view.setFocus()
        return new

    def _found_all(self, error: BaseException | None) -> None:
        self._finding = None
        if error is not None:
            self._batch.teller.tell_broken(error)
        if self._found:
            self._batch.announcer.say(
                trn("{count} picture added.", "{count} pictures added.", self._found).format(
                    count=number(self._found)
                )
            )
        else:
            self._batch.teller.tell(tr("There is no new picture in what was added."))
        self._find_next()

    def _restored(self, error: BaseException | None) -> None:
        self._restoring = None
        if error is not None:
            self._batch.teller.tell_broken(error)
            return
        self.restored.emit()
        paths = [picture.path for picture in self._batch.model.pictures()]
        job = JobThread(
            jobs.look_again(paths, self._batch.settings.now.language), "lorgnette look", self
        )
        job.reported.connect(self._take_seen)
        self._looking = job
        job.start()

    def _take_seen(self, found: list[Picture]) -> None:
        model = self._batch.model
        model.put(
            picture.seen_again(now)
            for now in found
            if (picture := model.picture(now.path)) is not None
        )


def _folder_name(found_in: Sequence[Path]) -> str:
    first = found_in[0]
    if len(found_in) == 1 and first.is_file():
        return first.name
    return first.name if first.is_dir() else first.parent.name
