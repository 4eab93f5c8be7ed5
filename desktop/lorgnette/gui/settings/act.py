"""Changing the settings: they are shown, and what the person makes of them is used."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QDialog

from lorgnette import spelling
from lorgnette.english.joining import Template
from lorgnette.errors import LorgnetteError
from lorgnette.gui.batch.open_batch import OpenBatch
from lorgnette.gui.captioning.act import Captioning
from lorgnette.gui.captioning.models import Models
from lorgnette.gui.parts.actions import Entry, Group, Menu
from lorgnette.gui.saying.translation import tr
from lorgnette.gui.settings.dialog import SettingsDialog
from lorgnette.gui.settings.model_words import card, in_use


class ChangingSettings:
    """Joins the settings, their dialog and what is in use."""

    def __init__(
        self,
        batch: OpenBatch,
        models: Models,
        captioning: Captioning,
        preview: Callable[[Template], str],
    ) -> None:
        """Join them.

        Args:
            preview: tells what the current picture's draft is in a form.
        """
        self._preview = preview
        self._batch = batch
        self._models = models
        self._captioning = captioning

    def groups(self) -> list[Group]:
        """Return what it brings into the menus."""
        return [
            Group(
                Menu.FILE,
                [Entry("settings", tr("Se&ttings…"), self.change, ("Ctrl+,",), "settings")],
            )
        ]

    def change(self) -> None:
        """Show the settings and use what the person makes of them."""
        settings = self._batch.settings
        said = in_use(self._models.in_use, self._captioning.measured_ms)
        words = spelling.own_words()
        dialog = SettingsDialog(
            settings.now,
            said,
            card,
            self._preview,
            self._batch.window,
            dictionaries=dictionaries_in_words(spelling.found(), settings.now.language),
            own_words=words,
        )
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self._keep_words(words, dialog.own_words)
            settings.use(dialog.settings)
        dialog.deleteLater()

    def _keep_words(self, before: list[str], now: list[str]) -> None:
        if now == before:
            return
        try:
            spelling.keep_own_words(now)
        except LorgnetteError as error:
            self._batch.teller.tell_not_kept(error)


def dictionaries_in_words(found: Sequence[spelling.Dictionary], tag: str) -> str:
    """Return which dictionaries there are, and whether texts of a language can be looked up."""
    listed = ", ".join(
        tr("{tag} (comes with lorgnette)").format(tag=one.tag) if one.shipped else one.tag
        for one in found
    )
    said = tr("Dictionaries found: {listed}.").format(listed=listed)
    if not spelling.fitting(found, tag):
        more = tr("None is for {tag}: install the Hunspell dictionary of that language.")
        return f"{said} {more.format(tag=tag)}"
    return said
