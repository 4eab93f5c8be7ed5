"""Writing: the plan is shown, the person agrees, and what was written goes into the batch."""

import dataclasses
from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QDialog

from lorgnette.alttext.sidecar import SidecarNaming
from lorgnette.errors import LorgnetteError
from lorgnette.gui.batch.open_batch import OpenBatch
from lorgnette.gui.batch.picture import Picture, State
from lorgnette.gui.parts.actions import Entry, Group, Menu
from lorgnette.gui.saying.translation import tr
from lorgnette.gui.writing.dialog import WriteDialog
from lorgnette.gui.writing.earlier import EarlierDialog
from lorgnette.gui.writing.run import WritingRun, Written


class Writing(QObject):
    """Joins the batch, the history and the run that writes.

    Signals:
        changed: a run began or ended.
    """

    changed = Signal()

    def __init__(self, batch: OpenBatch) -> None:
        super().__init__(batch.window)
        self._batch = batch
        self.run = WritingRun(self)
        self.run.began.connect(self._began)
        self.run.progressed.connect(self._progressed)
        self.run.written.connect(self._written)
        self.run.undone.connect(self._undone)
        self.run.broken.connect(batch.teller.tell_broken)
        batch.progress.cancel_wanted.connect(self._cancel_wanted)

    def groups(self) -> list[Group]:
        """Return what it brings into the menus."""
        return [
            Group(
                Menu.FILE,
                [
                    Entry("write", tr("&Write alt text…"), self.write, ("Ctrl+S",), "write",
                          self._batch.any),
                    Entry("write_selected", tr("Write the selecte&d…"), self.write_selected,
                          ("Ctrl+Shift+W",), usable=self._batch.current),
                    Entry("earlier", tr("&Earlier writes…"), self.show_earlier),
                ],
            )
        ]  # fmt: skip

    def close(self) -> None:
        """Stop and wait for the threads."""
        self.run.close()

    def write(self) -> None:
        """Show the plan for the whole batch; write it when the person agrees."""
        self._write(self._batch.model.pictures())

    def write_selected(self) -> None:
        """Show the plan for the selected pictures; write it when the person agrees."""
        self._write(self._batch.view.selected())

    def show_earlier(self) -> None:
        """List what was written on earlier days, to undo it."""
        if self.run.running:
            self._batch.announcer.say(tr("A batch is being written already."))
            return
        try:
            dialog = EarlierDialog(self._batch.window)
        except LorgnetteError as error:
            self._batch.teller.tell_broken(error)
            return
        dialog.undo_wanted.connect(self.run.undo)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _write(self, pictures: Sequence[Picture]) -> None:
        reviewed = [p for p in pictures if p.state in {State.REVIEWED, State.DECORATIVE}]
        drafts = [p for p in pictures if p.state in {State.DRAFT, State.UNSURE}]
        if self.run.running:
            self._batch.announcer.say(tr("A batch is being written already."))
            return
        if not reviewed and not drafts:
            self._batch.teller.tell(
                tr("There is nothing to write yet: review some pictures first.")
            )
            return
        settings = self._batch.settings.now
        naming = SidecarNaming(settings.sidecar_naming)
        dialog = WriteDialog(
            settings.destination,
            naming,
            len(reviewed),
            len(drafts),
            self._batch.window,
            mirror=settings.caption_fields,
        )

        def wanted() -> list[Picture]:
            return reviewed + (drafts if dialog.with_drafts.isChecked() else [])

        def make_plan() -> None:
            self.run.plan(
                wanted(),
                dialog.destination,
                naming=naming,
                replace=dialog.replace.isChecked(),
                mirror=dialog.mirror.isChecked(),
            )

        dialog.plan_wanted.connect(make_plan)
        self.run.planned.connect(dialog.show_plan)
        make_plan()
        agreed = dialog.exec() == QDialog.DialogCode.Accepted
        self.run.planned.disconnect(dialog.show_plan)
        dialog.deleteLater()
        if not agreed:
            return
        mirror = dialog.mirror.isChecked()
        asked = settings.destination == "ask"
        destination = str(dialog.destination) if asked else settings.destination
        chosen = dataclasses.replace(settings, destination=destination, caption_fields=mirror)
        if chosen != settings:
            self._batch.settings.use(chosen)
        self.run.write(
            wanted(),
            dialog.destination,
            naming=naming,
            replace=dialog.replace.isChecked(),
            mirror=mirror,
        )

    def _cancel_wanted(self, who: object) -> None:
        if who is self:
            self.run.cancel()

    def _began(self, undoing: bool) -> None:
        self._batch.progress.begin(
            self,
            tr("Undoing: {done} of {total} done.")
            if undoing
            else tr("Writing: {done} of {total} done."),
        )
        self.changed.emit()

    def _progressed(self, done: int, total: int) -> None:
        self._batch.progress.advance(self, done, total)

    def _written(self, written: Written) -> None:
        self._take(written, written.sentence())
        if written.command is not None:
            self._batch.history.push(written.command)

    def _undone(self, written: Written) -> None:
        self._take(written, written.undone_sentence())

    def _take(self, written: Written, sentence: str) -> None:
        self._batch.progress.end(self)
        self._batch.model.put(self._as_written(written))
        self._batch.teller.tell(sentence, icon="warning" if written.troubles else "information")
        self.changed.emit()

    def _as_written(self, written: Written) -> list[Picture]:
        pictures = []
        for path, alt, kept_in in written.on_disk:
            picture = self._batch.model.picture(path)
            if picture is not None:
                # Embedding changed the file's bytes, so its digest has to be found anew.
                digest = "" if kept_in == path.name else picture.digest
                conflicts = picture.conflicts
                if alt is not None and alt.text not in {"", picture.alt.text}:  # it was kept
                    conflicts = tuple(dict.fromkeys(((kept_in, alt.text), *conflicts)))
                pictures.append(
                    dataclasses.replace(
                        picture, on_disk=alt, kept_in=kept_in, digest=digest, conflicts=conflicts
                    )
                )
        return pictures
