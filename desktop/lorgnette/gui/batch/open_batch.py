"""The batch that is open, as one value that every wing is handed."""

from dataclasses import dataclass

from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QWidget

from lorgnette.gui.batch.drafts import Drafts
from lorgnette.gui.batch.filter import BatchFilter
from lorgnette.gui.batch.model import BatchModel
from lorgnette.gui.batch.thumbnails import Thumbnails
from lorgnette.gui.batch.view import BatchView
from lorgnette.gui.parts.progress import Progress
from lorgnette.gui.parts.settings_in_use import SettingsInUse
from lorgnette.gui.saying.announcer import Announcer
from lorgnette.gui.saying.teller import Teller


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenBatch:
    """The pictures, the list of them, what is kept of them, and how to speak of them."""

    model: BatchModel
    rows: BatchFilter
    view: BatchView
    thumbnails: Thumbnails
    drafts: Drafts
    history: QUndoStack
    settings: SettingsInUse
    announcer: Announcer
    teller: Teller
    progress: Progress
    window: QWidget  # above which dialogs open

    def any(self) -> bool:
        """Tell whether there is a picture in it."""
        return len(self.model) > 0

    def current(self) -> bool:
        """Tell whether the list has a current picture."""
        return self.view.current_path() is not None
