"""A map of how likely each pixel belongs to text -> tilted boxes around lines; numpy only."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_INK_FROM = 0.3  # of a pixel's probability
_BOX_FROM = 0.5  # of the mean over a region
_LEAST_SIDE = 3.0  # pixels of the map; what is thinner is noise
# The detector was taught to mark lines shrunk by what this ratio of area to outline gives back.
_UNCLIP = 1.6


@dataclass(frozen=True, slots=True)
class _Runs:
    """Stretches of marked pixels, row by row: first and last column of each, and its row."""

    row: Ints
    first: Ints
    last: Ints


def boxes(probability: Floats, most: int) -> tuple[Floats, bool]:
    """Return boxes (line, 4, 2) of x and y in pixels of the map, and whether some were left out.

    Args:
        probability: (height, width), 0 to 1.
        most: boxes at most; the largest regions are kept.
    """
    runs = _runs(probability > _INK_FROM)
    if not len(runs.row):
        return np.zeros((0, 4, 2), np.float32), False
    label = _components(runs)
    count = int(label.max()) + 1
    length = runs.last - runs.first + 1
    area = np.bincount(label, length, count)
    # The sum over each run is a difference of sums over everything before it.
    before = np.concatenate([[0.0], np.cumsum(probability, dtype=np.float64)])
    width = probability.shape[1]
    start = runs.row * width + runs.first
    mean = np.bincount(label, before[start + length] - before[start], count) / area
    kept = np.flatnonzero((mean >= _BOX_FROM) & (area >= _LEAST_SIDE**2))
    cut = len(kept) > most
    if cut:
        kept = kept[np.argsort(-area[kept], kind="stable")[:most]]
    order = np.argsort(label, kind="stable")
    ends = np.searchsorted(label[order], np.arange(count + 1))
    found = []
    for region in kept:
        of = order[ends[region] : ends[region + 1]]
        # A pixel is a square: its corners count, so that a thin line has a height.
        x = np.concatenate([runs.first[of], runs.last[of] + 1]).repeat(2)
        y = np.concatenate([runs.row[of], runs.row[of]]).repeat(2)
        y[1::2] += 1
        box = _tightest(np.stack([x, y], axis=1).astype(np.float64))
        sides = np.linalg.norm(box - np.roll(box, -1, axis=0), axis=1)
        if min(sides[0], sides[1]) >= _LEAST_SIDE:
            found.append(_grown(box, sides[0], sides[1]))
    if not found:
        return np.zeros((0, 4, 2), np.float32), cut
    return np.stack(found).astype(np.float32), cut


def _runs(marked: Bools) -> _Runs:
    padded = np.zeros((marked.shape[0], marked.shape[1] + 2), np.int8)
    padded[:, 1:-1] = marked
    row, first = np.nonzero((padded[:, 1:] - padded[:, :-1]) == 1)
    _, last = np.nonzero((padded[:, 1:] - padded[:, :-1]) == -1)
    return _Runs(row, first, last - 1)


def _components(runs: _Runs) -> Ints:
    """Return the number, from 0, of the region that each run belongs to; corners connect, too."""
    # Runs are sorted by row and column. With rows far apart on one axis, those of the next row
    # that touch a run are a slice: from the first that does not end before it to the last that
    # does not begin after it.
    stride = int(runs.last.max()) + 4
    below = (runs.row + 1) * stride
    low = np.searchsorted(runs.row * stride + runs.last, below + runs.first - 1)
    high = np.searchsorted(runs.row * stride + runs.first, below + runs.last + 1, side="right")
    touching = np.maximum(high - low, 0)
    upper = np.repeat(np.arange(len(low)), touching)
    lower = np.arange(len(upper)) - np.repeat(np.cumsum(touching) - touching, touching)
    lower += np.repeat(low, touching)
    root = np.arange(len(low))
    while True:
        one, other = root[upper], root[lower]
        if np.array_equal(one, other):
            break
        np.minimum.at(root, np.maximum(one, other), np.minimum(one, other))
        while not np.array_equal(root, up := root[root]):
            root = up
    return np.unique(root, return_inverse=True)[1].astype(np.int64)


def _tightest(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the corners of the smallest rectangle around points; one side lies on their hull."""
    hull = _hull(points)
    edges = np.roll(hull, -1, axis=0) - hull
    angles = np.unique(np.arctan2(edges[:, 1], edges[:, 0]) % (np.pi / 2))
    along = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    u, v = hull @ along.T, hull @ across.T
    best = int(np.argmin(np.ptp(u, axis=0) * np.ptp(v, axis=0)))
    frame = np.stack([along[best], across[best]])
    (left, right), (top, bottom) = ((side[:, best].min(), side[:, best].max()) for side in (u, v))
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
    return _from_top_left(corners @ frame)


def _hull(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the convex hull of points, in order; one may come twice in a row."""
    points = np.unique(points, axis=0)
    # Of each column only its ends can lie on the hull.
    starts = np.flatnonzero(np.diff(points[:, 0], prepend=-np.inf))
    stops = np.append(starts[1:], len(points)) - 1
    return np.array(_half(points[starts]) + _half(points[stops][::-1]))


def _half(points: npt.NDArray[np.float64]) -> list[tuple[float, float]]:
    chain: list[tuple[float, float]] = []
    for x, y in points.tolist():
        while len(chain) > 1:
            (ax, ay), (bx, by) = chain[-2], chain[-1]
            if (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0:
                break
            chain.pop()
        chain.append((x, y))
    return chain


def _from_top_left(corners: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return corners clockwise as the eye sees them, the top left one first."""
    middle = corners.mean(axis=0)
    turn = np.arctan2(corners[:, 1] - middle[1], corners[:, 0] - middle[0])
    corners = corners[np.argsort(turn)]
    first = int(np.argmin(corners.sum(axis=1)))
    clockwise: npt.NDArray[np.float64] = np.concatenate([corners[first:], corners[:first]])
    return clockwise


def _grown(box: npt.NDArray[np.float64], width: float, height: float) -> npt.NDArray[np.float64]:
    """Return a rectangle larger on all sides by what the detector was taught to leave off."""
    distance = width * height * _UNCLIP / (2 * (width + height))
    along = (box[1] - box[0]) / width * distance
    across = (box[3] - box[0]) / height * distance
    grown: npt.NDArray[np.float64] = box + np.array(
        [-along - across, along - across, along + across, across - along]
    )
    return grown
