"""Captions without photos: sentences to learn from where there is no picture to see.

There are many more of them than of captioned photos. Each word that means something, a concept, has
a vector that stands where the projected cells of a grid stand; a caption is learnt from those of
its own words, some left out and some wrong ones put in, so that the network must still put the
sentence together. The vectors are learnt beside the network, and nothing at run time knows of them.
"""

import gzip
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from lorgnette.english.lexicon import FUNCTION_WORDS
from lorgnette_export.data import captioned
from lorgnette_export.data.captioned import DataError

CELLS = 16  # of a caption: its concepts, each as often as chance will have it
_LEFT_OUT = 0.25  # share of a caption's concepts
_WRONG = 2  # concepts of other captions, at most; each of its own is drawn twice as often
_FLATTENED = 0.75  # exponent of the frequency of wrong ones
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


class Texts(nn.Module):
    """Sentences as token ids, and the vectors of the concepts that they are told from."""

    def __init__(
        self, sentences: Sequence[Sequence[str]], vocabulary: Sequence[str], width: int
    ) -> None:
        """Keep the sentences of which vocabulary lacks one word at most.

        Args:
            width: of a grid's projected cell.

        Raises:
            TextsError: there is none.
        """
        super().__init__()
        self.concepts = nn.Embedding(len(vocabulary), width)
        nn.init.normal_(self.concepts.weight, std=0.1)
        ids = {word: i for i, word in enumerate(vocabulary)}
        unknown = ids[captioned.UNKNOWN]
        told = ([ids.get(word, unknown) for word in words] for words in sentences)
        meaning = np.array(
            [word not in FUNCTION_WORDS and word not in captioned.SPECIALS for word in vocabulary]
        )
        # One array a sentence, not lists of numbers: a tenth of the memory.
        self._sentences = [
            tokens
            for each in told
            if each.count(unknown) <= 1 and meaning[tokens := np.array(each, np.int32)].any()
        ]
        if not self._sentences:
            raise TextsError("no caption without a photo is in the words of those with photos")
        self._meaning = meaning
        often = np.bincount(np.concatenate(self._sentences), minlength=len(vocabulary)) * meaning
        self._chances = often**_FLATTENED / (often**_FLATTENED).sum()

    def __len__(self) -> int:
        return len(self._sentences)

    def draw(self, count: int, random: np.random.Generator) -> tuple[Tensor, list[list[int]]]:
        """Return what stands for cells, (count, CELLS, width), and the sentences' token ids."""
        rows = random.integers(0, len(self._sentences), count)
        cells = np.empty((count, CELLS), np.int64)
        for place, row in enumerate(rows):
            own = self._sentences[row][self._meaning[self._sentences[row]]]
            kept = own[random.random(len(own)) >= _LEFT_OUT]
            kept = kept if len(kept) else own
            wrong = random.choice(
                len(self._chances), random.integers(0, _WRONG + 1), p=self._chances
            )
            cells[place] = random.choice(np.concatenate([kept, kept, wrong]), CELLS)
        shown: Tensor = self.concepts(torch.from_numpy(cells).to(self.concepts.weight.device))
        return shown, [self._sentences[row].tolist() for row in rows]
