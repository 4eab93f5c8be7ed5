"""Adding: what is dropped, pasted, chosen or left from last time becomes rows of the batch."""

import shutil
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QFileDialog

from lorgnette.files import FILMS, SUFFIXES, is_folder, is_there
from lorgnette.gui.adding import intake, jobs
from lorgnette.gui.adding.watching import Watching
from lorgnette.gui.batch.open_batch import OpenBatch
from lorgnette.gui.batch.picture import Picture, State
from lorgnette.gui.parts.actions import Entry, Group, Menu
from lorgnette.gui.parts.job_thread import JobThread
from lorgnette.gui.saying.translation import number, tr, trn

_JOIN_SECONDS = 30.0
_KINDS_NAMED = 5


class Adding(QObject):
    """Finds pictures in the background, one search after another, and adds them.

    Signals:
        added: pictures that a search found and that are new; those of last time are not among them.
        restored: the batch of last time is back.
        all_wanted: the person wants to see every picture in the list.
    """

    added = Signal(list)
    restored = Signal()
    all_wanted = Signal()

    def __init__(self, batch: OpenBatch, is_writing: Callable[[], bool]) -> None:
        """Join them.

        Args:
            is_writing: tells whether the window itself is writing files.
        """
        super().__init__(batch.window)
        self._batch = batch
        self.watching = Watching(batch, is_writing)
        self._finding: JobThread | None = None
        self._restoring: JobThread | None = None
        self._to_find: deque[tuple[tuple[Path, ...], str]] = deque()
        self._found = 0
        self._hidden = 0  # of those found, by the filter
        self.last_folder = ""  # that pictures were chosen in; empty: Qt's own choice
        self._known = 0  # found, new or not
        self._left_out: list[Path] = []  # no pictures

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
                    Entry("read_again", tr("Read a&gain from disk"), self.watching.read_again,
                          ("Ctrl+Shift+F5",), usable=self._batch.any),
                    Entry("paste", tr("Pa&ste pictures or files"), self.paste, ("Ctrl+V",)),
                ],
            )
        ]  # fmt: skip

    def add(self, found_in: Iterable[Path], caption: str = "") -> None:
        """Add files and the pictures in folders; they appear as they are found.

        Args:
            caption: what the page that they come from has as alt text.
        """
        wanted = tuple(found_in)
        if not wanted:
            return
        self._to_find.append((wanted, caption))
        self._find_next()

    def add_named(self, named: Iterable[Path]) -> None:
        """Add what was named when the program was started, and say what is not there."""
        wanted = list(named)
        there = [path for path in wanted if is_there(path)]
        self.add(there)
        missing = [path for path in wanted if path not in there]
        if missing:
            self._batch.teller.tell(
                " ".join(
                    tr("There is no file or folder {path}.").format(path=path) for path in missing
                ),
                icon="warning",
            )

    def take(self, data: QMimeData) -> None:
        """Add what a drop or a paste holds, or say why not."""
        taken = intake.take(data)
        if taken.refusal:
            self._batch.teller.tell(taken.refusal, icon="warning")
        else:
            self.add(taken.found, taken.caption)

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
        held = QGuiApplication.clipboard().mimeData()
        self.take(held or QMimeData())  # None where whoever copied something is gone

    def choose_pictures(self) -> None:
        """Ask for files and add them."""
        patterns = " ".join(f"*{suffix}" for suffix in sorted(SUFFIXES | FILMS))
        files, _ = QFileDialog.getOpenFileNames(
            self._batch.window,
            tr("Add pictures"),
            self.last_folder,
            ";;".join(
                [
                    tr("Pictures and films ({patterns})").format(patterns=patterns),
                    tr("All files (*)"),
                ]
            ),
        )
        if files:
            self.last_folder = str(Path(files[0]).parent)
        self.add(map(Path, files))

    def choose_folder(self) -> None:
        """Ask for a folder and add the pictures in it."""
        folder = QFileDialog.getExistingDirectory(
            self._batch.window, tr("Add a folder"), self.last_folder
        )
        if folder:
            self.last_folder = folder
            self.add([Path(folder)])

    def find_file(self, path: Path) -> None:
        """Ask where the file of a picture is now, and take that one for it."""
        file, _ = QFileDialog.getOpenFileName(
            self._batch.window,
            tr("Where is {name}?").format(name=path.name),
            str(path.parent) if is_folder(path.parent) else self.last_folder,
        )
        if file:
            self._batch.model.move(path, Path(file))
            self.watching.look_at_all()

    def ask_where_to_save(self, path: Path) -> None:
        """Ask where a pasted picture is to lie, and save it there."""
        file, _ = QFileDialog.getSaveFileName(
            self._batch.window,
            tr("Save the picture"),
            str(Path(self.last_folder or Path.home()) / path.name),
        )
        if file:
            target = Path(file)
            self.save(path, target if target.suffix else target.with_suffix(path.suffix))

    def save(self, path: Path, to: Path) -> None:
        """Put a pasted picture into a file of the person's; its words go with it."""
        try:
            shutil.copyfile(path, to)
        except OSError as error:
            self._batch.teller.tell(
                tr("{name} could not be saved: {reason}.").format(
                    name=to.name, reason=error.strerror or error
                ),
                icon="error",
            )
            return
        self._batch.model.move(path, to)
        path.unlink(missing_ok=True)
        self._batch.announcer.say(
            tr("Saved as {path}. Write puts its alt text there, too.").format(path=to)
        )

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
        if unwritten := self._batch.model.unwritten:
            text += trn(
                " {count} of them is not written to disk.",
                " {count} of them are not written to disk.",
                unwritten,
            ).format(count=number(unwritten))
        missing = counts[State.MISSING] + counts[State.FAILED]
        if missing:
            text += tr(" Without text: {count}.").format(count=number(missing))
        offers: list[tuple[str, Callable[[], None]]] = []
        if counts[State.MISSING]:
            offers.append((tr("Caption the missing"), caption_missing))
        offers.append((tr("Start with an empty batch"), clear))
        self._batch.teller.tell(text, offers)

    def close(self) -> None:
        """Stop and wait for the threads."""
        self._to_find.clear()
        self.watching.close()
        for job in (self._finding, self._restoring):
            if job is not None:
                job.blockSignals(True)
                job.wait(_JOIN_SECONDS)

    def _find_next(self) -> None:
        if self._finding is not None or not self._to_find:
            return
        wanted, caption = self._to_find.popleft()
        self._found = self._hidden = self._known = 0
        self._left_out = []
        settings = self._batch.settings.now
        job = JobThread(
            jobs.find(wanted, settings.language, caption, films=settings.films_in_folders),
            "lorgnette find",
            self,
        )
        job.reported.connect(self._take_found)
        job.ended.connect(self._found_all)
        self._finding = job
        job.start()

    def _take_found(self, found: list[jobs.Seen | jobs.LeftOut]) -> None:
        self._left_out += (one.path for one in found if isinstance(one, jobs.LeftOut))
        seen = [one for one in found if isinstance(one, jobs.Seen)]
        self.watching.know(seen)
        pictures = [one.picture for one in seen]
        self._known += len(pictures)
        new = self._put(pictures)
        self._found += len(new)
        self._hidden += self._batch.rows.show_beside(picture.path for picture in new)
        self.added.emit(new)

    def _take_restored(self, pictures: list[Picture]) -> None:
        self._put(pictures)

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
        sentences = []
        if self._found:
            sentences.append(
                trn("{count} picture added.", "{count} pictures added.", self._found).format(
                    count=number(self._found)
                )
            )
        if self._left_out:
            sentences.append(left_out_words(self._left_out))
        if not self._found and self._known:
            sentences.append(
                trn(
                    "The picture is in the batch already.",
                    "All {count} pictures are in the batch already.",
                    self._known,
                ).format(count=number(self._known))
            )
        elif not sentences:
            sentences.append(tr("There is no picture in what was added."))
        if self._hidden:
            sentences.append(tr("They stand in the list although it shows only some pictures."))
        text = " ".join(sentences)
        if self._hidden:
            self._batch.teller.tell(text, [(tr("Show all"), self.all_wanted.emit)])
        elif self._found and not self._left_out:
            self._batch.announcer.say(text)
        else:
            self._batch.teller.tell(text, icon="warning" if self._left_out else "information")
        self._find_next()

    def _restored(self, error: BaseException | None) -> None:
        self._restoring = None
        if error is not None:
            self._batch.teller.tell_broken(error)
            return
        self.restored.emit()
        self.watching.look_at_all()


def left_out_words(paths: Sequence[Path]) -> str:
    """Return how many files were left out, and of which kinds."""
    kinds = Counter(path.suffix[1:].upper() or tr("without a kind") for path in paths)
    named = ", ".join(kind for kind, _ in kinds.most_common(_KINDS_NAMED))
    if len(kinds) > _KINDS_NAMED:
        named = tr("{kinds} and others").format(kinds=named)
    return trn(
        "{count} file is no picture that can be described ({kinds}) and was left out.",
        "{count} files are no pictures that can be described ({kinds}) and were left out.",
        len(paths),
    ).format(count=number(len(paths)), kinds=named)
