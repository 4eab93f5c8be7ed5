"""The settings that the window works with."""

from PySide6.QtCore import QObject, Signal

from lorgnette.errors import LorgnetteError
from lorgnette.settings import Settings


class SettingsInUse(QObject):
    """What the person chose; each wing looks here when it needs to know.

    Signals:
        changed: the settings before, and those of now.
        not_kept: the LorgnetteError for which those of now are gone with the window.
    """

    changed = Signal(object, object)
    not_kept = Signal(object)

    def __init__(self, settings: Settings, parent: QObject) -> None:
        super().__init__(parent)
        self._now = settings

    @property
    def now(self) -> Settings:
        """The settings in use."""
        return self._now

    def use(self, settings: Settings) -> None:
        """Work with these settings from now on, and keep them."""
        before, self._now = self._now, settings
        self.changed.emit(before, settings)
        try:
            settings.write()
        except LorgnetteError as error:
            self.not_kept.emit(error)
