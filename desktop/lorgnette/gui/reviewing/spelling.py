"""Spelling: the words of a text are looked up, and what they may mean is offered."""

import functools
from collections.abc import Generator, Sequence

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMenu

from lorgnette import spelling
from lorgnette.alttext.alt_text import Origin
from lorgnette.errors import LorgnetteError
from lorgnette.gui.batch.open_batch import OpenBatch
from lorgnette.gui.batch.picture import Picture
from lorgnette.gui.parts.job_thread import JobThread
from lorgnette.gui.reviewing.alt_text_field import AltTextField, Doubt
from lorgnette.gui.reviewing.other_words import other_words
from lorgnette.gui.reviewing.panel import ReviewPanel
from lorgnette.gui.saying.translation import quoted, tr

_JOIN_SECONDS = 30.0


class Spelling(QObject):
    """Lets the fields mark what no dictionary knows; says and offers what may be meant."""

    def __init__(self, batch: OpenBatch, panel: ReviewPanel) -> None:
        super().__init__(batch.window)
        self._batch = batch
        self._panel = panel
        self._spellers: dict[str, spelling.Speller | None] = {}  # None: opened just now
        self._jobs: list[JobThread] = []
        self._spelled: spelling.Speller | None = None  # what the fields are marked by
        self._closed = False
        for field in self._fields():
            field.menu_opening.connect(functools.partial(self._fill_menu, field))
        batch.settings.changed.connect(lambda _before, _now: self.look_again())
        batch.model.changed.connect(lambda _pictures: self.spell_current())

    def close(self) -> None:
        """Stop and wait for the threads."""
        self._closed = True
        for job in self._jobs:
            job.blockSignals(True)
            job.wait(_JOIN_SECONDS)

    def look_again(self) -> None:
        """Look a person's own words up anew, and spell by the settings of now."""
        own = {word.casefold() for word in spelling.own_words()}
        for speller in self._spellers.values():
            if speller is not None:
                speller.own = own
        self.spell_current(anew=True)

    def spell_current(self, *, anew: bool = False) -> None:
        """Spell the text that is shown in its language; not at all where nobody wants it.

        Args:
            anew: what is known has changed.
        """
        tag = self._language(self._panel.picture)
        if tag and tag not in self._spellers and not self._closed:
            self._spellers[tag] = None
            job = JobThread(_opened(tag), "lorgnette spelling", self)
            job.reported.connect(functools.partial(self._take, tag))
            job.ended.connect(functools.partial(self._ended, job))
            self._jobs.append(job)
            job.start()
        speller = self._spellers.get(tag) if tag else None
        if anew or speller is not self._spelled:
            self._spelled = speller
            for field in self._fields():
                field.spell(speller)

    def go_to_doubt(self, by: int) -> None:
        """Select the next word that somebody doubts, or with -1 the one before, and say it."""
        panel = self._panel
        field = panel.extended if panel.extended.hasFocus() else panel.field
        field.setFocus()
        doubt = field.select_doubt(by)
        self._batch.announcer.say(
            tr("No word of this text is doubted.") if doubt is None else self._said(field, doubt)
        )

    def misspelled(self) -> str:
        """Return in a sentence which words no dictionary knows; empty where there are none."""
        words = [each.word for field in self._fields() for each in field.doubts
                 if not each.of_model]  # fmt: skip
        if not words:
            return ""
        return tr("Not in the dictionary: {words}.").format(words=quoted(dict.fromkeys(words)))

    def others(self, field: AltTextField, doubt: Doubt) -> list[str]:
        """Return what may stand in the place of a word: the model's words, then a dictionary's."""
        picture = self._panel.picture
        suggestion = None if picture is None else picture.suggestion
        found: list[str] = []
        if suggestion is not None and field is self._panel.field:
            found += other_words(field.toPlainText(), doubt.start, suggestion.candidates)
        speller = self._spellers.get(self._language(picture))
        if speller is not None and not doubt.of_model:
            found += speller.others(doubt.word)
        return list(dict.fromkeys(found))

    def learn(self, word: str) -> None:
        """Add a word to the person's own ones."""
        try:
            spelling.keep_own_words([*spelling.own_words(), word])
        except LorgnetteError as error:
            self._batch.teller.tell_not_kept(error)
            return
        self.look_again()
        self._batch.announcer.say(
            tr("“{word}” is in your dictionary now. The settings list your words.").format(
                word=word
            )
        )

    def _fields(self) -> Sequence[AltTextField]:
        return (self._panel.field, self._panel.extended)

    def _language(self, picture: Picture | None) -> str:
        """Return the language that a picture's text is spelled in; empty: in none that is known."""
        settings = self._batch.settings.now
        if picture is None or not settings.spelling:
            return ""
        alt = picture.alt
        if alt.origin is Origin.MACHINE and alt.text and not alt.language:
            return ""  # what is read in a picture may be in any language
        return alt.language or settings.language

    def _said(self, field: AltTextField, doubt: Doubt) -> str:
        others = self.others(field, doubt)
        if doubt.of_model:
            said = tr("Doubted: {word}.").format(word=doubt.word)
            offered = tr("The model also says {words}.")
        else:
            said = tr("Not in the dictionary: {word}.").format(word=doubt.word)
            offered = tr("Perhaps {words}.")
        return " ".join([said, *([offered.format(words=quoted(others))] if others else [])])

    def _fill_menu(self, field: AltTextField, menu: QMenu, doubt: Doubt | None) -> None:
        """Put what can be done about a word before the entries that every text has."""
        if doubt is None:
            return
        entries: list[QAction] = []
        for word in self.others(field, doubt):
            action = QAction(word.replace("&", "&&"), menu)
            action.triggered.connect(functools.partial(self._replace, field, doubt, word))
            entries.append(action)
        if not entries:
            none = QAction(tr("No other word is known"), menu)
            none.setEnabled(False)
            entries.append(none)
        if not doubt.of_model:
            learn = QAction(tr("&Add “{word}” to my dictionary").format(word=doubt.word), menu)
            learn.triggered.connect(functools.partial(self.learn, doubt.word))
            entries.append(learn)
        line = QAction(menu)
        line.setSeparator(True)
        before = menu.actions()[0] if menu.actions() else None
        if before is None:
            menu.addActions(entries)
        else:
            menu.insertActions(before, [*entries, line])
        menu.setActiveAction(next(entry for entry in menu.actions() if entry.isEnabled()))

    def _replace(self, field: AltTextField, doubt: Doubt, word: str) -> None:
        field.replace(doubt, word)
        if field is QApplication.focusWidget():
            self._batch.announcer.say(
                tr("“{word}” instead of “{before}”.").format(word=word, before=doubt.word)
            )

    def _take(self, tag: str, opened: list[spelling.Speller | None]) -> None:
        self._spellers[tag] = opened[0]
        self.spell_current()

    def _ended(self, job: JobThread, error: BaseException | None) -> None:
        self._jobs.remove(job)
        if error is not None:
            raise error


def _opened(tag: str) -> Generator[spelling.Speller | None]:
    """Yield what spells a language; None where there is no dictionary of it."""
    dictionaries = spelling.fitting(spelling.found(), tag)
    yield spelling.Speller(dictionaries, spelling.own_words()) if dictionaries else None
