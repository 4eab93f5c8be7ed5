"""Messages in the person's language: whole sentences, with a form for each number.

The English sentences are the keys; a catalogue in resources/locale replaces them.
"""

import gettext
from collections.abc import Iterable

from PySide6.QtCore import QLocale

from lorgnette import paths

_catalogue = gettext.translation(
    "lorgnette",
    paths.resources() / "locale",
    languages=QLocale().uiLanguages() or None,
    fallback=True,
)
tr = _catalogue.gettext
trn = _catalogue.ngettext


def number(value: float, decimals: int = 0) -> str:
    """Return value as the person's language writes it."""
    locale = QLocale()
    return locale.toString(float(value), "f", decimals)


def quoted(words: Iterable[str]) -> str:
    """Return words in quotation marks, one after another."""
    return ", ".join(tr("“{word}”").format(word=word) for word in words)
