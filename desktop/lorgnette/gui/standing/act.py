"""Standing: the files of the batch are read anew, and what has words is counted."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from lorgnette.gui.batch.open_batch import OpenBatch
from lorgnette.gui.parts.actions import Entry, Group, Menu
from lorgnette.gui.parts.one_job import OneJob
from lorgnette.gui.saying.translation import tr
from lorgnette.gui.standing.dialog import StandingDialog
from lorgnette.gui.standing.jobs import Counted, count


class Counting(QObject):
    """Shows how many pictures have words on disk, and leads to those that have none.

    Signals:
        picture_wanted: the path of a picture that the person wants to see in the list.
    """

    picture_wanted = Signal(object)

    def __init__(self, batch: OpenBatch) -> None:
        super().__init__(batch.window)
        self._batch = batch
        self._dialog: StandingDialog | None = None
        self._job = OneJob("lorgnette standing", self)
        self._job.broke.connect(batch.teller.tell_broken)

    def groups(self) -> list[Group]:
        """Return what it brings into the menus."""
        return [
            Group(
                Menu.BATCH,
                [
                    Entry("standing", tr("&What the files say…"), self.show, ("Ctrl+Shift+L",),
                          usable=self._batch.any),
                ],
            )
        ]  # fmt: skip

    def close(self) -> None:
        """Stop and wait for the thread."""
        self._job.close()

    def show(self) -> None:
        """Read the files and show what they say."""
        if self._dialog is None:
            self._dialog = StandingDialog(self._folder_name, self._batch.window)
            self._dialog.again_wanted.connect(self._read)
            self._dialog.next_wanted.connect(self._go_on)
        self._read()
        self._dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()

    def _folder_name(self, folder: Path) -> str:
        common = self._batch.model.common_folder()
        if common is None or not folder.is_relative_to(common):
            return str(folder)
        return str(folder.relative_to(common.parent))

    def _read(self) -> None:
        if self._job.running or self._dialog is None:
            return
        self._dialog.show_reading()
        images = [picture.path for picture in self._batch.model.pictures()]
        self._job.run(count(images), self._take)

    def _take(self, found: list[list[Counted]]) -> None:
        if self._dialog is not None and found[-1]:
            self._dialog.show_counted(found[-1])
            self._batch.announcer.say(self._dialog.heading.text())

    def _go_on(self, missing: list[Path]) -> None:
        """Go to the next of these pictures below the current one, else to the first."""
        model = self._batch.model
        current = self._batch.view.current_path()
        here = -1 if current is None else model.index_of(current).row()
        rows = sorted((row, path) for path in missing if (row := model.index_of(path).row()) >= 0)
        path = next((path for row, path in rows if row > here), rows[0][1] if rows else None)
        if path is None:
            self._batch.announcer.say(tr("They are in the batch no more."))
        else:
            self.picture_wanted.emit(path)
