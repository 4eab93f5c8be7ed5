"""The clipboard: the words of pictures, or their files, put on it, and said to be there."""

import functools
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from lorgnette.errors import LorgnetteError
from lorgnette.gui.batch.model import BatchModel
from lorgnette.gui.batch.open_batch import OpenBatch
from lorgnette.gui.batch.picture import State
from lorgnette.gui.copying import exporting, formats
from lorgnette.gui.parts.actions import Entry, Group, Menu
from lorgnette.gui.saying.translation import number, tr, trn


class Copying:
    """Copies what is selected in the list, or all that it shows."""

    def __init__(self, batch: OpenBatch) -> None:
        self._batch = batch
        batch.view.copy_requested.connect(self.copy_files)

    def groups(self) -> list[Group]:
        """Return what it brings into the menus."""
        current = self._batch.current
        plain, html, markdown = (functools.partial(self.copy, form) for form in formats.Format)
        return [
            Group(
                Menu.EDIT,
                [
                    Entry("copy_plain", tr("&Copy alt text"), plain, ("Ctrl+Shift+C",), "copy",
                          current),
                    Entry("copy_html", tr("Copy as &HTML"), html, ("Ctrl+Shift+H",),
                          usable=current),
                    Entry("copy_markdown", tr("Copy as &Markdown"), markdown, ("Ctrl+Shift+M",),
                          usable=current),
                    Entry("copy_table", tr("Copy all as &table"), self.copy_table,
                          ("Ctrl+Shift+T",), usable=self._batch.any),
                    Entry("copy_files", tr("Copy &files with their alt text"), self.copy_files,
                          ("Ctrl+Shift+F",), usable=current),
                    Entry("copy_paths", tr("Copy &paths"), self.copy_paths, usable=current),
                ],
            ),
            Group(
                Menu.FILE,
                [
                    Entry("export", tr("E&xport the list to a file…"), self.ask_export,
                          ("Ctrl+Shift+E",), usable=self._batch.any)
                ],
            ),
        ]  # fmt: skip

    def ask_export(self) -> None:
        """Ask for a file, and put the words of what the list shows into it."""
        kinds = {
            tr("Web page (*.html)"): "html",
            tr("Table (*.csv)"): "csv",
            tr("Markdown (*.md)"): "md",
            tr("JSON Lines (*.jsonl)"): "jsonl",
        }
        folder = self._batch.model.common_folder() or Path.home()
        file, kind = QFileDialog.getSaveFileName(
            self._batch.window, tr("Export"), str(folder / "alt-text.html"), ";;".join(kinds)
        )
        if file:
            path = Path(file)
            self.export(path if path.suffix else path.with_suffix(f".{kinds[kind]}"))

    def export(self, path: Path) -> None:
        """Put the words of what the list shows into a file; its ending says in which form."""
        try:
            count = exporting.export(self._batch.rows.pictures(), path)
        except LorgnetteError as error:
            self._batch.teller.tell_broken(error)
            return
        self._batch.teller.tell(
            trn(
                "{count} picture exported to {path}.", "{count} pictures exported to {path}.", count
            ).format(count=number(count), path=path)
        )

    def copy(self, form: formats.Format) -> None:
        """Put the words of the selected pictures on the clipboard."""
        data, count = formats.as_data(self._batch.view.selected(), form)
        if not count:
            self._batch.announcer.say(tr("There is no alt text to copy."))
            return
        QGuiApplication.clipboard().setMimeData(data)
        drafts = sum(p.state in {State.DRAFT, State.UNSURE} for p in self._batch.view.selected())
        unseen = trn(
            "{count} of them is a draft that nobody has reviewed.",
            "{count} of them are drafts that nobody has reviewed.",
            drafts,
        ).format(count=number(drafts))
        if count == 1:
            unseen = tr("Nobody has reviewed it yet.")
        said = {
            formats.Format.PLAIN: trn(
                "Copied as plain text.", "{count} alt texts copied as plain text.", count
            ),
            formats.Format.HTML: trn("Copied as HTML.", "{count} alt texts copied as HTML.", count),
            formats.Format.MARKDOWN: trn(
                "Copied as Markdown.", "{count} alt texts copied as Markdown.", count
            ),
        }[form].format(count=number(count))
        self._batch.announcer.say(f"{said} {unseen}" if drafts else said)

    def copy_table(self) -> None:
        """Put the pictures that are shown on the clipboard with their words, for a spreadsheet."""
        pictures = self._batch.rows.pictures()
        QGuiApplication.clipboard().setMimeData(formats.as_table(BatchModel.table(pictures)))
        self._batch.announcer.say(
            trn(
                "{count} picture copied as a table.",
                "{count} pictures copied as a table.",
                len(pictures),
            ).format(count=number(len(pictures)))
        )

    def copy_paths(self) -> None:
        """Put the paths of the selected files on the clipboard, one a line."""
        paths = [str(picture.path) for picture in self._batch.view.selected()]
        QGuiApplication.clipboard().setText("\n".join(paths))
        self._batch.announcer.say(
            trn("{count} path copied.", "{count} paths copied.", len(paths)).format(
                count=number(len(paths))
            )
        )

    def copy_files(self) -> None:
        """Put the selected files on the clipboard, and their words for where no file fits."""
        selected = self._batch.view.selected()
        if selected:
            QGuiApplication.clipboard().setMimeData(formats.as_files(selected))
            self._batch.announcer.say(
                trn(
                    "{count} file copied, with its alt text.",
                    "{count} files copied, with their alt texts.",
                    len(selected),
                ).format(count=number(len(selected)))
            )
