"""What one iteration learns from: rows of photos, the grids of their views, tokens of captions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from lorgnette_export.data import captioned
from lorgnette_export.data.captioned import Photo
from lorgnette_export.networks.decoder import MAX_WORDS
from lorgnette_export.training.config import Config

PADDING = -100  # in place of a target token
Grids = Sequence[npt.NDArray[np.float16]]  # one array an encoder: (file, view, position, channel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Photos and their grids, in the same order."""

    photos: Sequence[Photo]
    grids: Grids

    def batch(self, rows: Sequence[int], views: Sequence[int], device: str = "cpu") -> list[Tensor]:
        """Return the grids of rows as they are in views: (image, position, channel) each."""
        read = (torch.from_numpy(grid[list(rows), list(views)]) for grid in self.grids)
        return [grid.to(device).float() for grid in read]


def minibatches(
    split: Split,
    spoken: Sequence[Sequence[Sequence[str]]],
    ids: dict[str, int],
    config: Config,
    random: np.random.Generator,
) -> Iterator[tuple[list[int], list[int], Tensor, Tensor]]:
    """Yield rows, their views, input tokens and targets, as of padded(), of one epoch."""
    order = random.permutation(len(split.photos))
    unknown = ids[captioned.UNKNOWN]
    for first in range(0, len(order), config.photos):
        rows = order[first : first + config.photos].tolist()
        views = random.integers(0, split.grids[0].shape[1], len(rows)).tolist()
        sentences = []
        for row, view in zip(rows, views, strict=True):
            chosen = random.choice(
                len(spoken[row]), config.captions, replace=len(spoken[row]) < config.captions
            )
            for i in chosen:
                said = captioned.mirrored(spoken[row][i]) if view % 2 else spoken[row][i]
                sentences.append([ids.get(word, unknown) for word in said[:MAX_WORDS]])
        yield rows, views, *padded(sentences)


def padded(sentences: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Return input tokens and target tokens, (sentence, length) both; targets end in PADDING."""
    start, end = map(captioned.SPECIALS.index, (captioned.START, captioned.END))
    length = max(map(len, sentences)) + 1
    tokens = torch.full((len(sentences), length), end)
    targets = torch.full((len(sentences), length), PADDING)
    for i, sentence in enumerate(sentences):
        tokens[i, 0] = start
        tokens[i, 1 : len(sentence) + 1] = torch.tensor(sentence, dtype=torch.long)
        targets[i, : len(sentence) + 1] = torch.tensor([*sentence, end])
    return tokens, targets
