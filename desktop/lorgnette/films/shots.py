"""Which frames tell what happens: a film falls into shots, and a shot is told by a frame or two.

All of it looks at samples: frames from all over the film, each as a few numbers. So an hour takes
no more memory than a minute.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

MOST_SCENES = 30  # of a list
GLANCE = (64, 36)  # pixels that a sample is taken from, width and height
_LEVELS = 4  # of each colour, in a histogram
_CUT = 0.12  # squared distance of two shots' colours; 0 if alike, 2 if they share none
_MOVED = 5.0  # of 255: grey levels by which a still camera's noise does not differ
_BLANK = 6.0  # deviation of grey levels, below which a frame is a fade or a black screen
_OUTLINE = (16, 9)
_FRAMES_OF_A_SHOT = {1: 4, 2: 3, 3: 2, 4: 2, 5: 2, 6: 2}  # by how many shots there are; else 1


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """A frame in a few numbers."""

    seconds: float
    colours: Floats  # root of a histogram: the squares sum up to 1
    outline: Floats  # grey levels of a few large pixels
    blank: bool


@dataclass(frozen=True, slots=True)
class Shot:
    """Samples first to last that follow each other and look alike."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Choice:
    """Samples that are worth a look, by their numbers, in order."""

    for_sentence: tuple[int, ...]
    scenes: tuple[tuple[Shot, int], ...]  # with the sample that stands for it


def sample(pixels: NDArray[np.uint8], seconds: float) -> Sample:
    """Return a frame's numbers.

    Args:
        pixels: (36, 64, 3), as GLANCE says.
    """
    place = pixels.reshape(-1, 3).astype(np.float32) * ((_LEVELS - 1) / 255)
    low = np.minimum(place.astype(np.intp), _LEVELS - 2)
    above = place - low
    histogram = np.zeros(_LEVELS**3, np.float32)
    for corner in range(8):  # a pixel counts for the eight bins around its colour
        up = np.array([corner >> 2 & 1, corner >> 1 & 1, corner & 1])
        bins = (low + up) @ np.array([_LEVELS**2, _LEVELS, 1])
        weights = np.where(up, above, 1 - above).prod(axis=1)
        histogram += np.bincount(bins, weights, _LEVELS**3).astype(np.float32)
    grey = pixels.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
    columns, rows = _OUTLINE
    cells = grey.reshape(rows, GLANCE[1] // rows, columns, GLANCE[0] // columns)
    return Sample(
        seconds,
        np.sqrt(histogram / histogram.sum()),
        cells.mean(axis=(1, 3)),
        bool(grey.std() < _BLANK),
    )


def choose(samples: Sequence[Sample], most_frames: int) -> Choice:
    """Return which of samples, at least one, in the order of time, are worth a look.

    Args:
        most_frames: for a sentence.
    """
    telling = [number for number, each in enumerate(samples) if not each.blank]
    if not telling:
        return Choice((0,), ((Shot(0, len(samples) - 1), 0),))
    shots = _joined(_by_colours(samples, telling), MOST_SCENES)
    scenes = tuple((shot, _middle(samples, shot)) for shot in _shots(shots))
    few = _joined(shots, most_frames)
    each = min(_FRAMES_OF_A_SHOT.get(len(few), 1), most_frames // len(few))
    chosen = [number for run in few for number in _frames(samples, run, each)]
    return Choice(tuple(chosen), scenes)


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    """Samples that follow each other, but for blank ones, and the mean of their colours."""

    numbers: tuple[int, ...]
    colours: Floats
    first: Floats  # colours of the first sample
    last: Floats

    def with_next(self, other: "_Run") -> "_Run":
        one, two = len(self.numbers), len(other.numbers)
        mean: Floats = (self.colours * one + other.colours * two) / np.float32(one + two)
        return _Run(self.numbers + other.numbers, mean, self.first, other.last)


def _distance(one: _Run, other: _Run) -> float:
    return float(np.square(one.colours - other.colours).sum())


def _cut(one: _Run, other: _Run) -> float:
    """Return how far two runs are apart, also where they meet: mixtures are all alike."""
    return max(_distance(one, other), float(np.square(one.last - other.first).sum()))


def _by_colours(samples: Sequence[Sample], telling: Sequence[int]) -> list[_Run]:
    """Return the runs of samples between which the colours change at once."""
    colours = [samples[number].colours for number in telling]
    runs = [_Run((n,), its, its, its) for n, its in zip(telling, colours, strict=True)]
    between = [_cut(one, other) for one, other in itertools.pairwise(runs)]
    while between and (least := min(between)) < _CUT:
        _join(runs, between, between.index(least), _cut)
    return runs


def _joined(runs: Sequence[_Run], most: int) -> list[_Run]:
    """Return at most so many runs: those are joined that are least of a mixture then.

    Not by how far their means are apart: mixtures are all alike, and one would take in all others.
    """
    runs = list(runs)
    between = [_loss(one, other) for one, other in itertools.pairwise(runs)]
    while len(runs) > most:
        _join(runs, between, between.index(min(between)), _loss)
    return runs


def _loss(one: _Run, other: _Run) -> float:
    """Return the squared distances of all samples of both from their mean."""
    both = one.with_next(other)
    return len(both.numbers) * (1 - float(np.square(both.colours).sum()))


def _join(
    runs: list[_Run], between: list[float], at: int, measure: Callable[[_Run, _Run], float]
) -> None:
    runs[at : at + 2] = [runs[at].with_next(runs[at + 1])]
    del between[at]
    for gap in (at - 1, at):
        if 0 <= gap < len(between):
            between[gap] = measure(runs[gap], runs[gap + 1])


def _shots(runs: Sequence[_Run]) -> list[Shot]:
    return [Shot(run.numbers[0], run.numbers[-1]) for run in runs]


def _middle(samples: Sequence[Sample], shot: Shot) -> int:
    """Return the sample that is most like the others of its shot."""
    numbers = [n for n in range(shot.first, shot.last + 1) if not samples[n].blank]
    mean = np.mean([samples[n].colours for n in numbers], axis=0)
    return min(numbers, key=lambda n: float(np.square(samples[n].colours - mean).sum()))


def _frames(samples: Sequence[Sample], run: _Run, most: int) -> list[int]:
    """Return the samples by which a run is told: one if nothing moves in it."""
    shot = Shot(run.numbers[0], run.numbers[-1])
    outlines = np.stack([samples[n].outline for n in run.numbers])
    moved = float(np.abs(outlines - outlines[0]).mean(axis=(1, 2)).max()) > _MOVED
    count = min(most, len(run.numbers)) if moved else 1
    if count == 1:
        return [_middle(samples, shot)]
    places = (np.arange(count) + 0.5) / count * len(run.numbers)
    return [run.numbers[int(place)] for place in places]
