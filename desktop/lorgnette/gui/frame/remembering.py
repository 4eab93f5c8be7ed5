"""How the window stood when it was closed, and stands again at the next start."""

import contextlib
import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from PySide6.QtCore import QByteArray, QObject
from PySide6.QtWidgets import QMainWindow

from lorgnette import paths
from lorgnette.gui.batch.model import Order
from lorgnette.gui.batch.open_batch import OpenBatch
from lorgnette.gui.frame.body import Body
from lorgnette.paths import NoFolderError

_FILE_NAME = "window.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """How the window stood."""

    geometry: str = ""  # as Qt packs it, in base64
    list_width: int = 0  # 0: as it comes
    shown: str = ""  # name of the choice above the list
    words: str = ""  # that were searched for
    shown_folder: str = ""  # the only one whose pictures are shown
    order: str = Order.ADDED.value
    reverse: bool = False
    current: str = ""  # path of the picture
    sections: tuple[str, ...] = ()  # names of those that were open
    quiet: bool = False  # no word on quitting
    folder: str = ""  # that pictures were last chosen in

    @classmethod
    def read(cls) -> Self:
        """Return how the window stood last; as it first comes where nobody knows."""
        try:
            content = json.loads((paths.user_data() / _FILE_NAME).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError, NoFolderError):
            return cls()
        if not isinstance(content, dict):
            return cls()
        known: dict[str, Any] = {}
        for name, usual in dataclasses.asdict(cls()).items():
            value = content.get(name)
            if isinstance(value, list):
                value = tuple(map(str, value))
            known[name] = value if type(value) is type(usual) else usual
        return cls(**known)

    def write(self) -> None:
        """Keep it; where that cannot be, the window comes as it first does."""
        with contextlib.suppress(OSError, NoFolderError):
            file = paths.user_data() / _FILE_NAME
            file.write_text(json.dumps(dataclasses.asdict(self), indent=2), encoding="utf-8")


class Remembering(QObject):
    """Lets the window stand as it did."""

    def __init__(self, window: QMainWindow, body: Body, batch: OpenBatch) -> None:
        super().__init__(window)
        self._window = window
        self._body = body
        self._batch = batch
        self.last = Stand.read()

    def place_window(self) -> None:
        """Give the window the place, size and parts that it had."""
        packed = QByteArray.fromBase64(self.last.geometry.encode())
        if not packed.isEmpty():
            self._window.restoreGeometry(packed)
        if self.last.list_width > 0:
            self._body.divide(self.last.list_width)
        for section in self._body.panel.sections():
            section.show_opened(opened=section.objectName() in self.last.sections)

    def place_list(self) -> None:
        """Give the list, once it is filled again, the order, the filter and the place it had."""
        if self.last.order in {order.value for order in Order}:
            self._batch.model.sort_by(Order(self.last.order), reverse=self.last.reverse)
        self._body.filters.show_folders(self._batch.model)
        self._body.filters.choose(self.last.shown, self.last.words, Path(self.last.shown_folder))
        if not self._batch.view.show_also(Path(self.last.current)):
            self._batch.view.go_to_row(0)

    def keep(self, folder: str, *, quiet: bool) -> None:
        """Remember how the window stands.

        Args:
            folder: that pictures were last chosen in.
            quiet: whether no word is wanted on quitting.
        """
        filters = self._body.filters
        Stand(
            geometry=bytes(self._window.saveGeometry().toBase64().data()).decode(),
            list_width=self._body.list_width,
            shown=filters.chosen,
            words=filters.words.text(),
            shown_folder=str(filters.folder or ""),
            order=self._batch.model.order.value,
            reverse=self._batch.model.reversed,
            current=str(self._batch.view.current_path() or ""),
            sections=tuple(
                section.objectName() for section in self._body.panel.sections() if section.is_open
            ),
            quiet=quiet,
            folder=folder,
        ).write()
