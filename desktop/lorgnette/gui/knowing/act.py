"""Knowing: names, place and day from the picture's own file, beside it and on a key."""

import functools
from collections.abc import Generator
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from lorgnette.alttext import known
from lorgnette.alttext.known import Known
from lorgnette.english.joining import STANDARD, Template, day_in_words, fit, listed
from lorgnette.errors import LorgnetteError
from lorgnette.gui.batch.history import CHOOSING, change
from lorgnette.gui.batch.open_batch import OpenBatch
from lorgnette.gui.batch.picture import Picture
from lorgnette.gui.knowing.noting import Noting
from lorgnette.gui.parts.actions import Entry, Group, Menu
from lorgnette.gui.parts.one_job import OneJob
from lorgnette.gui.reviewing.panel import ReviewPanel
from lorgnette.gui.saying.translation import tr
from lorgnette.jobs.joining import filled

_READ_MILLISECONDS = 50  # on one picture before its file is read


class Knowing(QObject):
    """Reads what the current picture's file knows, and lets a person use it."""

    def __init__(self, batch: OpenBatch, panel: ReviewPanel) -> None:
        super().__init__(batch.window)
        self._batch = batch
        self._panel = panel
        self._label = panel.subject.known
        self._path: Path | None = None  # of the picture that _known is of
        self._known = Known()
        self._reading: Path | None = None  # what the last job read
        self._job = OneJob("lorgnette knowing", self)
        self._job.done.connect(self._go_on)
        self._job.broke.connect(batch.teller.tell_broken)
        self._noting = Noting(batch, self._show)
        self._soon = QTimer(self, interval=_READ_MILLISECONDS, singleShot=True)
        self._soon.timeout.connect(self._read)

    def groups(self) -> list[Group]:
        """Return what it brings into the menus."""
        of_current = functools.partial(Entry, usable=self._batch.current)
        return [
            Group(
                Menu.PICTURE,
                [
                    of_current("put_known", tr("Names, place and day, where they fit"),
                               self.put_all, ("Ctrl+K",)),
                    of_current("put_names", tr("Names, where the cursor is"), self.put_names,
                               ("Ctrl+Shift+P",)),
                    of_current("say_known", tr("Say what the file knows"), self.say,
                               ("Ctrl+Shift+I",)),
                ],
                tr("What the file &knows"),
            ),
            *self._noting.groups(),
        ]  # fmt: skip

    def look(self) -> None:
        """Find out what the current picture's file knows."""
        picture = self._panel.picture
        path = None if picture is None else picture.path
        if path != self._path:
            self._path, self._known = path, Known()
            self._show()
        if path is not None:
            self._soon.start()

    def close(self) -> None:
        """Stop and wait for the thread."""
        self._soon.stop()
        self._job.close()

    def put_all(self) -> None:
        """Join what is known to the text, as far as it fits."""
        picture = self._panel.picture
        if picture is None or not self._has_words(picture):
            return
        found = self._known
        text = STANDARD.filled(
            picture.alt.text,
            people=found.people,
            faces=found.faces,
            place=found.town,
            date=found.date,
        )
        told = [text if text != picture.alt.text else tr("The text says all that fits.")]
        if found.people and not fit(picture.alt.text, found.people, found.faces):
            told.append(
                tr("Not as many names as people: {names}.").format(names=listed(found.people))
            )
        self._put(picture, text)
        self._batch.announcer.say(" ".join(told))

    def put_names(self) -> None:
        """Put the names into the text where the cursor is, or at its end."""
        picture = self._panel.picture
        if picture is None:
            return
        if not self._known.people:
            self._batch.announcer.say(tr("The file names nobody."))
            return
        names = listed(self._known.people)
        text = picture.alt.text
        cursor = self._panel.field.textCursor()
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        if not self._panel.field.hasFocus():
            start = end = len(text)
        before, after = text[:start], text[end:]
        before += " " if before and not before[-1].isspace() else ""
        after = f" {after}" if after and after[0].isalnum() else after
        self._put(picture, f"{before}{names}{after}")
        self._batch.announcer.say(names)

    def say(self) -> None:
        """Say what the file knows."""
        self._batch.announcer.say(
            in_words(self._known) or tr("The file knows neither names nor a place or a day.")
        )

    def preview(self, template: Template) -> str:
        """Return what the draft of the current picture is in a form, or that of an example."""
        picture = self._panel.picture
        example = tr("Two people at a table.")
        if picture is None:
            return filled(template, example, self._known, "")
        said = picture.suggestion.plain[:1] if picture.suggestion is not None else ()
        note = self._batch.drafts.note_of(picture.path)
        return filled(template, "".join(said) or picture.alt.text or example, self._known, note)

    def _has_words(self, picture: Picture) -> bool:
        if not in_words(self._known):
            self.say()
            return False
        if not picture.alt.text:
            self._batch.announcer.say(tr("There is no text yet that it could be joined to."))
        return bool(picture.alt.text)

    def _put(self, picture: Picture, text: str) -> None:
        if text != picture.alt.text:
            what = tr("what the file knows, for {name}").format(name=picture.path.name)
            words = [(picture, picture.edited(text))]
            change(self._batch.history, self._batch.model, words, what, merge=CHOOSING)

    def _read(self) -> None:
        if self._job.running:  # on a slow disk; asked again when it ends
            return
        path = self._path
        if path is None:
            return
        self._reading = path
        self._job.run(_found(path), lambda found: self._take(path, found[0]))

    def _take(self, path: Path, found: Known) -> None:
        if path == self._path:
            self._known = found
            self._show()

    def _go_on(self) -> None:
        if self._reading != self._path:
            self._soon.start()

    def _show(self) -> None:
        words = in_words(self._known)
        note = "" if self._path is None else self._batch.drafts.note_of(self._path)
        lines = [
            tr("The file knows: {words}").format(words=words) if words else "",
            tr("Note: {words}").format(words=note) if note else "",
        ]
        self._label.setText("\n".join(filter(None, lines)))
        self._label.setVisible(bool(words or note))


def in_words(found: Known) -> str:
    """Return who, where, when and what, as far as the file knows: "Anna and Ben; Rome"."""
    parts = (
        listed(found.people) if found.people else "",
        found.place,
        day_in_words(found.date) if found.date else "",
        found.event or found.headline or found.title,
    )
    return "; ".join(filter(None, parts))


def _found(path: Path) -> Generator[Known]:
    try:
        yield known.read(path)
    except LorgnetteError:  # whoever opens the picture says so
        yield Known()
