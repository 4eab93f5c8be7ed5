"""Words for other words, in many texts at once, seen before it is done."""

import re
from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QWidget,
)

from lorgnette.gui.batch.picture import Picture
from lorgnette.gui.looks import theme
from lorgnette.gui.parts.list_dialog import ListDialog
from lorgnette.gui.parts.wrapping import wrap_words
from lorgnette.gui.saying.translation import number, tr, trn


def replaced(text: str, wanted: str, by: str, *, whole: bool) -> str:
    """Return text with each wanted replaced, whatever the case; a capital stays one.

    Args:
        whole: leave words alone that only have it as a part.
    """
    if not wanted:
        return text
    pattern = re.escape(wanted)
    if whole:
        pattern = rf"(?<!\w){pattern}(?!\w)"

    def other(found: re.Match[str]) -> str:
        return by[:1].upper() + by[1:] if found.group()[:1].isupper() else by

    result = re.sub(pattern, other, text, flags=re.IGNORECASE)
    if result == text:
        return text
    if not by:
        result = re.sub(r"\s+([.,;:!?])", r"\1", re.sub(r" {2,}", " ", result)).strip()
        result = result[:1].upper() + result[1:] if text[:1].isupper() else result
    return result


class ReplaceDialog(ListDialog):
    """Asks which words for which, and shows each text that would become another."""

    def __init__(
        self, pictures: Callable[[bool], Sequence[Picture]], selected: int, parent: QWidget
    ) -> None:
        """Make the dialog.

        Args:
            pictures: returns those to look at; given whether only the selected ones are.
            selected: how many are selected.
        """
        super().__init__(tr("Find and replace"), "", parent)
        self._pictures = pictures
        self.changes: list[tuple[Picture, str]] = []
        self.wanted, self.by = QLineEdit(self), QLineEdit(self)
        self.whole = QCheckBox(tr("&Whole words only"), self)
        self.whole.setChecked(True)
        self.only_selected = QCheckBox(
            trn(
                "Only in the &selected picture", "Only in the {count} &selected pictures", selected
            ).format(count=number(selected)),
            self,
        )
        self.only_selected.setChecked(selected > 1)
        form = QFormLayout()
        form.setVerticalSpacing(8)
        for label, field in ((tr("&Find"), self.wanted), (tr("Replace &by"), self.by)):
            words = QLabel(label, self)
            words.setBuddy(field)
            form.addRow(words, field)
        wrap_words(self.whole, self.only_selected)
        form.addRow(self.whole)
        form.addRow(self.only_selected)
        self.body.insertLayout(0, form)
        self.heading.setTextFormat(Qt.TextFormat.PlainText)
        self.do_it = self.buttons.addButton(tr("&Replace"), QDialogButtonBox.ButtonRole.AcceptRole)
        theme.make_primary(self.do_it)
        self.buttons.accepted.connect(self.accept)
        for field in (self.wanted, self.by):
            field.textChanged.connect(self._show)
        for box in (self.whole, self.only_selected):
            box.toggled.connect(self._show)
        self._show()
        self.wanted.setFocus()

    def _show(self) -> None:
        wanted, by, whole = self.wanted.text(), self.by.text(), self.whole.isChecked()
        self.changes = []
        for picture in self._pictures(self.only_selected.isChecked()):
            text = replaced(picture.alt.text, wanted, by, whole=whole)
            if text and text != picture.alt.text:
                self.changes.append((picture, text))
        count = len(self.changes)
        self.heading.setText(
            trn("{count} text would change:", "{count} texts would change:", count).format(
                count=number(count)
            )
            if count
            else tr("No text would change.")
        )
        self.show_lines(
            [
                tr("{name}: {text}").format(name=picture.path.name, text=text)
                for picture, text in self.changes
            ]
        )
        self.do_it.setEnabled(count > 0)
