"""What one iteration learns from: rows of photos, how each is seen, tokens of captions."""

import math
import queue
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from lorgnette_export.data import captioned
from lorgnette_export.data.captioned import Photo
from lorgnette_export.networks.decoder import MAX_WORDS
from lorgnette_export.training.config import Config

PADDING = -100  # in place of a target token
_AHEAD = 4  # batches made while one is learned from
Grids = Sequence[npt.NDArray[np.float16]]  # one array an encoder: (file, view, position, channel)
Item = TypeVar("Item")


class Shown(Protocol):
    """Photos that can be shown to a network, by their grids or by their pixels."""

    @property
    def photos(self) -> Sequence[Photo]:
        """Return the photos, in the order of their rows."""

    @property
    def views(self) -> int:
        """Return in how many views each can be seen; an odd one is mirrored."""

    def batch(self, rows: Sequence[int], views: Sequence[int], device: str = "cpu") -> list[Tensor]:
        """Return what Network.see takes of rows as they are in views."""

    def last(self, count: int) -> "Shown":
        """Return the last photos."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Photos and their grids, in the same order."""

    photos: Sequence[Photo]
    grids: Grids

    @property
    def views(self) -> int:
        """Return how many views have grids."""
        return int(self.grids[0].shape[1])

    def batch(self, rows: Sequence[int], views: Sequence[int], device: str = "cpu") -> list[Tensor]:
        """Return the grids of rows as they are in views: (image, position, channel) each."""
        read = (torch.from_numpy(grid[list(rows), list(views)]) for grid in self.grids)
        return [grid.to(device).float() for grid in read]

    def last(self, count: int) -> "Split":
        """Return the last photos and their grids."""
        return Split(photos=self.photos[-count:], grids=[grid[-count:] for grid in self.grids])


@dataclass(frozen=True, slots=True, kw_only=True)
class Captions:
    """The captions of each photo as token ids, cut at MAX_WORDS, and how left and right swap."""

    tokens: Sequence[Sequence[list[int]]]
    mirror: Sequence[int]  # the token that stands for each in the mirror image

    @classmethod
    def of(cls, spoken: Sequence[Sequence[Sequence[str]]], vocabulary: Sequence[str]) -> "Captions":
        """Return the captions of each photo, given as words."""
        ids = {word: i for i, word in enumerate(vocabulary)}
        unknown = ids[captioned.UNKNOWN]
        return cls(
            tokens=[
                [[ids.get(word, unknown) for word in words[:MAX_WORDS]] for words in captions]
                for captions in spoken
            ],
            mirror=[ids.get(word, unknown) for word in captioned.mirrored(vocabulary)],
        )


def photos_an_epoch(photos: Sequence[Photo], config: Config) -> int:
    """Return how many photos an epoch goes through."""
    machine = sum(photo.machine for photo in photos)
    return len(photos) - machine + round(config.machine * machine)


def steps_an_epoch(photos: Sequence[Photo], config: Config) -> int:
    """Return how many iterations an epoch has."""
    return math.ceil(photos_an_epoch(photos, config) / config.photos)


def minibatches(
    split: Shown, captions: Captions, config: Config, random: np.random.Generator
) -> Iterator[tuple[list[int], list[int], Tensor, Tensor]]:
    """Yield rows, their views, input tokens and targets, as of padded(), of one epoch."""
    machine = np.array([photo.machine for photo in split.photos])
    taken = random.permutation(np.flatnonzero(machine))[
        : photos_an_epoch(split.photos, config) - int((~machine).sum())
    ]
    order = random.permutation(np.concatenate([np.flatnonzero(~machine), taken]))
    for first in range(0, len(order), config.photos):
        rows = order[first : first + config.photos].tolist()
        views = random.integers(0, split.views, len(rows)).tolist()
        sentences = []
        for row, view in zip(rows, views, strict=True):
            spoken = captions.tokens[row]
            chances = None
            if machine[row] and len(spoken) > 1:
                chances = [1 - config.second] + [config.second / (len(spoken) - 1)] * (
                    len(spoken) - 1
                )
            chosen = random.choice(
                len(spoken),
                config.captions,
                replace=chances is not None or len(spoken) < config.captions,
                p=chances,
            )
            for i in chosen:
                said = spoken[i]
                sentences.append([captions.mirror[t] for t in said] if view % 2 else said)
        yield rows, views, *padded(sentences)


def padded(sentences: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Return input tokens and target tokens, (sentence, length) both; targets end in PADDING."""
    start, end = map(captioned.SPECIALS.index, (captioned.START, captioned.END))
    length = max(map(len, sentences)) + 1
    tokens = np.full((len(sentences), length), end)
    targets = np.full((len(sentences), length), PADDING)
    tokens[:, 0] = start
    for i, sentence in enumerate(sentences):
        tokens[i, 1 : len(sentence) + 1] = sentence
        targets[i, : len(sentence)] = sentence
        targets[i, len(sentence)] = end
    return torch.from_numpy(tokens), torch.from_numpy(targets)


def ahead(items: Iterable[Item]) -> Iterator[Item]:
    """Yield items, which another thread makes while the last is in use."""
    made: queue.Queue[Item | None] = queue.Queue(_AHEAD)
    failed: list[BaseException] = []
    stopped = threading.Event()

    def make() -> None:
        try:
            for item in items:
                while not stopped.is_set():
                    try:
                        made.put(item, timeout=0.1)
                        break
                    except queue.Full:
                        continue
                if stopped.is_set():
                    return
        except BaseException as error:  # noqa: BLE001  (it is raised where the items are used)
            failed.append(error)
        made.put(None)

    thread = threading.Thread(target=make, daemon=True)
    thread.start()
    try:
        while (item := made.get()) is not None:
            yield item
        if failed:
            raise failed[0]
    finally:
        stopped.set()
