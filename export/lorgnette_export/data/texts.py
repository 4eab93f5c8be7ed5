"""Captions without photos: sentences to learn from where there is no picture to see.

There are many more of them than of captioned photos.
"""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

from lorgnette.english.lexicon import FUNCTION_WORDS
from lorgnette_export.data import captioned
from lorgnette_export.data.captioned import DataError

_SHORTEST, _LONGEST = 5, 18  # words


class TextsError(DataError):
    """There are no captions without photos to learn from."""

    hint = "Point --texts at a folder with *.txt or *.txt.gz, a caption on each line."


def read(folder: Path) -> list[list[str]]:
    """Return the sentences of the files *.txt and *.txt.gz in folder, one a line, none twice.

    Left out is what is hardly a sentence: too short or long, or without one function word, as lists
    of stems are.

    Raises:
        TextsError: there is no such file, or one cannot be read.
    """
    files = sorted([*folder.glob("*.txt"), *folder.glob("*.txt.gz")])
    if not files:
        raise TextsError(f"{folder} holds no captions without photos: no *.txt, no *.txt.gz")
    found = dict.fromkeys(
        words
        for file in files
        for words in map(tuple, map(captioned.words, _lines(file)))
        if _SHORTEST <= len(words) <= _LONGEST and not FUNCTION_WORDS.isdisjoint(words)
    )
    return [list(words) for words in found]


def _lines(file: Path) -> Iterator[str]:
    try:
        with gzip.open(file, "rb") if file.suffix == ".gz" else file.open("rb") as stream:
            for line in stream:
                yield line.decode("utf-8", errors="replace")
    except (OSError, EOFError, zlib.error) as error:
        raise TextsError(f"{file} cannot be read: {error}") from error
