"""Adding: what is dropped, pasted, chosen or left from last time becomes rows of the batch."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from lorgnette.gui.adding import intake, jobs
from lorgnette.gui.batch.drafts import Drafts
from lorgnette.gui.batch.model import BatchModel
from lorgnette.gui.batch.picture import Picture
from lorgnette.gui.batch.view import BatchView
from lorgnette.gui.parts.job_thread import JobThread
from lorgnette.gui.saying.announcer import Announcer
from lorgnette.gui.saying.teller import Teller
from lorgnette.gui.saying.translation import number, tr, trn
from lorgnette.settings import Settings

_JOIN_SECONDS = 30.0


class Adding(QObject):
    """Finds pictures in the background, one search after another, and adds them.

    Signals:
        added: pictures that a search found and that are new; those of last time are not among them.
        restored: the batch of last time is back.
        broken: the exception that ended a search before its end.
    """

    added = Signal(list)
    restored = Signal()
    broken = Signal(object)

    def __init__(
        self,
        batch: BatchModel,
        view: BatchView,
        *,
        drafts: Drafts,
        announcer: Announcer,
        teller: Teller,
        settings: Callable[[], Settings],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._window = parent
        self._batch = batch
        self._view = view
        self._drafts = drafts
        self._announcer = announcer
        self._teller = teller
        self._settings = settings
        self._finding: JobThread | None = None
        self._restoring: JobThread | None = None
        self._to_find: deque[tuple[Path, ...]] = deque()
        self._found = 0
        self._folder_name = ""

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
            self._teller.tell(taken.refusal, icon="warning")
        else:
            self.add(taken.found)

    def paste(self) -> None:
        """Add what the clipboard holds."""
        self.take(QGuiApplication.clipboard().mimeData())

    def choose_pictures(self) -> None:
        """Ask for files and add them."""
        from lorgnette.captioning.images import SUFFIXES  # Pillow comes with it

        patterns = " ".join(f"*{suffix}" for suffix in sorted(SUFFIXES))
        files, _ = QFileDialog.getOpenFileNames(
            self._window,
            tr("Add pictures"),
            "",
            ";;".join([tr("Pictures ({patterns})").format(patterns=patterns), tr("All files (*)")]),
        )
        self.add(map(Path, files))

    def choose_folder(self) -> None:
        """Ask for a folder and add the pictures in it."""
        folder = QFileDialog.getExistingDirectory(self._window, tr("Add a folder"))
        if folder:
            self.add([Path(folder)])

    def restore(self) -> None:
        """Bring back the batch of last time, if there is one."""
        if not len(self._drafts):
            return
        job = JobThread(jobs.restore(self._drafts), "lorgnette restore", self)
        job.reported.connect(self._take_restored)
        job.ended.connect(self._restored)
        self._restoring = job
        job.start()

    def close(self) -> None:
        """Stop and wait for the threads."""
        self._to_find.clear()
        for job in (self._finding, self._restoring):
            if job is not None:
                job.blockSignals(True)
                job.wait(_JOIN_SECONDS)

    def _find_next(self) -> None:
        if self._finding is not None or not self._to_find:
            return
        wanted = self._to_find.popleft()
        self._found = 0
        if not len(self._batch):
            self._folder_name = _folder_name(wanted)
        job = JobThread(jobs.find(wanted, self._settings().language), "lorgnette find", self)
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
        first = not len(self._batch)
        new = self._batch.add(pictures)
        if first and new:
            self._view.go_to_row(0)
            self._view.setFocus()
        return new

    def _found_all(self, error: BaseException | None) -> None:
        self._finding = None
        if error is not None:
            self.broken.emit(error)
        if self._found:
            self._announcer.say(
                trn("{count} picture added.", "{count} pictures added.", self._found).format(
                    count=number(self._found)
                )
            )
        else:
            self._teller.tell(tr("There is no new picture in what was added."))
        self._find_next()

    def _restored(self, error: BaseException | None) -> None:
        self._restoring = None
        if error is None:
            self.restored.emit()
        else:
            self.broken.emit(error)


def _folder_name(found_in: Sequence[Path]) -> str:
    first = found_in[0]
    if len(found_in) == 1 and first.is_file():
        return first.name
    return first.name if first.is_dir() else first.parent.name
