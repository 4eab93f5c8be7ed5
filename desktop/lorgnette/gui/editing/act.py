"""Editing many: words replaced, decorative or not, a language, each for all that is selected."""

import dataclasses
from collections.abc import Sequence

from PySide6.QtWidgets import QDialog, QInputDialog

from lorgnette.alttext.alt_text import AltText
from lorgnette.gui.batch.history import change
from lorgnette.gui.batch.open_batch import OpenBatch
from lorgnette.gui.batch.picture import Picture
from lorgnette.gui.editing.replacing import ReplaceDialog
from lorgnette.gui.parts.actions import Entry, Group, Menu
from lorgnette.gui.saying.translation import number, tr, trn


class Editing:
    """Changes many pictures in one step that can be undone, and says how many."""

    def __init__(self, batch: OpenBatch) -> None:
        self._batch = batch

    def groups(self) -> list[Group]:
        """Return what it brings into the menus."""
        any_picture, current = self._batch.any, self._batch.current
        return [
            Group(
                Menu.EDIT,
                [
                    Entry("replace", tr("Fi&nd and replace…"), self.ask_replace, ("Ctrl+H",),
                          usable=any_picture),
                    Entry("decorate_selected", tr("Mark the selected as &decorative"),
                          self.decorate_selected, ("Ctrl+Shift+K",), usable=current),
                    Entry("language", tr("&Language of the selected…"), self.ask_language,
                          usable=current),
                ],
            )
        ]  # fmt: skip

    def ask_replace(self) -> None:
        """Ask for words and replace them in the texts of the list."""
        view, rows = self._batch.view, self._batch.rows
        dialog = ReplaceDialog(
            lambda only_selected: view.selected() if only_selected else rows.pictures(),
            len(view.selected()),
            self._batch.window,
        )
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self._change(
                [(picture, picture.edited(text)) for picture, text in dialog.changes],
                tr("replacing of “{words}” in {{count}}").format(words=dialog.wanted.text()),
            )
        dialog.deleteLater()

    def decorate_selected(self) -> None:
        """Mark what is selected as decorative; where all of it is, as not."""
        selected = self._batch.view.selected()
        language = self._batch.settings.now.language
        if all(picture.alt.decorative for picture in selected):
            self._change(
                [(picture, picture.undecorated(language)) for picture in selected],
                tr("marking of {count} as not decorative"),
            )
        else:
            self._change(
                [(p, p.decorated()) for p in selected if not p.alt.decorative],
                tr("marking of {count} as decorative"),
            )

    def ask_language(self) -> None:
        """Ask for the language of the selected texts."""
        selected = [p for p in self._batch.view.selected() if p.alt.text or p.alt.decorative]
        if not selected:
            self._batch.announcer.say(tr("There is no text that could have a language."))
            return
        tag, agreed = QInputDialog.getText(
            self._batch.window,
            tr("Language"),
            tr("Language tag of the selected texts, as in en or pt-BR:"),
            text=selected[0].alt.language,
        )
        if agreed:
            self._change(
                [(p, dataclasses.replace(p.alt, language=tag.strip())) for p in selected],
                tr("another language for {count}"),
            )

    def _change(self, texts: Sequence[tuple[Picture, AltText]], what: str) -> None:
        """Change texts; what names the step, {count} in it the pictures."""
        changed = [(picture, alt) for picture, alt in texts if picture.alt != alt]
        if not changed:
            self._batch.announcer.say(tr("Nothing had to be changed."))
            return
        count = trn("{count} picture", "{count} pictures", len(changed)).format(
            count=number(len(changed))
        )
        step = what.format(count=count)
        change(self._batch.history, self._batch.model, changed, step)
        self._batch.announcer.say(tr("Done: {what}.").format(what=step))
