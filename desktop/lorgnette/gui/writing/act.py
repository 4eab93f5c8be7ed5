"""Writing: the plan is shown, the person agrees, and what was written goes into the batch."""

import dataclasses
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QDialog, QWidget

from lorgnette.alttext.sidecar import SidecarNaming
from lorgnette.gui.batch.model import BatchModel
from lorgnette.gui.batch.picture import Picture, State
from lorgnette.gui.parts.progress import Progress
from lorgnette.gui.saying.announcer import Announcer
from lorgnette.gui.saying.teller import Teller
from lorgnette.gui.saying.translation import tr
from lorgnette.gui.writing.dialog import WriteDialog
from lorgnette.gui.writing.run import WritingRun, Written
from lorgnette.settings import Settings


class Writing(QObject):
    """Joins the batch, the history and the run that writes.

    Signals:
        changed: a run began or ended.
        destination_chosen: sidecar or embed, the first time that a person chose.
    """

    changed = Signal()
    destination_chosen = Signal(str)

    def __init__(
        self,
        run: WritingRun,
        batch: BatchModel,
        *,
        history: QUndoStack,
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
        self._history = history
        self._progress = progress
        self._announcer = announcer
        self._teller = teller
        self._settings = settings
        run.began.connect(self._began)
        run.progressed.connect(progress.advance)
        run.written.connect(self._written)
        run.undone.connect(self._undone)

    def write(self) -> None:
        """Show the plan of a batch of writes; write it when the person agrees."""
        pictures = self._batch.pictures()
        reviewed = [p for p in pictures if p.state in {State.REVIEWED, State.DECORATIVE}]
        drafts = [p for p in pictures if p.state in {State.DRAFT, State.UNSURE}]
        if self._run.running:
            self._announcer.say(tr("A batch is being written already."))
            return
        if not reviewed and not drafts:
            self._teller.tell(tr("There is nothing to write yet: review some pictures first."))
            return
        settings = self._settings()
        naming = SidecarNaming(settings.sidecar_naming)
        dialog = WriteDialog(settings.destination, naming, len(reviewed), len(drafts), self._window)

        def wanted() -> list[Picture]:
            return reviewed + (drafts if dialog.with_drafts.isChecked() else [])

        def make_plan() -> None:
            self._run.plan(
                wanted(), dialog.destination, naming=naming, replace=dialog.replace.isChecked()
            )

        dialog.plan_wanted.connect(make_plan)
        self._run.planned.connect(dialog.show_plan)
        make_plan()
        agreed = dialog.exec() == QDialog.DialogCode.Accepted
        self._run.planned.disconnect(dialog.show_plan)
        dialog.deleteLater()
        if not agreed:
            return
        if settings.destination == "ask":
            self.destination_chosen.emit(str(dialog.destination))
        self._run.write(
            wanted(), dialog.destination, naming=naming, replace=dialog.replace.isChecked()
        )

    def _began(self, undoing: bool) -> None:
        self._progress.begin(
            tr("Undoing: {done} of {total} done.")
            if undoing
            else tr("Writing: {done} of {total} done.")
        )
        self.changed.emit()

    def _written(self, written: Written) -> None:
        self._take(written, written.sentence())
        if written.command is not None:
            self._history.push(written.command)

    def _undone(self, written: Written) -> None:
        self._take(written, written.undone_sentence())

    def _take(self, written: Written, sentence: str) -> None:
        self._progress.setVisible(False)
        self._batch.put(self._as_written(written))
        self._teller.tell(sentence, icon="warning" if written.troubles else "information")
        self.changed.emit()

    def _as_written(self, written: Written) -> list[Picture]:
        pictures = []
        for path, alt, kept_in in written.on_disk:
            picture = self._batch.picture(path)
            if picture is not None:
                # Embedding changed the file's bytes, so its digest has to be found anew.
                digest = "" if kept_in == path.name else picture.digest
                pictures.append(
                    dataclasses.replace(picture, on_disk=alt, kept_in=kept_in, digest=digest)
                )
        return pictures
