"""Importing: a table's texts are checked, shown line by line, and taken into the batch."""

import os
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFileDialog

from lorgnette.alttext.alt_text import AltText
from lorgnette.errors import LorgnetteError
from lorgnette.gui.batch.history import change
from lorgnette.gui.batch.open_batch import OpenBatch
from lorgnette.gui.batch.picture import Picture, same_words
from lorgnette.gui.looks import theme
from lorgnette.gui.parts.actions import Entry, Group, Menu
from lorgnette.gui.parts.list_dialog import ListDialog
from lorgnette.gui.parts.one_job import OneJob
from lorgnette.gui.saying.translation import number, tr, trn
from lorgnette.jobs import tables, text_import
from lorgnette.jobs.text_import import LeftOut, Row
from lorgnette.names import shown


@dataclass(frozen=True, slots=True)
class Plan:
    """What a table brings into the batch."""

    texts: tuple[tuple[Picture, AltText], ...]
    lines: tuple[str, ...]  # a sentence each: what changes, then what is left out
    left_out: int


class Importing(QObject):
    """Takes the texts of a table into the batch; nothing is written to files."""

    def __init__(self, batch: OpenBatch) -> None:
        super().__init__(batch.window)
        self._batch = batch
        self._job = OneJob("lorgnette import", self)
        self._job.done.connect(lambda: self._offer(plan(self._found, batch.model.pictures())))
        self._job.broke.connect(self._tell)
        self._found: list[Row | LeftOut] = []

    def groups(self) -> list[Group]:
        """Return what it brings into the menus."""
        return [
            Group(
                Menu.FILE,
                [Entry("import_table", tr("&Import table…"), self.ask, usable=self._batch.any)],
            )
        ]

    def close(self) -> None:
        """Stop and wait for the thread."""
        self._job.close()

    def ask(self) -> None:
        """Let the person choose a table."""
        name, _ = QFileDialog.getOpenFileName(
            self._batch.window,
            tr("Import table"),
            str(next((p.path.parent for p in self._batch.model.pictures()), Path.home())),
            tr("Tables (*.csv *.tsv *.jsonl *.txt);;All files (*)"),
        )
        if name:
            self.read(Path(name))

    def read(self, table: Path) -> None:
        """Read a table and check its lines; its names count from where it lies."""
        if self._job.running:
            self._batch.announcer.say(tr("A table is being read already."))
            return
        self._found = []
        self._job.run(_checked(table), self._found.extend)

    def _tell(self, error: BaseException) -> None:
        if isinstance(error, LorgnetteError):
            self._batch.teller.tell(f"{error}. {error.hint}", icon="warning")
        else:
            self._batch.teller.tell_broken(error)

    def _offer(self, planned: Plan) -> None:
        count = len(planned.texts)
        if not count and not planned.left_out:
            self._batch.teller.tell(tr("The batch has all these texts already."))
            return
        heading = " ".join(
            [
                trn("{count} picture gets a text.", "{count} pictures get a text.", count).format(
                    count=number(count)
                ),
                trn("{count} line is left out.", "{count} lines are left out.",
                    planned.left_out).format(count=number(planned.left_out)),
            ]
        )  # fmt: skip
        dialog = ListDialog(tr("Import table"), heading, self._batch.window)
        dialog.show_lines(planned.lines)
        if count:
            take = dialog.buttons.addButton(
                trn("&Import {count} text", "&Import {count} texts", count).format(
                    count=number(count)
                ),
                QDialogButtonBox.ButtonRole.AcceptRole,
            )
            theme.make_primary(take)
            dialog.buttons.accepted.connect(dialog.accept)
        agreed = dialog.exec() == QDialog.DialogCode.Accepted
        dialog.deleteLater()
        if agreed:
            what = trn("import of {count} text", "import of {count} texts", count).format(
                count=number(count)
            )
            change(self._batch.history, self._batch.model, planned.texts, what)
            self._batch.announcer.say(heading)


def plan(found: Sequence[Row | LeftOut], pictures: Sequence[Picture]) -> Plan:
    """Return what the lines of a table change in a batch."""
    by_file = {os.path.realpath(picture.path): picture for picture in pictures}
    texts: list[tuple[Picture, AltText]] = []
    changes: list[str] = []
    left_out: list[str] = []
    for line in found:
        if isinstance(line, LeftOut):
            said = tr("Line {line}, {name}: {reason}.").format(
                line=number(line.line), name=shown(line.name), reason=line.reason
            )
            left_out.append(said)
            continue
        picture = by_file.get(os.path.realpath(line.image))
        if picture is None:
            left_out.append(
                tr("Line {line}, {name}: it is not in the batch; add it first.").format(
                    line=number(line.line), name=shown(line.image.name)
                )
            )
        elif not same_words(picture.alt, line.alt_text):
            texts.append((picture, line.alt_text))
            text = line.alt_text.text or tr("decorative")
            said = tr("{name}: {text}").format(name=shown(picture.path.name), text=text)
            if picture.alt.reviewed and picture.alt.text:
                said += " " + tr("It replaces: {text}").format(text=picture.alt.text)
            changes.append(said)
    return Plan(tuple(texts), (*changes, *left_out), len(left_out))


def _checked(table: Path) -> Generator[Row | LeftOut]:
    yield from text_import.check(tables.read(table), table.parent)
