"""Learning: the same correction on several pictures is offered as a rule for drafts."""

import dataclasses
import functools
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QObject

from lorgnette.english.glossary import TIMES, Rule, closest, corrections
from lorgnette.gui.batch.open_batch import OpenBatch
from lorgnette.gui.batch.picture import Picture, State
from lorgnette.gui.saying.translation import number, tr
from lorgnette.names import shown


class Learning(QObject):
    """Compares accepted texts with their drafts, and offers what it sees several times."""

    def __init__(self, batch: OpenBatch) -> None:
        super().__init__(batch.window)
        self._batch = batch
        self._corrected: dict[Path, frozenset[Rule]] = {}  # of each picture of the batch
        self._offered: set[Rule] = set()  # once is enough
        batch.model.changed.connect(self._look)
        batch.model.removed.connect(self._forget)

    def _look(self, pictures: Iterable[Picture]) -> None:
        for picture in pictures:
            before = self._corrected.get(picture.path)
            found = _corrections(picture)
            self._corrected[picture.path] = found
            if before is not None:  # else it has just come, from an earlier day
                for rule in found - before:
                    self._offer(rule)

    def _forget(self, paths: Iterable[Path]) -> None:
        for path in paths:
            self._corrected.pop(path, None)

    def _offer(self, rule: Rule) -> None:
        places = [path for path, rules in self._corrected.items() if rule in rules]
        known = {each.before for each in self._batch.settings.now.glossary}
        if len(places) < TIMES or rule in self._offered or rule.before in known:
            return
        self._offered.add(rule)
        offers = [(tr("In all drafts"), functools.partial(self._take, rule))]
        folders = {path.parent for path in places}
        if len(folders) == 1:
            folder = folders.pop()
            here = rule._replace(folder=str(folder))
            offers.insert(
                0,
                (
                    tr("In drafts for {folder}").format(folder=shown(folder.name or folder)),
                    functools.partial(self._take, here),
                ),
            )
        self._batch.teller.tell(
            tr(
                "{count} times you put “{after}” in the place of “{before}”. "
                "Should new drafts say so by themselves?"
            ).format(count=number(len(places)), before=rule.before, after=rule.after),
            offers,
        )

    def _take(self, rule: Rule) -> None:
        settings = self._batch.settings
        settings.use(dataclasses.replace(settings.now, glossary=(*settings.now.glossary, rule)))
        self._batch.announcer.say(tr("It is in the settings now, where it can be taken out."))


def _corrections(picture: Picture) -> frozenset[Rule]:
    suggestion = picture.suggestion
    if suggestion is None or not suggestion.text or picture.state is not State.REVIEWED:
        return frozenset()
    if picture.alt.text in suggestion.texts:
        return frozenset()
    return frozenset(corrections(closest(suggestion.texts, picture.alt.text), picture.alt.text))
