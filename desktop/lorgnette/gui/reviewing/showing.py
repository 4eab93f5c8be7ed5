"""Showing: the panel keeps in step with the list, the batch and what is decoded."""

import dataclasses
import itertools
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QPixmap

from lorgnette.gui.batch.open_batch import OpenBatch
from lorgnette.gui.batch.picture import Picture
from lorgnette.gui.batch.thumbnails import Decoded
from lorgnette.gui.reviewing.panel import PREVIEW_SIDE, ReviewPanel
from lorgnette.gui.reviewing.viewer import LOOK_SIDE, Viewer

_PREVIEW_MILLISECONDS = 50  # on one picture before it is decoded large
_MOST_TWINS = 24  # thumbnails that one picture may ask for, lest its twins only look alike


class Showing(QObject):
    """Shows the current picture of the list in the panel.

    Signals:
        shown: another picture is current, or none.
    """

    shown = Signal()

    def __init__(self, batch: OpenBatch, panel: ReviewPanel) -> None:
        super().__init__(batch.window)
        self._batch = batch
        self._panel = panel
        self._viewer: Viewer | None = None
        self._side = PREVIEW_SIDE  # that the preview was last decoded with
        panel.preview.looked.connect(self.look)
        batch.view.look_requested.connect(self.look)
        panel.preview.outgrown.connect(self._preview_soon_again)
        self._twin = False  # whether the current picture's text is another one's, too
        self._preview_soon = QTimer(self, interval=_PREVIEW_MILLISECONDS, singleShot=True)
        self._preview_soon.timeout.connect(self._ask_preview)
        batch.view.current_changed.connect(self.show_current)
        batch.model.changed.connect(self._update)
        batch.model.removed.connect(lambda _gone: self._update([]))
        batch.model.moved.connect(self._moved)
        batch.thumbnails.decoded.connect(self._show_preview)
        batch.thumbnails.identified.connect(self._identified)

    def show_current(self, path: Path | None) -> None:
        """Show the picture at path beside the list; None shows none."""
        picture = None if path is None else self._batch.model.picture(path)
        self._show(picture, twin=picture is not None and self._batch.model.has_twin(picture))
        if picture is not None:
            self._preview_soon.start()
            self._offer_earlier(picture)
        self.shown.emit()

    def look(self) -> None:
        """Show the current picture in a window of its own."""
        picture = self._panel.picture
        if picture is None:
            return
        if self._viewer is None:
            self._viewer = Viewer(self._batch.window)
            self._viewer.stepped.connect(self._step)
        self._viewer.show_picture(picture, self._panel.preview.whole)
        self._batch.thumbnails.ask_large(picture.path, LOOK_SIDE)
        self._viewer.show()
        self._viewer.activateWindow()

    def _step(self, by: int) -> None:
        self._batch.view.step(by)
        self.look()

    def _preview_soon_again(self, side: int) -> None:
        if side > self._side:
            self._preview_soon.start()

    def look_anew(self, paths: Sequence[Path]) -> None:
        """Decode the current picture anew, if it is among these."""
        if self._panel.picture is not None and self._panel.picture.path in paths:
            self._preview_soon.start()

    def _moved(self, before: Path, now: Path) -> None:
        if self._panel.picture is not None and self._panel.picture.path == before:
            self.show_current(now)

    def _update(self, pictures: Sequence[Picture]) -> None:
        """Show the new state of the current picture, if it is among these or has its text."""
        shown = self._panel.picture
        picture = None if shown is None else self._batch.model.picture(shown.path)
        if picture is None:
            return
        twin = self._batch.model.has_twin(picture)
        if twin != self._twin or any(picture.path == each.path for each in pictures):
            self._show(picture, twin=twin)

    def _ask_preview(self) -> None:
        picture = self._panel.picture
        if picture is None:
            return
        twins = self._batch.model.with_text_of(picture)
        unknown = (twin for twin in twins if twin.fingerprint is None)
        for other in itertools.islice(unknown, _MOST_TWINS):
            self._batch.thumbnails.pixmap(other.path)
        self._side = self._panel.preview.wanted_side(PREVIEW_SIDE)
        self._batch.thumbnails.ask_large(picture.path, self._side)

    def _show(self, picture: Picture | None, *, twin: bool) -> None:
        self._twin = twin
        self._panel.show_picture(picture, elsewhere=twin)

    def _show_preview(self, decoded: Decoded) -> None:
        pixmap = QPixmap() if decoded.image is None else QPixmap.fromImage(decoded.image)
        if decoded.side == LOOK_SIDE:
            if self._viewer is not None:
                self._viewer.show_pixels(decoded.path, pixmap)
            return
        self._panel.show_preview(decoded.path, pixmap)

    def _identified(self, path: Path, digest: str, fingerprint: int | None) -> None:
        picture = self._batch.model.picture(path)
        if picture is None:
            return
        if fingerprint is None and picture.digest == digest:
            fingerprint = picture.fingerprint
        known = dataclasses.replace(picture, digest=digest, fingerprint=fingerprint)
        self._batch.model.put([known])
        shown = self._panel.picture
        if known.digest != picture.digest and shown is not None and shown.path == path:
            self._offer_earlier(known)

    def _offer_earlier(self, picture: Picture) -> None:
        if picture.digest:
            earlier = self._batch.drafts.accepted(picture.digest, picture.path)
            self._panel.offer(picture.path, earlier)
