"""Listing: what is seen when, scene by scene, in the extended description."""

import dataclasses
from collections.abc import Generator
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from lorgnette.gui.batch.history import change
from lorgnette.gui.batch.open_batch import OpenBatch
from lorgnette.gui.captioning.models import Models
from lorgnette.gui.parts.one_job import OneJob
from lorgnette.gui.saying.translation import tr
from lorgnette.settings import Settings


class Listing(QObject):
    """Lets the model list the scenes of a film or an animation, one at a time.

    Signals:
        listed: the scenes of this path are in its extended description.
    """

    listed = Signal(object)

    def __init__(self, batch: OpenBatch, models: Models) -> None:
        super().__init__(batch.window)
        self._batch = batch
        self._models = models
        self._job = OneJob("lorgnette scenes", self)
        self._job.broke.connect(batch.teller.tell_broken)

    def list_scenes(self, path: Path) -> None:
        """Add the scenes of a picture to its extended description."""
        if self._job.running:
            return
        job = listed(path, self._models, self._batch.settings.now)
        self._batch.announcer.say(tr("Looking at the scenes of {name}.").format(name=path.name))
        self._job.run(job, lambda found: self._take(path, found[0]))

    def close(self) -> None:
        """Stop and wait for scenes that are being looked at."""
        self._job.close()

    def _take(self, path: Path, lines: str) -> None:
        picture = self._batch.model.picture(path)
        if picture is None:
            return
        if not lines:
            self._batch.announcer.say(tr("The model is sure of no scene."))
            return
        before = picture.alt.extended_description
        if lines in before:
            self._batch.announcer.say(tr("The extended description has these scenes."))
            return
        alt = dataclasses.replace(
            picture.alt, extended_description="\n".join(filter(None, (before, lines)))
        )
        what = tr("scenes of {name}").format(name=path.name)
        change(self._batch.history, self._batch.model, [(picture, alt)], what)
        self.listed.emit(path)
        self._batch.announcer.say(tr("The scenes are in the extended description."))


def listed(path: Path, models: Models, settings: Settings) -> Generator[str]:
    """Yield what is seen when in a film or an animation, a line each.

    Raises:
        UnreadableImageError, BrokenModelError, ProviderError: nothing is yielded.
    """
    from lorgnette import films  # numpy and Pillow, which threads bring in
    from lorgnette.jobs import scenes

    captioner = models.captioner(settings)
    moving = films.moving_picture(path, captioner.least_side, scenes=True)
    yield "" if moving is None else scenes.lines(scenes.described(moving.scenes, captioner))
