"""The clipboard: the words of pictures, or their files, put on it, and said to be there."""

from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QGuiApplication

from lorgnette.gui.batch.filter import BatchFilter
from lorgnette.gui.batch.model import BatchModel
from lorgnette.gui.batch.view import BatchView
from lorgnette.gui.copying import formats
from lorgnette.gui.saying.announcer import Announcer
from lorgnette.gui.saying.translation import number, tr, trn


class Clipboard:
    """Copies what is selected in the list, or all that it shows."""

    def __init__(self, view: BatchView, rows: BatchFilter, announcer: Announcer) -> None:
        self._view = view
        self._rows = rows
        self._announcer = announcer

    def copy(self, form: formats.Format) -> None:
        """Put the words of the selected pictures on the clipboard."""
        data, count = formats.as_data(self._view.selected(), form)
        if not count:
            self._announcer.say(tr("There is no alt text to copy."))
            return
        QGuiApplication.clipboard().setMimeData(data)
        self._announcer.say(
            {
                formats.Format.PLAIN: trn(
                    "Copied as plain text.", "{count} alt texts copied as plain text.", count
                ),
                formats.Format.HTML: trn(
                    "Copied as HTML.", "{count} alt texts copied as HTML.", count
                ),
                formats.Format.MARKDOWN: trn(
                    "Copied as Markdown.", "{count} alt texts copied as Markdown.", count
                ),
            }[form].format(count=number(count))
        )

    def copy_table(self) -> None:
        """Put the pictures that are shown on the clipboard with their words, for a spreadsheet."""
        pictures = self._rows.pictures()
        QGuiApplication.clipboard().setMimeData(formats.as_table(BatchModel.table(pictures)))
        self._announcer.say(
            trn(
                "{count} picture copied as a table.",
                "{count} pictures copied as a table.",
                len(pictures),
            ).format(count=number(len(pictures)))
        )

    def copy_files(self) -> None:
        """Put the selected files themselves on the clipboard."""
        selected = self._view.selected()
        if selected:
            data = QMimeData()
            data.setUrls([QUrl.fromLocalFile(str(picture.path)) for picture in selected])
            QGuiApplication.clipboard().setMimeData(data)
            self._announcer.say(
                trn("{count} file copied.", "{count} files copied.", len(selected)).format(
                    count=number(len(selected))
                )
            )
