"""Guessing: what the model held back is asked for, and shown as an unsure draft."""

import dataclasses
from pathlib import Path

from PySide6.QtCore import QObject

from lorgnette.gui.batch.history import change
from lorgnette.gui.batch.open_batch import OpenBatch
from lorgnette.gui.batch.picture import State, Suggestion
from lorgnette.gui.captioning.jobs import guess
from lorgnette.gui.captioning.models import Models
from lorgnette.gui.parts.one_job import OneJob
from lorgnette.gui.reviewing.panel import ReviewPanel
from lorgnette.gui.saying.translation import tr


class Guessing(QObject):
    """Lets the model say what it would rather not, one picture at a time."""

    def __init__(self, batch: OpenBatch, panel: ReviewPanel, models: Models) -> None:
        super().__init__(batch.window)
        self._batch = batch
        self._panel = panel
        self._models = models
        self._job = OneJob("lorgnette guess", self)
        self._job.broke.connect(batch.teller.tell_broken)

    def show_guess(self) -> None:
        """Let the model say what it held back, as an unsure draft."""
        picture = self._panel.picture
        if picture is None or picture.state is not State.DECLINED:
            self._batch.announcer.say(tr("The model has held nothing back for this picture."))
            return
        path = picture.path
        said = guess(path, self._models, self._batch.settings.now)
        self._job.run(said, lambda found: self._take(path, found[0]))

    def close(self) -> None:
        """Stop and wait for a guess that is being made."""
        self._job.close()

    def _take(self, path: Path, said: Suggestion) -> None:
        model = self._batch.model
        picture = model.picture(path)
        if picture is None or picture.suggestion is None:
            return
        held_back = dataclasses.replace(
            said,
            text="",
            declined=True,
            no_photo=picture.suggestion.no_photo,
            read=picture.suggestion.read,
            reason=picture.suggestion.reason,
        )
        picture = dataclasses.replace(picture, suggestion=held_back)
        model.put([picture])
        guessed = dataclasses.replace(said, confidence=0.0)  # it was held back for a reason
        draft = dataclasses.replace(picture, suggestion=guessed).drafted(
            self._batch.settings.now.language
        )
        what = tr("guess for {name}").format(name=path.name)
        change(self._batch.history, model, [(picture, draft)], what)
        self._batch.announcer.say(
            tr("A guess that may well be wrong: {text}").format(text=draft.text)
        )
        if self._panel.picture is not None and self._panel.picture.path == path:
            self._panel.field.setFocus()
